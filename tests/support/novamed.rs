//! Clients of `NovaMed` for tests, one request of each operation that both revisions carry, and what an error says as data. It holds no
//! expectation.

use clinical_http::testing::{JumpingClock, ScriptedTransport};
use clinical_http::{Attempt, ClientBuilder};
use novamed_api::{
    Address, CarrierId, ClinicId, Date, DeleteWebhook, Error, Gender, Medication, MedicationRequestId,
    NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed, NovaMedBuilder, PatientId,
    PractitionerId, Revision, ServiceId, WebhookId,
};
use serde_json::{Value, json};

/// The key that test clients send.
pub const KEY: &str = "dev_key-of-the-tests";
/// The clinic of the guide's examples.
pub const CLINIC: &str = "550e8400-e29b-41d4-a716-446655440000";
/// A practitioner.
pub const PRACTITIONER: &str = "550e8400-e29b-41d4-a716-446655440001";
/// A patient.
pub const PATIENT: &str = "550e8400-e29b-41d4-a716-446655440002";
/// A medication request.
pub const REQUEST: &str = "550e8400-e29b-41d4-a716-446655440004";
/// A webhook.
pub const WEBHOOK: &str = "550e8400-e29b-41d4-a716-446655440005";

/// The guide's clinic.
pub fn clinic() -> ClinicId {
    ClinicId::new(CLINIC).unwrap()
}

/// A practitioner of the tests.
pub fn practitioner() -> PractitionerId {
    PractitionerId::new(PRACTITIONER).unwrap()
}

/// A patient of the tests.
pub fn patient() -> PatientId {
    PatientId::new(PATIENT).unwrap()
}

/// A carrier and a service of it.
pub fn shipping() -> (CarrierId, ServiceId) {
    (CarrierId::new("se-3818360").unwrap(), ServiceId::new("fedex_ground").unwrap())
}

/// The guide's practitioner, with what 2026-01 requires more.
pub fn new_practitioner(revision: Revision) -> NewPractitioner {
    let sarah = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.com", "1234567890");
    match revision {
        Revision::V2025_12 => sarah,
        _ => sarah.is_veterinarian(false).address(Address::new("123 Main St", "San Antonio", "TX", "78201")),
    }
}

/// The guide's patient, with what 2026-01 requires more.
pub fn new_patient(revision: Revision) -> NewPatient {
    let john = NewPatient::new("John", "Smith", Date::new(1985, 3, 15).unwrap()).email("john.smith@email.com");
    match revision {
        Revision::V2025_12 => john,
        _ => john.gender(Gender::Male).practitioner(practitioner()).address(Address::new(
            "123 Main Street",
            "New York",
            "NY",
            "10001",
        )),
    }
}

/// An order of one medication.
pub fn new_order(revision: Revision) -> NewMedicationOrder {
    let aspirin = Medication::new("Aspirin", 30).dose("100mg").direction("one tablet a day").refills(3);
    let order = NewMedicationOrder::new(patient(), practitioner(), aspirin);
    if revision == Revision::V2025_12 {
        return order;
    }
    let (carrier, service) = shipping();
    order.shipping(carrier, service)
}

/// A refill.
pub fn new_refill() -> NewRefill {
    NewRefill::new(MedicationRequestId::new(REQUEST).unwrap())
}

/// An address for events.
pub fn new_webhook() -> NewWebhook {
    NewWebhook::new("https://partner.example/webhooks/novamed")
}

/// The end of that.
pub fn delete_webhook() -> DeleteWebhook {
    DeleteWebhook::new(WebhookId::new(WEBHOOK).unwrap())
}

/// Settings for an address, with a clock that jumps and a fixed seed.
pub fn settings(url: &str, revision: Revision, clock: &JumpingClock) -> NovaMedBuilder {
    let clock = clock.clone();
    let builder =
        NovaMed::builder().base_url(url).revision(revision).synthetic_data_only().api_key(KEY).clinic(clinic());
    builder.http(move |http: ClientBuilder| http.clock(clock).seed(7))
}

/// A client of an address on this machine.
pub fn client(url: &str, revision: Revision) -> NovaMed {
    settings(url, revision, &JumpingClock::new()).build().unwrap()
}

/// Settings that play a script and never reach a network.
pub fn scripted(transport: &ScriptedTransport, revision: Revision) -> NovaMedBuilder {
    let transport = transport.clone();
    let builder = settings("https://novamed.example", revision, &JumpingClock::new());
    builder.environment(novamed_api::Environment::Development).http(|http| http.transport(transport))
}

