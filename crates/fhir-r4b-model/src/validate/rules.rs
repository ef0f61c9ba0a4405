//! The rules of one element and of one primitive.

use super::{codes, formats, narrative};
use crate::Resource;
use crate::access::{Chosen, Element, Field, Value};
use crate::ext::Target;
use crate::generated::rules::TARGETS;
use crate::info::{FieldInfo, Strength, TypeInfo};
use crate::issue::{Issue, Rule};
use crate::text::Extra;
use crate::walk::Path;

/// What an element has to hold, which codes, and which references.
pub(super) fn element(element: &dyn Element, path: &Path<'_>, issues: &mut Vec<Issue>) {
    let info = element.info();
    let mut holds = matches!(element.field(usize::MAX), Field::Unknown(unknown) if !unknown.is_empty());
    for (index, field) in info.fields.iter().enumerate() {
        let count = count(&element.field(index));
        if field.required && count == 0 {
            issues.push(Issue::error(&path.missing(field), Rule::Required));
        }
        // An id alone is no content.
        holds |= count > 0 && (info.resource || field.name != "id");
    }
    if !holds && !info.resource {
        issues.push(Issue::error(path, Rule::Invariant("ele-1")));
    }
    if info.name == "Extension" {
        let has = |name: &str| info.find(name, 0).is_some_and(|(index, _)| count(&element.field(index)) > 0);
        if has("extension") == has("valueString") {
            issues.push(Issue::error(path, Rule::Invariant("ext-1")));
        }
    }
    for (index, field) in info.fields.iter().enumerate() {
        bound(info, field, &element.field(index), path, issues);
    }
}

fn count(field: &Field<'_>) -> usize {
    match field {
        Field::Primitives(slot) => slot.len(),
        Field::Elements(slot) => slot.len(),
        Field::Resources(slot) => slot.len(),
        Field::Choice(slot) => usize::from(slot.chosen().is_some()),
        Field::Unknown(_) => 0,
    }
}

/// Codes of a required binding, and what references point at.
fn bound(info: &TypeInfo, field: &FieldInfo, held: &Field<'_>, path: &Path<'_>, issues: &mut Vec<Issue>) {
    let value_set = field.binding.filter(|binding| binding.strength == Strength::Required).map(|it| it.value_set);
    match held {
        Field::Primitives(slot) => {
            let Some(set) = value_set.and_then(codes::set) else { return };
            for place in 0..slot.len() {
                let Some(Value::Text(text)) = slot.get(place) else { continue };
                if text.as_str().is_some_and(|code| !set.has(None, code)) {
                    issues.push(Issue::error(&path.field(field, place), Rule::Code));
                }
            }
        }
        Field::Elements(slot) => {
            for place in 0..slot.len() {
                if let Some(element) = slot.get(place) {
                    datatype(info, field, element, value_set, &path.field(field, place), issues);
                }
            }
        }
        Field::Choice(slot) => {
            if let Some((_, Chosen::Element(element))) = slot.chosen() {
                datatype(info, field, element, value_set, &path.field(field, 0), issues);
            }
        }
        Field::Resources(_) | Field::Unknown(_) => {}
    }
}

fn datatype(
    info: &TypeInfo,
    field: &FieldInfo,
    element: &dyn Element,
    value_set: Option<&str>,
    path: &Path<'_>,
    issues: &mut Vec<Issue>,
) {
    match element.info().name {
        "CodeableConcept" => {
            let Some(set) = value_set.and_then(codes::set) else { return };
            // A concept has to have one of the codes; others may stand beside it.
            let coded = text_of(element, "coding", "code", "system").any(|(code, system)| set.has(Some(system), code));
            if !coded {
                issues.push(Issue::error(path, Rule::Code));
            }
        }
        "Reference" => {
            let Some(allowed) = targets(info, field) else { return };
            if let Some(wanted) = target_type(element) {
                if !allowed.contains(&wanted) {
                    // A warning: what stands there is known only to who looks.
                    issues.push(Issue::warning(path, Rule::Target));
                }
            }
        }
        _ => {}
    }
}

/// Two texts of each element in a list.
fn text_of<'a>(
    element: &'a dyn Element,
    list: &str,
    first: &'a str,
    second: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let slot = element.info().find(list, 0).and_then(|(index, _)| match element.field(index) {
        Field::Elements(slot) => Some(slot),
        _ => None,
    });
    let length = slot.map_or(0, crate::access::ElementSlot::len);
    (0..length)
        .filter_map(move |place| slot?.get(place))
        .map(move |member| (text(member, first).unwrap_or_default(), text(member, second).unwrap_or_default()))
}

/// The text of a field that is a primitive.
pub(super) fn text<'a>(element: &'a dyn Element, name: &str) -> Option<&'a str> {
    let (index, _) = element.info().find(name, 0)?;
    match element.field(index) {
        Field::Primitives(slot) => match slot.get(0)? {
            Value::Text(text) => text.as_str(),
            Value::Boolean(_) => None,
        },
        _ => None,
    }
}

/// The types a reference in this field may point at; `None` if at any.
fn targets(info: &TypeInfo, field: &FieldInfo) -> Option<&'static [&'static str]> {
    let path = format!("{}.{}", info.path, field.name);
    let index = TARGETS.binary_search_by(|(known, _)| (*known).cmp(path.as_str())).ok()?;
    Some(TARGETS[index].1)
}

/// The type that a reference says it points at, if it says one that R4B has.
fn target_type(reference: &dyn Element) -> Option<&str> {
    let told = text(reference, "type").filter(|name| Resource::empty(name).is_some());
    let from_text = || match Target::parse(text(reference, "reference")?)? {
        Target::Relative { type_name, .. } | Target::Conditional { type_name, .. } => Some(type_name),
        Target::Absolute { url, .. } => url.rsplit('/').nth(1),
        Target::Contained(_) | Target::Urn(_) => None,
    };
    told.or_else(|| from_text().filter(|name| Resource::empty(name).is_some()))
}

/// The form of a primitive, and that it holds something.
pub(super) fn value(value: Value<'_>, type_name: &str, path: &Path<'_>, issues: &mut Vec<Issue>) {
    let text = match value {
        Value::Text(text) => text.as_str(),
        Value::Boolean(boolean) => boolean.get().map(|_| ""),
    };
    let attached = value.extra().is_some_and(|extra: &Extra| !extra.extension.is_empty());
    // An object with nothing in it is written, and no JSON of FHIR's has one.
    let empty = value.extra().is_some_and(|it| it.id.is_none() && it.extension.is_empty() && it.unknown.is_empty());
    if empty || (text.is_none() && !attached) {
        issues.push(Issue::error(path, Rule::Invariant("ele-1")));
    }
    match (text, value) {
        // The expressions of `uri` and its like let an empty text pass; the specification has no empty primitive.
        (Some(text), Value::Text(_))
            if text.is_empty() || !formats::fits(type_name, text) || !formats::is_in_calendar(type_name, text) =>
        {
            // An id that is only too long is in use, in the specification's own examples too.
            let issue = if type_name == "id" && formats::is_id(text) { Issue::warning } else { Issue::error };
            issues.push(issue(path, Rule::Format));
        }
        (Some(text), Value::Text(_)) if type_name == "xhtml" && !narrative::has_content(text) => {
            issues.push(Issue::error(path, Rule::Invariant("txt-2")));
        }
        _ => {}
    }
}
