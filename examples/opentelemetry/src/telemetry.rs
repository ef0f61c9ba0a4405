//! Sets up the exporters, and hands over what is left at the end. Spans are sent in batches, metrics once a minute, both by threads in
//! the background.

use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;

use crate::otlp_http::OtlpHttp;
use crate::{Metrics, Problem};

/// The name of the tracer and of the meter.
const SCOPE: &str = "clinical-clients";

/// The exporters of traces and metrics.
#[derive(Debug)]
pub struct Telemetry {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
    instruments: Metrics,
}

impl Telemetry {
    /// Exports to the collector at `endpoint` (`http://HOST:PORT`, plain HTTP) under the name of this service. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If the endpoint is not such an address, or if there is no tokio runtime to send from.
    pub fn start(endpoint: &str, service: &'static str) -> Result<Self, Problem> {
        let endpoint = endpoint.trim().trim_end_matches('/');
        if !endpoint.starts_with("http://") {
            return Err("the collector's endpoint is not plain HTTP; use a form such as http://127.0.0.1:4318".into());
        }
        let http = OtlpHttp::on(Handle::try_current()?);
        let spans = SpanExporter::builder().with_http().with_http_client(http.clone());
        let spans = spans.with_endpoint(format!("{endpoint}/v1/traces")).build()?;
        let numbers = MetricExporter::builder().with_http().with_http_client(http);
        let numbers = numbers.with_endpoint(format!("{endpoint}/v1/metrics")).build()?;
        let resource = Resource::builder().with_service_name(service).build();
        let traces = SdkTracerProvider::builder().with_resource(resource.clone()).with_batch_exporter(spans).build();
        let metrics = SdkMeterProvider::builder().with_resource(resource).with_periodic_exporter(numbers).build();
        let instruments = Metrics::new(&metrics.meter(SCOPE));
        Ok(Self { traces, metrics, instruments })
    }

    /// What turns `tracing` spans into exported ones: a layer, to be put on the program's subscriber.
    ///
    /// It takes the calls, the attempts and the retries of the transport core, and nothing from other libraries: whatever lets their spans
    /// through has to make sure for itself that no patient's data is in them.
    pub fn layer(&self) -> impl Layer<Registry> + use<> {
        let only = Targets::new().with_target("clinical_http", LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer(SCOPE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_filter(only)
    }

    /// A subscriber with [`layer`](Self::layer) alone.
    pub fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        Registry::default().with(self.layer())
    }

    /// The observer for the clients: `.http(|http| http.observer(telemetry.metrics()))`.
    pub fn metrics(&self) -> Metrics {
        self.instruments.clone()
    }

    /// Hands over what was not exported yet, and stops. Call it last: what a program does not hand over before it ends is lost.
    ///
    /// # Errors
    ///
    /// If the collector could not be reached or did not take the data. Calls are not concerned.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the rest to a thread in the background.
    pub async fn end(self) -> Result<(), Problem> {
        // The exporters block the thread on which they are told to stop, and need the others to send.
        let stopped = tokio::task::spawn_blocking(move || {
            // Of spans only flushing says whether they were taken; of metrics stopping does.
            let outcomes = [self.traces.force_flush(), self.traces.shutdown(), self.metrics.shutdown()];
            outcomes.into_iter().collect::<Result<Vec<()>, _>>()
        });
        stopped.await??;
        Ok(())
    }
}
