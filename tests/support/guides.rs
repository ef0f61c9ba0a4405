//! The guides' examples, compiled as their readers would. Those that are marked `ignore` are fragments.

/// `docs/guides/credentials.md`
#[doc = include_str!("../../docs/guides/credentials.md")]
pub struct Credentials;

/// `docs/guides/fhir.md`
#[doc = include_str!("../../docs/guides/fhir.md")]
pub struct Fhir;

/// `docs/guides/limits.md`
#[doc = include_str!("../../docs/guides/limits.md")]
pub struct Limits;

/// `docs/guides/orders.md`
#[doc = include_str!("../../docs/guides/orders.md")]
pub struct Orders;

/// `docs/guides/results.md`
#[doc = include_str!("../../docs/guides/results.md")]
pub struct Results;

/// `docs/guides/structure-records.md`
#[doc = include_str!("../../docs/guides/structure-records.md")]
pub struct StructureRecords;

/// `docs/guides/telemetry.md`
#[doc = include_str!("../../docs/guides/telemetry.md")]
pub struct Telemetry;

/// `docs/guides/tls.md`
#[doc = include_str!("../../docs/guides/tls.md")]
pub struct Tls;

/// `docs/guides/webhooks.md`
#[doc = include_str!("../../docs/guides/webhooks.md")]
pub struct Webhooks;
