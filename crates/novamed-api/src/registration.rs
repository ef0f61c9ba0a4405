//! Where the vendor's events are to go, and how that ends.

use serde::{Deserialize, Serialize};

use crate::{ClinicId, WebhookId};

/// An address to which the vendor sends every event of a clinic. See [`webhook`](crate::webhook) for the receiving side.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clinic: Option<ClinicId>,
}

impl NewWebhook {
    /// The address, `https`. Plain HTTP is taken for this machine alone, for the sandbox.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), clinic: None }
    }
}

setters! { NewWebhook {
    /// The clinic whose events are wanted. Without it the client's.
    clinic: ClinicId,
}}

/// A webhook that is to get no events any more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct DeleteWebhook {
    pub(crate) webhook: WebhookId,
    #[serde(default)]
    pub(crate) form: DeleteForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clinic: Option<ClinicId>,
}

impl DeleteWebhook {
    /// By the identifier that its registration answered, in the form of the vendor's interface description.
    pub fn new(webhook: WebhookId) -> Self {
        Self { webhook, form: DeleteForm::default(), clinic: None }
    }

    /// In this form.
    #[must_use]
    pub fn form(mut self, form: DeleteForm) -> Self {
        self.form = form;
        self
    }
}

setters! { DeleteWebhook {
    /// The clinic of the webhook, for the form with a body. Without it the client's.
    clinic: ClinicId,
}}

/// How a deletion is written. The vendor's pages disagree, and which of them its servers take is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeleteForm {
    /// The identifier in the query, `?id=`, as in the interface description.
    #[default]
    Query,
    /// Clinic and identifier in a JSON body, as on the pages about webhooks.
    Body,
}
