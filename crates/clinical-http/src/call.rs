//! What to send: an operation, its body, and who it is about.

use std::borrow::Cow;

use crate::{Body, CallContext, Operation, Sensitive};

/// Values of an address. A vendor may want a patient's identifier there, so `Debug` shows the names alone.
type Values = Vec<(&'static str, Sensitive<Cow<'static, str>>)>;

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
    path: Values,
    query: Values,
    once: bool,
}

impl Call {
    /// A call of an operation, without a body and naming nobody.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            context: CallContext::new(),
            body: Body::empty(),
            path: Vec::new(),
            query: Vec::new(),
            once: false,
        }
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

    /// Fills the place `{name}` of the operation's path with `value`, percent-encoded as one segment
    /// (RFC 3986, section 3.3). Logs, spans and errors show the template only. A value that is empty,
    /// `.` or `..` cannot stand as a segment of its own: a vendor crate refuses it.
    ///
    /// ```
    /// use clinical_http::{Call, Effect, Method, Operation};
    ///
    /// const SERVICES: Operation = Operation::new("services", Method::Get, "/carriers/{carrierId}/services", Effect::Safe);
    /// let call = Call::new(&SERVICES).path_parameter("carrierId", "se-1/2").query("patientId", "8c2f");
    /// assert!(!format!("{call:?}").contains("8c2f"));
    /// ```
    #[must_use]
    pub fn path_parameter(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.path.push((name, Sensitive::new(value.into())));
        self
    }

    /// Adds a query parameter (`include_data=false`). Servers and proxies log addresses: put an
    /// identifier of a person here only where the vendor's contract leaves no other place.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.query.push((name, Sensitive::new(value.into())));
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

    pub(crate) fn path_values(&self) -> &Values {
        &self.path
    }

    pub(crate) fn query_values(&self) -> &Values {
        &self.query
    }

    pub(crate) fn is_once(&self) -> bool {
        self.once
    }
}
