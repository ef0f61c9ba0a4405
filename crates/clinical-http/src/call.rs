//! What to send: an operation, its body, and who it is about.

use crate::{Body, CallContext, Operation};

/// What to send: an operation, its body, and who it is about.
///
/// Cloning is cheap (a body in memory is shared, a file is read when it is sent), and a clone sent
/// again is a new call, with a name, attempts and an audit record of its own. So keep a clone if
/// you may want to send again what ended `NotSent` or `Refused`.
///
/// ```
/// use clinical_http::{Body, Call, CallContext, Effect, Method, Operation};
///
/// const CODIFY: Operation = Operation::new("codify", Method::Post, "/v1/codify", Effect::Idempotent);
///
/// # fn main() -> Result<(), clinical_http::Error> {
/// let call = Call::new(&CODIFY)
///     .context(CallContext::new().doctor("dr_123")?.patient("pt_456")?)
///     .body(Body::json(&serde_json::json!({ "medical_note": "Asthma." }))?);
///
/// // Neither the references nor the note can get into a log by way of `Debug`.
/// let shown = format!("{call:?}");
/// assert!(!shown.contains("dr_123") && !shown.contains("Asthma"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Call {
    operation: &'static Operation,
    context: CallContext,
    body: Body,
    query: Vec<(&'static str, &'static str)>,
    once: bool,
}

impl Call {
    /// A call of an operation, without a body and naming nobody.
    pub fn new(operation: &'static Operation) -> Self {
        Self { operation, context: CallContext::new(), body: Body::empty(), query: Vec::new(), once: false }
    }

    /// Who the call is about: sent in the vendor's audit headers, if it has any, and written into
    /// the audit record. Replaces a context given before.
    #[must_use]
    pub fn context(mut self, context: CallContext) -> Self {
        self.context = context;
        self
    }

    /// What the call carries. It is opened anew for every attempt. Replaces a body given before.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Adds a query parameter (`include_data=false`). Names and values are constants of the vendor's
    /// contract, so that nothing of a patient can get into an address, which others log.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &'static str) -> Self {
        self.query.push((name, value));
        self
    }

    /// One attempt, whatever the policy says: for a caller that decides by itself when to ask again.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.operation
    }

    pub(crate) fn context_ref(&self) -> &CallContext {
        &self.context
    }

    pub(crate) fn body_ref(&self) -> &Body {
        &self.body
    }

    pub(crate) fn query_ref(&self) -> &[(&'static str, &'static str)] {
        &self.query
    }

    pub(crate) fn is_once(&self) -> bool {
        self.once
    }
}
