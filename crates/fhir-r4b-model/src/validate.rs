//! Whether a resource is what the definitions demand: which elements have to be there, which codes are allowed, what form a text has, what a
//! reference may point at, and the invariants that every type has. It asks no terminology server and evaluates no `FHIRPath`: what it leaves out is
//! listed in [`NOT_EVALUATED`] and [`NOT_LISTED`].
//!
//! That a choice has one type and an element the right JSON type is no question here: the types cannot hold anything else, and the reader refuses it.

mod codes;
mod contained;
mod formats;
mod narrative;
mod rules;

use crate::Resource;
use crate::access::{Element, Typed};
pub use crate::generated::rules::{NOT_EVALUATED, NOT_LISTED};
use crate::issue::{Issue, Rule};
use crate::walk::{Node, Path};

/// What can be checked: [`Resource`], each resource by itself, and each datatype.
///
/// ```
/// use fhir_r4b_model::issue::Rule;
/// use fhir_r4b_model::validate::Validate;
/// use fhir_r4b_model::{Observation, json};
///
/// let observation: Observation = json::from_str(r#"{"resourceType":"Observation","status":"done","issued":"2024-02"}"#)?;
/// let issues = observation.validate();
/// let found: Vec<(&str, Rule)> =
///     issues.iter().map(|issue| (issue.path.as_str(), issue.rule)).filter(|(_, rule)| *rule != Rule::Invariant("dom-6")).collect();
/// assert_eq!(
///     found,
///     [
///         ("Observation.code", Rule::Required),
///         ("Observation.status", Rule::Code),
///         ("Observation.issued", Rule::Format),
///     ]
/// );
/// # Ok::<(), fhir_r4b_model::json::Error>(())
/// ```
pub trait Validate {
    /// What the definitions do not allow, and what they advise against, in the order of the definitions.
    fn validate(&self) -> Vec<Issue>;

    /// The value itself if no error is found in it: the last step of building one.
    ///
    /// ```
    /// use fhir_r4b_model::codes::ObservationStatus;
    /// use fhir_r4b_model::validate::Validate;
    /// use fhir_r4b_model::{CodeableConcept, Coding, Observation};
    ///
    /// let pulse = Observation { status: Some(ObservationStatus::Final.into()), ..Default::default() };
    /// let issues = pulse.clone().build().unwrap_err();
    /// assert_eq!(issues[0].path, "Observation.code");
    ///
    /// let code = CodeableConcept { coding: [Coding::new("http://loinc.org", "8867-4")].into(), ..Default::default() };
    /// let pulse = Observation { code: Some(code.into()), ..pulse }.build()?;
    /// # assert!(pulse.code.is_some());
    /// # Ok::<(), Vec<fhir_r4b_model::issue::Issue>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors that were found, without the warnings.
    fn build(self) -> Result<Self, Vec<Issue>>
    where
        Self: Sized,
    {
        let mut issues = self.validate();
        issues.retain(|issue| issue.severity == crate::issue::Severity::Error);
        if issues.is_empty() { Ok(self) } else { Err(issues) }
    }
}

impl<T: Typed> Validate for T {
    fn validate(&self) -> Vec<Issue> {
        check(self.erased())
    }
}

impl Validate for Resource {
    fn validate(&self) -> Vec<Issue> {
        match self.element() {
            Ok(element) => check(element),
            Err(_) => vec![Issue::error(&Path::root("Resource"), Rule::Unknown)],
        }
    }
}

fn check(root: &dyn Element) -> Vec<Issue> {
    let mut issues = Vec::new();
    crate::walk::walk(root, &Path::root(root.info().name), &mut |path, node| match node {
        Node::Element(element) => {
            rules::element(element, path, &mut issues);
            contained::resource(element, path, &mut issues);
        }
        Node::Value { value, type_name } => rules::value(value, type_name, path, &mut issues),
        Node::Unknown { .. } | Node::UnknownResource => issues.push(Issue::error(path, Rule::Unknown)),
        Node::Null => issues.push(Issue::error(path, Rule::Null)),
    });
    issues
}
