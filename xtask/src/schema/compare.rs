//! Compares two schemas of one payload and lists the changes. It looks at which payloads are valid, not at how a schema is written, and
//! says "not understood" rather than nothing where it cannot tell.

use std::collections::BTreeSet;

use serde_json::Value;

use super::normal;
use super::shape::{ANYTHING, Part, Shape, Type};
use super::verdict::{Change, Kind};

/// The changes from `old` to `new`, sorted by place. Both may be as they come: they are normalised first.
pub fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (normal::schema(old), normal::schema(new));
    let mut run = Run { old: &old, new: &new, changes: BTreeSet::new(), seen: BTreeSet::new() };
    run.schemas("", &old, &new);
    if old.get(normal::WORDS) != new.get(normal::WORDS) {
        run.note("", Kind::Documentation, "");
    }
    run.changes.into_iter().collect()
}

struct Run<'a> {
    old: &'a Value,
    new: &'a Value,
    changes: BTreeSet<Change>,
    /// Pairs of schemas that were compared or are being compared, so that a recursive type ends.
    seen: BTreeSet<(*const Value, *const Value)>,
}

impl<'a> Run<'a> {
    fn note(&mut self, at: &str, kind: Kind, detail: impl Into<String>) {
        self.changes.insert(Change { at: at.to_owned(), kind, detail: detail.into() });
    }

    fn schemas(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        let (old, new) = (target(self.old, old), target(self.new, new));
        // A type that is used twice is reported where it is met first.
        if !self.seen.insert((std::ptr::from_ref(old), std::ptr::from_ref(new))) {
            return;
        }
        let (old, new) = (Shape::of(self.old, old), Shape::of(self.new, new));
        if old.opaque != new.opaque {
            self.note(at, Kind::NotUnderstood, "");
        }
        let shared: Vec<Type> = old.parts.keys().filter(|kind| new.parts.contains_key(kind)).copied().collect();
        let gone: Vec<_> = old.parts.keys().filter(|kind| !new.parts.contains_key(kind)).collect();
        let come: Vec<_> = new.parts.keys().filter(|kind| !old.parts.contains_key(kind)).collect();
        let detail = || format!("{} to {}", old.types(), new.types());
        // That both may be null does not make a number out of a text.
        let is_real = |kind: &&Type| **kind != Type::Null;
        if gone.iter().any(is_real) && come.iter().any(is_real) && !shared.iter().any(|kind| is_real(&kind)) {
            self.note(at, Kind::Replaced, detail());
        } else {
            if !gone.is_empty() {
                self.note(at, Kind::Narrowed, detail());
            }
            if !come.is_empty() {
                self.note(at, Kind::Widened, detail());
            }
        }
        for kind in shared {
            if let (Some(old), Some(new)) = (old.parts.get(&kind), new.parts.get(&kind)) {
                self.parts(at, old, new);
            }
        }
    }

    fn parts(&mut self, at: &str, old: &Part<'a>, new: &Part<'a>) {
        self.values(at, old, new);
        match (old.integer, new.integer) {
            (true, false) => self.note(at, Kind::Widened, "integer to number"),
            (false, true) => self.note(at, Kind::Narrowed, "number to integer"),
            _ => {}
        }
        let names: BTreeSet<_> = old.limits.keys().chain(new.limits.keys()).copied().collect();
        for name in names {
            self.limit(at, name, old.limits.get(name).copied(), new.limits.get(name).copied());
        }
        self.schemas(&format!("{at}/*"), old.items, new.items);
        self.objects(at, old, new);
    }

