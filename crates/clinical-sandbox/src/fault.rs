//! Faults as data: what goes wrong, on which operation, on which call, and whether the vendor's side has already
//! processed the request by then. The same description works from Rust and as JSON at `POST /_sandbox/faults`.
//!
//! A fault counts the attempts on its operation from the moment it is injected. When two faults fall on the same
//! attempt, the one injected first is played and a fault for one exact call is held over to the next attempt; latency
//! is played together with any other fault. A fault that can no longer match is forgotten.

mod dates;
mod kind;
pub(crate) mod plan;
pub(crate) mod play;
pub(crate) mod script;

use serde::{Deserialize, Serialize};

use crate::SandboxError;

pub use kind::{ErrorBody, FaultKind, RetryAfter};

/// The operation name that means every operation.
const ANY: &str = "any";

/// One planned fault.
///
/// ```
/// use clinical_sandbox::{Fault, FaultKind, RetryAfter};
///
/// let busy = Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 2 })).on("codify").nth(1);
/// let lost = Fault::new(FaultKind::ResetAfterBody { bytes: 10 }).on("codify").nth(2);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(rename = "fault")]
    kind: FaultKind,
    #[serde(default = "any")]
    on: String,
    #[serde(default)]
    when: When,
    #[serde(default)]
    after_commit: bool,
}

/// On which of the attempts, counted from 1 since the injection.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum When {
    /// On exactly this one.
    Nth(u64),
    /// On the first so many.
    First(u64),
    /// On all from the first to the last number, both included.
    Range {
        /// First attempt, at least 1.
        from: u64,
        /// Last attempt.
        to: u64,
    },
    /// On every one, until the faults are cleared.
    Every,
    /// On each with this probability, 0 to 1, drawn from the sandbox's seed.
    Probability(f64),
}

impl Default for When {
    fn default() -> Self {
        Self::Nth(1)
    }
}

fn any() -> String {
    ANY.to_owned()
}

impl Fault {
    /// A fault of this kind on the next attempt of any operation, before the vendor's side processes it.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, on: any(), when: When::default(), after_commit: false }
    }

    /// Only on this operation, by its name in the contract (`codify`, `tasks`), or on `any`.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.on = operation.into();
        self
    }

    /// On the nth attempt, counted from 1.
    #[must_use]
    pub fn nth(mut self, attempt: u64) -> Self {
        self.when = When::Nth(attempt);
        self
    }

    /// On the first `count` attempts.
    #[must_use]
    pub fn first(mut self, count: u64) -> Self {
        self.when = When::First(count);
        self
    }

    /// On the attempts `from` to `to`, both included.
    #[must_use]
    pub fn range(mut self, from: u64, to: u64) -> Self {
        self.when = When::Range { from, to };
        self
    }

    /// On every attempt.
    #[must_use]
    pub fn every(mut self) -> Self {
        self.when = When::Every;
        self
    }

    /// On each attempt with this probability (0 to 1), drawn from the sandbox's seed.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.when = When::Probability(probability);
        self
    }

    /// After the vendor's side has processed the request: the work is done, the answer is lost. Kinds that spoil the
    /// real answer are always of this sort; see [`FaultKind::spoils_the_answer`].
    #[must_use]
    pub fn after_commit(mut self) -> Self {
        self.after_commit = true;
        self
    }

    /// What goes wrong.
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// Whether the request has been processed when the fault is played.
    pub fn is_after_commit(&self) -> bool {
        self.after_commit || self.kind.spoils_the_answer()
    }

    fn is_on(&self, operation: &str) -> bool {
        self.on == ANY || self.on == operation
    }

    /// Checks every field against its rule.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Setting`] naming the field.
    pub(crate) fn check(&self, operations: &[&str]) -> Result<(), SandboxError> {
        if self.on != ANY && !operations.contains(&self.on.as_str()) {
            let names = operations.join(", ");
            return Err(SandboxError::setting("on", format!("no such operation; use one of any, {names}")));
        }
        match self.when {
            When::Nth(0) | When::First(0) | When::Range { from: 0, .. } => {
                return Err(SandboxError::setting("when", "attempts count from 1"));
            }
            When::Range { from, to } if from > to => {
                return Err(SandboxError::setting("when", "the range ends before it begins"));
            }
            When::Probability(p) if !(0.0..=1.0).contains(&p) => {
                return Err(SandboxError::setting("when", "a probability lies between 0 and 1"));
            }
            _ => {}
        }
        self.kind.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_written_as_json_is_the_fault_built_in_rust() {
        let json =
            r#"{"fault": {"kind": "status", "status": 503, "body": "html"}, "on": "codify", "when": {"first": 3}}"#;
        let read: Fault = serde_json::from_str(json).unwrap();
        let kind = FaultKind::Status {
            status: 503,
            body: ErrorBody::Html,
            headers: std::collections::BTreeMap::new(),
            retry_after: RetryAfter::Absent,
        };
        assert_eq!(read, Fault::new(kind).on("codify").first(3));
        let again: Fault = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
        assert_eq!(again, read);
    }

    #[test]
    fn a_misspelt_field_is_refused_and_not_ignored() {
        assert!(serde_json::from_str::<Fault>(r#"{"fault": {"kind": "bad_chunk"}, "afterCommit": true}"#).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"fault": {"kind": "latency", "milis": 5}}"#).is_err());
    }

    #[test]
    fn values_outside_their_rule_are_refused_with_the_field_named() {
        let operations = ["codify"];
        let field = |fault: Fault| match fault.check(&operations) {
            Err(SandboxError::Setting { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(Fault::new(FaultKind::BadChunk).on("codfy")), "on");
        assert_eq!(field(Fault::new(FaultKind::BadChunk).nth(0)), "when");
        assert_eq!(field(Fault::new(FaultKind::BadChunk).range(3, 2)), "when");
        assert_eq!(field(Fault::new(FaultKind::BadChunk).probability(1.5)), "when");
        assert_eq!(field(Fault::new(FaultKind::status(99))), "status");
        assert_eq!(field(Fault::new(FaultKind::OversizedBody { mebibytes: 65, chunked: false })), "mebibytes");
        assert_eq!(field(Fault::new(FaultKind::ContentType { value: "a\r\nb: c".to_owned() })), "value");
    }
}
