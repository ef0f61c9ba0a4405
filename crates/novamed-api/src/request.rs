//! What can be sent: each request as its revision writes it, checked, and with what else its call needs.

use clinical_http::{CallContext, Operation};
use serde::Serialize;

use crate::draft::Draft;
use crate::object::Object;
use crate::operation::{CREATE_PATIENT, CREATE_PRACTITIONER, CREATE_REFILL_REQUEST, CREATE_WEBHOOK, DELETE_WEBHOOK};
use crate::{
    ClinicId, DeleteForm, DeleteWebhook, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook,
    Problem, Revision,
};

/// A request of this crate, for [`NovaMed::preview`](crate::NovaMed::preview). Implemented for the types that begin with `New`, and for
/// [`DeleteWebhook`].
pub trait Request: sealed::Request + Serialize {}

impl<T: sealed::Request + Serialize> Request for T {}

/// How a request is written.
pub struct Written {
    pub(crate) operation: &'static Operation,
    pub(crate) query: Option<(&'static str, String)>,
    pub(crate) body: Option<Object>,
    /// Practitioner and patient, for the audit record.
    pub(crate) who: (Option<String>, Option<String>),
}

impl Written {
    fn body(operation: &'static Operation, draft: Draft) -> Result<Self, Vec<Problem>> {
        Ok(Self { operation, query: None, body: Some(draft.finish()?), who: (None, None) })
    }

    /// Nobody, if a reference is not what an audit record can hold: the identifiers of this crate always are.
    pub(crate) fn context(&self) -> CallContext {
        let mut context = CallContext::new();
        if let Some(doctor) = &self.who.0 {
            context = context.doctor(doctor.as_str()).unwrap_or_default();
        }
        if let Some(patient) = &self.who.1 {
            context = context.clone().patient(patient.as_str()).unwrap_or(context);
        }
        context
    }
}

pub(crate) mod sealed {
    use super::{ClinicId, Problem, Revision, Written};

    pub trait Request: Sync {
        /// What it asks for, whatever the revision calls it.
        const WHAT: &'static str;

        /// The clinic that is meant, if `default` is that of the client.
        fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId>;

        /// As the revision has it; `clinic` is the one that is meant if the request names none.
        fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>>;
    }
}

impl sealed::Request for NewPractitioner {
    const WHAT: &'static str = "practitioner";

    fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        self.clinic.as_ref().or(default)
    }

    fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let mut draft = Draft::new();
        revision.wire().practitioner(self, self.clinic(clinic), &mut draft);
        Written::body(&CREATE_PRACTITIONER, draft)
    }
}

impl sealed::Request for NewPatient {
    const WHAT: &'static str = "patient";

    fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        self.clinic.as_ref().or(default)
    }

    fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let mut draft = Draft::new();
        revision.wire().patient(self, self.clinic(clinic), &mut draft);
        let doctor = self.practitioner.as_ref().map(|doctor| doctor.as_str().to_owned());
        Ok(Written { who: (doctor, None), ..Written::body(&CREATE_PATIENT, draft)? })
    }
}

impl sealed::Request for NewMedicationOrder {
    const WHAT: &'static str = "medication order";

    fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        self.clinic.as_ref().or(default)
    }

    fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let mut draft = Draft::new();
        let wire = revision.wire();
        wire.order(self, self.clinic(clinic), &mut draft);
        let who = (Some(self.practitioner.as_str().to_owned()), Some(self.patient.as_str().to_owned()));
        Ok(Written { who, ..Written::body(wire.order_operation(), draft)? })
    }
}

impl sealed::Request for NewRefill {
    const WHAT: &'static str = "refill";

    /// The vendor knows it from the medication request.
    fn clinic<'a>(&'a self, _: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        None
    }

    fn write(&self, revision: Revision, _: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let mut draft = Draft::new();
        revision.wire().refill(self, &mut draft);
        Written::body(&CREATE_REFILL_REQUEST, draft)
    }
}

impl sealed::Request for NewWebhook {
    const WHAT: &'static str = "webhook";

    fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        self.clinic.as_ref().or(default)
    }

    fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let mut draft = Draft::new();
        revision.wire().webhook(self, self.clinic(clinic), &mut draft);
        Written::body(&CREATE_WEBHOOK, draft)
    }
}

impl sealed::Request for DeleteWebhook {
    const WHAT: &'static str = "deletion of a webhook";

    fn clinic<'a>(&'a self, default: Option<&'a ClinicId>) -> Option<&'a ClinicId> {
        self.clinic.as_ref().or(default)
    }

    fn write(&self, revision: Revision, clinic: Option<&ClinicId>) -> Result<Written, Vec<Problem>> {
        let id = self.webhook.as_str();
        if self.form == DeleteForm::Query {
            let query = Some(("id", id.to_owned()));
            return Ok(Written { operation: &DELETE_WEBHOOK, query, body: None, who: (None, None) });
        }
        let mut draft = Draft::new();
        revision.wire().webhook_deletion(id, self.clinic(clinic), &mut draft);
        Written::body(&DELETE_WEBHOOK, draft)
    }
}
