//! Cuts the result out of a vendor's answer by its text, so that not a byte of it changes.

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

/// The result in an answer; `None` if it has none, or is of another form.
pub(crate) fn result_of(answer: &[u8]) -> Option<&str> {
    let answer: Answer<'_> = serde_json::from_slice(answer).ok()?;
    answer.result.map(RawValue::get).filter(|result| *result != "null")
}

#[cfg(test)]
mod tests {
    use super::result_of;

    #[test]
    fn the_result_is_cut_out_byte_for_byte_and_never_guessed_at() {
        let table = [
            (r#"{"status":"DONE","result":{ "b":1.00, "a":"\u0041" }}"#, Some(r#"{ "b":1.00, "a":"\u0041" }"#)),
            (r#"{"result":[1e999],"result_2":{}}"#, Some("[1e999]")),
            (r#"{"result":null}"#, None),
            (r#"{"status":"DONE"}"#, None),
            (r#"{"result":1,"result":2}"#, None),
            (r#"{"result":{"a":1}"#, None),
            ("", None),
        ];
        for (answer, result) in table {
            assert_eq!(result_of(answer.as_bytes()), result, "{answer}");
        }
    }
}
