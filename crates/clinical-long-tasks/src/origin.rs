//! Where a task comes from: known before the vendor has given it an identifier, and kept with it afterwards.

use std::time::{Duration, SystemTime};

use clinical_http::audit::CallId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where a task comes from: which operation at which server, for which of the caller's records, and in which call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The vendor's name.
    pub vendor: String,
    /// The server, as `scheme://host:port`.
    pub server: String,
    /// The operation that makes the task.
    pub operation: String,
    /// The caller's references of what is submitted, such as record ids. They must not tell who the patient is: they are kept, and shown
    /// in errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// When it was submitted, by the wall clock.
    #[serde(rename = "submitted", serialize_with = "write_time", deserialize_with = "read_time")]
    pub started: SystemTime,
    /// The submission by a name that no other has, 32 hexadecimal digits.
    pub submission: String,
}

impl Origin {
    /// A submission that begins now.
    pub fn new(vendor: impl Into<String>, server: impl Into<String>, operation: impl Into<String>) -> Self {
        Self {
            vendor: vendor.into(),
            server: server.into(),
            operation: operation.into(),
            references: Vec::new(),
            started: writable(SystemTime::now()),
            submission: CallId::draw().to_string(),
        }
    }

    /// Names what is submitted.
    #[must_use]
    pub fn references(mut self, references: impl IntoIterator<Item = String>) -> Self {
        self.references = references.into_iter().collect();
        self
    }
}

/// A clock that is set before 1970 or after 9999 gives the nearest time that can be written (RFC 3339).
pub(crate) fn writable(time: SystemTime) -> SystemTime {
    time.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799))
}

fn write_time<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&humantime::format_rfc3339_nanos(writable(*time)))
}

fn read_time<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_rfc3339(&text).map_err(|_| serde::de::Error::custom("submitted is no RFC 3339 time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_written_as_the_nearest_time() {
        let far = Duration::from_secs(400_000_000_000);
        for time in [SystemTime::UNIX_EPOCH - far, SystemTime::UNIX_EPOCH + far, SystemTime::now()] {
            let origin = Origin { started: time, ..Origin::new("v", "s", "o") };
            let again: Origin = serde_json::from_str(&serde_json::to_string(&origin).unwrap()).unwrap();
            assert_eq!(again.started, writable(time));
        }
    }
}
