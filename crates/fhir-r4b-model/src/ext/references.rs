//! Where references lead within a bundle, by the rules of the specification (<https://hl7.org/fhir/R4B/bundle.html#references>). What is not in the bundle
//! is not looked for elsewhere, and where two resources answer to a reference neither is taken: the other one may be another patient.

use std::collections::HashMap;
use std::fmt;

use crate::path::At;
use crate::primitives::Canonical;
use crate::{Bundle, BundleEntry, Reference, Resource};

use super::Target;
use super::reference::is_type;

/// Why a reference leads to no resource of the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unresolved {
    /// It has no text, as one by identifier alone, or a text of no known form.
    NoTarget,
    /// What it points at is not in the bundle.
    NotFound,
    /// Several resources of the bundle answer to it.
    Ambiguous,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoTarget => "the reference has no address; look for its identifier",
            Self::NotFound => {
                "what the reference points at is not in the bundle; look for it where the bundle came from"
            }
            Self::Ambiguous => {
                "several resources of the bundle answer to the reference; name a version or an absolute address"
            }
        })
    }
}

impl std::error::Error for Unresolved {}

/// The entries of a bundle by their addresses, for following many references. See [`Bundle::references`].
pub struct References<'a> {
    bundle: &'a Bundle,
    by_address: HashMap<&'a str, Vec<&'a BundleEntry>>,
    without_server: HashMap<(&'a str, &'a str), Vec<&'a BundleEntry>>,
}

impl Bundle {
    /// The bundle's entries by their addresses, to follow references by the rules of the specification. Makes an index once, in memory of some words an entry.
    ///
    /// ```
    /// use fhir_r4b_model::ext::Unresolved;
    /// use fhir_r4b_model::{Bundle, Observation, json};
    ///
    /// let bundle: Bundle = json::from_str(r#"{"resourceType":"Bundle","type":"collection","entry":[
    ///     {"fullUrl":"https://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1"}},
    ///     {"fullUrl":"https://b.example/Patient/1","resource":{"resourceType":"Patient","id":"1"}},
    ///     {"fullUrl":"https://b.example/Observation/7","resource":{"resourceType":"Observation","id":"7","status":"final",
    ///         "subject":{"reference":"Patient/1"}}}]}"#)?;
    /// let references = bundle.references();
    /// let entry = &bundle.entry[2];
    /// let observation: &Observation = entry.resource.as_ref().and_then(|resource| resource.get()).unwrap();
    /// let subject = references.resolve(entry, observation.subject.as_ref().unwrap())?;
    /// // The patient of the server from which the observation is: the second one.
    /// assert!(std::ptr::eq(subject, bundle.entry[1].resource.as_ref().unwrap()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn references(&self) -> References<'_> {
        let mut by_address: HashMap<&str, Vec<&BundleEntry>> = HashMap::new();
        let mut without_server: HashMap<(&str, &str), Vec<&BundleEntry>> = HashMap::new();
        for entry in &self.entry {
            let Some(resource) = &entry.resource else { continue };
            if let Some(address) = entry.address() {
                by_address.entry(address).or_default().push(entry);
            }
            if entry.server().is_none() {
                let own = resource.id().map(|id| (resource.type_name(), id));
                // Addresses have to be absolute; those that are not mean what a relative reference means.
                let told = match entry.address().and_then(Target::parse) {
                    Some(Target::Relative { type_name, id, .. }) => Some((type_name, id)),
                    _ => None,
                };
                for key in own.into_iter().chain(told.filter(|told| Some(*told) != own)) {
                    without_server.entry(key).or_default().push(entry);
                }
            }
        }
        References { bundle: self, by_address, without_server }
    }
}

