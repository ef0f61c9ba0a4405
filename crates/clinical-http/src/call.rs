//! What to send: an operation, its body, and who it is about.

use crate::{Body, CallContext, Operation};

/// What to send: an operation, its body, and who it is about. Can be sent more than once.
#[derive(Debug, Clone)]
pub struct Call {
    operation: &'static Operation,
    context: CallContext,
    body: Body,
}

impl Call {
    /// A call of an operation, without a body and naming nobody.
    pub fn new(operation: &'static Operation) -> Self {
        Self { operation, context: CallContext::new(), body: Body::empty() }
    }

    /// Who the call is about.
    #[must_use]
    pub fn context(mut self, context: CallContext) -> Self {
        self.context = context;
        self
    }

    /// What the call carries.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
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
}
