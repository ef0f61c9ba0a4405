//! A transcript that exists already, sent in the place of a recording.

use clinical_http::Error as HttpError;
use serde::Serialize;

/// What was said from one moment to another. `Debug` shows the times only.
#[derive(Clone, PartialEq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub struct Bubble {
    text: String,
    start: f64,
    end: f64,
}

impl Bubble {
    /// A text, and where in the recording it begins and ends, in seconds.
    pub fn new(text: impl Into<String>, start: f64, end: f64) -> Self {
        Self { text: text.into(), start, end }
    }
}

impl std::fmt::Debug for Bubble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bubble").field("start", &self.start).field("end", &self.end).finish_non_exhaustive()
    }
}

/// A transcript: at least one bubble. Checked when it is sent; bubbles may overlap, as speakers do.
///
/// ```
/// use haidy_analyst::{Bubble, Record, Transcript};
///
/// let record = Record::transcript(Transcript::new([Bubble::new("Patient has hypertension", 0.0, 2.5)]));
/// # let _ = record;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub struct Transcript {
    bubbles: Vec<Bubble>,
}

impl Transcript {
    /// The bubbles, in the order in which they are sent.
    pub fn new(bubbles: impl IntoIterator<Item = Bubble>) -> Self {
        Self { bubbles: bubbles.into_iter().collect() }
    }

    /// `record` counts from 1 and is named in the error.
    pub(crate) fn check(&self, record: usize) -> Result<(), HttpError> {
        const FIELD: &str = "new_records[].source.transcript.bubbles";
        if self.bubbles.is_empty() {
            return Err(HttpError::invalid(FIELD, format!("of record {record} has no bubble; give at least one")));
        }
        for (number, bubble) in (1..).zip(&self.bubbles) {
            let refuse =
                |rule: &str| Err(HttpError::invalid(FIELD, format!("of record {record}: bubble {number} {rule}")));
            if bubble.text.trim().is_empty() {
                return refuse("has no text; leave it out");
            }
            if !bubble.start.is_finite() || !bubble.end.is_finite() {
                return refuse("has a time that is no finite number; give seconds");
            }
            if bubble.start < 0.0 {
                return refuse("starts before 0; give seconds from the start of the recording");
            }
            if bubble.start > bubble.end {
                return refuse("ends before it starts; exchange or correct the two times");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_finite_not_negative_and_in_order() {
        let table = [
            (0.0, 0.0, None),
            (-0.0, 1.5, None),
            (1.5, 1.5, None),
            (-0.1, 1.0, Some("before 0")),
            (2.0, 1.9, Some("ends before it starts")),
            (f64::NAN, 1.0, Some("finite")),
            (0.0, f64::NAN, Some("finite")),
            (0.0, f64::INFINITY, Some("finite")),
            (f64::NEG_INFINITY, 1.0, Some("finite")),
        ];
        for (start, end, rule) in table {
            let checked = Transcript::new([Bubble::new("ok", 0.0, 1.0), Bubble::new("x", start, end)]).check(3);
            match (checked, rule) {
                (Ok(()), None) => {}
                (Err(error), Some(rule)) => {
                    let text = error.to_string();
                    assert!(text.contains("of record 3: bubble 2 ") && text.contains(rule), "{text}");
                }
                (checked, rule) => panic!("{start} {end}: {checked:?} {rule:?}"),
            }
        }
    }

    #[test]
    fn there_is_a_bubble_and_each_has_text() {
        assert!(Transcript::new([]).check(1).unwrap_err().to_string().contains("has no bubble"));
        assert!(
            Transcript::new([Bubble::new(" \n", 0.0, 1.0)]).check(1).unwrap_err().to_string().contains("has no text")
        );
    }

    #[test]
    fn debug_shows_no_text() {
        let shown = format!("{:?}", Transcript::new([Bubble::new("canary", 0.0, 1.0)]));
        assert!(shown.contains("start: 0.0") && !shown.contains("canary"), "{shown}");
    }
}
