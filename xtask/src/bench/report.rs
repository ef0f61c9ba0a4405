//! The result of a suite: samples per way and quantity, comparisons between ways of the same run, and limits on comparisons. As a
//! table for people and as JSON for machines; both hold the same numbers.

use std::fmt;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::histogram::Histogram;
use super::machine::Machine;

/// Everything a suite measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) suite: &'static str,
    /// True if fewer samples were taken: not for publication.
    pub(super) quick: bool,
    pub(super) machine: Machine,
    /// What else a reader must know to judge the numbers: versions, features, what was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) conditions: Vec<String>,
    pub(super) series: Vec<Series>,
    pub(super) comparisons: Vec<Comparison>,
    /// Where it matters when things happened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) histograms: Vec<Histogram>,
}

/// The samples of one quantity, measured in one way.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    pub(super) way: &'static str,
    pub(super) quantity: &'static str,
    pub(super) unit: &'static str,
    /// How many samples there are.
    pub(super) count: usize,
    pub(super) min: f64,
    /// The value that a quarter of the samples is below.
    pub(super) lower_quartile: f64,
    pub(super) median: f64,
    /// The value that a quarter of the samples is above.
    pub(super) upper_quartile: f64,
    pub(super) max: f64,
    /// In the order in which they were taken; left out of a series of very many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) samples: Vec<f64>,
}

/// One median set against something of the same run: a ratio or a difference, as its name says.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    pub(super) name: &'static str,
    pub(super) value: f64,
    /// The most it may be, where the project promises something.
    pub(super) limit: Option<f64>,
    /// The least it must be, where that is the promise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at_least: Option<f64>,
    /// Whether it was counted. What was timed is shown beside its limit, but a busy machine must not fail a check.
    pub(super) counted: bool,
}

/// A series longer than this is written down without its samples.
const MOST_SAMPLES: usize = 500;

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
        mut samples: Vec<f64>,
    ) -> Result<Self> {
        ensure!(!samples.is_empty(), "{way}, {quantity}: nothing was measured");
        ensure!(samples.iter().all(|sample| sample.is_finite()), "{way}, {quantity}: not a number");
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let (count, half) = (sorted.len(), sorted.len() / 2);
        if count > MOST_SAMPLES {
            samples.clear();
        }
        Ok(Self {
            way,
            quantity,
            unit,
            count,
            min: sorted[0],
            // Tukey's hinges: the medians of the two halves, both with the middle one if there is one.
            lower_quartile: median(&sorted[..count - half]),
            median: median(&sorted),
            upper_quartile: median(&sorted[half..]),
            max: sorted[count - 1],
            samples,
        })
    }
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

impl Comparison {
    fn misses(&self) -> bool {
        self.limit.is_some_and(|limit| self.value > limit) || self.at_least.is_some_and(|least| self.value < least)
    }
}

impl Report {
    /// The names of what was counted and broke a promise.
    pub(super) fn over_limit(&self) -> Vec<&'static str> {
        self.comparisons.iter().filter(|it| it.counted && it.misses()).map(|it| it.name).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "suite {}{}", self.suite, if self.quick { " (quick: not for publication)" } else { "" })?;
        writeln!(f, "{}", self.machine)?;
        for condition in &self.conditions {
            writeln!(f, "{condition}")?;
        }
        writeln!(f)?;
        writeln!(
            f,
            "{:<14} {:<36} {:>10} {:>10} {:>10} {:>10} {:>10}  {:<5} {:>4}",
            "way", "quantity", "min", "quarter", "median", "quarter", "max", "unit", "n"
        )?;
        for series in &self.series {
            writeln!(
                f,
                "{:<14} {:<36} {:>10.3} {:>10.3} {:>10.3} {:>10.3} {:>10.3}  {:<5} {:>4}",
                series.way,
                series.quantity,
                series.min,
                series.lower_quartile,
                series.median,
                series.upper_quartile,
                series.max,
                series.unit,
                series.count
            )?;
        }
        writeln!(f)?;
        for comparison in &self.comparisons {
            write!(f, "{:<72} {:>9.4}", comparison.name, comparison.value)?;
            let verdict = if comparison.misses() { "MISS" } else { "ok" };
            match (comparison.limit, comparison.at_least) {
                (Some(limit), _) => writeln!(f, "  {verdict} (at most {limit})")?,
                (None, Some(least)) => writeln!(f, "  {verdict} (at least {least})")?,
                (None, None) => writeln!(f)?,
            }
        }
        for histogram in &self.histograms {
            write!(f, "\n{histogram}")?;
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
    fn a_quarter_of_the_samples_is_beyond_each_quartile() {
        let table: [(&[f64], f64, f64); 4] = [
            (&[5.0], 5.0, 5.0),
            (&[4.0, 1.0, 3.0, 2.0], 1.5, 3.5),
            (&[1.0, 2.0, 3.0, 4.0, 5.0], 2.0, 4.0),
            (&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 2.5, 6.5),
        ];
        for (samples, lower, upper) in table {
            let series = Series::new("a", "b", "ms", samples.to_vec()).unwrap();
            assert_eq!((series.lower_quartile, series.upper_quartile), (lower, upper), "{samples:?}");
        }
    }

    #[test]
    fn a_very_long_series_is_summed_up_without_its_samples() {
        for (count, kept) in [(MOST_SAMPLES, MOST_SAMPLES), (MOST_SAMPLES + 1, 0)] {
            let series = Series::new("a", "b", "ms", vec![1.0; count]).unwrap();
            assert_eq!((series.count, series.samples.len()), (count, kept));
        }
    }

    #[test]
    fn a_series_without_a_number_is_refused() {
        assert!(Series::new("a", "b", "ms", vec![]).is_err());
        assert!(Series::new("a", "b", "ms", vec![f64::NAN]).is_err());
    }

    #[test]
    fn only_what_was_counted_and_is_beyond_its_limit_breaks_a_promise() {
        let comparison = |name, value, limit, counted| Comparison { name, value, limit, at_least: None, counted };
        let report = Report {
            suite: "x",
            quick: true,
            machine: Machine::here(),
            conditions: vec!["under a condition".into()],
            series: vec![],
            comparisons: vec![
                comparison("on it", 0.1, Some(0.1), true),
                comparison("beyond", 0.11, Some(0.1), true),
                comparison("timed", 0.11, Some(0.1), false),
                comparison("free", 99.0, None, true),
                Comparison { at_least: Some(2.0), ..comparison("too slow", 1.9, None, false) },
                Comparison { at_least: Some(2.0), ..comparison("fast", 2.0, None, true) },
                Comparison { at_least: Some(2.0), ..comparison("too few", 1.9, None, true) },
            ],
            histograms: vec![],
        };
        assert_eq!(report.over_limit(), ["beyond", "too few"]);
        assert_eq!(report.to_string().matches("MISS (at ").count(), 4);
        assert_eq!(report.to_string().matches("ok (at ").count(), 2);
    }
}
