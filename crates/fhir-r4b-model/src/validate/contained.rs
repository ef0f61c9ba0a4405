//! The rules of resources that contain others (`dom-2` to `dom-6`), and of references to them (`ref-1`).

use std::collections::BTreeSet;

use super::rules::text;
use crate::access::{Element, Field, ResourceSlot, Value};
use crate::issue::{Issue, Rule};
use crate::walk::{Node, Path, walk};

pub(super) fn resource(element: &dyn Element, path: &Path<'_>, issues: &mut Vec<Issue>) {
    let info = element.info();
    if path.is_contained() {
        // It was looked at with the resource that contains it, whose names hold in it.
        return;
    }
    let Some((index, field)) = info.fields.iter().enumerate().find(|(_, field)| field.name == "contained") else {
        return;
    };
    let Field::Resources(contained) = element.field(index) else { return };
    let has_text = info
        .find("text", 0)
        .is_some_and(|(text, _)| matches!(element.field(text), Field::Elements(slot) if !slot.is_empty()));
    if !has_text {
        issues.push(Issue::warning(path, Rule::Invariant("dom-6")));
    }
    let said = said(element);
    for place in 0..contained.len() {
        let Some(Ok(inner)) = contained.get(place).map(crate::Resource::element) else { continue };
        let path = path.field(field, place);
        if let Field::Resources(slot) = contained_in(inner) {
            if !slot.is_empty() {
                issues.push(Issue::error(&path, Rule::Invariant("dom-2")));
            }
        }
        let id = text(inner, "id").unwrap_or_default();
        // A contained resource may also point at the one that contains it.
        if !said.contains(id) && !refers_to_container(inner) {
            issues.push(Issue::error(&path, Rule::Invariant("dom-3")));
        }
        if let Some(meta) = meta(inner) {
            if text(meta, "versionId").is_some() || text(meta, "lastUpdated").is_some() {
                issues.push(Issue::error(&path, Rule::Invariant("dom-4")));
            }
            let labelled = meta
                .info()
                .find("security", 0)
                .is_some_and(|(index, _)| matches!(meta.field(index), Field::Elements(slot) if !slot.is_empty()));
            if labelled {
                issues.push(Issue::error(&path, Rule::Invariant("dom-5")));
            }
        }
    }
    fragments(element, contained, path, issues);
}

fn contained_in(element: &dyn Element) -> Field<'_> {
    let index = element.info().fields.iter().position(|field| field.name == "contained");
    element.field(index.unwrap_or(usize::MAX))
}

fn meta(element: &dyn Element) -> Option<&dyn Element> {
    let (index, _) = element.info().find("meta", 0)?;
    match element.field(index) {
        Field::Elements(slot) => slot.get(0),
        _ => None,
    }
}

fn refers_to_container(element: &dyn Element) -> bool {
    said(element).contains("")
}

/// The fragments that a resource names, without their `#`; those that its contained resources name are among them.
fn said(element: &dyn Element) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    walk(element, &Path::root(""), &mut |_, node| {
        if let Node::Value { value: Value::Text(text), .. } = node {
            if let Some(id) = text.as_str().and_then(|text| text.strip_prefix('#')) {
                said.insert(id.to_owned());
            }
        }
    });
    said
}

/// References that begin with `#` name a contained resource, or the resource itself.
fn fragments(element: &dyn Element, contained: &dyn ResourceSlot, path: &Path<'_>, issues: &mut Vec<Issue>) {
    let ids: BTreeSet<&str> = (0..contained.len()).filter_map(|place| contained.get(place)?.id()).collect();
    let mut check = |path: &Path<'_>, node: Node<'_>| {
        let Node::Element(element) = node else { return };
        if element.info().name != "Reference" {
            return;
        }
        let Some(id) = text(element, "reference").and_then(|text| text.strip_prefix('#')) else { return };
        if !id.is_empty() && !ids.contains(id) {
            issues.push(Issue::error(path, Rule::Invariant("ref-1")));
        }
    };
    walk(element, path, &mut check);
}