impl<'a> References<'a> {
    /// The resource that a reference in an entry's resource points at. `entry` is the one in which the reference stands, also if it stands in a resource that
    /// is contained there.
    ///
    /// - `#id` is contained in the entry's resource, `#` is that resource.
    /// - An absolute address or a `urn:` is compared with the entries' `fullUrl`, letter for letter.
    /// - `Type/id` is completed with the server of the entry's own `fullUrl`, `https://server/base/` of `https://server/base/Observation/7`. Where the entry has no
    ///   such address, the specification has no meaning for it; it is then looked for by type and id among the other entries that have none either.
    /// - With `/_history/2` it is the one whose `meta.versionId` is `2`, under the address without that.
    ///
    /// # Errors
    ///
    /// [`Unresolved`] says whether it has no address, is not here (also a conditional one, `Type?query`, which only a server can look up), or is not unique.
    pub fn resolve(&self, entry: &'a BundleEntry, reference: &Reference) -> Result<&'a Resource, Unresolved> {
        match reference.target().ok_or(Unresolved::NoTarget)? {
            Target::Contained(id) => within(entry.resource.as_ref().ok_or(Unresolved::NotFound)?, id),
            Target::Urn(address) => only(self.by_address.get(address), None),
            Target::Absolute { url, version } => only(self.by_address.get(url), version),
            Target::Relative { path, type_name, id, version } => match entry.server() {
                Some(server) => only(self.by_address.get(format!("{server}{path}").as_str()), version),
                None => only(self.without_server.get(&(type_name, id)), version),
            },
            Target::Conditional { .. } => Err(Unresolved::NotFound),
        }
    }

    /// The definition with a canonical address, by its `url` and, where the address has one, its business `version`; with a fragment what is contained there.
    /// Looks at every entry.
    ///
    /// # Errors
    ///
    /// As [`resolve`](Self::resolve). Of several versions none is taken unless the address names one.
    pub fn definition(&self, entry: &'a BundleEntry, canonical: &Canonical) -> Result<&'a Resource, Unresolved> {
        let Some(url) = canonical.url() else {
            let id = canonical.fragment().ok_or(Unresolved::NoTarget)?;
            return within(entry.resource.as_ref().ok_or(Unresolved::NotFound)?, id);
        };
        let is =
            |resource: &Resource, name, text| resource.at(name).first().is_some_and(|it| it.as_str() == Some(text));
        let mut found = self.bundle.entry.iter().filter_map(|entry| entry.resource.as_ref()).filter(|resource| {
            is(resource, "url", url) && canonical.version().is_none_or(|version| is(resource, "version", version))
        });
        let definition = found.next().ok_or(Unresolved::NotFound)?;
        if found.next().is_some() {
            return Err(Unresolved::Ambiguous);
        }
        canonical.fragment().map_or(Ok(definition), |id| within(definition, id))
    }
}

impl fmt::Debug for References<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("References").field("entries", &self.bundle.entry.len()).finish_non_exhaustive()
    }
}

impl BundleEntry {
    pub(super) fn address(&self) -> Option<&str> {
        self.full_url.as_ref()?.as_str()
    }

    /// The base address of the server that the entry's `fullUrl` is of, with the slash at its end; `None` if it is no address on a FHIR server.
    fn server(&self) -> Option<&str> {
        let address = self.address()?;
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let (front, id) = rest.rsplit_once('/')?;
        let (host, type_name) = front.rsplit_once('/')?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        let own = type_name.len() + 1 + id.len();
        (is_id && is_type(type_name) && !host.is_empty()).then(|| &address[..address.len() - own])
    }
}

fn within<'a>(resource: &'a Resource, id: &str) -> Result<&'a Resource, Unresolved> {
    if id.is_empty() {
        return Ok(resource);
    }
    resource.contained().find(|contained| contained.id() == Some(id)).ok_or(Unresolved::NotFound)
}

fn only<'a>(entries: Option<&Vec<&'a BundleEntry>>, version: Option<&str>) -> Result<&'a Resource, Unresolved> {
    let resources = entries.into_iter().flatten().filter_map(|entry| entry.resource.as_ref());
    let mut fitting = resources.filter(|resource| version.is_none() || resource.version_id() == version);
    let found = fitting.next().ok_or(Unresolved::NotFound)?;
    if fitting.next().is_some() { Err(Unresolved::Ambiguous) } else { Ok(found) }
}
