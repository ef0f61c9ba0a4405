//! Behaviour tests of `clinical-http`: the rules through `Client::send`, with a scripted transport and a paused clock, and the
//! judgement of real connections against raw listeners on loopback.

// A test that cannot be set up, or meets what its rule excludes, ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod abandoned;
mod audit;
mod canary;
mod cancel;
mod cancel_places;
mod cancel_runtime;
mod capture;
mod cooldown;
mod cooldown_hints;
mod credentials;
mod credentials_expiry;
mod credentials_file;
mod credentials_refresh;
mod credentials_sources;
mod deadlines;
mod files;
mod hesitant;
mod limits_budget;
mod limits_chaos;
mod limits_counts;
mod limits_host;
mod limits_in_flight;
mod limits_threads;
mod limits_unpolled;
mod pacing;
mod read_once;
mod requests;
mod retries;
mod retry_after;
mod retry_table;
mod schedules;
mod schedules_clock;
mod schedules_transport;
mod server;
mod support;
mod telemetry;
mod telemetry_spans;
mod tls_settings;
mod wire_answers;
mod wire_delivery;
mod wire_requests;
