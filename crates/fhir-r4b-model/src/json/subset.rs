//! Writing a part of a resource, as the search parameters `_summary` and `_elements` ask for it. What is left out is said in the resource: it gets the
//! tag `SUBSETTED`, so that nobody takes the part for the whole and saves it. What can change the meaning of what is written is never left out.

use super::write::Writer;
use super::{ToJson, sealed};
use crate::access::{Element, Field, FieldMut, ValueMut};
use crate::info::{FieldInfo, TypeInfo};
use crate::{Resource, primitives::Code};

/// What to write.
///
/// ```
/// use fhir_r4b_model::json::{self, WriteOptions};
/// use fhir_r4b_model::{Patient, Resource};
///
/// let patient: Resource = json::from_str(
///     r#"{"resourceType":"Patient","id":"p","text":{"status":"empty"},"name":[{"family":"Huber"}],"photo":[{"title":"x"}]}"#,
/// )?;
/// let tag = r#""meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}"#;
/// assert_eq!(
///     WriteOptions::new().elements(["photo"]).to_string(&patient),
///     format!(r#"{{"resourceType":"Patient","id":"p",{tag},"photo":[{{"title":"x"}}]}}"#)
/// );
/// # Ok::<(), json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct WriteOptions {
    subset: Subset,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Subset {
    #[default]
    All,
    Summary(Summary),
    Elements(Vec<String>),
}

/// The values of `_summary` that are about what is written of a resource. Each of them keeps the elements that have to be there and those that can change
/// the meaning of others (`isModifier` in the definition), also where the definition has them in no summary, as it is with the `modifierExtension` of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Summary {
    /// `true`: the elements that the definition has in a summary.
    True,
    /// `text`: `text`, `id` and `meta`, beside what is always kept.
    Text,
    /// `data`: all but `text`.
    Data,
}

impl WriteOptions {
    /// Everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// A summary of each resource. In a bundle that are its entries; the bundle itself is written whole. So is, without a tag, a resource of a type that R4B
    /// does not have, because nobody knows what its summary is, and a resource that is a part of another: a contained one, one in `Parameters`.
    pub fn summary(self, summary: Summary) -> Self {
        Self { subset: Subset::Summary(summary) }
    }

    /// The elements of each resource that have one of these names, its `id` and `meta`, and those that have to be there or can change the meaning.
    /// What is written whole is the same as in a [`summary`](Self::summary).
    pub fn elements<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        Self { subset: Subset::Elements(names.into_iter().map(Into::into).collect()) }
    }

    /// Writes JSON, without spaces, into a string.
    pub fn to_string<T: ToJson + Clone>(&self, value: &T) -> String {
        String::from_utf8(self.to_vec(value))
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Writes JSON, without spaces, into a vector.
    pub fn to_vec<T: ToJson + Clone>(&self, value: &T) -> Vec<u8> {
        let mut writer = Writer::new(None);
        if self.subset == Subset::All {
            sealed::Write::write(value, &mut writer);
        } else {
            let mut tagged = value.clone();
            sealed::Write::each_resource(&mut tagged, &mut tag);
            writer.subset = Some(&self.subset);
            sealed::Write::write(&tagged, &mut writer);
        }
        writer.into_bytes()
    }
}

impl Subset {
    /// Whether a field of a type is written.
    pub(super) fn keeps(&self, info: &TypeInfo, field: &FieldInfo) -> bool {
        // Datatypes are whole; a bundle is what resources come in.
        let backbone = info.path.contains('.');
        if (!info.resource && !backbone) || info.path.starts_with("Bundle") {
            return true;
        }
        let always = field.required || field.modifier || (info.resource && matches!(field.name, "id" | "meta"));
        match self {
            Self::All => true,
            Self::Summary(Summary::True) => always || field.summary,
            Self::Summary(Summary::Text) => always || backbone || field.name == "text",
            Self::Summary(Summary::Data) => backbone || field.name != "text",
            Self::Elements(names) => always || backbone || names.iter().any(|name| name == field.name),
        }
    }

    /// Whether a resource in this field is a part of the one that holds it, and no entry with a `meta` of its own that would be tagged.
    pub(super) fn is_inside(info: &TypeInfo, field: &FieldInfo) -> bool {
        !(info.path == "Bundle.entry" && field.name == "resource")
    }

    /// Whether fields that the definition does not have are written.
    pub(super) fn keeps_unknown(&self, info: &TypeInfo) -> bool {
        matches!(self, Self::All | Self::Summary(Summary::Data)) || !info.resource || info.path == "Bundle"
    }
}

/// Says in a resource that it is a part.
fn tag(resource: &mut dyn Element) {
    const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    let Some(meta) = child(resource, "meta") else { return };
    let Some((index, _)) = meta.info().find("tag", 0) else { return };
    let FieldMut::Elements(tags) = meta.field_mut(index) else { return };
    let tagged = (0..tags.len()).filter_map(|place| tags.get(place)).any(|tag| text(tag, "code") == Some("SUBSETTED"));
    if tagged {
        return;
    }
    let tag = tags.push();
    for (name, value) in [("system", SYSTEM), ("code", "SUBSETTED")] {
        if let Some((index, _)) = tag.info().find(name, 0) {
            if let FieldMut::Primitives(slot) = tag.field_mut(index) {
                if let ValueMut::Text(text) = slot.entry(0) {
                    text.clone_from(&Code::from(value));
                }
            }
        }
    }
}

fn child<'a>(element: &'a mut dyn Element, name: &str) -> Option<&'a mut dyn Element> {
    let (index, _) = element.info().find(name, 0)?;
    let FieldMut::Elements(slot) = element.field_mut(index) else { return None };
    if slot.is_empty() { Some(slot.push()) } else { slot.get_mut(0) }
}

fn text<'a>(element: &'a dyn Element, name: &str) -> Option<&'a str> {
    let (index, _) = element.info().find(name, 0)?;
    let Field::Primitives(slot) = element.field(index) else { return None };
    match slot.get(0)? {
        crate::access::Value::Text(text) => text.as_str(),
        crate::access::Value::Boolean(_) => None,
    }
}

/// Calls `visit` with the resource, or with those in the entries of a bundle.
pub(super) fn each_resource(element: &mut dyn Element, visit: &mut dyn FnMut(&mut dyn Element)) {
    if element.info().path != "Bundle" {
        if element.info().resource {
            visit(element);
        }
        return;
    }
    let Some((index, _)) = element.info().find("entry", 0) else { return };
    let FieldMut::Elements(entries) = element.field_mut(index) else { return };
    for place in 0..entries.len() {
        let Some(entry) = entries.get_mut(place) else { continue };
        let Some((index, _)) = entry.info().find("resource", 0) else { continue };
        let FieldMut::Resources(slot) = entry.field_mut(index) else { continue };
        if let Some(Ok(resource)) = slot.get_mut(0).map(Resource::element_mut) {
            each_resource(resource, visit);
        }
    }
}
