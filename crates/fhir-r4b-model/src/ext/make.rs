//! Short ways to the datatypes that every resource is made of. They fill in what they are given and check nothing: whether a resource is whole
//! is asked of it at the end, by `build()` of the feature `validate`. Everything else is set on the public fields.

use crate::codes::{BundleType, HTTPVerb};
use crate::primitives::Decimal;
use crate::{
    Bundle, BundleEntry, BundleEntryRequest, CodeableConcept, Coding, HumanName, Identifier, Many, Quantity, Reference,
    Resource,
};

/// The system of units that FHIR asks for: UCUM.
pub const UCUM: &str = "http://unitsofmeasure.org";

impl Coding {
    /// A coding of this code in this system.
    pub fn new(system: &str, code: &str) -> Self {
        Self { system: Some(system.into()), code: Some(code.into()), ..Self::default() }
    }

    /// The same with the text that its system has for the code.
    #[must_use]
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = Some(display.into());
        self
    }
}

impl CodeableConcept {
    /// The concept of this code in this system.
    ///
    /// ```
    /// use fhir_r4b_model::CodeableConcept;
    ///
    /// let pulse = CodeableConcept::of("http://loinc.org", "8867-4").with_text("Heart rate");
    /// assert!(pulse.has_coding("http://loinc.org", "8867-4"));
    /// ```
    pub fn of(system: &str, code: &str) -> Self {
        Coding::new(system, code).into()
    }

    /// A concept that only words name.
    pub fn of_text(text: &str) -> Self {
        Self::default().with_text(text)
    }

    /// The same with these words for it.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        self.text = Some(text.into());
        self
    }
}

impl From<Coding> for CodeableConcept {
    fn from(coding: Coding) -> Self {
        Self { coding: [coding].into(), ..Self::default() }
    }
}

impl Identifier {
    /// This value, which is unique in this system.
    pub fn new(system: &str, value: &str) -> Self {
        Self { system: Some(system.into()), value: Some(value.into()), ..Self::default() }
    }
}

impl Reference {
    /// A reference with this text and nothing else.
    pub fn to(text: &str) -> Self {
        Self { reference: Some(text.into()), ..Self::default() }
    }

    /// A reference to what has this identifier, wherever it is.
    pub fn to_identified(identifier: Identifier) -> Self {
        Self { identifier: Some(identifier.into()), ..Self::default() }
    }

    /// The same with a text for people.
    #[must_use]
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = Some(display.into());
        self
    }
}

impl Quantity {
    /// So many of a UCUM unit, such as `mm[Hg]`, which is also what people are shown; `None` if `value` is not a number as JSON writes it. Its
    /// digits are kept: `72.0` stays that.
    ///
    /// ```
    /// use fhir_r4b_model::Quantity;
    ///
    /// let pressure = Quantity::ucum("140", "mm[Hg]").unwrap();
    /// assert_eq!(pressure.value.as_ref().and_then(|value| value.as_str()), Some("140"));
    /// assert!(Quantity::ucum("about 140", "mm[Hg]").is_none());
    /// ```
    pub fn ucum(value: &str, unit: &str) -> Option<Self> {
        Some(Self {
            value: Some(Decimal::parse(value)?),
            unit: Some(unit.into()),
            system: Some(UCUM.into()),
            code: Some(unit.into()),
            ..Self::default()
        })
    }
}

impl HumanName {
    /// A name of given names, in their order, and a family name.
    pub fn new(given: &[&str], family: &str) -> Self {
        let given = given.iter().copied().map(Into::into).collect();
        Self { given, family: Some(family.into()), ..Self::default() }
    }
}

impl Bundle {
    /// A bundle of these entries.
    ///
    /// ```
    /// use fhir_r4b_model::codes::BundleType;
    /// use fhir_r4b_model::{Bundle, BundleEntry, Patient, json};
    ///
    /// let patient = "urn:uuid:4fd42f3c-9f1f-4b1e-a4a7-6b1b0a1d2c3e";
    /// let bundle = Bundle::of(BundleType::Transaction, [BundleEntry::create(patient, Patient::default())]);
    /// let json = json::to_string(&bundle);
    /// assert!(json.ends_with(r#""request":{"method":"POST","url":"Patient"}}]}"#), "{json}");
    /// ```
    pub fn of(kind: BundleType, entries: impl IntoIterator<Item = BundleEntry>) -> Self {
        let entry: Many<BundleEntry> = entries.into_iter().collect();
        Self { r#type: Some(kind.into()), entry, ..Self::default() }
    }
}

impl BundleEntry {
    /// A resource under its address: an absolute one, or `urn:uuid:` and a UUID for what has none yet.
    pub fn new(full_url: &str, resource: impl Into<Resource>) -> Self {
        Self { full_url: Some(full_url.into()), resource: Some(resource.into()), ..Self::default() }
    }

    /// An entry of a `transaction` or `batch` by which a server is to create the resource. Others in the bundle refer to it by `full_url`.
    pub fn create(full_url: &str, resource: impl Into<Resource>) -> Self {
        let resource = resource.into();
        let url = resource.type_name().to_owned();
        let request =
            BundleEntryRequest { method: Some(HTTPVerb::Post.into()), url: Some(url.into()), ..Default::default() };
        Self { request: Some(request), ..Self::new(full_url, resource) }
    }
}
