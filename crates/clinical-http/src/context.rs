//! Who a call is about: references that go into audit headers, never into the body.

use crate::Error;
use crate::Sensitive;

/// The most characters of a doctor's or patient's reference. The vendors document no limit; this
/// keeps headers well below what proxies accept.
const LONGEST: usize = 256;

/// A doctor's or a patient's reference, checked to be safe as an HTTP field value: 1-256 visible
/// ASCII characters, with spaces allowed inside. `Debug` does not print it.
///
/// That is a part of what RFC 9110, section 5.5 allows: letters beyond ASCII have no agreed
/// encoding in a field value, and a control character could end the field and begin another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AuditId(Sensitive<String>);

impl AuditId {
    /// Checks a reference; `field` names it in the error (`x-doctor`). It is taken as it is:
    /// nothing is trimmed or encoded, so that the audit trail holds the very text that the caller
    /// knows.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), naming the field and the rule, never the
    /// value.
    pub fn new(field: &'static str, value: impl Into<String>) -> Result<Self, Error> {
        let value = value.into();
        if value.is_empty() {
            return Err(Error::invalid(field, "is empty; leave it out or give 1 to 256 characters"));
        }
        if value.contains(['\r', '\n']) {
            return Err(Error::invalid(field, "contains a line break (CR or LF); use visible ASCII characters only"));
        }
        if value.chars().any(|c| !(c == ' ' || c.is_ascii_graphic())) {
            return Err(Error::invalid(
                field,
                "contains a control or non-ASCII character; use visible ASCII characters only",
            ));
        }
        if value.starts_with(' ') || value.ends_with(' ') {
            return Err(Error::invalid(field, "starts or ends with a space; remove it"));
        }
        if value.len() > LONGEST {
            let length = value.len();
            return Err(Error::invalid(field, format!("has {length} characters; at most {LONGEST} are allowed")));
        }
        Ok(Self(Sensitive::new(value)))
    }

    /// The reference itself, for a header or an audit record. It identifies a person: do not log it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Who a call is about, for the vendor's audit headers and for our audit record.
///
/// Both references are optional here; a vendor crate may demand one. They are sent only to a vendor
/// that declares headers for them ([`Vendor::audit_headers`](crate::Vendor::audit_headers)), and
/// are never part of the address or the body. Use identifiers of your system, not names.
///
/// ```
/// use clinical_http::CallContext;
///
/// # fn main() -> Result<(), clinical_http::Error> {
/// let context = CallContext::new().doctor("dr_123")?.patient("pt_456")?;
/// assert_eq!(context.doctor_id().map(|id| id.expose()), Some("dr_123"));
///
/// // What could smuggle in another header is refused before anything is sent, and not repeated.
/// let error = CallContext::new().doctor("dr_123\r\nx-admin: 1").unwrap_err();
/// assert_eq!(error.field(), Some("x-doctor"));
/// assert!(!error.to_string().contains("admin"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallContext {
    doctor: Option<AuditId>,
    patient: Option<AuditId>,
}

impl CallContext {
    /// A context that names nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// The doctor on whose behalf the call is made. Replaces one given before; on an error the
    /// whole context is gone, so that no call is made with a half of it.
    ///
    /// # Errors
    ///
    /// As [`AuditId::new`], for the field `x-doctor`.
    pub fn doctor(mut self, reference: impl Into<String>) -> Result<Self, Error> {
        self.doctor = Some(AuditId::new("x-doctor", reference)?);
        Ok(self)
    }

    /// The patient whose data the call carries. Replaces one given before.
    ///
    /// # Errors
    ///
    /// As [`AuditId::new`], for the field `x-patient`.
    pub fn patient(mut self, reference: impl Into<String>) -> Result<Self, Error> {
        self.patient = Some(AuditId::new("x-patient", reference)?);
        Ok(self)
    }

    /// The doctor's reference, if one was given.
    pub fn doctor_id(&self) -> Option<&AuditId> {
        self.doctor.as_ref()
    }

    /// The patient's reference, if one was given.
    pub fn patient_id(&self) -> Option<&AuditId> {
        self.patient.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn what_could_split_a_header_is_refused_by_rule_and_not_repeated() {
        let long = "9".repeat(257);
        let table = [
            ("", "is empty"),
            ("dr_1\r\nx-admin: 1", "line break"),
            ("dr_1\n", "line break"),
            ("dr_1\0", "control"),
            ("dr_ñ", "non-ASCII"),
            ("dr\t1", "control"),
            (" dr_1", "space"),
            ("dr_1 ", "space"),
            (long.as_str(), "257 characters"),
        ];
        for (value, rule) in table {
            let error = CallContext::new().doctor(value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.field(), Some("x-doctor"));
            let text = error.to_string();
            assert!(text.starts_with("x-doctor ") && text.contains(rule), "{text}");
            assert!(value.len() < 3 || !text.contains(value), "{text}");
        }
        assert_eq!(CallContext::new().patient("").unwrap_err().field(), Some("x-patient"));
    }

    #[test]
    fn ordinary_references_pass_and_are_not_printed() {
        for value in ["dr_123", "pt 456", "urn:oid:1.2.3^^^H&1", "x", &"9".repeat(256)] {
            let context = CallContext::new().doctor(value).unwrap().patient(value).unwrap();
            assert_eq!(context.doctor_id().unwrap().expose(), value);
            assert_eq!(context.patient_id().unwrap().expose(), value);
            assert!(!format!("{context:?}").contains(value) || value == "x");
        }
    }
}