    fn values(&mut self, at: &str, old: &Part<'_>, new: &Part<'_>) {
        match (&old.values, &new.values) {
            (Some(old), Some(new)) => {
                let (gone, come) = (listed(old.difference(new)), listed(new.difference(old)));
                if !gone.is_empty() {
                    self.note(at, Kind::Narrowed, format!("no longer {gone}"));
                }
                if !come.is_empty() {
                    self.note(at, Kind::Widened, format!("now also {come}"));
                }
            }
            (Some(_), None) => self.note(at, Kind::Widened, "any value"),
            (None, Some(new)) => self.note(at, Kind::Narrowed, format!("only {}", listed(new.iter()))),
            (None, None) => {}
        }
        // What a closed list allowed, an open one that took its place knows or does not.
        let before = if new.known.is_empty() { &old.known } else { old.values.as_ref().unwrap_or(&old.known) };
        let after = new.values.as_ref().unwrap_or(&new.known);
        let (gone, come) = (listed(before.difference(after)), listed(new.known.difference(before)));
        if !gone.is_empty() {
            self.note(at, Kind::KnownValueRemoved, gone);
        }
        if !come.is_empty() {
            self.note(at, Kind::KnownValueAdded, come);
        }
    }

    fn limit(&mut self, at: &str, name: &str, old: Option<&Value>, new: Option<&Value>) {
        // A limit that limits nothing is none.
        let is_void = |limit: &Value| match name {
            "minLength" | "minItems" | "minProperties" => limit.as_f64() == Some(0.0),
            "uniqueItems" => limit == &Value::Bool(false),
            _ => false,
        };
        let (old, new) = (old.filter(|limit| !is_void(limit)), new.filter(|limit| !is_void(limit)));
        let kinds: &[Kind] = match (old, new) {
            (None, Some(_)) => &[Kind::Tightened],
            (Some(_), None) => &[Kind::Relaxed],
            (Some(old), Some(new)) if old != new => match (old.as_f64(), new.as_f64()) {
                (Some(old), Some(new)) if old.total_cmp(&new).is_eq() => &[],
                (Some(old), Some(new)) => {
                    let grows = new > old;
                    let is_upper = name.starts_with("max") || name == "exclusiveMaximum";
                    if grows == is_upper { &[Kind::Relaxed] } else { &[Kind::Tightened] }
                }
                // Of two patterns nobody knows which allows more.
                _ => &[Kind::Tightened, Kind::Relaxed],
            },
            _ => &[],
        };
        let shown = |limit: Option<&Value>| limit.map_or_else(|| "none".to_owned(), Value::to_string);
        for kind in kinds {
            self.note(at, *kind, format!("{name} {} to {}", shown(old), shown(new)));
        }
    }

    fn objects(&mut self, at: &str, old: &Part<'a>, new: &Part<'a>) {
        let refused = &Value::Bool(false);
        let place = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        for (name, schema) in &old.properties {
            let place = place(name);
            if let Some(now) = new.properties.get(name) {
                self.schemas(&place, schema, now);
            } else if new.additional == refused {
                self.note(&place, Kind::PropertyForbidden, "");
            } else {
                self.note(&place, Kind::PropertyRemoved, "");
                // From now on it is one of the unknown ones, which may have a schema of their own.
                if new.additional != ANYTHING {
                    self.schemas(&place, schema, new.additional);
                }
            }
        }
        for name in new.properties.keys().filter(|name| !old.properties.contains_key(*name)) {
            self.note(&place(name), Kind::PropertyAdded, "");
        }
        for name in new.required.difference(&old.required) {
            self.note(&place(name), Kind::BecameRequired, "");
        }
        for name in old.required.difference(&new.required) {
            if new.properties.contains_key(name) || !old.properties.contains_key(name) {
                self.note(&place(name), Kind::StoppedBeingRequired, "");
            }
        }
        match (old.additional == refused, new.additional == refused) {
            (false, true) => self.note(at, Kind::Closed, ""),
            (true, false) => self.note(at, Kind::Opened, ""),
            (true, true) => {}
            (false, false) => self.schemas(&format!("{at}/(other)"), old.additional, new.additional),
        }
    }
}

/// Where references lead, so that a recursive type is known again. Ends at a reference that leads nowhere or in a circle.
fn target<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..64 {
        let alone = schema.as_object().is_some_and(|keywords| keywords.len() == 1);
        let reference = schema.get("$ref").and_then(Value::as_str).filter(|_| alone);
        match reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?)) {
            Some(found) => schema = found,
            None => return schema,
        }
    }
    schema
}

fn listed<'v>(values: impl Iterator<Item = &'v String>) -> String {
    values.map(String::as_str).collect::<Vec<_>>().join(", ")
}
