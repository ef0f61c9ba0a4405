//! What the vendors' documents leave open, as named switches with a default. A test of a client sets them both ways to
//! show that the client is right under either reading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::SandboxError;

macro_rules! switch {
    ($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            /// Every position, the names as written in JSON.
            pub(crate) fn positions() -> Vec<String> {
                [$(Self::$variant),+].iter().map(|position| {
                    serde_json::to_value(position).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
                }).collect()
            }
        }
    };
}

mod novamed;

pub use novamed::{
    NovamedCreateStatus, NovamedErrors, NovamedMissingPerson, NovamedMissingRequest, NovamedRateLimit, NovamedRevision,
    NovamedWebhookAnswer, NovamedWebhookDelete, WebhookCopies, WebhookEnvelope, WebhookSchedule,
};

switch! {
    /// What a codify body must hold. The pages call `medical_note` required, an alternative, and exclusive.
    InputRule {
        /// A note in any case; a PDF is added context.
        NoteRequired,
        /// A note, a PDF, or both.
        #[default]
        AtLeastOne,
        /// One of them, not both.
        ExactlyOne,
    }
}
switch! {
    /// What "KB" and "MB" mean.
    SizeUnit {
        /// 1,024: 51,200 and 5,242,880.
        #[default]
        Binary,
        /// 1,000: 50,000 and 5,000,000.
        Decimal,
    }
}
switch! {
    /// What the length of a note counts.
    NoteLength {
        /// Bytes of UTF-8.
        #[default]
        Bytes,
        /// Unicode scalar values.
        Characters,
    }
}
switch! {
    /// Whether something may be missing.
    Presence {
        /// It may be missing.
        #[default]
        Optional,
        /// It may not.
        Required,
    }
}
switch! {
    /// The status for a PDF object whose `type`, `source_type`, `mime_type` or `filename` is wrong or missing.
    PdfFieldStatus {
        /// 422 Unprocessable Entity.
        #[default]
        UnprocessableEntity,
        /// 400 Bad Request.
        BadRequest,
    }
}
switch! {
    /// What happens to something the documents do not name.
    Unnamed {
        /// It is let through and has no effect.
        Accept,
        /// It is refused with 400.
        #[default]
        Refuse,
    }
}
switch! {
    /// Which checks come first.
    CheckOrder {
        /// The token and the rate limit, then the body.
        #[default]
        AuthFirst,
        /// The body, then the token and the rate limit.
        BodyFirst,
    }
}
switch! {
    /// The names of a task's statuses.
    TaskStatuses {
        /// The nine of the guide.
        #[default]
        Current,
        /// CREATED, RUNNING, DONE and FAILED, as on the older page.
        Older,
    }
}
switch! {
    /// What destroys a task that has ended.
    TaskConsumption {
        /// The first byte of the answer that tells the end.
        #[default]
        FirstByte,
        /// Processing the poll, whether an answer leaves or not.
        Processing,
    }
}
switch! {
    /// What a poll of an unknown task, or of one that was taken, meets.
    ConsumedTask {
        /// 404 with `Task not found`.
        #[default]
        NotFound,
        /// 422 in the shape of a validation error.
        ValidationError,
        /// 200 with a task that is DONE and has no result.
        NullTask,
    }
}
switch! {
    /// Which form a 422 has.
    ValidationShape {
        /// That of pydantic 1, as in the guide's sample.
        #[default]
        PydanticV1,
        /// That of pydantic 2.
        PydanticV2,
        /// A plain string.
        Text,
    }
}
switch! {
    /// Whether the sandbox's own 429 tells when to come back.
    RetryHint {
        /// No `Retry-After`: none is documented.
        #[default]
        Absent,
        /// `Retry-After` in whole seconds.
        Seconds,
    }
}

