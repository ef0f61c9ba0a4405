//! A secret in every text of a document, and in the names that only the document has: nothing that this crate shows of it by itself has the secret in it.

use std::fmt::Debug;

use fhir_r4b_model::json::{self, ReadOptions};
use fhir_r4b_model::walk::{Node, Path, walk_resource};
use fhir_r4b_model::{Bundle, Resource};
use serde_json::{Map, Value};

use crate::fixtures::lines;
use crate::names::RESOURCES;

const SECRET: &str = "Gundula";
/// A number that is nowhere else.
const NUMBER: &str = "86753";

#[track_caller]
fn silent(shown: &str) {
    assert!(!shown.contains(SECRET) && !shown.contains(NUMBER), "{shown}");
}

/// Every text and number becomes the secret, and every object gets a field of that name.
fn planted(value: &Value, types: bool) -> Value {
    match value {
        Value::String(_) => Value::from(SECRET),
        Value::Number(_) => serde_json::from_str(NUMBER).unwrap(),
        Value::Array(members) => members.iter().map(|member| planted(member, types)).collect(),
        Value::Object(members) => {
            let mut planted_members = Map::new();
            for (name, member) in members {
                let kept = name == "resourceType" && !types;
                planted_members.insert(name.clone(), if kept { member.clone() } else { planted(member, types) });
            }
            planted_members.insert(format!("{SECRET}Field"), Value::from(1));
            Value::Object(planted_members)
        }
        other => other.clone(),
    }
}

/// `Debug` and `Display` of an error, and of all that it says.
fn silent_error(error: &json::Error) {
    silent(&format!("{error} {error:?} {error:#?} {}", error.path()));
}

fn silent_debug(value: &dyn Debug) {
    silent(&format!("{value:?} {value:#?}"));
}

