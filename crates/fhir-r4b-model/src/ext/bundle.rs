//! The resources of a bundle, by type and by reference.

use crate::resources::bundle::BundleEntry;
use crate::{Bundle, Reference, Resource, ResourceType};

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

    /// The resource that a reference points at, among those of this bundle.
    ///
    /// An absolute reference and a `urn:` are compared with the entries' `fullUrl`. A relative one, `Patient/1`, means the
    /// entry whose `fullUrl` is that or ends with it, or else the resource of that type and id. A reference to a version
    /// (`/_history/2`) means the resource with that `versionId` alone. A fragment (`#1`) points into the resource it stands
    /// in: see [`Target::Contained`].
    pub fn resolve(&self, reference: &Reference) -> Option<&Resource> {
        let target = reference.target()?;
        let mut by_id = None;
        for entry in &self.entry {
            let Some(resource) = &entry.resource else { continue };
            if target.version().is_some_and(|version| resource.version_id() != Some(version)) {
                continue;
            }
            if entry.is_at(&target) {
                return Some(resource);
            }
            if let Target::Relative { type_name, id, .. } = target {
                if by_id.is_none() && resource.type_name() == type_name && resource.id() == Some(id) {
                    by_id = Some(resource);
                }
            }
        }
        by_id
    }
}

impl BundleEntry {
    /// Whether `fullUrl` is what the reference says.
    fn is_at(&self, target: &Target<'_>) -> bool {
        let Some(full_url) = self.full_url.as_ref().and_then(|url| url.as_str()) else { return false };
        match *target {
            Target::Absolute { url, .. } => full_url == url,
            Target::Urn(urn) => full_url == urn,
            Target::Relative { path, .. } => {
                full_url.strip_suffix(path).is_some_and(|base| base.is_empty() || base.ends_with('/'))
            }
            Target::Contained(_) => false,
        }
    }
}

impl Resource {
    /// The resource's logical id. `None` also of a resource whose type R4B does not have.
    pub fn id(&self) -> Option<&str> {
        // The first element of each resource is `id`, the second `meta`.
        match self.element().ok()?.field(0) {
            crate::access::Field::Primitives(slot) => match slot.get(0)? {
                crate::access::Value::Text(text) => text.as_str(),
                crate::access::Value::Boolean(_) => None,
            },
            _ => None,
        }
    }

    /// The version in `meta.versionId`.
    fn version_id(&self) -> Option<&str> {
        let crate::access::Field::Elements(slot) = self.element().ok()?.field(1) else { return None };
        let meta = slot.get(0)?;
        let index = meta.info().fields.iter().position(|field| field.name == "versionId")?;
        let crate::access::Field::Primitives(slot) = meta.field(index) else { return None };
        match slot.get(0)? {
            crate::access::Value::Text(text) => text.as_str(),
            crate::access::Value::Boolean(_) => None,
        }
    }
}