/// All switches. [`Default`] gives the sandbox's default positions.
///
/// ```
/// use clinical_sandbox::switches::{InputRule, Switches};
///
/// let mut switches = Switches::default();
/// assert_eq!(switches.input_rule, InputRule::AtLeastOne);
/// switches.set("input_rule", "exactly-one").unwrap();
/// assert_eq!(switches.input_rule, InputRule::ExactlyOne);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// What a codify body must hold.
    pub input_rule: InputRule,
    /// What "KB" and "MB" mean in the documented limits.
    pub size_unit: SizeUnit,
    /// What the length of a note counts.
    pub note_length: NoteLength,
    /// Whether an empty or blank note counts as no note (`refuse`) or as a note in which nothing is found (`accept`).
    pub blank_note: Unnamed,
    /// Whether codify wants `x-doctor`.
    pub doctor_header: Presence,
    /// The status for a PDF object with a wrong or missing field other than `data`.
    pub pdf_field_status: PdfFieldStatus,
    /// What happens to a `model` that the documents do not name.
    pub unknown_model: Unnamed,
    /// What happens to a field that the documents do not name.
    pub unknown_fields: Unnamed,
    /// Whether `GET /v1/health` wants a token.
    pub health_auth: Presence,
    /// Which checks come first.
    pub check_order: CheckOrder,
    /// Whether a 429 of the rate limit carries `Retry-After`.
    pub retry_hint: RetryHint,
    /// The names of a task's statuses.
    pub task_statuses: TaskStatuses,
    /// What destroys a task that has ended.
    pub task_consumption: TaskConsumption,
    /// What a poll of an unknown task, or of one that was taken, meets.
    pub consumed_task: ConsumedTask,
    /// Which form a 422 of Haidy-Analyst has.
    pub validation_shape: ValidationShape,
    /// Which revisions of `NovaMed` are served.
    pub novamed_revision: NovamedRevision,
    /// The shape of an error of `NovaMed`.
    pub novamed_errors: NovamedErrors,
    /// Whether the documented rate limits of `NovaMed` hold.
    pub novamed_rate_limit: NovamedRateLimit,
    /// The status of a create of `NovaMed` that was done.
    pub novamed_create_status: NovamedCreateStatus,
    /// What a registration of a webhook is answered with.
    pub novamed_webhook_answer: NovamedWebhookAnswer,
    /// Which form of the deletion of a webhook is taken.
    pub novamed_webhook_delete: NovamedWebhookDelete,
    /// The status for a refill of a medication request that does not exist.
    pub novamed_missing_request: NovamedMissingRequest,
    /// The status for an order whose patient or practitioner does not exist.
    pub novamed_missing_person: NovamedMissingPerson,
    /// The envelope and the names of events.
    pub webhook_envelope: WebhookEnvelope,
    /// What the documented delays of repeated calls of a webhook count from.
    pub webhook_schedule: WebhookSchedule,
    /// How often every event is sent, whatever is answered.
    pub webhook_copies: WebhookCopies,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            input_rule: InputRule::default(),
            size_unit: SizeUnit::default(),
            note_length: NoteLength::default(),
            blank_note: Unnamed::Refuse,
            doctor_header: Presence::default(),
            pdf_field_status: PdfFieldStatus::default(),
            unknown_model: Unnamed::Refuse,
            // A service that validated extra fields away would say so; letting them pass is the commoner habit.
            unknown_fields: Unnamed::Accept,
            health_auth: Presence::default(),
            check_order: CheckOrder::default(),
            retry_hint: RetryHint::default(),
            task_statuses: TaskStatuses::default(),
            task_consumption: TaskConsumption::default(),
            consumed_task: ConsumedTask::default(),
            validation_shape: ValidationShape::default(),
            novamed_revision: NovamedRevision::default(),
            novamed_errors: NovamedErrors::default(),
            novamed_rate_limit: NovamedRateLimit::default(),
            novamed_create_status: NovamedCreateStatus::default(),
            novamed_webhook_answer: NovamedWebhookAnswer::default(),
            novamed_webhook_delete: NovamedWebhookDelete::default(),
            novamed_missing_request: NovamedMissingRequest::default(),
            novamed_missing_person: NovamedMissingPerson::default(),
            webhook_envelope: WebhookEnvelope::default(),
            webhook_schedule: WebhookSchedule::default(),
            webhook_copies: WebhookCopies::default(),
        }
    }
}

