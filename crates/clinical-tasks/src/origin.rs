//! Where a task comes from: known before the vendor has given it an identifier, and kept with it afterwards.

use std::time::SystemTime;

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
            started: SystemTime::now(),
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

fn write_time<S: Serializer>(time: &SystemTime, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&humantime::format_rfc3339_nanos(*time))
}

fn read_time<'de, D: Deserializer<'de>>(from: D) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_rfc3339(&text).map_err(|_| serde::de::Error::custom("submitted is no RFC 3339 time"))
}
