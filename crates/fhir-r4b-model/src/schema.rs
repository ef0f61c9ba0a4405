//! The JSON Schema of a type's JSON, out of the same tables that the reader uses. It says what the reader demands and which codes and elements FHIR
//! demands beside; it cannot say what `validate` knows of references, forms and invariants.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::access::{Element, FieldMut, Typed};
use crate::generated::empties;
use crate::generated::rules::VALUE_SETS;
use crate::info::{FieldInfo, Scalar, Shape, Strength, TypeInfo};
use crate::text::Extra;

/// The JSON Schema (draft 2020-12) of a resource or datatype. A resource within it is any object that says its `resourceType`; an element that has to
/// be there and is a primitive is not required, because its extension can be there in its place.
///
/// ```
/// use fhir_r4b_model::{Period, schema};
///
/// let schema = schema::of::<Period>();
/// assert!(schema.contains(r##""start":{"type":"string"},"_start":{"$ref":"#/$defs/Extra"}"##));
/// ```
pub fn of<T: Typed>() -> String {
    let mut root = T::default();
    let name = root.info().name;
    let mut definitions = BTreeMap::new();
    define(root.erased_mut(), &mut definitions);
    define(&mut Extra::default(), &mut definitions);
    let mut schema = format!(
        r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/{name}","$defs":{{"Resource":{{"type":"object","properties":{{"resourceType":{{"type":"string"}}}},"required":["resourceType"]}}"##
    );
    for (name, definition) in definitions {
        // Writing into a string cannot fail.
        let _ = write!(schema, ",\"{name}\":{definition}");
    }
    schema.push_str("}}");
    schema
}

/// Writes down a type and all that it is made of, each once.
fn define(element: &mut dyn Element, definitions: &mut BTreeMap<&'static str, String>) {
    let info = element.info();
    if definitions.contains_key(info.name) {
        return;
    }
    definitions.insert(info.name, String::new());
    let mut properties = Vec::new();
    let mut required = Vec::new();
    if info.resource {
        properties.push(format!(r#""resourceType":{{"const":"{}"}}"#, info.name));
        required.push("\"resourceType\"".to_owned());
    }
    for (index, field) in info.fields.iter().enumerate() {
        match element.field_mut(index) {
            FieldMut::Elements(slot) => {
                let child = slot.push();
                let reference = reference(child.info());
                define(child, definitions);
                properties.push(format!("\"{}\":{}", field.name, listed(field, &reference)));
            }
            FieldMut::Resources(_) => {
                properties.push(format!("\"{}\":{}", field.name, listed(field, r##"{"$ref":"#/$defs/Resource"}"##)));
            }
            FieldMut::Primitives(_) => properties.extend(primitive(field, 0)),
            FieldMut::Choice(_) => choice(field, definitions, &mut properties),
            FieldMut::Unknown(_) => {}
        }
        if field.required && matches!(field.shape, Shape::Element | Shape::Resource) {
            required.push(format!("\"{}\"", field.name));
        }
    }
    let required = if required.is_empty() { String::new() } else { format!(",\"required\":[{}]", required.join(",")) };
    let definition = format!("{{\"type\":\"object\",\"properties\":{{{}}}{required}}}", properties.join(","));
    definitions.insert(info.name, definition);
}

fn reference(info: &TypeInfo) -> String {
    format!("{{\"$ref\":\"#/$defs/{}\"}}", info.name)
}

fn listed(field: &FieldInfo, one: &str) -> String {
    if field.many { format!("{{\"type\":\"array\",\"items\":{one}}}") } else { one.to_owned() }
}

/// A primitive and what is attached to it.
fn primitive(field: &FieldInfo, variant: usize) -> [String; 2] {
    let name = format!("{}{}", field.name, field.suffix(variant));
    let json_type = match field.scalar(variant) {
        Some(Scalar::Number) => "number",
        Some(Scalar::Boolean) => "boolean",
        Some(Scalar::Text) | None => "string",
    };
    let extra = r##"{"$ref":"#/$defs/Extra"}"##;
    if field.many {
        // In a list there is `null` where the other list has something.
        return [
            format!(r#""{name}":{{"type":"array","items":{{"type":["{json_type}","null"]{}}}}}"#, codes(field, true)),
            format!(r#""_{name}":{{"type":"array","items":{{"anyOf":[{extra},{{"type":"null"}}]}}}}"#),
        ];
    }
    [format!(r#""{name}":{{"type":"{json_type}"{}}}"#, codes(field, false)), format!("\"_{name}\":{extra}")]
}

/// The codes of a required binding.
fn codes(field: &FieldInfo, null: bool) -> String {
    let Some(binding) = field.binding.filter(|it| it.strength == Strength::Required && field.type_name == "code")
    else {
        return String::new();
    };
    let address = binding.value_set.split('|').next().unwrap_or_default();
    let Ok(index) = VALUE_SETS.binary_search_by(|(known, _)| (*known).cmp(address)) else { return String::new() };
    let mut codes: Vec<String> =
        VALUE_SETS[index].1.iter().flat_map(|it| it.1).map(|code| format!("\"{code}\"")).collect();
    codes.extend(null.then(|| "null".to_owned()));
    codes.dedup();
    format!(",\"enum\":[{}]", codes.join(","))
}

fn choice(field: &FieldInfo, definitions: &mut BTreeMap<&'static str, String>, properties: &mut Vec<String>) {
    let Shape::Choice(variants) = field.shape else { return };
    for (index, variant) in variants.iter().enumerate() {
        if variant.scalar.is_some() {
            properties.extend(primitive(field, index));
        } else if let Some(mut datatype) = empties::datatype(variant.suffix) {
            properties.push(format!("\"{}{}\":{}", field.name, variant.suffix, reference(datatype.info())));
            define(&mut *datatype, definitions);
        }
    }
}