impl Switches {
    /// Sets one switch by name, both as written in JSON: `set("input_rule", "exactly-one")`.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Setting`] for an unknown switch or position; the text lists what there is.
    pub fn set(&mut self, name: &str, position: &str) -> Result<(), SandboxError> {
        let unknown = |rule| SandboxError::setting("switch", rule);
        let positions = positions();
        let Some(allowed) = positions.get(name) else {
            let names: Vec<&str> = positions.keys().copied().collect();
            return Err(unknown(format!("no such switch; use one of {}", names.join(", "))));
        };
        if !allowed.iter().any(|known| known == position) {
            return Err(unknown(format!("{name} can be {}", allowed.join(", "))));
        }
        let mut all = serde_json::to_value(*self).unwrap_or_default();
        all[name] = Value::String(position.to_owned());
        *self = serde_json::from_value(all).map_err(|_| unknown(format!("{name} could not be set")))?;
        Ok(())
    }

    /// The position of one switch, as written in JSON.
    pub(crate) fn position(&self, name: &str) -> String {
        let all = serde_json::to_value(self).unwrap_or_default();
        all[name].as_str().unwrap_or_default().to_owned()
    }
}

/// Every switch with its positions.
pub(crate) fn positions() -> BTreeMap<&'static str, Vec<String>> {
    BTreeMap::from([
        ("input_rule", InputRule::positions()),
        ("size_unit", SizeUnit::positions()),
        ("note_length", NoteLength::positions()),
        ("blank_note", Unnamed::positions()),
        ("doctor_header", Presence::positions()),
        ("pdf_field_status", PdfFieldStatus::positions()),
        ("unknown_model", Unnamed::positions()),
        ("unknown_fields", Unnamed::positions()),
        ("health_auth", Presence::positions()),
        ("check_order", CheckOrder::positions()),
        ("retry_hint", RetryHint::positions()),
        ("task_statuses", TaskStatuses::positions()),
        ("task_consumption", TaskConsumption::positions()),
        ("consumed_task", ConsumedTask::positions()),
        ("validation_shape", ValidationShape::positions()),
        ("novamed_revision", NovamedRevision::positions()),
        ("novamed_errors", NovamedErrors::positions()),
        ("novamed_rate_limit", NovamedRateLimit::positions()),
        ("novamed_create_status", NovamedCreateStatus::positions()),
        ("novamed_webhook_answer", NovamedWebhookAnswer::positions()),
        ("novamed_webhook_delete", NovamedWebhookDelete::positions()),
        ("novamed_missing_request", NovamedMissingRequest::positions()),
        ("novamed_missing_person", NovamedMissingPerson::positions()),
        ("webhook_envelope", WebhookEnvelope::positions()),
        ("webhook_schedule", WebhookSchedule::positions()),
        ("webhook_copies", WebhookCopies::positions()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_listed_with_positions_that_can_be_set() {
        let fields = serde_json::to_value(Switches::default()).unwrap();
        let names: Vec<&String> = fields.as_object().unwrap().keys().collect();
        assert_eq!(names.len(), positions().len());
        for (name, positions) in positions() {
            assert!(positions.len() >= 2, "{name}");
            for position in positions {
                let mut switches = Switches::default();
                switches.set(name, &position).unwrap();
                assert_eq!(switches.position(name), position);
            }
        }
    }

    #[test]
    fn a_misspelt_switch_or_position_is_answered_with_what_there_is() {
        let mut switches = Switches::default();
        assert!(switches.set("input", "x").unwrap_err().to_string().contains("input_rule"));
        assert!(switches.set("input_rule", "x").unwrap_err().to_string().contains("exactly-one"));
        assert_eq!(switches, Switches::default());
    }
}
