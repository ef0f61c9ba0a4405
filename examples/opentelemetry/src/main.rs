//! Codes one invented note against an embedded sandbox that first says "too many requests", and exports what happened.

use std::process::ExitCode;

use clinical_example_opentelemetry::{Problem, Telemetry};
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use omniscribe_codify::{Codify, CodifyRequest};
use tracing_subscriber::util::SubscriberInitExt;

const NOTE: &str = include_str!("../../notes/05-consulta-diabetes.txt");

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Problem> {
    let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:4318".to_owned());
    let telemetry = Telemetry::start(&endpoint, "codify-example")?;
    telemetry.subscriber().try_init()?;

    let busy = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 1 });
    let sandbox = Sandbox::builder().seed(7).fault(Fault::new(busy).on("codify").nth(1)).start().await?;
    let metrics = telemetry.metrics();
    let codify =
        Codify::builder().base_url(sandbox.url()).token(sandbox.token()).http(|http| http.observer(metrics)).build()?;

    let answer = codify.codify(&CodifyRequest::new().note(NOTE).doctor("dr_123").patient("pt_456")).await?;
    println!(
        "SIMULATED: {} codes after {} attempts, call {}",
        answer.value.final_code_assessments.len(),
        answer.attempts.len(),
        answer.call
    );
    sandbox.shutdown().await;
    telemetry.end().await.map_err(|problem| {
        format!(
            "the collector at {endpoint} did not take the data; check that it runs and takes OTLP over HTTP ({problem})"
        )
    })?;
    println!("Traces and metrics were sent to {endpoint}.");
    Ok(())
}
