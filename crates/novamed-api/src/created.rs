//! What the vendor answers to a create: identifiers, in an envelope.

use serde::Deserialize;
use serde_json::Value;

use crate::{ClinicId, MedicationOrderId, RefillRequestId, WebhookId};

/// The envelope of a success. `message` is for people and is not read.
#[derive(Deserialize)]
pub(crate) struct Envelope<T> {
    success: Option<bool>,
    data: Option<T>,
}

impl<T> Envelope<T> {
    pub(crate) fn is_refusal(&self) -> bool {
        self.success == Some(false)
    }
}

/// Why a whole answer with a success status is no success.
pub(crate) const NO_SUCCESS: &str = "the answer's status says success and its body does not";

/// The fields of `data`, unless the body says that it is no success.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, &'static str> {
    const SHAPE: &str = "the answer has another shape than the contract's; its bytes are kept in the error";
    let envelope: Envelope<Value> = serde_json::from_slice(body).map_err(|_| SHAPE)?;
    if envelope.is_refusal() {
        return Err(NO_SUCCESS);
    }
    serde_json::from_value(envelope.data.ok_or(SHAPE)?).map_err(|_| SHAPE)
}

/// The identifier of what an operation created, in the answer so far; `None` if it is not whole.
pub(crate) fn reference(operation: &str, body: &[u8]) -> Option<String> {
    let name = match operation {
        "create_practitioner" => "practitioner_id",
        "create_patient" => "patient_id",
        "create_refill_request" => "refill_request_id",
        "create_webhook" => "webhook_id",
        _ => "medication_request_id",
    };
    let envelope: Envelope<Value> = serde_json::from_slice(body).ok()?;
    envelope.data?.get(name)?.as_str().map(str::to_owned)
}

#[derive(Deserialize)]
pub(crate) struct Practitioner {
    pub(crate) practitioner_id: String,
}

#[derive(Deserialize)]
pub(crate) struct Patient {
    pub(crate) patient_id: String,
}

#[derive(Deserialize)]
pub(crate) struct Order {
    pub(crate) medication_request_id: String,
}

#[derive(Deserialize)]
pub(crate) struct RefillData {
    refill_request_id: String,
    medication_order_id: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct WebhookData {
    webhook_id: String,
    webhook_url: Option<String>,
    clinic_id: Option<String>,
    created_at: Option<String>,
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
            medication_order: data.medication_order_id.map(MedicationOrderId::of_vendor),
        }
    }
}

/// A webhook that was registered. The vendor's pages disagree on whether more than the identifier is answered.
/// `Debug` does not print the address: it may hold a secret of the receiver.
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
        f.debug_struct("Webhook").field("id", &self.id).field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

impl From<WebhookData> for Webhook {
    fn from(data: WebhookData) -> Self {
        Self {
            id: WebhookId::of_vendor(data.webhook_id),
            url: data.webhook_url,
            clinic: data.clinic_id.map(ClinicId::of_vendor),
            created_at: data.created_at,
        }
    }
}
