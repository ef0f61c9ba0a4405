//! Values for the fixtures: of each primitive type those that are easily lost, codes out of their value sets, references that may stand where they
//! stand.

use anyhow::{Context as _, Result};

use super::codes;
use super::definitions::{Definitions, ElementDefinition};
use super::names;

/// What values are made from. The seed is of the resource, so that a change of one does not change the others.
pub(super) struct Values<'a> {
    definitions: &'a Definitions,
    random: fastrand::Rng,
    /// Which type the next extension has.
    turn: usize,
}

impl<'a> Values<'a> {
    pub(super) fn new(definitions: &'a Definitions, name: &str) -> Self {
        let seed = name.bytes().fold(4_300_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut random = fastrand::Rng::with_seed(seed);
        let turn = random.usize(..64);
        Self { definitions, random, turn }
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        self.random.usize(..count.max(1))
    }

    fn one_of(&mut self, texts: &[&str]) -> String {
        texts[self.below(texts.len())].to_owned()
    }

    /// The JSON of a primitive that its type and its element allow.
    pub(super) fn primitive(&mut self, element: &ElementDefinition, name: &str, kind: &str) -> String {
        if kind == "code" {
            let code = self.code(element).map_or_else(|| "text/plain".to_owned(), |(_, code)| code);
            return format!("\"{code}\"");
        }
        if name == "id" {
            return format!("\"e{}\"", self.below(1000));
        }
        match kind {
            "boolean" => return self.one_of(&["true", "false"]),
            "integer" => return self.one_of(&["0", "-7", "2147483647", "-2147483648"]),
            "unsignedInt" => return self.one_of(&["0", "12", "2147483647"]),
            "positiveInt" => return self.one_of(&["1", "12", "2147483647"]),
            "decimal" => {
                return self.one_of(&["1.00", "-0.5e-3", "123456789012345678901234567890", "12", "0.0", "6.02E+23"]);
            }
            _ => {}
        }
        let text = match kind {
            "date" => self.one_of(&["2024", "2024-02", "2024-02-29"]),
            "dateTime" => self.one_of(&[
                "2024",
                "2024-02",
                "2024-02-29",
                "2016-12-31T23:59:60Z",
                "2024-02-29T10:00:00.123456789-03:30",
            ]),
            "instant" => self.one_of(&[
                "2016-12-31T23:59:60Z",
                "2024-02-29T10:00:00.000+01:00",
                "2024-02-29T10:00:00.123456789Z",
            ]),
            "time" => self.one_of(&["00:00:00", "23:59:60", "10:30:00.123456789"]),
            "uri" | "url" | "canonical" => {
                self.one_of(&["http://example.org/a", "http://example.org/a?b=c&d=%20#e", "urn:example:a"])
            }
            "oid" => "urn:oid:2.16.840.1.0".to_owned(),
            "uuid" => "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0".to_owned(),
            "id" => self.one_of(&["a", "A-b.9"]),
            "base64Binary" => self.one_of(&["QUJD", "QQ==", "AAAA BBBB"]),
            "xhtml" => "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">\\u003cb>a\\u003c/b> &amp; ä</div>".to_owned(),
            _ => self.one_of(&[
                "text",
                "ä 𝄞 ß",
                "a \\\"quoted\\\" \\\\ text",
                "two\\nlines",
                "a text that is longer than what is kept in place",
            ]),
        };
        format!("\"{text}\"")
    }

    /// System and code of the value set that a required binding names, if its codes are listed.
    fn code(&mut self, element: &ElementDefinition) -> Option<(String, String)> {
        let binding = element.binding.as_ref().filter(|binding| binding.strength == "required")?;
        let address = binding.value_set.as_ref()?.split('|').next()?;
        let systems = codes::by_system(self.definitions, address)?;
        let (system, codes) = systems.iter().find(|(_, codes)| !codes.is_empty())?;
        Some((system.clone(), codes[self.below(codes.len())].clone()))
    }

    /// Whether the codes of the element are fixed and known.
    pub(super) fn is_bound(&mut self, element: &ElementDefinition) -> bool {
        self.code(element).is_some()
    }

    /// A concept with a code of the element's value set.
    pub(super) fn concept(&mut self, element: &ElementDefinition) -> Result<String> {
        let (system, code) = self.code(element).with_context(|| format!("{} has no codes", element.path))?;
        Ok(format!("{{\"coding\":[{{\"system\":\"{system}\",\"code\":\"{code}\"}}]}}"))
    }

    /// A reference to what the element may refer to.
    pub(super) fn reference(&mut self, element: &ElementDefinition, whole: bool) -> String {
        let targets = element.types.iter().flat_map(|kind| &kind.target_profile);
        let targets: Vec<&str> = targets.filter_map(|target| target.rsplit('/').next()).collect();
        let target = match targets.as_slice() {
            [] => "Patient",
            targets if targets.contains(&"Resource") => "Patient",
            targets => targets[self.below(targets.len())],
        };
        if !whole {
            return format!("{{\"reference\":\"{target}/1\"}}");
        }
        let extension = self.extension();
        format!(
            "{{\"id\":\"r1\",\"extension\":[{extension}],\"reference\":\"{target}/1\",\"type\":\"{target}\",\"identifier\":{{\"value\":\"1\"}},\"display\":\"one\"}}"
        )
    }

    /// An extension with a value, whose types come in turn.
    pub(super) fn extension(&mut self) -> String {
        let Some(definition) = self.definitions.structures.get("Extension") else { return "{}".to_owned() };
        let Some(value) = definition.snapshot.element.iter().find(|element| element.path == "Extension.value[x]")
        else {
            return "{}".to_owned();
        };
        self.turn += 1;
        let kind = value.types[self.turn % value.types.len()].name();
        let json = if names::primitive(kind).is_some() { self.primitive(value, "value", kind) } else { least(kind) };
        format!("{{\"url\":\"http://example.org/e\",\"value{}\":{json}}}", names::capital(kind))
    }
}

/// The least of a datatype in an extension, by hand: they are few, and they must not hold extensions again.
fn least(kind: &str) -> String {
    match kind {
        "Attachment" => r#"{"title":"a"}"#,
        "CodeableReference" => r#"{"concept":{"text":"a"}}"#,
        "Coding" => r#"{"code":"a"}"#,
        "Identifier" | "ContactPoint" => r#"{"value":"1"}"#,
        "Money" | "Quantity" | "Age" | "Distance" | "Duration" | "Count" => r#"{"value":1.10}"#,
        "Period" => r#"{"start":"2024-02"}"#,
        "Range" => r#"{"low":{"value":1}}"#,
        "Ratio" => r#"{"numerator":{"value":1},"denominator":{"value":2}}"#,
        "RatioRange" => r#"{"lowNumerator":{"value":1}}"#,
        "Reference" => r#"{"reference":"Patient/1"}"#,
        "SampledData" => r#"{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2 E"}"#,
        "Signature" => r#"{"type":[{"code":"a"}],"when":"2016-12-31T23:59:60Z","who":{"reference":"Patient/1"}}"#,
        "Timing" => r#"{"code":{"text":"a"}}"#,
        "ContactDetail" | "HumanName" | "Address" => {
            return format!("{{\"{}\":\"a\"}}", if kind == "ContactDetail" { "name" } else { "text" });
        }
        "Contributor" => r#"{"type":"author","name":"a"}"#,
        "DataRequirement" => r#"{"type":"Patient"}"#,
        "Expression" => r#"{"language":"text/cql","expression":"1"}"#,
        "ParameterDefinition" => r#"{"use":"in","type":"string"}"#,
        "RelatedArtifact" => r#"{"type":"citation"}"#,
        "TriggerDefinition" => r#"{"type":"named-event","name":"a"}"#,
        "UsageContext" => r#"{"code":{"code":"a"},"valueCodeableConcept":{"text":"a"}}"#,
        "Meta" => r#"{"versionId":"1"}"#,
        // Annotation, CodeableConcept, Dosage and whatever else has a text.
        _ => r#"{"text":"a"}"#,
    }
    .to_owned()
}
