//! The client for code without `async`. It is the async client on a runtime of its own: same settings, same checks, same answers, same
//! errors. It refuses to work inside an async runtime, where the async client is the one to use.

use clinical_http::blocking::Runtime;

use crate::{
    Answer, Carrier, CarrierId, CarrierServices, DeleteWebhook, Drift, Environment, Error, MedicationRequestId,
    NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMedBuilder, PatientId, PractitionerId,
    Preview, Refill, Request, Revision, Stats, Webhook,
};

/// A client of the `NovaMed` Partner API for code without `async`, made by [`NovaMedBuilder::build_blocking`].
///
/// Cloning is cheap, clones share connections, limits and the submission log, and any number of threads may call at the same time. One
/// thread in the background reads and writes for all of them; it ends after the last clone is dropped. A call cannot be cancelled: it ends
/// by its [`Deadlines`](crate::http_core::Deadlines), after 5 minutes at most unless they say otherwise.
///
/// ```no_run
/// use novamed_api::{Date, Environment, NewPatient, NovaMed, Revision};
///
/// # fn main() -> Result<(), novamed_api::Error> {
/// let novamed = NovaMed::builder()
///     .revision(Revision::V2025_12)
///     .environment(Environment::Development)
///     .synthetic_data_only()
///     .from_env()
///     .build_blocking()?;
/// let patient = NewPatient::new("John", "Smith", Date::new(1985, 3, 15)?).email("john.smith@email.com");
/// let patient = novamed.create_patient(&patient)?.value;
/// # let _ = patient;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct NovaMed {
    // The client goes first, and its connections with it; then what drives them.
    novamed: crate::NovaMed,
    runtime: Runtime,
}

impl NovaMedBuilder {
    /// Checks the settings and makes a client for code without `async`.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build); [`Configuration`](crate::ErrorKind::Configuration) also inside an async runtime, and when the system has
    /// no thread left for it. Nothing was sent.
    pub fn build_blocking(self) -> Result<NovaMed, Error> {
        Ok(NovaMed { novamed: self.build()?, runtime: Runtime::new()? })
    }
}

/// Each operation is that of the async client, which says what it promises; inside an async runtime it is refused as
/// [`Configuration`](crate::ErrorKind::Configuration), with nothing sent.
impl NovaMed {
    /// As [`NovaMed::revision`](crate::NovaMed::revision).
    pub fn revision(&self) -> Revision {
        self.novamed.revision()
    }

    /// As [`NovaMed::environment`](crate::NovaMed::environment).
    pub fn environment(&self) -> Environment {
        self.novamed.environment()
    }

    /// As [`NovaMed::stats`](crate::NovaMed::stats).
    pub fn stats(&self) -> Stats {
        self.novamed.stats()
    }

    /// As [`NovaMed::drift`](crate::NovaMed::drift).
    pub fn drift(&self) -> &Drift {
        self.novamed.drift()
    }

    /// As [`NovaMed::repeating`](crate::NovaMed::repeating).
    #[must_use]
    pub fn repeating(&self) -> Self {
        Self { novamed: self.novamed.repeating(), runtime: self.runtime.clone() }
    }

    /// As [`NovaMed::preview`](crate::NovaMed::preview). It sends nothing, and works inside an async runtime too.
    ///
    /// # Errors
    ///
    /// As [`NovaMed::preview`](crate::NovaMed::preview).
    pub fn preview(&self, request: &impl Request) -> Result<Preview, Error> {
        self.novamed.preview(request)
    }

    /// As [`NovaMed::create_practitioner`](crate::NovaMed::create_practitioner).
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn create_practitioner(&self, practitioner: &NewPractitioner) -> Result<Answer<PractitionerId>, Error> {
        self.runtime.run(self.novamed.create_practitioner(practitioner))?
    }

    /// As [`NovaMed::create_patient`](crate::NovaMed::create_patient).
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn create_patient(&self, patient: &NewPatient) -> Result<Answer<PatientId>, Error> {
        self.runtime.run(self.novamed.create_patient(patient))?
    }

    /// As [`NovaMed::create_medication_order`](crate::NovaMed::create_medication_order).
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made. A second order is a second prescription.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn create_medication_order(&self, order: &NewMedicationOrder) -> Result<Answer<MedicationRequestId>, Error> {
        self.runtime.run(self.novamed.create_medication_order(order))?
    }

    /// As [`NovaMed::create_refill`](crate::NovaMed::create_refill).
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn create_refill(&self, refill: &NewRefill) -> Result<Answer<Refill>, Error> {
        self.runtime.run(self.novamed.create_refill(refill))?
    }

    /// As [`NovaMed::create_webhook`](crate::NovaMed::create_webhook).
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn create_webhook(&self, webhook: &NewWebhook) -> Result<Answer<Webhook>, Error> {
        self.runtime.run(self.novamed.create_webhook(webhook))?
    }

    /// As [`NovaMed::delete_webhook`](crate::NovaMed::delete_webhook).
    ///
    /// # Delivery
    ///
    /// Sent again after an unknown outcome: what is deleted twice is deleted.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn delete_webhook(&self, webhook: &DeleteWebhook) -> Result<Answer<()>, Error> {
        self.runtime.run(self.novamed.delete_webhook(webhook))?
    }

    /// As [`NovaMed::carriers`](crate::NovaMed::carriers).
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn carriers(&self) -> Result<Answer<Vec<Carrier>>, Error> {
        self.runtime.run(self.novamed.carriers())?
    }

    /// As [`NovaMed::carrier_services`](crate::NovaMed::carrier_services).
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// As the async client.
    pub fn carrier_services(&self, carrier: &CarrierId, patient: &PatientId) -> Result<Answer<CarrierServices>, Error> {
        self.runtime.run(self.novamed.carrier_services(carrier, patient))?
    }
}
