//! The vendor's answer: codes that were accepted, codes that were discarded, and the run's identifier.

use clinical_drift::{Finding, JsonType};
use clinical_http::VendorReference;
use serde::{Deserialize, Serialize};

/// What the vendor made of a note. The order of the assessments has no documented meaning.
///
/// `Debug` shows counts only: what a patient was coded with is health information.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[non_exhaustive]
pub struct CodifyResponse {
    /// The codes that the vendor accepted. May be empty.
    pub final_code_assessments: Vec<CodeAssessment>,
    /// The codes that the vendor considered and rejected, with the reason. May be empty.
    pub discarded_code_assessments: Vec<CodeAssessment>,
    /// The vendor's identifier of this run, for support and audit. Opaque.
    pub run_id: String,
    #[serde(flatten, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    unknown: Unknown,
}

/// One ICD-10 code and what the vendor thinks of it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[non_exhaustive]
pub struct CodeAssessment {
    /// The code, such as `E11.9`.
    pub code: String,
    /// What the code means, usually in the note's language.
    pub description: String,
    /// Why it was accepted or discarded. Often quotes the note.
    pub justification: String,
    /// How sure the vendor is, in percent (0-100).
    pub confidence_percent: f64,
    #[serde(flatten, skip_serializing)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    unknown: Unknown,
}

impl CodifyResponse {
    /// The accepted codes with at least this confidence, in percent.
    ///
    /// ```
    /// # fn example(response: &omniscribe_codify::CodifyResponse) {
    /// for sure in response.with_confidence_at_least(85.0) {
    ///     println!("{}: {}", sure.code, sure.description);
    /// }
    /// # }
    /// ```
    pub fn with_confidence_at_least(&self, percent: f64) -> impl Iterator<Item = &CodeAssessment> {
        self.final_code_assessments.iter().filter(move |assessment| assessment.confidence_percent >= percent)
    }

    /// How many fields of the answer this version does not know. The vendor may add fields at any time; a number above zero says that
    /// there is something new to read up on.
    pub fn unknown_fields(&self) -> usize {
        self.drift().count()
    }

    /// Each field that this version does not know: its place and its JSON type, never its value.
    pub fn drift(&self) -> impl Iterator<Item = Finding> + '_ {
        let lists = [
            ("final_code_assessments", &self.final_code_assessments),
            ("discarded_code_assessments", &self.discarded_code_assessments),
        ];
        let of_lists = lists.into_iter().flat_map(|(name, list)| {
            let found = list.iter().enumerate().filter(|(_, one)| !one.unknown.0.is_empty());
            found.flat_map(move |(index, one)| one.unknown.findings(format!("/{name}/{index}")))
        });
        self.unknown.findings(String::new()).chain(of_lists)
    }
}

impl VendorReference for CodifyResponse {
    fn vendor_reference(&self) -> Option<&str> {
        Some(&self.run_id)
    }
}

impl std::fmt::Debug for CodifyResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodifyResponse")
            .field("final_code_assessments", &self.final_code_assessments.len())
            .field("discarded_code_assessments", &self.discarded_code_assessments.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CodeAssessment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeAssessment([redacted])")
    }
}

/// The fields that no field of ours took, by name and JSON type.
#[derive(Clone, Default, PartialEq)]
struct Unknown(Vec<(String, JsonType)>);

impl Unknown {
    fn findings(&self, above: String) -> impl Iterator<Item = Finding> + '_ {
        self.0.iter().map(move |(name, json_type)| Finding::unknown_field(&above, name, *json_type))
    }
}

impl<'de> Deserialize<'de> for Unknown {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rest;
        impl<'de> serde::de::Visitor<'de> for Rest {
            type Value = Unknown;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Unknown, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Unknown(fields))
            }
        }
        deserializer.deserialize_map(Rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{
        "final_code_assessments": [
            {"code": "E11.9", "description": "d", "justification": "j", "confidence_percent": 95.2},
            {"code": "Z79.84", "description": "d", "justification": "j", "confidence_percent": 60, "edition": 2026}
        ],
        "discarded_code_assessments": [],
        "run_id": "anything at all",
        "billing": {"units": 1}, "warnings": null
    }"#;

    fn answer() -> CodifyResponse {
        serde_json::from_str(ANSWER).unwrap()
    }

    #[test]
    fn unknown_fields_are_counted_and_do_no_harm() {
        assert_eq!(answer().unknown_fields(), 3);
        let lines: Vec<String> = answer().drift().map(|finding| finding.to_string()).collect();
        let expected = [
            "/billing: unknown field (object)",
            "/warnings: unknown field (null)",
            "/final_code_assessments/1/edition: unknown field (integer)",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_confidence_filter_includes_its_border() {
        let codes = |percent| answer().with_confidence_at_least(percent).map(|a| a.code.clone()).collect::<Vec<_>>();
        assert_eq!(codes(0.0), ["E11.9", "Z79.84"]);
        assert_eq!(codes(60.0), ["E11.9", "Z79.84"]);
        assert_eq!(codes(60.1), ["E11.9"]);
        assert_eq!(codes(95.3), [""; 0]);
    }

    #[test]
    fn debug_tells_numbers_only() {
        let text = format!("{:?} {:?}", answer(), answer().final_code_assessments);
        assert!(!text.contains("E11.9") && !text.contains("anything"), "{text}");
    }

    #[test]
    fn written_again_it_has_the_vendors_names_and_nothing_of_ours() {
        let mut expected: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        let object = expected.as_object_mut().unwrap();
        object.remove("billing");
        object.remove("warnings");
        object["final_code_assessments"][1].as_object_mut().unwrap().remove("edition");
        object["final_code_assessments"][1]["confidence_percent"] = 60.0.into();
        assert_eq!(serde_json::to_value(answer()).unwrap(), expected);
    }

    #[test]
    fn a_missing_or_doubled_field_is_not_understood() {
        let missing = ANSWER.replace("\"run_id\"", "\"run\"");
        assert!(serde_json::from_str::<CodifyResponse>(&missing).is_err());
        let doubled = ANSWER.replace("\"billing\"", "\"run_id\": \"twice\", \"billing\"");
        assert!(serde_json::from_str::<CodifyResponse>(&doubled).is_err());
    }
}
