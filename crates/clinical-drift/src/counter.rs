//! The counts that a client keeps while it runs: which places its answers had that its types do not name, and how often. No value is kept,
//! and what can be kept is bounded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Error, Finding, Shape};

/// How many different places are told apart. A vendor that uses data as names must not fill the memory.
const PLACES: usize = 256;

/// How much of one payload is told apart; what is found after that is a number. So a payload full of unknown names costs little more than one
/// without.
const OF_ONE_PAYLOAD: usize = 1_024;

/// Counts drift. Clones share the counts.
///
/// The first time a place is met it is told as an event of `tracing` (target `clinical_drift`, level `INFO`) with type, pointer, kind and
/// JSON type; after that it is only counted. Events and `Debug` leave out names that only the payload has: logs travel far, and a vendor may use
/// data as names. [`Drift::counts`] has them.
///
/// ```
/// use clinical_drift::{Drift, Shape};
///
/// let shape = Shape::parse(r#"{"type": "array", "items": {"type": "object", "properties": {"id": {}}}}"#)?;
/// let drift = Drift::new();
/// drift.record("Orders", shape.drift(br#"[{"id": 1, "colour": "red"}, {"id": 2, "colour": "blue"}]"#)?);
/// let counts = drift.counts();
/// assert_eq!(counts.len(), 1);
/// assert_eq!(counts[0].to_string(), "Orders /*/colour: unknown field (string), 2 times");
/// # Ok::<(), clinical_drift::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Drift {
    inner: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    places: BTreeMap<(&'static str, Finding), u64>,
    beyond: u64,
}

/// One place and how often it was met.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The type that was read, such as `CodifyResponse`.
    pub type_name: &'static str,
    /// Where (a JSON pointer with `*` for the items of lists) and what was the matter.
    pub finding: Finding,
    /// How often.
    pub count: u64,
}

impl Drift {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts what was found in one payload. Costs nothing if nothing was found.
    pub fn record(&self, type_name: &'static str, found: impl IntoIterator<Item = Finding>) {
        for (number, mut finding) in found.into_iter().enumerate() {
            if number >= OF_ONE_PAYLOAD {
                self.counts_now().beyond += 1;
                continue;
            }
            finding.place = finding.place.of_any_item();
            let mut counts = self.counts_now();
            let is_full = counts.places.len() >= PLACES;
            let key = (type_name, finding);
            if let Some(count) = counts.places.get_mut(&key) {
                *count += 1;
            } else if is_full {
                counts.beyond += 1;
            } else {
                let (_, finding) = &key;
                let (pointer, kind) = (finding.place.shown(), finding.kind.as_str());
                let json_type = finding.json_type.as_str();
                tracing::info!(
                    target: "clinical_drift",
                    r#type = type_name, pointer, kind, json_type, "an answer has what its type does not name"
                );
                counts.places.insert(key, 1);
            }
        }
    }

    /// Holds a payload against a shape and counts what is found: one pass, and memory that does not grow with what is found.
    ///
    /// ```
    /// use clinical_drift::{Drift, Shape};
    ///
    /// let shape = Shape::parse(r#"{"type": "object", "properties": {"id": {"type": "string"}}}"#)?;
    /// let drift = Drift::new();
    /// drift.walk("Order", &shape, br#"{"id": "7", "colour": "red"}"#)?;
    /// assert_eq!(drift.counts()[0].to_string(), "Order /colour: unknown field (string), 1 time");
    /// # Ok::<(), clinical_drift::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotJson`], with the place and nothing of the content. Nothing is counted then.
    pub fn walk(&self, type_name: &'static str, shape: &Shape, payload: &[u8]) -> Result<(), Error> {
        let found = crate::walk::walk(shape, payload, OF_ONE_PAYLOAD)?;
        self.record(type_name, found.first);
        self.counts_now().beyond += found.more;
        Ok(())
    }

    fn counts_now(&self) -> MutexGuard<'_, Counts> {
        // A panic elsewhere while counting leaves counts that are still good enough.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every place that was met, sorted by type and place.
    pub fn counts(&self) -> Vec<Count> {
        let counts = self.counts_now();
        let count = |((type_name, finding), count): (&(&'static str, Finding), &u64)| Count {
            type_name,
            finding: finding.clone(),
            count: *count,
        };
        counts.places.iter().map(count).collect()
    }

    /// How often something was found and not told apart: at a place beyond the first 256 different ones, or in one payload after its first
    /// 1,024 findings.
    pub fn beyond(&self) -> u64 {
        self.counts_now().beyond
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let times = if self.count == 1 { "time" } else { "times" };
        write!(f, "{} {}, {} {times}", self.type_name, self.finding, self.count)
    }
}
