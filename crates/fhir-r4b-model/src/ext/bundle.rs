//! The resources of a bundle, by type and by reference.

use crate::access::{Field, Value};
use crate::{Bundle, BundleEntry, Reference, Resource, ResourceType};

use super::Target;

impl Bundle {
    /// The resources of one type, in the order of the entries.
    ///
    /// ```
    /// use fhir_r4b_model::{Bundle, Observation, json};
    ///
    /// let bundle: Bundle = json::from_str(
    ///     r#"{"resourceType":"Bundle","type":"collection","entry":[
    ///         {"resource":{"resourceType":"Patient","id":"p"}},
    ///         {"resource":{"resourceType":"Observation","status":"final"}}]}"#,
    /// )?;
    /// assert_eq!(bundle.resources::<Observation>().count(), 1);
    /// # Ok::<(), fhir_r4b_model::json::Error>(())
    /// ```
    pub fn resources<T: ResourceType>(&self) -> impl Iterator<Item = &T> {
        self.entry.iter().filter_map(|entry| entry.resource.as_ref()?.get())
    }

    /// The resource that a reference points at, wherever in this bundle the reference stands: the short way, enough for a bundle from one server.
    /// [`references`](Self::references) follows the specification's rules and says why something is not found.
    ///
    /// An absolute reference and a `urn:` are compared with the entries' `fullUrl`. A relative one, `Patient/1`, means the entry whose `fullUrl` is that or
    /// ends with it, or else the resource of that type and id. A reference to a version (`/_history/2`) means the resource with that `versionId` alone.
    /// `None` if nothing fits, if several do, as the `Patient/1` of two servers does, and for a fragment (`#1`), which needs to know where it stands.
    pub fn resolve(&self, reference: &Reference) -> Option<&Resource> {
        let target = reference.target()?;
        let resources = self.entry.iter().filter_map(|entry| Some((entry, entry.resource.as_ref()?)));
        let of_version =
            |resource: &Resource| target.version().is_none_or(|version| resource.version_id() == Some(version));
        let (mut by_address, mut by_id) = (Found::Nothing, Found::Nothing);
        for (entry, resource) in resources.filter(|(_, resource)| of_version(resource)) {
            if entry.is_at(&target) {
                by_address.add(resource);
            } else if let Target::Relative { type_name, id, .. } = target {
                if resource.type_name() == type_name && resource.id() == Some(id) {
                    by_id.add(resource);
                }
            }
        }
        match by_address {
            Found::Nothing => by_id.one(),
            found => found.one(),
        }
    }
}

/// What was found so far: of several none is taken.
enum Found<'a> {
    Nothing,
    One(&'a Resource),
    Several,
}

impl<'a> Found<'a> {
    fn add(&mut self, resource: &'a Resource) {
        *self = match self {
            Self::Nothing => Self::One(resource),
            Self::One(_) | Self::Several => Self::Several,
        };
    }

    fn one(self) -> Option<&'a Resource> {
        match self {
            Self::One(resource) => Some(resource),
            Self::Nothing | Self::Several => None,
        }
    }
}

impl BundleEntry {
    /// Whether `fullUrl` is what the reference says.
    fn is_at(&self, target: &Target<'_>) -> bool {
        let Some(full_url) = self.address() else { return false };
        match *target {
            Target::Absolute { url, .. } => full_url == url,
            Target::Urn(urn) => full_url == urn,
            Target::Relative { path, .. } => {
                full_url.strip_suffix(path).is_some_and(|base| base.is_empty() || base.ends_with('/'))
            }
            Target::Contained(_) | Target::Conditional { .. } => false,
        }
    }
}

impl Resource {
    /// The resource's logical id. `None` also of a resource whose type R4B does not have.
    pub fn id(&self) -> Option<&str> {
        // The first element of each resource is `id`, the second `meta`.
        match self.element().ok()?.field(0) {
            Field::Primitives(slot) => match slot.get(0)? {
                Value::Text(text) => text.as_str(),
                Value::Boolean(_) => None,
            },
            _ => None,
        }
    }

    /// The resources contained in this one, in their order. An entry of a bundle or a part of `Parameters` is none of them.
    pub fn contained(&self) -> impl Iterator<Item = &Self> {
        let element = self.element().ok();
        let slot = element.and_then(|element| {
            let index = element.info().fields.iter().position(|field| field.name == "contained")?;
            match element.field(index) {
                Field::Resources(slot) => Some(slot),
                _ => None,
            }
        });
        slot.into_iter().flat_map(|slot| (0..slot.len()).filter_map(move |index| slot.get(index)))
    }

    /// The version in `meta.versionId`.
    pub(super) fn version_id(&self) -> Option<&str> {
        let Field::Elements(slot) = self.element().ok()?.field(1) else { return None };
        let meta = slot.get(0)?;
        let index = meta.info().fields.iter().position(|field| field.name == "versionId")?;
        let Field::Primitives(slot) = meta.field(index) else { return None };
        match slot.get(0)? {
            Value::Text(text) => text.as_str(),
            Value::Boolean(_) => None,
        }
    }
}
