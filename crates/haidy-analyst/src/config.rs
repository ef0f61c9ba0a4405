//! How the vendor is to process records. What is not set is not sent: the vendor does not document its defaults, and a default that
//! we sent would pin what the vendor may want to improve.

use clinical_http::Error as HttpError;
use serde::Serialize;

use crate::Language;

/// The one metadata profile that the vendor shows: that of the Swiss electronic patient record.
pub const EPD_META_DATA_V1: &str = "EPDMetaData_v1";

/// How records are processed, and what the result holds. Checked when it is sent.
///
/// ```
/// use haidy_analyst::{Config, EPD_META_DATA_V1, Language};
///
/// let config = Config::new()
///     .structure_engine_version("1.0.0")
///     .output_language(Language::German)
///     .record_metadata_profile(EPD_META_DATA_V1)
///     .include_record_metadata(true);
/// # let _ = config;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[must_use]
pub struct Config {
    #[serde(skip_serializing_if = "Option::is_none")]
    structure_engine_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_language")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Language>"))]
    output_language: Option<Language>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_metadata_profiles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_record_metadata: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_record_content: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_record_structured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_patient_metadata: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include_patient_structured: Option<bool>,
}

impl Config {
    /// Nothing set: the vendor's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version of the vendor's engine, as `MAJOR.MINOR.PATCH`: the way to get the same processing tomorrow.
    pub fn structure_engine_version(mut self, version: impl Into<String>) -> Self {
        self.structure_engine_version = Some(version.into());
        self
    }

    /// The language of the result.
    pub fn output_language(mut self, language: Language) -> Self {
        self.output_language = Some(language);
        self
    }

    /// Adds a profile of document metadata, such as [`EPD_META_DATA_V1`]. The vendor's examples set
    /// [`include_record_metadata`](Self::include_record_metadata) with it.
    pub fn record_metadata_profile(mut self, profile: impl Into<String>) -> Self {
        self.record_metadata_profiles.get_or_insert_default().push(profile.into());
        self
    }

    /// Whether metadata of the documents are extracted.
    pub fn include_record_metadata(mut self, include: bool) -> Self {
        self.include_record_metadata = Some(include);
        self
    }

    /// Whether the result holds the processed content of the records.
    pub fn include_record_content(mut self, include: bool) -> Self {
        self.include_record_content = Some(include);
        self
    }

    /// Whether the result holds the medical entities of each record.
    pub fn include_record_structured(mut self, include: bool) -> Self {
        self.include_record_structured = Some(include);
        self
    }

    /// Whether the patient's name, gender and birthday are extracted.
    pub fn include_patient_metadata(mut self, include: bool) -> Self {
        self.include_patient_metadata = Some(include);
        self
    }

    /// Whether the result holds entities put together over all records.
    pub fn include_patient_structured(mut self, include: bool) -> Self {
        self.include_patient_structured = Some(include);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn check(&self) -> Result<(), HttpError> {
        if self.structure_engine_version.as_deref().is_some_and(|version| !is_version(version)) {
            let rule = "is not of the form MAJOR.MINOR.PATCH; give three numbers such as 1.0.0";
            return Err(HttpError::invalid("config.structure_engine_version", rule));
        }
        if self.output_language.as_ref().is_some_and(|language| is_blank_or_control(language.as_str())) {
            let rule = "is empty or has control characters; leave it out or give en, de, fr or it";
            return Err(HttpError::invalid("config.output_language", rule));
        }
        if self.record_metadata_profiles.iter().flatten().any(|profile| is_blank_or_control(profile)) {
            let rule = "has an empty name or one with control characters; give names such as EPDMetaData_v1";
            return Err(HttpError::invalid("config.record_metadata_profiles", rule));
        }
        Ok(())
    }
}

fn is_version(version: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    version.split('.').count() == 3 && version.split('.').all(number)
}

fn is_blank_or_control(text: &str) -> bool {
    text.trim().is_empty() || text.chars().any(char::is_control)
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn write_language<S: serde::Serializer>(language: &Option<Language>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_some(language.as_ref().map_or("", Language::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_not_sent() {
        assert_eq!(serde_json::to_string(&Config::new()).unwrap(), "{}");
        assert!(Config::new().is_empty() && !Config::new().include_record_content(false).is_empty());
    }

    #[test]
    fn every_key_is_sent_by_the_contracts_name() {
        let config = Config::new()
            .structure_engine_version("1.0.0")
            .output_language(Language::Other("rm".into()))
            .record_metadata_profile(EPD_META_DATA_V1)
            .record_metadata_profile("Mine")
            .include_record_metadata(true)
            .include_record_content(false)
            .include_record_structured(true)
            .include_patient_metadata(false)
            .include_patient_structured(true);
        assert_eq!(
            serde_json::to_value(&config).unwrap(),
            serde_json::json!({
                "structure_engine_version": "1.0.0",
                "output_language": "rm",
                "record_metadata_profiles": ["EPDMetaData_v1", "Mine"],
                "include_record_metadata": true,
                "include_record_content": false,
                "include_record_structured": true,
                "include_patient_metadata": false,
                "include_patient_structured": true,
            })
        );
        config.check().unwrap();
    }

    #[test]
    fn a_version_is_three_numbers() {
        for good in ["1.0.0", "0.0.0", "10.20.30", "007.1.1"] {
            Config::new().structure_engine_version(good).check().unwrap();
        }
        for bad in
            ["", "1", "1.0", "1.0.0.0", "1.0.x", "v1.0.0", "1..0", ".1.0", "1.0.", "1.0.canary", "1.0.0 ", "١.0.0"]
        {
            let error = Config::new().structure_engine_version(bad).check().unwrap_err();
            assert_eq!(error.field(), Some("config.structure_engine_version"), "{bad}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        for bad in ["", " ", "d\ne"] {
            let error = Config::new().output_language(bad.into()).check().unwrap_err();
            assert_eq!(error.field(), Some("config.output_language"));
            let error = Config::new().record_metadata_profile("x").record_metadata_profile(bad).check().unwrap_err();
            assert_eq!(error.field(), Some("config.record_metadata_profiles"));
        }
    }
}
