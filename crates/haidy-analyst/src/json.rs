//! JSON that is kept as it came: what the contract leaves open is handed on by its text, because a number or a string that was
//! decoded and written again may be another one.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A piece of a vendor's answer, by its text. `Debug` does not show it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// The JSON text, byte for byte as it came. May hold patients' data.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// The text, if it is a JSON string; with its escapes resolved.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        // Borrowed if it can be: a `Cow` by itself would always copy.
        let text = self.0.get();
        serde_json::from_str::<&str>(text)
            .map(Cow::Borrowed)
            .or_else(|_| serde_json::from_str(text).map(Cow::Owned))
            .ok()
    }

    pub(crate) fn new(raw: Box<RawValue>) -> Self {
        Self(raw)
    }
}

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Json([redacted])")
    }
}

#[cfg(feature = "schema")]
mod schemas {
    use clinical_drift::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    impl JsonSchema for super::Json {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Json".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            true.into()
        }
    }

    impl JsonSchema for super::Fields {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Fields".into()
        }

        fn inline_schema() -> bool {
            true
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "object"})
        }
    }
}

/// The fields of an object whose names the contract does not define, in the order in which they came.
#[derive(Clone, Default)]
pub struct Fields(pub(crate) Vec<(String, Json)>);

impl Fields {
    /// A field by its name; of two with the same name the last.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A field that is a string.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name)?.as_text()
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Names may be patients' data, too: what the vendor uses as a key is not known.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").field("len", &self.len()).finish()
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Fields;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Visitor)
    }
}

/// An object of the vendor's of which some fields are known. Each of them may be missing or null; the others are kept by their text.
/// (`serde(flatten)` would decode them on the way, and fail at numbers that do not fit.)
macro_rules! open_object {
    ($(#[$doc:meta])* $vis:vis $name:ident { $($field:ident: $kind:ty = $wire:literal $(of $open:ty)?),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Default)]
        #[non_exhaustive]
        $vis struct $name {
            $(pub(crate) $field: Option<$kind>,)*
            pub(crate) other: $crate::json::Fields,
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut object = $name::default();
                        let mut seen: Vec<&'static str> = Vec::new();
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $($wire => {
                                    if seen.contains(&$wire) {
                                        return Err(serde::de::Error::duplicate_field($wire));
                                    }
                                    seen.push($wire);
                                    object.$field = map.next_value()?;
                                })*
                                _ => object.other.0.push((name, map.next_value()?)),
                            }
                        }
                        Ok(object)
                    }
                }
                from.deserialize_map(Visitor)
            }
        }

        #[cfg(feature = "schema")]
        impl clinical_drift::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(make: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
                let mut properties = serde_json::Map::new();
                $({
                    #[allow(unused_mut, unused_assignments)]
                    let mut field = make.subschema_for::<Option<$kind>>();
                    $(field = make.subschema_for::<Option<$open>>();)?
                    properties.insert($wire.to_owned(), field.to_value());
                })*
                clinical_drift::schemars::json_schema!({"type": "object", "properties": properties})
            }
        }
    };
}
pub(crate) use open_object;

/// Decodes, and if that fails says where, as a JSON pointer (RFC 6901), and nothing of the content: the message of `serde_json` may quote
/// it.
pub(crate) fn decode<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| pointer(error.path()))
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.extend(["/", &index.to_string()]),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            // No enum is decoded here, and what is unknown has no name.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    open_object!(
        /// For these tests.
        pub(crate) Open { number: f64 = "number", list: Vec<Open> = "li/st~" }
    );

    #[test]
    fn what_is_not_known_is_kept_by_its_text() {
        let object: Open = decode(r#"{"b":1.00, "number":2, "a" : {"x":1e400} ,"b":"\u00e9"}"#).unwrap();
        assert_eq!(object.number, Some(2.0));
        let kept: Vec<_> = object.other.iter().map(|(name, value)| (name, value.as_json())).collect();
        assert_eq!(kept, [("b", "1.00"), ("a", r#"{"x":1e400}"#), ("b", r#""\u00e9""#)]);
        assert_eq!(object.other.text("b").unwrap(), "é");
        assert!(object.other.text("a").is_none() && object.other.get("c").is_none());
        assert_eq!((object.other.len(), object.other.is_empty(), Fields::default().is_empty()), (3, false, true));
    }

    #[test]
    fn missing_and_null_are_the_same_and_a_known_field_comes_once() {
        assert!(decode::<Open>("{}").unwrap().number.is_none());
        assert!(decode::<Open>(r#"{"number":null}"#).unwrap().number.is_none());
        assert!(decode::<Open>(r#"{"number":null,"number":1}"#).is_err());
    }

    #[test]
    fn an_error_names_the_place_as_a_pointer_and_nothing_else() {
        let table = [
            ("[]", ""),
            (r#"{"number":"canary"}"#, "/number"),
            (r#"{"li/st~":[{},{"number":[]}]}"#, "/li~1st~0/1/number"),
            (r#"{"li/st~":{}}"#, "/li~1st~0"),
            (r#"{"li/st~":[null]}"#, "/li~1st~0/0"),
        ];
        for (json, place) in table {
            assert_eq!(decode::<Open>(json).err().as_deref(), Some(place), "{json}");
        }
    }

    #[test]
    fn a_text_is_borrowed_where_it_has_no_escapes() {
        let text = |json: &str| Json::new(RawValue::from_string(json.to_owned()).unwrap());
        assert!(matches!(text("\"plain\"").as_text(), Some(Cow::Borrowed("plain"))));
        assert_eq!(text(r#""a\n""#).as_text().unwrap(), "a\n");
        assert!(text("1").as_text().is_none() && text("null").as_text().is_none());
        assert_eq!(format!("{:?} {:?}", text("\"canary\""), Fields::default()), "Json([redacted]) Fields { len: 0 }");
    }
}
