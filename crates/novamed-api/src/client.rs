//! The client: the vendor's operations, each with what it promises.

use std::fmt;

use clinical_drift::Drift;
use clinical_http::{BaseUrl, Body, Call, Client, Error as HttpError, Stats, Vendor};
use serde::de::DeserializeOwned;

use crate::carrier::{CarriersBody, ServicesBody};
use crate::created::{self, Unusable};
use crate::error::{Created, is_uncertain};
use crate::log::SubmissionKey;
use crate::operation::{GET_CARRIER_SERVICES, GET_CARRIERS};
use crate::request::Written;
use crate::sink::{Guard, Sink};
use crate::{
    Answer, Carrier, CarrierId, CarrierServices, ClinicId, DeleteWebhook, Environment, Error, MedicationRequestId,
    NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMedBuilder, PatientId, PractitionerId,
    Preview, Problem, Refill, Request, Revision, Webhook, schema, vendor_error,
};

/// The vendor has no headers for who asks and about whom: the references stay in the audit record.
pub(crate) const VENDOR: Vendor = Vendor::new("novamed").retry_hint_in_body(vendor_error::retry_after);

/// A client of the `NovaMed` Partner API. Cloning is cheap, and clones share connections, limits and the submission log.
///
/// Creates are never repeated once their bytes may have gone out, except after 429: the vendor would create a second one. See
/// [`Kind::OutcomeUnknown`](crate::Kind::OutcomeUnknown). Needs a tokio runtime.
#[derive(Clone)]
pub struct NovaMed {
    http: Client,
    base: BaseUrl,
    revision: Revision,
    environment: Environment,
    clinic: Option<ClinicId>,
    guard: Option<Guard>,
    drift: Drift,
}

impl fmt::Debug for NovaMed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NovaMed")
            .field("revision", &self.revision)
            .field("environment", &self.environment)
            .field("submission_log", &self.guard.as_ref().map(|guard| guard.window))
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}

impl NovaMed {
    /// Starts the settings of a client.
    pub fn builder() -> NovaMedBuilder {
        NovaMedBuilder::default()
    }

    pub(crate) fn new(
        http: Client,
        base: BaseUrl,
        revision: Revision,
        environment: Environment,
        clinic: Option<ClinicId>,
        guard: Option<Guard>,
    ) -> Self {
        Self { http, base, revision, environment, clinic, guard, drift: Drift::new() }
    }

    /// The revision that requests are written in.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The environment that the client was built for.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// How full the limits are that all clones of this client share: pacing, cool-down, retry budget.
    pub fn stats(&self) -> Stats {
        self.http.stats()
    }

    /// What the answers to all clones of this client had that this version does not know: places and JSON types, never values. The vendor's
    /// errors count, too; an answer that is of another form altogether is an error of its own and does not.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    /// A client that sends a create although an identical one is in the submission log: for a second one that is wanted. It is put on record as
    /// well.
    #[must_use]
    pub fn repeating(&self) -> Self {
        let guard = self.guard.clone().map(|guard| Guard { again: true, ..guard });
        Self { guard, ..self.clone() }
    }

    /// The request as it would be sent, without sending it: makes all local checks.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput), with all [`problems`](Error::problems) at once.
    pub fn preview(&self, request: &impl Request) -> Result<Preview, Error> {
        Preview::new(&self.base, &self.write(request)?)
    }

    /// Registers a practitioner (`POST /api/external/practitioner`). Until the event `practitioner:activated` the vendor may not accept
    /// orders of theirs.
    ///
    /// # Delivery
    ///
    /// Sent again only after 429 and when no connection was made. On [`OutcomeUnknown`](crate::Kind::OutcomeUnknown) the vendor may have created
    /// it, and a second call may create a second one; after any other error it did not.
    ///
    /// # Errors
    ///
    /// Local checks first, all fields at once; [`Duplicate`](crate::Kind::Duplicate) with a submission log; otherwise any
    /// [`Kind`](crate::Kind).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection. The vendor may create it all the same; a submission log then says that it is uncertain.
    pub async fn create_practitioner(&self, practitioner: &NewPractitioner) -> Result<Answer<PractitionerId>, Error> {
        self.create(practitioner, |data: created::Practitioner| PractitionerId::of_vendor(data.practitioner_id)).await
    }

