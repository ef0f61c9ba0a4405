//! How many things began in each tenth of a second, and whether too many began at once.
//!
//! The measure is the fullest bucket over what a bucket would hold if they were spread evenly over the time in which they were *meant* to begin. The
//! time in which they did begin would be no measure: all at once is perfectly even in a single bucket.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The width of a bucket in milliseconds.
pub(super) const WIDTH: u32 = 100;
/// As many seconds are shown to people; the JSON has all.
const SHOWN_SECONDS: usize = 14;

/// Beginnings, counted by tenths of a second since the common start.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Histogram {
    pub(super) way: String,
    pub(super) bucket_milliseconds: u32,
    pub(super) counts: Vec<u64>,
}

impl Histogram {
    /// Counts `times`, in milliseconds since the common start.
    pub(super) fn new(way: impl Into<String>, times: &[u32]) -> Self {
        let buckets = times.iter().max().map_or(0, |last| (last / WIDTH) as usize + 1);
        let mut counts = vec![0; buckets];
        for time in times {
            counts[(time / WIDTH) as usize] += 1;
        }
        Self { way: way.into(), bucket_milliseconds: WIDTH, counts }
    }

    /// The fullest bucket.
    pub(super) fn peak(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or_default()
    }

    /// The fullest bucket over the share of a bucket, where `total` were meant to begin within `milliseconds`.
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(super) fn peak_ratio(&self, total: u64, milliseconds: u32) -> f64 {
        self.peak() as f64 / (total as f64 * f64::from(WIDTH) / f64::from(milliseconds))
    }
}

impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: begun in each {} ms", self.way, self.bucket_milliseconds)?;
        for (second, counts) in self.counts.chunks(10).enumerate().take(SHOWN_SECONDS) {
            write!(f, "{second:>4} s ")?;
            for count in counts {
                write!(f, "{count:>6}")?;
            }
            writeln!(f)?;
        }
        let seconds = self.counts.len().div_ceil(10);
        if seconds > SHOWN_SECONDS {
            writeln!(f, "     ... {} s more; the fullest of all: {}", seconds - SHOWN_SECONDS, self.peak())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_even_over_the_time_that_was_meant_has_the_ratio_one() {
        let times: Vec<u32> = (0..4000).map(|number| 800 + number / 10).collect();
        let histogram = Histogram::new("x", &times);
        assert_eq!(histogram.counts, [0, 0, 0, 0, 0, 0, 0, 0, 1000, 1000, 1000, 1000]);
        assert!((histogram.peak_ratio(4000, 400) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_burst_is_seen_although_it_is_even_in_itself() {
        let histogram = Histogram::new("x", &[1000; 4000]);
        assert!((histogram.peak_ratio(4000, 400) - 4.0).abs() < f64::EPSILON);
        let in_two = [[999; 2000], [1000; 2000]].concat();
        assert!(Histogram::new("x", &in_two).peak_ratio(4000, 400) >= 2.0);
    }

    #[test]
    fn people_see_the_beginning_and_how_much_more_there_is() {
        let shown = Histogram::new("x", &[0, 950, 20_000]).to_string();
        assert!(shown.contains("   0 s      1     0") && shown.contains("7 s more; the fullest of all: 1"), "{shown}");
    }
}
