//! Extensions by the addresses that define them, also inside others.

use crate::{Extension, OpenValue};

impl Extension {
    /// The extension of this address with this value.
    ///
    /// ```
    /// use fhir_r4b_model::{Extension, OpenValue};
    ///
    /// let born = Extension::new("http://hl7.org/fhir/StructureDefinition/patient-birthTime", OpenValue::DateTime("1984-02-29T07:15:00Z".into()));
    /// # assert!(born.value.is_some());
    /// ```
    pub fn new(url: &str, value: OpenValue) -> Self {
        Self { url: Some(url.into()), value: Some(value), ..Self::default() }
    }

    /// Whether this is the extension of that address.
    pub fn is(&self, url: &str) -> bool {
        self.url.as_ref().and_then(|it| it.as_str()) == Some(url)
    }

    /// The first of some extensions that has this address.
    pub fn find<'a>(extensions: &'a [Self], url: &str) -> Option<&'a Self> {
        Self::all(extensions, url).next()
    }

    /// All of some extensions that have this address, in their order.
    pub fn all<'a>(extensions: &'a [Self], url: &str) -> impl Iterator<Item = &'a Self> {
        extensions.iter().filter(move |extension| extension.is(url))
    }

    /// The first inside some extensions that is reached by these addresses, the outermost first: a part of a complex extension, whose address is short. Where an
    /// address is there several times, all of them are looked into.
    ///
    /// ```
    /// use fhir_r4b_model::{Extension, OpenValue, Patient, json};
    ///
    /// let race = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race";
    /// let patient: Patient = json::from_str(&format!(
    ///     r#"{{"resourceType":"Patient","extension":[{{"url":"{race}","extension":[
    ///         {{"url":"text","valueString":"White"}}]}}]}}"#
    /// ))?;
    /// let text = Extension::find_inside(&patient.extension, &[race, "text"]).and_then(|text| text.value.as_ref());
    /// assert!(matches!(text, Some(OpenValue::String(text)) if text.as_str() == Some("White")));
    /// # Ok::<(), fhir_r4b_model::json::Error>(())
    /// ```
    pub fn find_inside<'a>(extensions: &'a [Self], urls: &[&str]) -> Option<&'a Self> {
        let (first, rest) = urls.split_first()?;
        let mut found = Self::all(extensions, first);
        if rest.is_empty() { found.next() } else { found.find_map(|outer| Self::find_inside(&outer.extension, rest)) }
    }
}
