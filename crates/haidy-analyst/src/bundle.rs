//! A FHIR R4B Bundle: kept as it came, with views that are just enough to find one's way. What a resource means is FHIR's matter.

use std::sync::Arc;

use clinical_http::Error as HttpError;
use serde_json::value::RawValue;

use crate::json::{decode, open_object};
use crate::{Error, Fields, Json};

/// A FHIR R4B Bundle. Cloning is cheap. `Debug` shows numbers only.
///
/// It is not validated: the vendor's own sample has relative `fullUrl`s, which strict validators refuse.
///
/// ```
/// use haidy_analyst::Bundle;
///
/// let bundle = Bundle::from_json(r#"{"resourceType": "Bundle", "type": "collection", "entry": [
///     {"fullUrl": "Patient/1", "resource": {"resourceType": "Patient", "id": "1", "birthDate": "1990-01-01"}}
/// ]}"#)?;
/// assert_eq!(bundle.bundle_type(), Some("collection"));
/// for patient in bundle.resources("Patient") {
///     assert!(patient.as_json().contains("birthDate"));
/// }
/// # Ok::<(), haidy_analyst::Error>(())
/// ```
#[derive(Clone)]
pub struct Bundle {
    inner: Arc<Inner>,
}

struct Inner {
    raw: Box<RawValue>,
    typed: Typed,
}

open_object!(
    /// The typed part.
    pub(crate) Typed {
        resource_type: String = "resourceType",
        kind: String = "type",
        entry: Vec<BundleEntry> = "entry",
    }
);

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for Bundle {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bundle".into()
    }

    fn json_schema(make: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        let mut schema = <Typed as clinical_drift::schemars::JsonSchema>::json_schema(make);
        let properties = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut);
        if let Some(kind) = properties.and_then(|properties| properties.get_mut("resourceType")) {
            *kind = serde_json::json!({"const": "Bundle"});
        }
        schema.insert("required".to_owned(), serde_json::json!(["resourceType"]));
        schema
    }
}

impl Bundle {
    /// A Bundle that was kept as JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): the text is no JSON, or no Bundle; [`Error::pointer`] says where it does not fit.
    pub fn from_json(json: impl Into<String>) -> Result<Self, Error> {
        let refuse = |rule: String| Error::from(HttpError::invalid("bundle", rule));
        let raw = RawValue::from_string(json.into())
            .map_err(|_| refuse("is not valid JSON; give a Bundle as it came".to_owned()))?;
        Self::new(raw).map_err(|pointer| {
            let place = if pointer.is_empty() { "/" } else { &pointer };
            refuse(format!("is no FHIR Bundle, see {place}; give a Bundle as it came")).at(pointer)
        })
    }

    /// An error is the JSON pointer of what does not fit.
    pub(crate) fn new(raw: Box<RawValue>) -> Result<Self, String> {
        let typed: Typed = decode(raw.get())?;
        if typed.resource_type.as_deref() != Some("Bundle") {
            return Err("/resourceType".to_owned());
        }
        Ok(Self { inner: Arc::new(Inner { raw, typed }) })
    }

    /// The Bundle as it came, byte for byte. May hold patients' data.
    pub fn as_json(&self) -> &str {
        self.inner.raw.get()
    }

    /// The Bundle as typed FHIR R4B, with every field, code and number as it came. Made anew at each call.
    ///
    /// ```
    /// use haidy_analyst::{Bundle, fhir};
    ///
    /// # let json = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":[{"text":"John Doe"}]}}]}"#;
    /// let bundle = Bundle::from_json(json)?.typed()?;
    /// for patient in bundle.resources::<fhir::Patient>() {
    ///     assert_eq!(patient.display_name().as_deref(), Some("John Doe"));
    /// }
    /// # Ok::<(), haidy_analyst::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): an element has another JSON type than FHIR's, or is there twice; the sentence has its FHIR path and never a
    /// value. A missing element or an unknown code or resource is none. The JSON stays at hand.
    #[cfg(feature = "fhir")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fhir")))]
    pub fn typed(&self) -> Result<fhir_r4b_model::Bundle, Error> {
        fhir_r4b_model::json::from_str(self.as_json())
            .map_err(|error| HttpError::invalid("bundle", format!("is not FHIR R4B: {error}; read it as JSON")).into())
    }

    /// The `type` of the Bundle. The vendor's sample has `collection`, an older page `transaction`.
    pub fn bundle_type(&self) -> Option<&str> {
        self.inner.typed.kind.as_deref()
    }

    /// The entries, in their order.
    pub fn entries(&self) -> &[BundleEntry] {
        self.inner.typed.entry.as_deref().unwrap_or_default()
    }

