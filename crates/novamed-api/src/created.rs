//! What the vendor answers to a create: identifiers, in an envelope.

use bytes::Bytes;
use clinical_http::{Answer, Error as HttpError, ErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{ClinicId, MedicationOrderId, RefillRequestId, WebhookId};

/// What all answers have in common. `message` is for people and is not read.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    success: Value,
    #[serde(default)]
    data: Value,
}

impl Envelope {
    fn is_refusal(&self) -> bool {
        self.success == Value::Bool(false)
    }
}

/// Why a whole answer with a success status is none that can be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Its body says that it is no success.
    Refusal,
    Shape,
}

impl Unusable {
    /// As the error of the call that was answered so.
    pub(crate) fn of<T>(self, answer: Answer<T>, body: Bytes) -> HttpError {
        let (kind, message) = match self {
            Self::Refusal => (ErrorKind::Rejected, "the answer's status says success and its body does not"),
            Self::Shape => {
                (ErrorKind::Decode, "the answer has another shape than the contract's; its bytes are kept in the error")
            }
        };
        let error = HttpError::new(kind, message).with_status(answer.status, answer.request_id).with_body(body);
        error.of_call(answer.call, answer.attempts)
    }
}

/// Whether a body says that it is no success; one that is no JSON says nothing.
pub(crate) fn is_refusal(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope>(body).is_ok_and(|envelope| envelope.is_refusal())
}

/// Whether the body of an error says that it is a success.
pub(crate) fn is_success(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope>(body).is_ok_and(|envelope| envelope.success == Value::Bool(true))
}

/// A whole answer, unless it says that it is no success.
pub(crate) fn whole<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unusable> {
    if is_refusal(body) {
        return Err(Unusable::Refusal);
    }
    serde_json::from_slice(body).map_err(|_| Unusable::Shape)
}

/// The identifier of what an operation created, and the fields beside it.
pub(crate) fn created<T: DeserializeOwned>(operation: &str, body: &[u8]) -> Result<(String, T), Unusable> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|_| Unusable::Shape)?;
    if envelope.is_refusal() {
        return Err(Unusable::Refusal);
    }
    let id = id_of(operation, &envelope.data).ok_or(Unusable::Shape)?;
    Ok((id, serde_json::from_value(envelope.data).map_err(|_| Unusable::Shape)?))
}

/// The identifier in an answer so far; `None` if it is not whole.
pub(crate) fn reference(operation: &str, body: &[u8]) -> Option<String> {
    id_of(operation, &serde_json::from_slice::<Envelope>(body).ok()?.data)
}

fn id_of(operation: &str, data: &Value) -> Option<String> {
    let name = match operation {
        "create_practitioner" => "practitioner_id",
        "create_patient" => "patient_id",
        "create_refill_request" => "refill_request_id",
        "create_webhook" => "webhook_id",
        _ => "medication_request_id",
    };
    data.get(name)?.as_str().filter(|id| !id.trim().is_empty()).map(str::to_owned)
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Practitioner {
    pub(crate) practitioner_id: String,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Patient {
    pub(crate) patient_id: String,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Order {
    pub(crate) medication_request_id: String,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct RefillData {
    refill_request_id: String,
    #[serde(default)]
    medication_order_id: Value,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WebhookData {
    webhook_id: String,
    #[serde(default)]
    webhook_url: Value,
    #[serde(default)]
    clinic_id: Value,
    #[serde(default)]
    created_at: Value,
}

/// A part that nothing depends on: what is no text is not there. The identifier beside it must not be lost for it.
fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A refill that was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refill {
    /// The request.
    pub refill_request: RefillRequestId,
    /// The new order, if the vendor names it.
    pub medication_order: Option<MedicationOrderId>,
}

impl From<RefillData> for Refill {
    fn from(data: RefillData) -> Self {
        Self {
            refill_request: RefillRequestId::of_vendor(data.refill_request_id),
            medication_order: text(data.medication_order_id).map(MedicationOrderId::of_vendor),
        }
    }
}

/// A webhook that was registered. The vendor's pages disagree on whether more than the identifier is answered.
/// `Debug` prints nothing of it: the address may hold a secret of the receiver.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// Keep it: there is no list of webhooks, and only with it can this one be deleted.
    pub id: WebhookId,
    /// The address, as the vendor repeats it.
    pub url: Option<String>,
    /// The clinic.
    pub clinic: Option<ClinicId>,
    /// When it was made, in the vendor's words (RFC 3339).
    pub created_at: Option<String>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhook(..)")
    }
}

impl From<WebhookData> for Webhook {
    fn from(data: WebhookData) -> Self {
        Self {
            id: WebhookId::of_vendor(data.webhook_id),
            url: text(data.webhook_url),
            clinic: text(data.clinic_id).map(ClinicId::of_vendor),
            created_at: text(data.created_at),
        }
    }
}
