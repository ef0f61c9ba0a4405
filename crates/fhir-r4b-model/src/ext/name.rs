//! A person's name as one text.

use crate::codes::NameUse;
use crate::{Coded, HumanName, Patient};

impl HumanName {
    /// The name as it is to be shown: its `text`, or its parts in the order prefix, given, family, suffix. `None` if it has
    /// neither.
    pub fn display(&self) -> Option<String> {
        if let Some(text) = self.text.as_ref().and_then(|it| it.as_str()) {
            return Some(text.to_owned());
        }
        let parts = self.prefix.iter().chain(&self.given).chain(&self.family).chain(&self.suffix);
        let parts: Vec<&str> = parts.filter_map(|part| part.as_str()).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

impl Patient {
    /// The name to show for the patient: the official one if there is one that can be shown, else the usual one, else the first
    /// that is neither old, of maiden time nor anonymous, else the first.
    ///
    /// ```
    /// use fhir_r4b_model::{Patient, json};
    ///
    /// let patient: Patient = json::from_str(
    ///     r#"{"resourceType":"Patient","name":[{"use":"nickname","given":["Resi"]},
    ///         {"use":"official","family":"Huber","given":["Maria","Theresia"]}]}"#,
    /// )?;
    /// assert_eq!(patient.display_name().as_deref(), Some("Maria Theresia Huber"));
    /// # Ok::<(), fhir_r4b_model::json::Error>(())
    /// ```
    pub fn display_name(&self) -> Option<String> {
        let rank = |name: &HumanName| match name.r#use.as_ref().and_then(Coded::known) {
            Some(NameUse::Official) => 0,
            Some(NameUse::Usual) => 1,
            Some(NameUse::Old | NameUse::Maiden | NameUse::Anonymous) => 3,
            _ => 2,
        };
        let mut names: Vec<&HumanName> = self.name.iter().collect();
        names.sort_by_key(|name| rank(name));
        names.into_iter().find_map(HumanName::display)
    }
}
