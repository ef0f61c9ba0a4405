//! A throttled call as a collector sees it: spans, the retry, counts, and nothing of what was sent or answered.

use std::collections::BTreeMap;

use clinical_example_opentelemetry::Telemetry;
use opentelemetry_proto::tonic::metrics::v1::{metric, number_data_point};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;

use crate::collector::text;
use crate::story::{DOCTOR, NOTE, PATIENT, TOKEN, told_but};

fn table(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_throttled_call_arrives_as_one_span_with_two_attempts_inside_and_a_retry_between_them() {
    let story = told_but("").await;
    story.end.unwrap();
    let spans = story.collector.spans();
    assert_eq!(spans.len(), 3);
    assert!(spans.iter().all(|(service, _)| service == "test"));
    let [(_, call), (_, first), (_, second)] = &spans[..] else { unreachable!() };
    let status = |span: &opentelemetry_proto::tonic::trace::v1::Span| span.status.as_ref().map_or(0, |it| it.code);

    assert_eq!((call.name.as_str(), call.kind()), ("omniscribe codify", SpanKind::Internal));
    assert!(call.parent_span_id.is_empty());
    assert_eq!(status(call), SpanStatus::Unset as i32);
    let id = story.answer.call.to_string();
    let of_call =
        table(&[("vendor", "omniscribe"), ("operation", "codify"), ("call.id", &id), ("delivery", "answered")]);
    assert_eq!(text(&call.attributes), of_call);

    let port = story.port.to_string();
    let common = [
        ("http.request.method", "POST"),
        ("url.scheme", "http"),
        ("url.template", "/v1/codify"),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
        ("network.protocol.version", "1.1"),
    ];
    let refused = [("http.response.status_code", "429"), ("delivery", "refused"), ("error.type", "throttled")];
    let answered = [("http.response.status_code", "200"), ("delivery", "answered"), ("http.request.resend_count", "1")];
    for (attempt, end, state) in [(first, refused, SpanStatus::Error), (second, answered, SpanStatus::Unset)] {
        assert_eq!((attempt.name.as_str(), attempt.kind()), ("POST /v1/codify", SpanKind::Client));
        assert_eq!((&attempt.trace_id, &attempt.parent_span_id), (&call.trace_id, &call.span_id));
        assert_eq!(status(attempt), state as i32);
        let mut attributes = text(&attempt.attributes);
        let size: usize = attributes.remove("http.request.body.size").unwrap().parse().unwrap();
        assert!(size > NOTE.len());
        assert_eq!(attributes, table(&[&common[..], &end[..]].concat()));
        assert!(attempt.end_time_unix_nano <= call.end_time_unix_nano);
    }
    assert!(first.end_time_unix_nano <= second.start_time_unix_nano);

    let [retry] = &call.events[..] else { panic!("one event: {:?}", call.events) };
    assert_eq!(retry.name, "retry");
    let mut attributes = text(&retry.attributes);
    let delay: u64 = attributes.remove("delay_ms").unwrap().parse().unwrap();
    assert!((2_000..=2_100).contains(&delay), "{delay}");
    let wanted = [("error.type", "throttled"), ("asked_by_vendor", "true"), ("http.request.resend_count", "1")];
    for (name, value) in wanted {
        assert_eq!(attributes[name], value);
    }
    assert!(first.events.is_empty() && second.events.is_empty());
}

#[tokio::test]
async fn the_counts_of_the_core_and_the_duration_of_the_call_arrive_as_metrics() {
    let story = told_but("").await;
    story.end.unwrap();
    let metrics = story.collector.metrics();
    let mut counted = BTreeMap::new();
    for metric in metrics.values() {
        let Some(metric::Data::Sum(sum)) = &metric.data else { continue };
        assert!(sum.is_monotonic);
        for point in &sum.data_points {
            let Some(number_data_point::Value::AsInt(value)) = point.value else { panic!("{point:?}") };
            let outcome = text(&point.attributes).remove("outcome").unwrap_or_default();
            counted.insert(format!("{} {outcome}", metric.name).trim().to_owned(), value);
        }
    }
    let expected = [
        ("clinical.client.calls succeeded", 1),
        ("clinical.client.calls failed", 0),
        ("clinical.client.calls abandoned", 0),
        ("clinical.client.calls.uncertain", 0),
        ("clinical.client.attempts", 2),
        ("clinical.client.attempts.repeated", 1),
        ("clinical.client.attempts.throttled", 1),
    ];
    assert_eq!(counted, expected.map(|(name, value)| (name.to_owned(), value)).into());
    let Some(metric::Data::Histogram(durations)) = &metrics["clinical.client.call.duration"].data else { panic!() };
    let [call] = &durations.data_points[..] else { panic!("{durations:?}") };
    assert_eq!((call.count, text(&call.attributes)), (1, table(&[("operation", "codify")])));
    // The client's clock jumps, so that only the wait counts.
    assert!((2.0..=2.1).contains(&call.sum()), "{call:?}");
}

#[tokio::test]
async fn no_byte_of_what_was_sent_or_answered_arrives() {
    let story = told_but("").await;
    story.end.unwrap();
    let answer = &story.answer.value;
    let mut canaries = vec!["canary", NOTE, TOKEN, DOCTOR, PATIENT, "diabetes", "torácico", &answer.run_id];
    for found in answer.final_code_assessments.iter().chain(&answer.discarded_code_assessments) {
        canaries.extend([found.code.as_str(), &found.description, &found.justification]);
    }
    assert!(canaries.len() > 10 && canaries.iter().all(|canary| canary.len() > 2), "{canaries:?}");
    let mut seen = String::new();
    for export in story.collector.exports() {
        seen += &export.head;
        seen += &String::from_utf8_lossy(&export.body);
    }
    let seen = seen.to_lowercase();
    // A search that finds nothing proves nothing unless it can find something.
    for word in ["/v1/traces", "/v1/metrics", "omniscribe codify", "clinical.client.calls"] {
        assert!(seen.contains(word), "{word}");
    }
    for canary in canaries {
        assert!(!seen.contains(&canary.to_lowercase()), "{canary}");
    }
}

#[tokio::test]
async fn a_collector_that_refuses_the_data_fails_the_hand_over_and_no_call() {
    for refused in ["/v1/traces", "/v1/metrics"] {
        let story = told_but(refused).await;
        assert_eq!(story.answer.attempts.len(), 2);
        assert!(story.end.is_err(), "{refused}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_plain_http_is_refused_with_a_form_to_use() {
    for endpoint in ["https://127.0.0.1:4318", "127.0.0.1:4318", ""] {
        let problem = Telemetry::start(endpoint, "test").unwrap_err().to_string();
        assert!(problem.contains("http://127.0.0.1:4318"), "{problem}");
    }
}
