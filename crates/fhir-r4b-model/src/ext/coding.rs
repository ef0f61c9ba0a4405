//! Codes by what identifies them.

use crate::{CodeableConcept, Coding};

impl Coding {
    /// Whether this is that code of that system, in any version of it.
    pub fn is(&self, system: &str, code: &str) -> bool {
        let text = |text: Option<&str>, wanted| text == Some(wanted);
        text(self.system.as_ref().and_then(|it| it.as_str()), system)
            && text(self.code.as_ref().and_then(|it| it.as_str()), code)
    }
}

impl CodeableConcept {
    /// Whether one of the codings is that code of that system.
    ///
    /// ```
    /// use fhir_r4b_model::{CodeableConcept, Coding};
    ///
    /// let pulse = CodeableConcept { coding: [Coding::new("http://loinc.org", "8867-4")].into(), ..Default::default() };
    /// assert!(pulse.has_coding("http://loinc.org", "8867-4"));
    /// assert!(!pulse.has_coding("http://snomed.info/sct", "8867-4"));
    /// ```
    pub fn has_coding(&self, system: &str, code: &str) -> bool {
        self.coding.iter().any(|coding| coding.is(system, code))
    }

    /// What a person reads: the text, else the first coding's display, else its code.
    pub fn display(&self) -> Option<&str> {
        let text = self.text.as_ref().and_then(|it| it.as_str());
        let display = || self.coding.iter().find_map(|coding| coding.display.as_ref()?.as_str());
        let code = || self.coding.iter().find_map(|coding| coding.code.as_ref()?.as_str());
        text.or_else(display).or_else(code)
    }
}
