//! What the text of a reference means.

use crate::Reference;

/// A reference's text, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target<'a> {
    /// `#id`: a resource in `contained` of the resource in which the reference stands. Empty for `#`, which is that resource.
    Contained(&'a str),
    /// `urn:uuid:...` or `urn:oid:...`.
    Urn(&'a str),
    /// A complete address, without its version.
    Absolute {
        /// The address up to the version.
        url: &'a str,
        /// The version, from `/_history/...`.
        version: Option<&'a str>,
    },
    /// `Type/id`.
    Relative {
        /// Type and id as they stand there, without the version.
        path: &'a str,
        /// The type of the resource.
        type_name: &'a str,
        /// The id of the resource.
        id: &'a str,
        /// The version, from `/_history/...`.
        version: Option<&'a str>,
    },
    /// `Type?query`: in a transaction, what a server finds with this query before it does anything else.
    Conditional {
        /// The type of the resource.
        type_name: &'a str,
        /// The query, without its question mark.
        query: &'a str,
    },
}

impl<'a> Target<'a> {
    /// Takes a reference's text apart; `None` if it is none of the forms.
    ///
    /// ```
    /// use fhir_r4b_model::ext::Target;
    ///
    /// let Some(Target::Relative { type_name, id, version, .. }) = Target::parse("Patient/12/_history/3") else { panic!() };
    /// assert_eq!((type_name, id, version), ("Patient", "12", Some("3")));
    /// assert_eq!(Target::parse("#med"), Some(Target::Contained("med")));
    /// assert_eq!(Target::parse("12"), None);
    /// ```
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(id) = text.strip_prefix('#') {
            return Some(Self::Contained(id));
        }
        if text.starts_with("urn:") {
            return Some(Self::Urn(text));
        }
        if let Some((type_name, query)) = text.split_once('?').filter(|(type_name, _)| is_type(type_name)) {
            return Some(Self::Conditional { type_name, query });
        }
        let (path, version) = match text.split_once("/_history/") {
            Some((path, version)) => (path, Some(version)),
            None => (text, None),
        };
        if version.is_some_and(|version| version.is_empty() || version.contains('/')) {
            return None;
        }
        if is_absolute(path) {
            return Some(Self::Absolute { url: path, version });
        }
        let (type_name, id) = path.split_once('/')?;
        let whole = is_type(type_name) && !id.is_empty() && !id.contains(['/', '?', '#']);
        whole.then_some(Self::Relative { path, type_name, id, version })
    }

    pub(super) fn version(&self) -> Option<&'a str> {
        match *self {
            Self::Absolute { version, .. } | Self::Relative { version, .. } => version,
            Self::Contained(_) | Self::Urn(_) | Self::Conditional { .. } => None,
        }
    }
}

/// A scheme, as RFC 3986 has it, and what follows it in an address.
fn is_absolute(text: &str) -> bool {
    let scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    text.split_once("://").is_some_and(|(name, rest)| scheme(name) && !rest.is_empty())
}

/// Whether this has the form of a resource's type. Which types there are is no question here: those of other versions are kept, too.
pub(super) fn is_type(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl Reference {
    /// What the reference's text means; `None` if it has none, or one of no known form.
    pub fn target(&self) -> Option<Target<'_>> {
        Target::parse(self.reference.as_ref()?.as_str()?)
    }

    /// The resource that a fragment (`#id`) points at, among those contained in the resource where this reference stands.
    pub fn contained<'a>(&self, contained: &'a [crate::Resource]) -> Option<&'a crate::Resource> {
        let Target::Contained(id) = self.target()? else { return None };
        contained.iter().find(|resource| resource.id() == Some(id))
    }
}
