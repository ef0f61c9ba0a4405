//! The vendor's error body, in each of its three shapes. Its words are for people: one of them alone is ever compared.

use std::time::Duration;

use clinical_http::Sensitive;
use serde::Deserialize;
use serde_json::Value;

/// What the vendor wrote about an error. May hold patients' data, as it may quote the request.
///
/// The vendor documents three shapes, and which of them comes when is not known. So `message` is read wherever it stands, and
/// everything else may be missing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VendorError {
    /// For people. The vendor words it differently from page to page.
    pub message: Sensitive<String>,
    /// A name in capitals, such as `VALIDATION_ERROR`; which exist is not documented for all operations.
    pub code: Option<Sensitive<String>>,
    /// The field that the vendor complains about, and why.
    pub field: Option<Sensitive<String>>,
    /// Why.
    pub reason: Option<Sensitive<String>>,
}

#[derive(Deserialize)]
struct Body {
    error: Option<Value>,
    message: Option<Value>,
}

fn text(value: &Value, name: &str) -> Option<Sensitive<String>> {
    value.get(name)?.as_str().map(|text| Sensitive::new(text.to_owned()))
}

/// Reads a body of an error, if it is one.
pub(crate) fn read(body: &[u8]) -> Option<VendorError> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let error = body.error.unwrap_or_default();
    let message =
        error.as_str().or_else(|| error.get("message")?.as_str()).or_else(|| body.message.as_ref()?.as_str())?;
    let details = error.get("details").unwrap_or(&Value::Null);
    Some(VendorError {
        message: Sensitive::new(message.to_owned()),
        code: text(&error, "code"),
        field: text(details, "field"),
        reason: text(details, "reason"),
    })
}

/// `error.retry_after` of a 429, in seconds.
pub(crate) fn retry_after(body: &[u8]) -> Option<Duration> {
    let body: Body = serde_json::from_slice(body).ok()?;
    body.error?.get("retry_after")?.as_u64().map(Duration::from_secs)
}

/// The one message that is compared, as the vendor's own sample does: a refill of this medication request is pending.
pub(crate) fn says_that_it_exists(body: &[u8]) -> bool {
    read(body).is_some_and(|error| error.message.expose().contains("already exists"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_documented_shape_is_read_and_anything_else_is_no_error_body() {
        type Read<'a> = Option<(&'a str, Option<&'a str>, Option<&'a str>)>;
        let rows: [(&str, Read<'_>); 8] = [
            (r#"{"success":false,"error":{"message":"Clinic not found"}}"#, Some(("Clinic not found", None, None))),
            (
                r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request parameters","details":{"field":"email","reason":"Invalid email format"}}}"#,
                Some(("Invalid request parameters", Some("VALIDATION_ERROR"), Some("email"))),
            ),
            (
                r#"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Please retry after 60 seconds.","retry_after":60}}"#,
                Some(("Rate limit exceeded. Please retry after 60 seconds.", Some("RATE_LIMIT_EXCEEDED"), None)),
            ),
            (r#"{"success":false,"error":"down","details":7}"#, Some(("down", None, None))),
            (r#"{"message":"Forbidden"}"#, Some(("Forbidden", None, None))),
            (r#"{"error":{"message":7}}"#, None),
            ("<html>502</html>", None),
            ("", None),
        ];
        for (body, expected) in rows {
            let error = read(body.as_bytes());
            let seen = error.as_ref().map(|error| {
                let of = |part: &'_ Option<Sensitive<String>>| part.as_ref().map(|text| text.expose().clone());
                (error.message.expose().clone(), of(&error.code), of(&error.field))
            });
            let expected = expected.map(|(m, c, f)| (m.to_owned(), c.map(str::to_owned), f.map(str::to_owned)));
            assert_eq!(seen, expected, "{body}");
            assert!(!format!("{error:?}").contains("Clinic"));
        }
        assert_eq!(retry_after(br#"{"error":{"retry_after":60}}"#), Some(Duration::from_secs(60)));
        for none in [r#"{"error":{"retry_after":-1}}"#, r#"{"error":{"retry_after":"60"}}"#, r#"{"error":7}"#, "x"] {
            assert_eq!(retry_after(none.as_bytes()), None, "{none}");
        }
    }
}