    /// The resources of a type, such as `Condition`.
    pub fn resources(&self, resource_type: &str) -> impl Iterator<Item = &Json> {
        let of_type = move |entry: &&BundleEntry| entry.resource_type().as_deref() == Some(resource_type);
        self.entries().iter().filter(of_type).filter_map(BundleEntry::resource)
    }

    /// The fields of the Bundle beside `resourceType`, `type` and `entry`.
    pub fn other(&self) -> &Fields {
        &self.inner.typed.other
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (entries, bytes) = (self.entries().len(), self.as_json().len());
        f.debug_struct("Bundle").field("entries", &entries).field("bytes", &bytes).finish_non_exhaustive()
    }
}

open_object!(
    /// One entry of a [`Bundle`]. `Debug` shows nothing of it.
    pub BundleEntry { full_url: String = "fullUrl", resource: Json = "resource" }
);

impl BundleEntry {
    /// The `fullUrl`, as it came.
    pub fn full_url(&self) -> Option<&str> {
        self.full_url.as_deref()
    }

    /// The resource, as it came.
    pub fn resource(&self) -> Option<&Json> {
        self.resource.as_ref()
    }

    /// The resource's type, such as `Patient`. Read when it is asked for.
    pub fn resource_type(&self) -> Option<String> {
        decode::<Resource>(self.resource()?.as_json()).ok()?.resource_type
    }

    /// The fields of the entry beside `fullUrl` and `resource`.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for BundleEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BundleEntry([redacted])")
    }
}

#[derive(serde::Deserialize)]
struct Resource {
    #[serde(rename = "resourceType")]
    resource_type: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"transaction","total" : 2.0,"entry":[
        {"fullUrl":"Patient/1","resource":{"resourceType":"Patient","id":"canary","x":1e400}},
        {"fullUrl":"urn:uuid:2","resource":{"id":"no type"},"request":{"method":"POST"}},
        {"resource":null},
        {"resource":{"resourceType":"Condition","n":1.00}},
        {"resource":{ "resourceType" : "Condition" }}]}"#;

    #[test]
    fn a_bundle_is_kept_as_it_came_and_its_resources_are_found_by_type() {
        let bundle = Bundle::from_json(BUNDLE).unwrap();
        assert_eq!((bundle.as_json(), bundle.bundle_type()), (BUNDLE, Some("transaction")));
        let entries = bundle.entries();
        let types: Vec<_> = entries.iter().map(BundleEntry::resource_type).collect();
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(types, [named("Patient"), None, None, named("Condition"), named("Condition")]);
        assert_eq!((entries[0].full_url(), entries[3].full_url()), (Some("Patient/1"), None));
        assert_eq!(entries[1].other().get("request").unwrap().as_json(), r#"{"method":"POST"}"#);
        assert_eq!(bundle.other().get("total").unwrap().as_json(), "2.0");
        let conditions: Vec<_> = bundle.resources("Condition").map(Json::as_json).collect();
        assert_eq!(conditions, [r#"{"resourceType":"Condition","n":1.00}"#, r#"{ "resourceType" : "Condition" }"#]);
        assert_eq!((bundle.resources("Patient").count(), bundle.resources("condition").count()), (1, 0));
        assert!(!format!("{bundle:?} {entries:?}").contains("canary"));
    }

    #[test]
    fn what_is_no_bundle_is_refused_by_its_place() {
        let table = [
            ("[]", Some("")),
            ("{}", Some("/resourceType")),
            (r#"{"resourceType":"Patient"}"#, Some("/resourceType")),
            (r#"{"resourceType":"Bundle","entry":[{},7]}"#, Some("/entry/1")),
            ("", None),
        ];
        for (json, pointer) in table {
            let error = Bundle::from_json(json).unwrap_err();
            assert_eq!(
                (error.pointer(), error.kind()),
                (pointer, crate::Kind::Call(clinical_http::ErrorKind::InvalidInput)),
                "{json}"
            );
        }
    }

    #[cfg(feature = "fhir")]
    #[test]
    fn typed_it_says_the_same_and_is_written_back_without_loss() {
        let json = r#"{"resourceType":"Bundle","type":"of-tomorrow","entry":[{"resource":{"resourceType":"Condition","new":[1.00]}},{"resource":{"resourceType":"New","x":1e400}}]}"#;
        let typed = Bundle::from_json(json).unwrap().typed().unwrap();
        assert_eq!(typed.resources::<crate::fhir::Condition>().count(), 1);
        assert_eq!(crate::fhir::json::to_string(&typed), json);
        let canary = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","active":"canary"}}]}"#;
        let error = Bundle::from_json(canary).unwrap().typed().unwrap_err();
        let sentence = error.to_string();
        assert!(sentence.contains("active") && !sentence.contains("canary"), "{sentence}");
    }
}
