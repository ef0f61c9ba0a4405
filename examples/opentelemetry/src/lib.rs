//! Carries what a vendor client tells about itself to an OpenTelemetry collector: spans through `tracing`, numbers through an
//! [`Observer`](omniscribe_codify::http_core::Observer). Everything here is for copying into a program of your own. It decides nothing
//! about calls, and a collector that is slow, full or absent neither delays nor fails one.

mod metrics;
mod otlp_http;
mod telemetry;

pub use metrics::Metrics;
pub use telemetry::Telemetry;

/// Why telemetry could not be set up or handed over.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;
