//! The JSON Schemas of Rust types, as `schemars` derives them: one for reading and one for writing, because serde's attributes make them differ.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, json_schema};

/// The schema of one type in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Derived {
    /// The name of what goes over the wire.
    pub name: &'static str,
    /// `true`: what our types write. `false`: what they read.
    pub writes: bool,
    /// JSON Schema of draft 2020-12, as text.
    pub json: String,
}

impl Derived {
    /// What `T` reads (the contract of its `Deserialize`).
    pub fn reads<T: JsonSchema>(name: &'static str) -> Self {
        Self::new::<T>(name, false)
    }

    /// What `T` writes (the contract of its `Serialize`).
    pub fn writes<T: JsonSchema>(name: &'static str) -> Self {
        Self::new::<T>(name, true)
    }

    fn new<T: JsonSchema>(name: &'static str, writes: bool) -> Self {
        let settings = SchemaSettings::draft2020_12();
        let settings = if writes { settings.for_serialize() } else { settings.for_deserialize() };
        let schema = settings.into_generator().into_root_schema_for::<T>();
        Self { name, writes, json: schema.to_value().to_string() }
    }
}

/// The schema of a text of which some values have names and all others are taken, too.
pub fn open_list<'a>(names: impl IntoIterator<Item = &'a str>) -> Schema {
    let names: Vec<&str> = names.into_iter().collect();
    json_schema!({"type": "string", "x-open-enum": names})
}