fn read_and_show(text: &str) {
    for options in [ReadOptions::new(), ReadOptions::new().refuse_unknown(), ReadOptions::new().max_depth(3)] {
        match options.from_str::<Resource>(text) {
            Err(error) => silent_error(&error),
            Ok(resource) => show(&resource),
        }
    }
    #[cfg(feature = "validate")]
    if let Err(error) = ReadOptions::new().strict().from_str::<Resource>(text) {
        silent_error(&error);
    }
    #[cfg(feature = "serde")]
    if let Err(error) = serde_json::from_str::<Resource>(text) {
        silent(&format!("{error} {error:?}"));
    }
    if let Some(Err(error)) = json::lines::<Resource, _>(text.as_bytes()).next() {
        silent(&format!("{error} {error:?}"));
    }
    let bundle = format!(r#"{{"entry":[{{"resource":{text}}}],"resourceType":"Bundle"}}"#);
    let mut entries = json::entries(bundle.as_bytes());
    silent_debug(&entries);
    for entry in entries.by_ref() {
        match entry {
            Ok(entry) => silent_debug(&entry),
            Err(error) => silent(&format!("{error} {error:?}")),
        }
    }
}

fn show(resource: &Resource) {
    silent_debug(resource);
    let (_, issues) = ReadOptions::new().from_slice_with_issues::<Resource>(&json::to_vec(resource)).unwrap();
    silent_debug(&issues);
    walk_resource(resource, &Path::root("R"), &mut |path, node| {
        silent(&format!("{path} {path:?}"));
        match node {
            Node::Unknown { value, .. } => silent_debug(value),
            Node::Value { value: fhir_r4b_model::access::Value::Text(text), .. } => silent_debug(text),
            Node::Element(element) => {
                element.info().fields.iter().for_each(|field| silent_debug(field));
                if let fhir_r4b_model::access::Field::Unknown(fields) = element.field(usize::MAX) {
                    silent_debug(fields);
                }
            }
            _ => {}
        }
    });
    #[cfg(feature = "validate")]
    {
        use fhir_r4b_model::validate::Validate;
        let issues = resource.validate();
        for issue in &issues {
            silent(&format!("{issue} {issue:?}"));
        }
        silent(&json::to_string(&fhir_r4b_model::issue::Issue::outcome(&issues)));
        if let Err(issues) = resource.clone().build() {
            silent_debug(&issues);
        }
    }
}

#[test]
fn a_secret_in_every_text_and_name_of_every_resource_is_never_shown() {
    for name in RESOURCES {
        for line in lines(name).iter().take(2) {
            let value: Value = serde_json::from_str(line).unwrap();
            let text = planted(&value, false).to_string();
            assert!(text.contains(SECRET), "{name}");
            let resource: Resource = json::from_str(&text).unwrap();
            assert!(json::to_string(&resource).contains(SECRET));
            read_and_show(&text);
        }
    }
}

#[test]
fn a_resource_whose_type_is_the_secret_is_not_shown() {
    for name in ["Patient", "Bundle", "List", "Parameters"] {
        let value: Value = serde_json::from_str(&lines(name)[1]).unwrap();
        read_and_show(&planted(&value, true).to_string());
    }
}

#[cfg(feature = "serde")]
#[test]
fn what_serde_json_tells_out_of_a_document_is_not_shown_where_it_does_not_fit() {
    let values = [
        r#""Gundula""#,
        "86753",
        "-86753.5e1",
        r#"["Gundula"]"#,
        "[86753]",
        r#"{"div":86753}"#,
        r#"{"div":["Gundula"]}"#,
        r#"{"status":["Gundula"],"Gundula":1}"#,
        r#"{"Gundula":86753,"Gundula":1}"#,
        r#"[{"Gundula":86753,"Gundula":1}]"#,
        r#"[{"resource":"Gundula"}]"#,
        r#"[{"resource":{"resourceType":"Patient","text":"Gundula"}}]"#,
    ];
    let mut refused = 0;
    for value in values {
        for whole in [
            value.to_owned(),
            format!(r#"{{"resourceType":{value}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{value}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{{"div":{value}}}}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":{value}}}"#),
        ] {
            // Also where it ends too early.
            for text in (0..=whole.len()).filter_map(|end| whole.get(..end)) {
                let ways = [serde_json::from_str::<Resource>(text), serde_json::from_reader(text.as_bytes())];
                for error in ways.into_iter().filter_map(Result::err) {
                    silent(&format!("{error} {error:?}"));
                    refused += usize::from(text == whole);
                }
            }
        }
    }
    assert!(refused > 80, "{refused}");
}

#[test]
fn an_error_in_the_middle_of_a_secret_does_not_show_it() {
    let value: Value = serde_json::from_str(&lines("Patient")[1]).unwrap();
    let text = planted(&value, false).to_string();
    let mut random = fastrand::Rng::with_seed(5_339);
    let mut refused = 0;
    for _ in 0..3_000 {
        let mut bytes = text.clone().into_bytes();
        let at = random.usize(..bytes.len());
        match random.u8(..5) {
            0 => bytes.truncate(at),
            1 => bytes[at] = *random.choice(b"{}[],:\"\\x0\xff").unwrap(),
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, b'"'),
            // A value of another type, and a name that is there twice.
            _ => {
                bytes = text
                    .replacen(&format!("\"{SECRET}\""), "[]", at % 40)
                    .replacen(NUMBER, &format!("\"{SECRET}\""), at % 7)
                    .into_bytes();
            }
        }
        if let Err(error) = json::from_slice::<Resource>(&bytes) {
            silent_error(&error);
            refused += 1;
        }
        #[cfg(feature = "serde")]
        if let Err(error) = serde_json::from_slice::<Resource>(&bytes) {
            silent(&format!("{error} {error:?}"));
        }
        if let Err(error) = json::from_slice::<Bundle>(&bytes) {
            silent_error(&error);
        }
    }
    assert!(refused > 1_000, "{refused}");
}