/// One request of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operations'")]
pub enum Work {
    Practitioner,
    Patient,
    Order,
    Refill,
    CreateWebhook,
    DeleteWebhook,
    Carriers,
    Services,
}

impl Work {
    /// What creates something.
    pub const CREATES: [Self; 5] = [Self::Practitioner, Self::Patient, Self::Order, Self::Refill, Self::CreateWebhook];
    /// What may be done twice.
    pub const HARMLESS: [Self; 3] = [Self::DeleteWebhook, Self::Carriers, Self::Services];

    /// All of a revision.
    pub fn all(revision: Revision) -> Vec<Self> {
        let harmless = if revision == Revision::V2025_12 { &Self::HARMLESS[..1] } else { &Self::HARMLESS };
        Self::CREATES.iter().chain(harmless).copied().collect()
    }

    /// A documented answer.
    pub fn answer(self) -> &'static str {
        match self {
            Self::Practitioner => {
                r#"{"success":true,"data":{"practitioner_id":"550e8400-e29b-41d4-a716-446655440001"},"message":"Practitioner created successfully"}"#
            }
            Self::Patient => {
                r#"{"success":true,"data":{"patient_id":"550e8400-e29b-41d4-a716-446655440002"},"message":"Patient created successfully"}"#
            }
            Self::Order => {
                r#"{"success":true,"data":{"medication_request_id":"550e8400-e29b-41d4-a716-446655440004"},"message":"Medication request created successfully"}"#
            }
            Self::Refill => {
                r#"{"success":true,"message":"Refill request was created successfully.","data":{"refill_request_id":"550e8400-e29b-41d4-a716-446655440006","medication_order_id":"550e8400-e29b-41d4-a716-446655440007"}}"#
            }
            Self::CreateWebhook => {
                r#"{"success":true,"data":{"webhook_id":"550e8400-e29b-41d4-a716-446655440005"},"message":"Webhook created successfully"}"#
            }
            Self::DeleteWebhook => r#"{"success":true,"message":"Webhook deleted successfully"}"#,
            Self::Carriers => {
                r#"{"success":true,"data":{"carriers":[{"id":"ameriship","name":"Ameriship"},{"id":"se-3818360","name":"FedEx"}]}}"#
            }
            Self::Services => {
                r#"{"success":true,"data":[{"id":"fedex_ground","name":"FedEx Ground®","totalCost":0,"originalCost":32.44}],"isFreeShipment":true,"freeShipmentType":"clinic_specific","patientState":"Alabama"}"#
            }
        }
    }

    /// Does it, and says how many attempts a success took.
    ///
    /// # Errors
    ///
    /// That of the call.
    pub async fn run(self, novamed: &NovaMed) -> Result<usize, Error> {
        let revision = novamed.revision();
        let tries = |attempts: Vec<Attempt>| attempts.len();
        Ok(match self {
            Self::Practitioner => tries(novamed.create_practitioner(&new_practitioner(revision)).await?.attempts),
            Self::Patient => tries(novamed.create_patient(&new_patient(revision)).await?.attempts),
            Self::Order => tries(novamed.create_medication_order(&new_order(revision)).await?.attempts),
            Self::Refill => tries(novamed.create_refill(&new_refill()).await?.attempts),
            Self::CreateWebhook => tries(novamed.create_webhook(&new_webhook()).await?.attempts),
            Self::DeleteWebhook => tries(novamed.delete_webhook(&delete_webhook()).await?.attempts),
            Self::Carriers => tries(novamed.carriers().await?.attempts),
            Self::Services => tries(novamed.carrier_services(&shipping().0, &patient()).await?.attempts),
        })
    }
}

/// Everything public that an error tells, but the vendor's own text.
pub fn facts(error: &Error) -> Value {
    let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    json!({
        "kind": error.kind().as_str(),
        "cause": error.cause_kind().map(novamed_api::ErrorKind::as_str),
        "delivery": error.delivery().as_str(),
        "may_have_been_processed": error.may_have_been_processed(),
        "attempts": error.attempts(),
        "status": error.status(),
        "field": error.field(),
        "problems": problems,
        "retry_after": error.retry_after().map(|hint| hint.as_secs()),
        "advice": error.advice(),
        "vendor": error.vendor().is_some(),
        "body_bytes": error.body().map(|body| body.expose().len()),
        "display": error.to_string(),
    })
}