    /// Registers a patient (`POST /api/external/patient`).
    ///
    /// # Delivery
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    ///
    /// # Errors
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    ///
    /// # Cancel safety
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    pub async fn create_patient(&self, patient: &NewPatient) -> Result<Answer<PatientId>, Error> {
        self.create(patient, |data: created::Patient| PatientId::of_vendor(data.patient_id)).await
    }

    /// Orders medications: `POST /api/external/medication-request` in 2025-12, `POST /api/external/medication-order` in 2026-01. The answer is
    /// one identifier, also for several medications.
    ///
    /// # Delivery
    ///
    /// As [`create_practitioner`](Self::create_practitioner). A second order is a second prescription.
    ///
    /// # Errors
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    ///
    /// # Cancel safety
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    pub async fn create_medication_order(
        &self,
        order: &NewMedicationOrder,
    ) -> Result<Answer<MedicationRequestId>, Error> {
        self.create(order, |data: created::Order| MedicationRequestId::of_vendor(data.medication_request_id)).await
    }

    /// Requests a refill (`POST /api/external/refill-request`).
    ///
    /// # Delivery
    ///
    /// As [`create_practitioner`](Self::create_practitioner). The vendor refuses a second refill only while the first is pending.
    ///
    /// # Errors
    ///
    /// [`RefillAlreadyExists`](crate::Kind::RefillAlreadyExists) while one is pending; otherwise as
    /// [`create_practitioner`](Self::create_practitioner).
    ///
    /// # Cancel safety
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    pub async fn create_refill(&self, refill: &NewRefill) -> Result<Answer<Refill>, Error> {
        self.create(refill, |data: created::RefillData| data.into()).await
    }

    /// Registers an address for all events of a clinic (`POST /api/external/webhook`).
    ///
    /// # Delivery
    ///
    /// As [`create_practitioner`](Self::create_practitioner). A second registration may bring each event twice.
    ///
    /// # Errors
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    ///
    /// # Cancel safety
    ///
    /// As [`create_practitioner`](Self::create_practitioner).
    pub async fn create_webhook(&self, webhook: &NewWebhook) -> Result<Answer<Webhook>, Error> {
        self.create(webhook, |data: created::WebhookData| data.into()).await
    }

    /// Ends a registration (`DELETE /api/external/webhook`), at once.
    ///
    /// # Delivery
    ///
    /// Sent again after an unknown outcome: what is deleted twice is deleted.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Kind::NotFound) if there is no such webhook, which after several attempts may be an earlier one's doing: it is gone in any case.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the webhook may be deleted all the same.
    pub async fn delete_webhook(&self, webhook: &DeleteWebhook) -> Result<Answer<()>, Error> {
        let sent = self.http.send_raw(call(&self.write(webhook)?)?).await;
        let answer = sent.map_err(|error| Error::from(error).counted(&self.drift))?;
        let body = answer.value.expose().clone();
        // No body is as good as an envelope here.
        if created::is_refusal(&body) {
            return Err(Unusable::Refusal.of(answer, body).into());
        }
        Ok(answer.map(|_| ()))
    }

