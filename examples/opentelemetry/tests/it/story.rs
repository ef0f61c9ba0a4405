//! One call that the vendor throttles first, told to a collector. Every text of it that is nobody else's business is a canary.

use clinical_example_opentelemetry::Telemetry;
use clinical_http::testing::JumpingClock;
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use omniscribe_codify::{Answer, Codify, CodifyRequest, CodifyResponse};

use crate::collector::Collector;

pub(crate) const NOTE: &str = "canarynote Paciente con diabetes mellitus tipo 2. Niega dolor torácico.";
pub(crate) const TOKEN: &str = "canarytoken";
pub(crate) const DOCTOR: &str = "canarydoctor";
pub(crate) const PATIENT: &str = "canarypatient";

pub(crate) struct Story {
    pub(crate) collector: Collector,
    pub(crate) port: u16,
    pub(crate) answer: Answer<CodifyResponse>,
    /// What handing over the rest came to.
    pub(crate) end: Result<(), String>,
}

/// Tells it to a collector that takes everything but what is sent to this path.
pub(crate) async fn told_but(refused: &'static str) -> Story {
    let collector = Collector::start(refused).await;
    let telemetry = Telemetry::start(&format!("{}/", collector.url), "test").unwrap();
    let _guard = tracing::subscriber::set_default(telemetry.subscriber());
    let busy = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 2 });
    let sandbox = Sandbox::builder().seed(7).token(TOKEN).fault(Fault::new(busy).on("codify").nth(1));
    let sandbox = sandbox.start().await.unwrap();
    let metrics = telemetry.metrics();
    // The wait that the vendor asks for passes at once.
    let codify = Codify::builder().http(|http| http.observer(metrics).clock(JumpingClock::new()));
    let codify = codify.base_url(sandbox.url()).token(TOKEN).build().unwrap();
    let request = CodifyRequest::new().note(NOTE).doctor(DOCTOR).patient(PATIENT);
    // What other libraries tell must not come along.
    tracing::info_span!("elsewhere", patient = PATIENT).in_scope(|| tracing::error!(PATIENT));
    let answer = codify.codify(&request).await.unwrap();
    let port = sandbox.port();
    sandbox.shutdown().await;
    let end = telemetry.end().await.map_err(|problem| problem.to_string());
    Story { collector, port, answer, end }
}
