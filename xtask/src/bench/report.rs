//! The result of a suite: samples per way and quantity, ratios between ways of the same run, and limits on ratios. As a
//! table for people and as JSON for machines; both hold the same numbers.

use std::fmt;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::machine::Machine;

/// Everything a suite measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) suite: &'static str,
    /// True if fewer samples were taken: not for publication.
    pub(super) quick: bool,
    pub(super) machine: Machine,
    pub(super) series: Vec<Series>,
    pub(super) ratios: Vec<Ratio>,
}

/// The samples of one quantity, measured in one way.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    pub(super) way: &'static str,
    pub(super) quantity: &'static str,
    pub(super) unit: &'static str,
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) samples: Vec<f64>,
}

/// One median divided by something of the same run.
#[derive(Debug, Serialize)]
pub(super) struct Ratio {
    pub(super) name: &'static str,
    pub(super) value: f64,
    /// The most it may be, where the project promises something.
    pub(super) limit: Option<f64>,
}

impl Series {
    /// Sums the samples up.
    ///
    /// # Errors
    ///
    /// If there is no sample, or one that is not a number.
    pub(super) fn new(
        way: &'static str,
        quantity: &'static str,
        unit: &'static str,
        samples: Vec<f64>,
    ) -> Result<Self> {
        ensure!(!samples.is_empty(), "{way}, {quantity}: nothing was measured");
        ensure!(samples.iter().all(|sample| sample.is_finite()), "{way}, {quantity}: not a number");
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        Ok(Self {
            way,
            quantity,
            unit,
            median: median(&sorted),
            min: sorted[0],
            max: sorted[sorted.len() - 1],
            samples,
        })
    }
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

impl Ratio {
    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.value > limit)
    }
}

impl Report {
    /// The names of the ratios that broke a promise.
    pub(super) fn over_limit(&self) -> Vec<&'static str> {
        self.ratios.iter().filter(|ratio| ratio.is_over()).map(|ratio| ratio.name).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "suite {}{}", self.suite, if self.quick { " (quick: not for publication)" } else { "" })?;
        writeln!(f, "{}\n", self.machine)?;
        writeln!(
            f,
            "{:<10} {:<24} {:>12} {:>12} {:>12}  {:<5} {:>3}",
            "way", "quantity", "median", "min", "max", "unit", "n"
        )?;
        for series in &self.series {
            writeln!(
                f,
                "{:<10} {:<24} {:>12.3} {:>12.3} {:>12.3}  {:<5} {:>3}",
                series.way,
                series.quantity,
                series.median,
                series.min,
                series.max,
                series.unit,
                series.samples.len()
            )?;
        }
        writeln!(f)?;
        for ratio in &self.ratios {
            write!(f, "{:<60} {:>8.4}", ratio.name, ratio.value)?;
            match ratio.limit {
                Some(limit) if ratio.is_over() => writeln!(f, "  OVER the limit of {limit}")?,
                Some(limit) => writeln!(f, "  (limit {limit})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middles() {
        let odd = Series::new("a", "b", "ms", vec![9.0, 1.0, 2.0]).unwrap();
        assert_eq!((odd.median, odd.min, odd.max), (2.0, 1.0, 9.0));
        let even = Series::new("a", "b", "ms", vec![4.0, 1.0, 2.0, 9.0]).unwrap();
        assert!((even.median - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_series_without_a_number_is_refused() {
        assert!(Series::new("a", "b", "ms", vec![]).is_err());
        assert!(Series::new("a", "b", "ms", vec![f64::NAN]).is_err());
    }

    #[test]
    fn a_ratio_is_over_only_beyond_its_limit() {
        let ratio = |name, value, limit| Ratio { name, value, limit };
        let report = Report {
            suite: "x",
            quick: true,
            machine: Machine::here(),
            series: vec![],
            ratios: vec![ratio("on it", 0.1, Some(0.1)), ratio("beyond", 0.11, Some(0.1)), ratio("free", 99.0, None)],
        };
        assert_eq!(report.over_limit(), ["beyond"]);
        assert!(report.to_string().contains("OVER"));
    }
}
