//! What the tests share: a vendor, its operations, and short ways to make clients and calls.

use std::time::Duration;

use clinical_http::credential::StaticCredential;
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::{
    Answer, BaseUrl, Body, Call, CallContext, Client, ClientBuilder, Effect, Error, Method, Operation, Vendor,
    VendorReference,
};

pub(crate) const BASE: &str = "https://vendor.example";
pub(crate) const TOKEN: &str = "token-in-tests";
/// An answer that decodes into [`Coded`].
pub(crate) const CODED: &str = r#"{"run_id":"run-1"}"#;

pub(crate) static VENDOR: Vendor = Vendor::new("vendor").audit_headers("x-doctor", "x-patient");

pub(crate) static SAFE: Operation = post("safe", Effect::Safe);
pub(crate) static IDEMPOTENT: Operation = post("idempotent", Effect::Idempotent);
pub(crate) static UNSAFE: Operation = post("unsafe", Effect::Unsafe);

const fn post(name: &'static str, effect: Effect) -> Operation {
    Operation::new(name, Method::Post, "/v1/work", effect)
}

/// An answer as a vendor crate would model it.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Coded {
    pub(crate) run_id: String,
}

impl VendorReference for Coded {
    fn vendor_reference(&self) -> Option<&str> {
        Some(&self.run_id)
    }
}

pub(crate) fn ok() -> Step {
    Step::answer(200, CODED)
}

pub(crate) fn builder(transport: &ScriptedTransport) -> ClientBuilder {
    Client::builder(&VENDOR, BaseUrl::parse(BASE).unwrap())
        .credential(StaticCredential::bearer(TOKEN).unwrap())
        .transport(transport.clone())
        .seed(7)
}

pub(crate) fn client(transport: &ScriptedTransport) -> Client {
    builder(transport).build().unwrap()
}

/// A client and where its audit records go.
pub(crate) fn audited(transport: &ScriptedTransport) -> (Client, MemoryAudit) {
    let audit = MemoryAudit::new();
    let client = builder(transport).audit(audit.clone()).build().unwrap();
    (client, audit)
}

/// A call with a small body that names a doctor and a patient.
pub(crate) fn call(operation: &'static Operation) -> Call {
    let context = CallContext::new().doctor("dr_1").unwrap();
    let body = Body::json(&serde_json::json!({ "note": "text" })).unwrap();
    Call::new(operation).context(context.patient("pt_1").unwrap()).body(body)
}

pub(crate) async fn send(client: &Client, operation: &'static Operation) -> Result<Answer<Coded>, Error> {
    client.send(call(operation)).await
}

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) const fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}
