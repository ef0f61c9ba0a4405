//! A person's name as one text, and which of several names that is.

use std::cmp::Ordering;

use crate::codes::NameUse;
use crate::primitives::FhirString;
use crate::{Coded, HumanName, Patient, Period};

impl HumanName {
    /// The name as it is to be shown: its `text`, or its parts in the order prefix, given, family, suffix. `None` if it has
    /// neither; a text of spaces alone is none.
    pub fn display(&self) -> Option<String> {
        if let Some(text) = self.text.as_ref().and_then(shown) {
            return Some(text.to_owned());
        }
        let parts = self.prefix.iter().chain(&self.given).chain(&self.family).chain(&self.suffix);
        let parts: Vec<&str> = parts.filter_map(shown).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// FHIR has no empty text, and senders have: an empty family name is none.
fn shown(part: &FhirString) -> Option<&str> {
    part.as_str().filter(|text| !text.trim().is_empty())
}

impl Patient {
    /// The name to show for the patient: the official one if there is one that can be shown, else the usual one, else the first
    /// that is neither old, of maiden time nor anonymous, else the first. A name whose period has an end counts as old, because what day it is
    /// is not known here: see [`display_name_on`](Self::display_name_on).
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
        self.best_name(|period| period.end.is_none())
    }

    /// The name to show for the patient on a day (`2026-03-01`), by the rules of [`display_name`](Self::display_name); a name that was not in use on that day
    /// counts as old. Borders belong to a period, and a border that is not written to the day means all of its month or year.
    pub fn display_name_on(&self, day: &str) -> Option<String> {
        self.best_name(|period| {
            let border = |date: &Option<crate::primitives::DateTime>| {
                let text = date.as_ref()?.as_str()?;
                let border = text.get(..text.len().min(10))?;
                Some(day.get(..border.len())?.cmp(border))
            };
            border(&period.start) != Some(Ordering::Less) && border(&period.end) != Some(Ordering::Greater)
        })
    }

    fn best_name(&self, in_use: impl Fn(&Period) -> bool) -> Option<String> {
        let rank = |name: &HumanName| match name.r#use.as_ref().and_then(Coded::known) {
            _ if name.period.as_ref().is_some_and(|period| !in_use(period)) => 3,
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