    /// The carriers (`GET /api/external/carriers`).
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) in a revision without carriers; otherwise as the call.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn carriers(&self) -> Result<Answer<Vec<Carrier>>, Error> {
        self.has_carriers("request for carriers")?;
        let answer = self.read::<CarriersBody>("Carriers", Call::new(&GET_CARRIERS)).await?;
        Ok(answer.map(Into::into))
    }

    /// The services of a carrier for a patient (`GET /api/external/carriers/{carrierId}/services`). The vendor wants the patient's identifier in
    /// the address, which proxies may log.
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// As [`carriers`](Self::carriers).
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn carrier_services(
        &self,
        carrier: &CarrierId,
        patient: &PatientId,
    ) -> Result<Answer<CarrierServices>, Error> {
        self.has_carriers("request for services")?;
        // One that came from the vendor was not checked, and another address must not be asked.
        CarrierId::new(carrier.as_str())?;
        let context = clinical_http::CallContext::new().patient(patient.as_str())?;
        let call = Call::new(&GET_CARRIER_SERVICES)
            .context(context)
            .path_parameter("carrierId", carrier.as_str().to_owned())
            .query("patientId", patient.as_str().to_owned());
        let answer = self.read::<ServicesBody>("CarrierServices", call).await?;
        Ok(answer.map(Into::into))
    }

    fn has_carriers(&self, what: &'static str) -> Result<(), Error> {
        if self.revision.wire().has_carriers() {
            return Ok(());
        }
        let rule = "are not in this revision; use a revision that has them".into();
        Err(Error::problems_of(what, self.revision, vec![Problem { field: "carriers".to_owned(), rule }]))
    }

    async fn read<T: DeserializeOwned>(&self, name: &str, call: Call) -> Result<Answer<T>, Error> {
        let answer = self.http.send_raw(call).await.map_err(|error| Error::from(error).counted(&self.drift))?;
        let body = answer.value.expose().clone();
        match created::whole(&body) {
            Ok(value) => {
                schema::count(&self.drift, name, &body);
                Ok(answer.map(|_| value))
            }
            Err(unusable) => Err(unusable.of(answer, body).into()),
        }
    }

    fn write<R: Request>(&self, request: &R) -> Result<Written, Error> {
        let written = request.write(self.revision, self.clinic.as_ref());
        written.map_err(|problems| Error::problems_of(R::WHAT, self.revision, problems))
    }

    async fn create<R: Request, D: DeserializeOwned, T>(
        &self,
        request: &R,
        value: impl FnOnce(D) -> T,
    ) -> Result<Answer<T>, Error> {
        let written = self.write(request)?;
        let operation = written.operation;
        let clinic = request.clinic(self.clinic.as_ref()).map(ClinicId::as_str);
        let key = || SubmissionKey::of(R::WHAT, self.http.server(), clinic, request);
        let logged = self.guard.clone().map(|guard| (guard, key()));
        let mut sink = Sink::new(logged, self.http.clock(), operation.name());
        let created = Created { what: R::WHAT, operation, revision: self.revision };
        let call = call(&written)?;
        sink.look().await;
        if let Some(stopped) = sink.stopped.take() {
            return Err(stopped.into_error(created));
        }
        let answer = match self.http.send_into(call, &mut sink).await {
            Ok(answer) => answer,
            Err(error) => return Err(stopped(created, error, sink).await.counted(&self.drift)),
        };
        match created::created(operation.name(), &sink.body) {
            Ok((id, data)) => {
                sink.end(Some(&id)).await;
                schema::count(&self.drift, schema::created_by(operation.name()), &sink.body);
                Ok(answer.map(|()| value(data)))
            }
            Err(unusable) => Err(Error::of_create(created, unusable.of(answer, sink.body.freeze()))),
        }
    }
}

fn call(written: &Written) -> Result<Call, HttpError> {
    let mut call = Call::new(written.operation).context(written.context());
    if let Some((name, value)) = &written.query {
        call = call.query(name, value.clone());
    }
    match &written.body {
        Some(body) => Ok(call.body(Body::json(body)?)),
        None => Ok(call),
    }
}

/// The error of a create that did not succeed, after the log was told what is certain.
async fn stopped(created: Created, error: HttpError, mut sink: Sink) -> Error {
    if let Some(stopped) = sink.stopped.take() {
        return stopped.into_error(created);
    }
    if !is_uncertain(&error) {
        sink.end(None).await;
    }
    // A success that broke off: what came of it may hold the identifier.
    let error = if sink.body.is_empty() { error } else { error.with_body(sink.body.freeze()) };
    Error::of_create(created, error)
}
