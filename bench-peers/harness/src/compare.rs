//! Compares two JSON texts as values, numbers by their text. It reads them itself: the features of `serde_json` that keep a number's text would
//! change the crate that is measured.

use std::collections::BTreeMap;

use crate::Failure;

/// JSON whose numbers and words are still text.
enum Json<'a> {
    Object(BTreeMap<String, Json<'a>>),
    Array(Vec<Json<'a>>),
    Text(String),
    Word(&'a str),
}

/// The path of the first difference, if there is one.
pub(crate) fn difference(left: &[u8], right: &[u8]) -> Result<Option<String>, Failure> {
    // The writer's text is checked by another parser first.
    serde_json::from_slice::<serde_json::Value>(right)?;
    Ok(between(&parsed(left)?, &parsed(right)?))
}

fn between(left: &Json<'_>, right: &Json<'_>) -> Option<String> {
    match (left, right) {
        (Json::Object(left), Json::Object(right)) => {
            for (name, value) in left {
                let Some(other) = right.get(name) else { return Some(format!(".{name} is gone")) };
                if let Some(below) = between(value, other) {
                    return Some(format!(".{name}{below}"));
                }
            }
            right.keys().find(|name| !left.contains_key(*name)).map(|name| format!(".{name} is new"))
        }
        (Json::Array(left), Json::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(place, (value, other))| between(value, other).map(|below| format!("[{place}]{below}")))
        }
        (Json::Array(_), Json::Array(_)) => Some(" has another length".into()),
        (Json::Text(left), Json::Text(right)) => (left != right).then(|| " is another string".into()),
        // `1E3` and `1e3` are the same digits.
        (Json::Word(left), Json::Word(right)) => {
            (!left.eq_ignore_ascii_case(right)).then(|| " is another value".into())
        }
        _ => Some(" is of another kind".into()),
    }
}

fn parsed(json: &[u8]) -> Result<Json<'_>, Failure> {
    let mut rest = std::str::from_utf8(json)?;
    value(&mut rest)
}

/// The value that the text begins with; the text is what is left then. It relies on the text being JSON.
fn value<'a>(rest: &mut &'a str) -> Result<Json<'a>, Failure> {
    *rest = rest.trim_start();
    if rest.starts_with('{') {
        let mut object = BTreeMap::new();
        while goes_on(rest, '{', '}') {
            let Json::Text(name) = value(rest)? else { return Err("a name is no string".into()) };
            take(rest, ':')?;
            if object.insert(name, value(rest)?).is_some() {
                return Err("a name is there twice".into());
            }
        }
        return Ok(Json::Object(object));
    }
    if rest.starts_with('[') {
        let mut array = Vec::new();
        while goes_on(rest, '[', ']') {
            array.push(value(rest)?);
        }
        return Ok(Json::Array(array));
    }
    if rest.starts_with('"') {
        let bytes = rest.as_bytes();
        let mut end = 1;
        while *bytes.get(end).ok_or("a string has no end")? != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let text = serde_json::from_str(&rest[..=end])?;
        *rest = &rest[end + 1..];
        return Ok(Json::Text(text));
    }
    let end =
        rest.find(|byte: char| matches!(byte, ',' | '}' | ']') || byte.is_ascii_whitespace()).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    if word.is_empty() {
        return Err("a value is missing".into());
    }
    *rest = after;
    Ok(Json::Word(word))
}

/// Goes to the next part of an object or array, over its opening or a comma; `false` and behind the end if there is none.
fn goes_on(rest: &mut &str, open: char, close: char) -> bool {
    *rest = rest.trim_start();
    if let Some(after) = rest.strip_prefix([open, ',']) {
        *rest = after.trim_start();
    }
    let Some(after) = rest.strip_prefix(close) else { return true };
    *rest = after;
    false
}

fn take(rest: &mut &str, sign: char) -> Result<(), Failure> {
    *rest = rest.trim_start().strip_prefix(sign).ok_or("a sign is missing")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn order_space_and_escapes_make_no_difference() {
        let left = br#" { "a" : [ 1.00E+2 , {} , [ ] , "\u003cb\"" ] , "c" : null } "#;
        assert_eq!(difference(left, br#"{"c":null,"a":[1.00e+2,{},[],"<b\u0022"]}"#).unwrap(), None);
    }

    #[test]
    fn each_other_difference_is_found_with_its_path() {
        for (right, at) in [
            (r#"{"a":[1.0,{"b":"x"}]}"#, ".a[0] is another value"),
            (r#"{"a":[1.00,{"b":"y"}]}"#, ".a[1].b is another string"),
            (r#"{"a":[1.00,{}]}"#, ".a[1].b is gone"),
            (r#"{"a":[1.00,{"b":"x","c":1}]}"#, ".a[1].c is new"),
            (r#"{"a":[1.00]}"#, ".a has another length"),
            (r#"{"a":{"b":"x"}}"#, ".a is of another kind"),
        ] {
            assert_eq!(difference(br#"{"a":[1.00,{"b":"x"}]}"#, right.as_bytes()).unwrap().as_deref(), Some(at));
        }
    }

    #[test]
    fn what_is_no_json_or_names_a_field_twice_is_an_error() {
        for wrong in [r#"{"a":1"#, r#"{"a":1,}"#, r#"{"a":1,"a":1}"#] {
            assert!(difference(br#"{"a":1}"#, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
