//! One request to code a note, a PDF, or both.

use clinical_http::{CallContext, Error as HttpError, Sensitive};

use crate::{Error, Limits, Model, Pdf};

/// The field of the vendor's contract that errors name.
const NOTE: &str = "medical_note";

/// What is to be coded, and on whose behalf. It is checked when it is sent, and can be sent again.
///
/// ```
/// use omniscribe_codify::{CodifyRequest, Model, Pdf};
///
/// let request = CodifyRequest::new()
///     .note("Paciente con diabetes mellitus tipo 2. Niega dolor torácico.")
///     .pdf(Pdf::from_path("informe.pdf"))
///     .model(Model::HighQuality)
///     .doctor("dr_123")
///     .patient("pt_456");
/// # let _ = request;
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct CodifyRequest {
    note: Option<Sensitive<String>>,
    pdf: Option<Pdf>,
    model: Option<Model>,
    doctor: Option<Sensitive<String>>,
    patient: Option<Sensitive<String>>,
}

impl CodifyRequest {
    /// A request with nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The note's text: not blank, at most 51,200 bytes of UTF-8 by default.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(Sensitive::new(text.into()));
        self
    }

    /// The PDF: at most 5 MiB by default.
    pub fn pdf(mut self, pdf: Pdf) -> Self {
        self.pdf = Some(pdf);
        self
    }

    /// The vendor's model; without one the vendor uses [`Balanced`](Model::Balanced).
    pub fn model(mut self, model: Model) -> Self {
        self.model = Some(model);
        self
    }

    /// The doctor's reference, for the header `x-doctor`: 1-256 visible ASCII characters.
    pub fn doctor(mut self, reference: impl Into<String>) -> Self {
        self.doctor = Some(Sensitive::new(reference.into()));
        self
    }

    /// The patient's reference, for the header `x-patient`: 1-256 visible ASCII characters.
    pub fn patient(mut self, reference: impl Into<String>) -> Self {
        self.patient = Some(Sensitive::new(reference.into()));
        self
    }

    /// The note's text, if one was given. May hold patients' data.
    pub fn note_text(&self) -> Option<&str> {
        self.note.as_ref().map(|note| note.expose().as_str())
    }

    pub(crate) fn pdf_ref(&self) -> Option<&Pdf> {
        self.pdf.as_ref()
    }

    pub(crate) fn without_pdf(mut self) -> Self {
        self.pdf = None;
        self
    }

    pub(crate) fn model_name(&self) -> Option<&str> {
        self.model.as_ref().map(Model::as_str)
    }

    /// The checks that need no file.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Error> {
        if let Some(text) = self.note_text() {
            check_note(text, limits)?;
        } else if self.pdf.is_none() {
            let rule = "and pdf_file are both missing; give at least one of them";
            return Err(HttpError::invalid(NOTE, rule).into());
        }
        if self.model_name().is_some_and(|name| name.trim().is_empty()) {
            let rule = "is empty; leave it out or give fast, balanced or high-quality";
            return Err(HttpError::invalid("model", rule).into());
        }
        Ok(())
    }

    /// The audit headers, checked.
    pub(crate) fn context(&self, doctor_required: bool) -> Result<CallContext, Error> {
        let mut context = CallContext::new();
        if let Some(doctor) = &self.doctor {
            context = context.doctor(doctor.expose().clone())?;
        } else if doctor_required {
            let rule = "is missing; the production environment asks for the doctor's reference";
            return Err(HttpError::invalid("x-doctor", rule).into());
        }
        if let Some(patient) = &self.patient {
            context = context.patient(patient.expose().clone())?;
        }
        Ok(context)
    }
}

fn check_note(text: &str, limits: &Limits) -> Result<(), Error> {
    if text.trim().is_empty() {
        let rule = "is empty or only white space; give the text of the note";
        return Err(HttpError::invalid(NOTE, rule).into());
    }
    let (len, most) = (text.len(), limits.note_bytes());
    if len > most {
        let rule = format!("has {len} bytes of UTF-8; at most {most} are allowed; shorten it or have it split");
        return Err(HttpError::too_large(NOTE, rule).into());
    }
    Ok(())
}

impl From<&str> for CodifyRequest {
    fn from(note: &str) -> Self {
        Self::new().note(note)
    }
}

impl From<String> for CodifyRequest {
    fn from(note: String) -> Self {
        Self::new().note(note)
    }
}
