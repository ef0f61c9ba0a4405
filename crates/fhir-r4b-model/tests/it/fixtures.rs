//! An instance of everything that each resource can hold, made from the published definitions (`cargo xtask fhir fixtures`): kept in every way, valid, and
//! invalid in exactly one place when one element is taken out.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use fhir_r4b_model::access::{ChosenMut, Element, Field, FieldMut};
use fhir_r4b_model::info::Shape;
use fhir_r4b_model::walk::{Node, Path, walk_resource};
use fhir_r4b_model::{Resource, json};

use crate::names::RESOURCES;
use crate::oracle::judge;

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The lines of a resource's file: the least of it, all of it, and one for each type of its choices.
pub(crate) fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(folder().join(format!("{name}.ndjson"))).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn each_fixture_is_kept_in_every_way() {
    for name in RESOURCES {
        let lines = lines(name);
        for line in &lines {
            assert!(judge(line.as_bytes()), "{name}: {line}");
        }
        let text = lines.join("\n");
        let read: Vec<Resource> = json::lines(text.as_bytes()).collect::<Result<_, _>>().unwrap();
        assert!(read.len() == lines.len() && read.iter().all(|resource| resource.type_name() == name));
    }
}

#[test]
fn no_fixture_has_what_the_tables_do_not() {
    for name in RESOURCES {
        for line in lines(name) {
            let (_, issues) = json::ReadOptions::new().from_slice_with_issues::<Resource>(line.as_bytes()).unwrap();
            assert!(issues.is_empty(), "{name}: {issues:?}");
        }
    }
}

/// The elements of a type and of the backbone elements in it, choices by each of their types.
fn all_fields(element: &mut dyn Element, seen: &mut BTreeSet<String>) {
    let info = element.info();
    if info.fields.iter().any(|field| seen.contains(&format!("{}.{}", info.path, field.name))) {
        return;
    }
    for (index, field) in info.fields.iter().enumerate() {
        match field.shape {
            Shape::Choice(variants) => {
                seen.extend(variants.iter().map(|variant| format!("{}.{}{}", info.path, field.name, variant.suffix)));
            }
            _ => drop(seen.insert(format!("{}.{}", info.path, field.name))),
        }
        if let FieldMut::Elements(slot) = element.field_mut(index) {
            let child = slot.push();
            if child.info().path.contains('.') {
                all_fields(child, seen);
            }
        } else if let FieldMut::Choice(slot) = element.field_mut(index) {
            assert!(matches!(slot.select(0), Some(ChosenMut::Element(_) | ChosenMut::Primitive(_))));
        }
    }
}

#[test]
fn together_the_fixtures_hold_every_element_and_every_type_of_every_choice() {
    for name in RESOURCES {
        let mut resource: Resource = json::from_str(&format!(r#"{{"resourceType":"{name}"}}"#)).unwrap();
        let mut wanted = BTreeSet::new();
        all_fields(resource.element_mut().unwrap(), &mut wanted);
        for line in lines(name) {
            let resource: Resource = json::from_str(&line).unwrap();
            walk_resource(&resource, &Path::root(name), &mut |_, node| {
                let Node::Element(element) = node else { return };
                let info = element.info();
                for (index, field) in info.fields.iter().enumerate() {
                    let held = match element.field(index) {
                        Field::Primitives(slot) => (!slot.is_empty()).then_some(""),
                        Field::Elements(slot) => (!slot.is_empty()).then_some(""),
                        Field::Resources(slot) => (!slot.is_empty()).then_some(""),
                        Field::Choice(slot) => slot.chosen().map(|(variant, _)| match field.shape {
                            Shape::Choice(variants) => variants[variant].suffix,
                            _ => "",
                        }),
                        Field::Unknown(_) => None,
                    };
                    if let Some(suffix) = held {
                        wanted.remove(&format!("{}.{}{suffix}", info.path, field.name));
                    }
                }
            });
        }
        assert!(wanted.is_empty(), "{name}: {wanted:?}");
    }
}

#[cfg(feature = "validate")]
mod valid {
    use fhir_r4b_model::issue::{Issue, Rule, Severity};
    use fhir_r4b_model::validate::Validate;
    use serde_json::Value;

    use super::*;

    fn errors(text: &str) -> Vec<Issue> {
        let mut issues = json::from_str::<Resource>(text).unwrap().validate();
        issues.retain(|issue| issue.severity == Severity::Error);
        issues
    }

    #[test]
    fn no_fixture_has_an_error() {
        for name in RESOURCES {
            for line in lines(name) {
                assert_eq!(errors(&line), [], "{name}: {line}");
                assert!(json::ReadOptions::new().strict().from_str::<Resource>(&line).is_ok());
            }
        }
    }

    /// Takes out what stands at a path such as `Patient.link[0].other`; whether the object it stood in is empty then.
    fn take_out(value: &mut Value, path: &str) -> bool {
        let (above, name) = path.rsplit_once('.').unwrap();
        let mut here = value;
        for step in above.split('.').skip(1) {
            let (name, place) =
                step.split_once('[').map_or((step, None), |(name, rest)| (name, rest.strip_suffix(']')));
            here = &mut here[name];
            if let Some(place) = place {
                here = &mut here[place.parse::<usize>().unwrap()];
            }
        }
        let object = here.as_object_mut().unwrap();
        assert!(object.remove(name).is_some(), "{path}");
        object.remove(&format!("_{name}"));
        object.is_empty()
    }

    #[test]
    fn without_any_one_of_the_elements_that_have_to_be_there_that_one_is_missed() {
        let required = fs::read_to_string(folder().join("required.txt")).unwrap();
        let mut count = 0;
        for line in required.lines() {
            let (at, told) = line.split_once(' ').unwrap();
            let name = at.split('.').next().unwrap();
            let mut value: Value = serde_json::from_str(&lines(name)[0]).unwrap();
            let emptied = take_out(&mut value, at);
            let issues = errors(&value.to_string());
            let missed: Vec<&str> =
                issues.iter().filter(|issue| issue.rule == Rule::Required).map(|issue| issue.path.as_str()).collect();
            assert_eq!(missed, [told]);
            // An element in which nothing is left is an error of its own.
            assert_eq!(issues.len(), 1 + usize::from(emptied), "{issues:?}");
            count += 1;
        }
        assert_eq!(count, required.lines().count());
        assert!(count > 300, "{count}");
    }
}
