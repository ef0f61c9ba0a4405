//! What is to be said of a document that could be read: where, how bad, and which rule. It never holds a value or a name out of the document.

use std::fmt;

use crate::access::Element;
use crate::walk::{Node, Path, walk, walk_resource};
use crate::{OperationOutcome, Resource};

/// Something in a document that a rule does not allow, or that is worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issue {
    /// Where, as `FHIRPath` has it, for example `Bundle.entry[3].resource.birthDate`. A choice has the name of its element, `Observation.value`, and not
    /// that in JSON, `valueQuantity`, which the path of a [`json::Error`](crate::json::Error) from reading has.
    pub path: String,
    /// How bad it is.
    pub severity: Severity,
    /// Which rule it is about.
    pub rule: Rule,
}

/// How bad an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It may be as it is meant.
    Warning,
    /// FHIR does not allow it.
    Error,
}

/// The rule that an issue is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// An element that has to be there is not.
    Required,
    /// A code is none of the value set that a required binding names.
    Code,
    /// A primitive has not the form of its type.
    Format,
    /// A reference points at a type that it may not point at.
    Target,
    /// The definitions do not have a field or resource.
    Unknown,
    /// A field that the definitions have was read as `null` or as an empty list. Giving it a value mends that.
    Null,
    /// An invariant of the specification, by its key, such as `dom-2`.
    Invariant(&'static str),
}

impl Rule {
    /// What the rule says, in one sentence.
    pub fn message(self) -> &'static str {
        match self {
            Self::Required => "this element has to be there",
            Self::Code => "this code is none of those that the element takes",
            Self::Format => "this text has not the form of its type",
            Self::Target => "this reference may not point at a resource of that type",
            Self::Unknown => "the definition has no such field or resource",
            Self::Null => "null or an empty list is not allowed here",
            Self::Invariant("ele-1") => "an element has a value or something in it",
            Self::Invariant("ext-1") => "an extension has either a value or extensions",
            Self::Invariant("dom-2") => "a contained resource contains no resources",
            Self::Invariant("dom-3") => "a contained resource is referred to in the resource that contains it",
            Self::Invariant("dom-4") => "a contained resource has no version and no time of its last change",
            Self::Invariant("dom-5") => "a contained resource has no security label",
            Self::Invariant("dom-6") => "a resource should have a text for people",
            Self::Invariant("txt-2") => "a narrative has something in it that is not space",
            Self::Invariant("ref-1") => "a reference that begins with # names a resource contained in this one",
            Self::Invariant(_) => "an invariant does not hold",
        }
    }
}

impl Issue {
    #[cfg(feature = "validate")]
    pub(crate) fn error(path: &Path<'_>, rule: Rule) -> Self {
        Self { path: path.to_string(), severity: Severity::Error, rule }
    }

    pub(crate) fn warning(path: &Path<'_>, rule: Rule) -> Self {
        Self { path: path.to_string(), severity: Severity::Warning, rule }
    }

    /// Some issues as the resource that FHIR has for them.
    ///
    /// Without an issue it says that all is well, because an `OperationOutcome` has at least one.
    pub fn outcome(issues: &[Self]) -> OperationOutcome {
        use crate::OperationOutcomeIssue;
        use crate::codes::{IssueSeverity, IssueType};
        let issue = |severity: IssueSeverity, code: IssueType, text: &str, path: Option<&str>| OperationOutcomeIssue {
            severity: Some(severity.into()),
            code: Some(code.into()),
            diagnostics: Some(text.into()),
            expression: path.into_iter().map(Into::into).collect(),
            ..OperationOutcomeIssue::default()
        };
        let mut listed: Vec<OperationOutcomeIssue> = Vec::new();
        for one in issues {
            let severity = match one.severity {
                Severity::Error => IssueSeverity::Error,
                Severity::Warning => IssueSeverity::Warning,
            };
            let code = match one.rule {
                Rule::Required => IssueType::Required,
                Rule::Code => IssueType::CodeInvalid,
                Rule::Format | Rule::Target => IssueType::Value,
                Rule::Unknown | Rule::Null => IssueType::Structure,
                Rule::Invariant(_) => IssueType::Invariant,
            };
            listed.push(issue(severity, code, &format!("{}: {}", one.rule, one.rule.message()), Some(&one.path)));
        }
        if listed.is_empty() {
            listed.push(issue(IssueSeverity::Information, IssueType::Informational, "no issue was found", None));
        }
        OperationOutcome { issue: listed.into(), ..OperationOutcome::default() }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Required => "required",
            Self::Code => "code",
            Self::Format => "format",
            Self::Target => "target",
            Self::Unknown => "unknown",
            Self::Null => "null",
            Self::Invariant(key) => key,
        })
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.path, self.rule.message(), self.rule)
    }
}

/// What of an element the definitions do not have.
pub(crate) fn unknown(element: &dyn Element) -> Vec<Issue> {
    let mut issues = Vec::new();
    walk(element, &Path::root(element.info().name), &mut |path, node| note_unknown(path, &node, &mut issues));
    issues
}

/// What of a resource the definitions do not have.
pub(crate) fn unknown_in_resource(resource: &Resource) -> Vec<Issue> {
    let mut issues = Vec::new();
    let root = resource.element().map_or("Resource", |element| element.info().name);
    walk_resource(resource, &Path::root(root), &mut |path, node| note_unknown(path, &node, &mut issues));
    issues
}

fn note_unknown(path: &Path<'_>, node: &Node<'_>, issues: &mut Vec<Issue>) {
    match node {
        Node::Unknown { .. } | Node::UnknownResource => issues.push(Issue::warning(path, Rule::Unknown)),
        Node::Null => issues.push(Issue::warning(path, Rule::Null)),
        Node::Element(_) | Node::Value { .. } => {}
    }
}
