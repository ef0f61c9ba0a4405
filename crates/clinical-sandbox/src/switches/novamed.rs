//! The switches of `NovaMed` alone. Positions that are a revision or a status are called by it.

use serde::{Deserialize, Serialize};

switch! {
    /// Which revisions are served.
    NovamedRevision {
        /// Both: the path decides, or the names in the body.
        #[default]
        Both,
        /// The guide's alone.
        #[serde(rename = "2025-12")]
        V2025_12,
        /// The newest known alone.
        #[serde(rename = "2026-01")]
        V2026_01,
    }
}
switch! {
    /// The shape of an error. A 429 has the shape of /guides/environments in both positions.
    NovamedErrors {
        /// `{success, error: {message}}`, as in the guide; `details` where fields are wrong.
        #[default]
        E1,
        /// The same with `code` and `details: {field, reason}`.
        E2,
    }
}
switch! {
    /// Whether the documented rate limits hold. A limit that is set at the sandbox's builder holds in both positions.
    NovamedRateLimit {
        /// 60 calls a minute for a key that begins with `prod_`, 100 for every other.
        #[default]
        Documented,
        /// None, and no headers that tell one.
        None,
    }
}
switch! {
    /// The status of a create that was done.
    NovamedCreateStatus {
        /// 200, as every operation documents it.
        #[default]
        #[serde(rename = "200")]
        Ok,
        /// 201, as the list of codes has it.
        #[serde(rename = "201")]
        Created,
    }
}
switch! {
    /// What a registration of a webhook is answered with.
    NovamedWebhookAnswer {
        /// `webhook_id` alone, as in the vendor's description.
        #[default]
        Openapi,
        /// Four fields, as in the guide to webhooks.
        Guide,
    }
}
switch! {
    /// Which form of the deletion of a webhook is taken.
    NovamedWebhookDelete {
        /// The query and the body.
        #[default]
        Both,
        /// The query alone.
        Query,
        /// The body alone.
        Body,
    }
}
switch! {
    /// The status for a refill of a medication request that does not exist.
    NovamedMissingRequest {
        /// 400, as the vendor's description has it.
        #[default]
        #[serde(rename = "400")]
        BadRequest,
        /// 404, as the general pages have it.
        #[serde(rename = "404")]
        NotFound,
    }
}
switch! {
    /// The status for an order whose patient or practitioner does not exist.
    NovamedMissingPerson {
        /// 404, as the vendor's description has it.
        #[default]
        #[serde(rename = "404")]
        NotFound,
        /// 400, as the errors guide has it.
        #[serde(rename = "400")]
        BadRequest,
    }
}
switch! {
    /// The envelope and the names of events.
    WebhookEnvelope {
        /// `{event_name, event_data}`.
        #[default]
        #[serde(rename = "2026-01")]
        V2026_01,
        /// `{event_type, event_id, timestamp, clinic_id, data}`, with the events of that revision's guide.
        #[serde(rename = "2025-12")]
        V2025_12,
    }
}
switch! {
    /// What the documented delays of repeated calls of a webhook count from.
    WebhookSchedule {
        /// From the call before.
        #[default]
        FromPrevious,
        /// From the first call.
        FromFirst,
    }
}
switch! {
    /// How often every event is sent, whatever is answered. Duplicates are documented as possible.
    WebhookCopies {
        /// Once.
        #[default]
        One,
        /// Twice.
        Two,
    }
}
