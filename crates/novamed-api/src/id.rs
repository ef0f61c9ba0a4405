//! Identifiers, each of its own type, so that a patient's cannot stand where a practitioner's belongs. Those that the
//! vendor hands out are taken as they come; those that a caller gives must be what the vendor documents.

use std::fmt;
use std::str::FromStr;

use clinical_http::Error as HttpError;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// Whether a text has the form of a UUID (RFC 9562, section 4), in either case.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

macro_rules! identifiers {
    ($($(#[$about:meta])* $name:ident = $field:literal, $check:expr, $rule:literal;)+) => {$(
        $(#[$about])*
        ///
        /// `Debug` does not print it: who can look it up knows whom it means.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks an identifier of the vendor's.
            ///
            /// # Errors
            ///
            #[doc = concat!("[`InvalidInput`](crate::ErrorKind::InvalidInput), naming `", $field, "`: it ", $rule, ".")]
            pub fn new(identifier: impl AsRef<str>) -> Result<Self, Error> {
                let identifier = identifier.as_ref();
                let check: fn(&str) -> bool = $check;
                if check(identifier) {
                    return Ok(Self(identifier.into()));
                }
                Err(HttpError::invalid($field, concat!($rule, "; give it as the vendor did")).into())
            }

            /// As the vendor gave it, whatever its form.
            #[allow(dead_code, reason = "not every identifier comes from an answer")]
            pub(crate) fn of_vendor(identifier: String) -> Self {
                Self(identifier.into())
            }

            /// The identifier. It may lead to a patient: do not log it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "schema")]
        impl clinical_drift::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
                clinical_drift::schemars::json_schema!({"type": "string"})
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(identifier: &str) -> Result<Self, Error> {
                Self::new(identifier)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(text).map_err(|_| serde::de::Error::custom(concat!($field, " ", $rule)))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

/// What can stand as one segment of a path, and is one line.
fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text != "."
        && text != ".."
}

identifiers! {
    /// A clinic, as the vendor issued it with the API key.
    ClinicId = "clinic_id", is_uuid, "must be a UUID";
    /// A practitioner.
    PractitionerId = "practitioner_id", is_uuid, "must be a UUID";
    /// A patient.
    PatientId = "patient_id", is_uuid, "must be a UUID";
    /// A medication request: what a create of an order answers and a refill asks for.
    MedicationRequestId = "medication_request_id", is_uuid, "must be a UUID";
    /// A medication order: what webhooks and refills name. How it relates to a [`MedicationRequestId`] is not documented.
    MedicationOrderId = "medication_order_id", is_uuid, "must be a UUID";
    /// A refill request.
    RefillRequestId = "refill_request_id", is_uuid, "must be a UUID";
    /// A registered webhook.
    WebhookId = "webhook_id", is_uuid, "must be a UUID";
    /// A shipment.
    ShipmentId = "shipment_id", is_uuid, "must be a UUID";
    /// A carrier, such as `se-3818360`.
    CarrierId = "carrier_id", is_code, "must be 1 to 128 visible ASCII characters";
    /// A service of a carrier, such as `fedex_ground`.
    ServiceId = "service_id", is_code, "must be 1 to 128 visible ASCII characters";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_uuid_and_a_carrier_one_segment_and_neither_is_printed() {
        let id = PatientId::new("550e8400-e29b-41d4-a716-446655440000").unwrap();
        assert_eq!(format!("{id:?}"), "PatientId(..)");
        for wrong in [
            "",
            "550e8400e29b41d4a716446655440000",
            "550e8400-e29b-41d4-a716-44665544000g",
            " 50e8400-e29b-41d4-a716-446655440000",
        ] {
            let error = PatientId::new(wrong).unwrap_err();
            assert_eq!(error.to_string(), "patient_id must be a UUID; give it as the vendor did (nothing was sent)");
        }
        assert!(CarrierId::new("se-3818360").is_ok());
        for wrong in ["", ".", "..", "a b", "ä"] {
            assert!(CarrierId::new(wrong).is_err(), "{wrong}");
        }
    }
}
