//! Requests to structure: records with all that belongs to them, or plain texts.

use clinical_http::{CallContext, Error as HttpError, Sensitive};

use crate::{Config, HolisticPatient, Record};

/// On whose behalf and about whom, for the audit record; nothing of it is sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Who {
    pub(crate) doctor: Option<Sensitive<String>>,
    pub(crate) patient: Option<Sensitive<String>>,
}

impl Who {
    pub(crate) fn context(&self) -> Result<CallContext, HttpError> {
        let mut context = CallContext::new();
        if let Some(doctor) = &self.doctor {
            context = context.doctor(doctor.expose().clone())?;
        }
        if let Some(patient) = &self.patient {
            context = context.patient(patient.expose().clone())?;
        }
        Ok(context)
    }
}

/// Records to be structured together, as those of one patient. They may be of different kinds. Checked when it is sent; `Debug` shows
/// no content.
///
/// A text, a [`Record`] or a list of records becomes one by itself:
///
/// ```
/// use haidy_analyst::{Config, Language, Record, Structure};
///
/// let short: Structure = "Vital signs: BP 140/90, HR 85, Temp 37.2°C".into();
/// let long = Structure::new([Record::document_path("report.pdf"), Record::text("Metformin 1000mg twice daily.")])
///     .config(Config::new().output_language(Language::German))
///     .doctor("dr_123");
/// # let _ = (short, long);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Structure {
    pub(crate) records: Vec<Record>,
    pub(crate) holistic_patient: Option<HolisticPatient>,
    pub(crate) config: Config,
    pub(crate) who: Who,
}

impl Structure {
    /// Records, at least one, sent in this order.
    pub fn new(records: impl IntoIterator<Item = Record>) -> Self {
        Self {
            records: records.into_iter().collect(),
            holistic_patient: None,
            config: Config::new(),
            who: Who::default(),
        }
    }

    /// Adds a record.
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }

    /// An earlier result, to which the records are added. It is sent back byte for byte, with all that this version does not know.
    pub fn holistic_patient(mut self, patient: &HolisticPatient) -> Self {
        self.holistic_patient = Some(patient.clone());
        self
    }

    /// How the records are processed.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// The doctor's reference, for the audit record on this machine: 1-256 visible ASCII characters. The vendor does not get it.
    pub fn doctor(mut self, reference: impl Into<String>) -> Self {
        self.who.doctor = Some(Sensitive::new(reference.into()));
        self
    }

    /// The patient's reference, for the audit record on this machine: 1-256 visible ASCII characters. The vendor does not get it.
    pub fn patient(mut self, reference: impl Into<String>) -> Self {
        self.who.patient = Some(Sensitive::new(reference.into()));
        self
    }
}

impl From<Record> for Structure {
    fn from(record: Record) -> Self {
        Self::new([record])
    }
}

impl From<Vec<Record>> for Structure {
    fn from(records: Vec<Record>) -> Self {
        Self::new(records)
    }
}

impl<const N: usize> From<[Record; N]> for Structure {
    fn from(records: [Record; N]) -> Self {
        Self::new(records)
    }
}

impl From<&str> for Structure {
    fn from(text: &str) -> Self {
        Self::new([Record::text(text)])
    }
}

impl From<String> for Structure {
    fn from(text: String) -> Self {
        Self::new([Record::text(text)])
    }
}

/// For a request that may have to be sent again: what is in memory is shared or copied, a file is read when it is sent.
impl From<&Structure> for Structure {
    fn from(request: &Structure) -> Self {
        request.clone()
    }
}

/// What a Bundle holds. What is not set is not sent; by the vendor's guide each of them is then true.
///
/// ```
/// let options = haidy_analyst::FhirOptions::new().include_data(false);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct FhirOptions {
    patient: Option<bool>,
    document_references: Option<bool>,
    data: Option<bool>,
}

impl FhirOptions {
    /// Nothing set: the vendor's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is a Patient resource.
    pub fn include_patient(mut self, include: bool) -> Self {
        self.patient = Some(include);
        self
    }

    /// Whether there are `DocumentReference` resources.
    pub fn include_document_references(mut self, include: bool) -> Self {
        self.document_references = Some(include);
        self
    }

    /// Whether the `DocumentReference`s hold addresses and data.
    pub fn include_data(mut self, include: bool) -> Self {
        self.data = Some(include);
        self
    }

    /// What is set, by its name in the query.
    pub(crate) fn query(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = [
            ("include_patient", self.patient),
            ("include_document_references", self.document_references),
            ("include_data", self.data),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, if value? { "true" } else { "false" })))
    }
}

/// Plain texts for the vendor's short way. Checked when it is sent; `Debug` shows no content.
///
/// Of the settings the guide shows only the language here; the others are sent if they are set. There is no earlier result to add to and
/// there are no record ids: use [`Structure`] for those.
///
/// ```
/// use haidy_analyst::{Config, Language, StructureText};
///
/// let request = StructureText::new(["Patient has type 2 diabetes", "Metformin 1000mg twice daily"])
///     .config(Config::new().output_language(Language::English));
/// # let _ = request;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct StructureText {
    pub(crate) inputs: Vec<Sensitive<String>>,
    pub(crate) config: Config,
    pub(crate) who: Who,
}

impl StructureText {
    /// Texts, at least one, none of them blank.
    pub fn new<T: Into<String>>(inputs: impl IntoIterator<Item = T>) -> Self {
        let inputs = inputs.into_iter().map(|text| Sensitive::new(text.into())).collect();
        Self { inputs, config: Config::new(), who: Who::default() }
    }

    /// How the texts are processed.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// As [`Structure::doctor`].
    pub fn doctor(mut self, reference: impl Into<String>) -> Self {
        self.who.doctor = Some(Sensitive::new(reference.into()));
        self
    }

    /// As [`Structure::patient`].
    pub fn patient(mut self, reference: impl Into<String>) -> Self {
        self.who.patient = Some(Sensitive::new(reference.into()));
        self
    }
}

impl<T: Into<String>> From<Vec<T>> for StructureText {
    fn from(inputs: Vec<T>) -> Self {
        Self::new(inputs)
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for StructureText {
    fn from(inputs: [T; N]) -> Self {
        Self::new(inputs)
    }
}

impl From<&str> for StructureText {
    fn from(input: &str) -> Self {
        Self::new([input])
    }
}

impl From<String> for StructureText {
    fn from(input: String) -> Self {
        Self::new([input])
    }
}
