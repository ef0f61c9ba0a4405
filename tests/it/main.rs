//! Behaviour tests of the whole workspace, in one binary.

// A helper that cannot do its part fails the test that asked for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod blocking;
mod canary;
mod cancel;
mod contract;
mod digest;
mod errors;
mod faults;
mod fhir_day;
mod guides;
mod haidy_canary;
mod haidy_cancel;
mod haidy_contract;
mod haidy_crash;
mod haidy_exercise;
mod haidy_faults;
mod haidy_fhir;
mod haidy_live;
mod haidy_misfit;
mod haidy_results;
mod haidy_settings;
#[path = "../../crates/clinical-http/tests/it/hesitant.rs"]
#[allow(dead_code, reason = "shared with the tests of the core, which use all of it")]
mod hesitant;
mod input;
mod limits;
mod long;
mod many;
mod novamed_blocking;
mod novamed_canary;
mod novamed_cancel;
mod novamed_carriers;
mod novamed_contract;
mod novamed_errors;
mod novamed_events;
mod novamed_fixtures;
mod novamed_limits;
mod novamed_once;
mod novamed_revisions;
mod novamed_settings;
mod novamed_wire;
mod redirects;
mod replay;
mod replay_answers;
mod replay_requests;
mod retries;
mod schemas;
mod schemas_counted;
mod settings;
mod snapshots;
mod storm;
mod time_limits;
mod tls_identity;
mod tls_proxy;
mod tls_trust;
mod tls_versions;
mod wire;
