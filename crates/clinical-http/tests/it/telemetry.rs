//! What an exporter to OpenTelemetry sees: one span of the call, in it one of each attempt, with the names of the HTTP conventions, how
//! each ended, and nothing of what was sent or answered.

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{BaseUrl, Client, Deadlines, Delivery, RetryPolicy};
use tracing::level_filters::LevelFilter;

use crate::limits_host::{Host, pass, settled, start};
use crate::support::{IDEMPOTENT, UNSAFE, VENDOR, call, ok, seconds, send};
use crate::telemetry_spans::{Fields, Spans};

fn fields(of: &[(&'static str, &str)]) -> Fields {
    of.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// The fields of a call's span, all of them, for one that ended like this.
fn of_call(id: &str, end: &[(&'static str, &str)]) -> Fields {
    let mut all = fields(&[
        ("otel.kind", r#""internal""#),
        ("otel.name", r#""vendor idempotent""#),
        ("vendor", r#""vendor""#),
        ("operation", r#""idempotent""#),
        ("call.id", id),
    ]);
    all.extend(fields(end));
    all
}

/// The fields of an attempt's span, all of them, for one that ended like this.
fn of_attempt(end: &[(&'static str, &str)]) -> Fields {
    let mut all = fields(&[
        ("otel.kind", r#""client""#),
        ("otel.name", r#""POST /v1/work""#),
        ("http.request.method", r#""POST""#),
        ("url.scheme", r#""https""#),
        ("url.template", r#""/v1/work""#),
        ("server.address", r#""vendor.example""#),
        ("server.port", "443"),
        ("network.protocol.version", r#""1.1""#),
        ("http.request.body.size", "15"),
    ]);
    all.extend(fields(end));
    all
}

const ERROR: (&str, &str) = ("otel.status_code", r#""ERROR""#);

#[tokio::test(start_paused = true)]
async fn a_success_is_a_call_with_one_attempt_inside_and_no_error_anywhere() {
    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::TRACE).await;
    let answer = send(&Host::new(ok()).client(), &IDEMPOTENT).await.unwrap();
    let (call, attempt) = (spans.one("call"), spans.one("attempt"));
    assert_eq!(call.fields, of_call(&format!("\"{}\"", answer.call), &[("delivery", r#""answered""#)]));
    assert_eq!(attempt.fields, of_attempt(&[("http.response.status_code", "200"), ("delivery", r#""answered""#)]));
    assert_eq!((call.parent, attempt.parent), (None, call.id));
    assert!(call.closed && attempt.closed);
    assert!(spans.named("retry").is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_failure_is_an_error_of_its_attempt_and_of_the_call() {
    let status = |status| Step::answer(status, "PATIENT").header("x-request-id", "PATIENT");
    let connect = Step::fail(Failure::Connect, Delivery::NotSent);
    let table = [
        (status(400), Some("400"), "rejected", "answered", "15"),
        (status(401), Some("401"), "credentials", "answered", "15"),
        (status(429), Some("429"), "throttled", "refused", "15"),
        (status(500), Some("500"), "unavailable", "unknown", "15"),
        (status(302).header("location", "https://other.example/PATIENT"), Some("302"), "redirect", "answered", "15"),
        (connect, None, "connect", "not_sent", "0"),
        (Step::fail(Failure::Interrupted, Delivery::Unknown), None, "interrupted", "unknown", "15"),
        (Step::silence(), None, "timeout", "unknown", "15"),
        (Step::answer(200, "{").then_break(), Some("200"), "interrupted", "response_lost", "15"),
    ];
    for (step, status, kind, delivery, size) in table {
        let spans = Spans::default();
        let _guard = spans.start(LevelFilter::TRACE).await;
        let client = Host::new(step).builder().retry(RetryPolicy::never()).build().unwrap();
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        let (kind, delivery) = (format!("{kind:?}"), format!("{delivery:?}"));
        let end = [("delivery", &*delivery), ("error.type", &*kind), ERROR];
        let id = format!("\"{}\"", error.call().unwrap());
        assert_eq!(spans.one("call").fields, of_call(&id, &end));
        let mut attempt = of_attempt(&end);
        attempt.insert("http.request.body.size", size.to_owned());
        attempt.extend(status.map(|status| ("http.response.status_code", status.to_owned())));
        assert_eq!(spans.one("attempt").fields, attempt);
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_an_event_of_the_call_and_a_second_attempt_that_says_so() {
    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::TRACE).await;
    let host = Host::new(ok()).first([Step::answer(429, "").header("retry-after", "2"), Step::answer(503, "")]);
    send(&host.client(), &IDEMPOTENT).await.unwrap();
    let call = spans.one("call");
    assert!(!call.fields.contains_key("error.type") && !call.fields.contains_key("otel.status_code"));
    let attempts = spans.named("attempt");
    let ends = [
        of_attempt(&[
            ("http.response.status_code", "429"),
            ("delivery", r#""refused""#),
            ("error.type", r#""throttled""#),
            ERROR,
        ]),
        of_attempt(&[
            ("http.request.resend_count", "1"),
            ("http.response.status_code", "503"),
            ("delivery", r#""unknown""#),
            ("error.type", r#""unavailable""#),
            ERROR,
        ]),
        of_attempt(&[
            ("http.request.resend_count", "2"),
            ("http.response.status_code", "200"),
            ("delivery", r#""answered""#),
        ]),
    ];
    assert_eq!(attempts.iter().map(|seen| seen.fields.clone()).collect::<Vec<_>>(), ends);
    assert!(attempts.iter().all(|attempt| attempt.parent == call.id && attempt.closed));
    let retries = spans.named("retry");
    assert_eq!(retries.len(), 2);
    for (retry, kind, asked, count) in
        [(&retries[0], "throttled", "true", "1"), (&retries[1], "unavailable", "false", "2")]
    {
        assert_eq!(retry.parent, call.id);
        assert_eq!(retry.fields["error.type"], format!("{kind:?}"));
        assert_eq!((&*retry.fields["asked_by_vendor"], &*retry.fields["http.request.resend_count"]), (asked, count));
    }
    let delay: u64 = retries[0].fields["delay_ms"].parse().unwrap();
    assert!((2_000..=2_100).contains(&delay), "{delay}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_ends_its_spans_as_abandoned_with_what_is_known() {
    let head = Step::answer(200, "{").then_silence();
    let refused = Step::answer(429, "").header("retry-after", "60");
    // What the last attempt's span ends with; `None` if there is none open when the call is dropped.
    let table = [
        ("before an answer", Step::silence(), "unknown", Some(None)),
        ("in an answer", head, "response_lost", Some(Some("200"))),
        ("in back-off", refused, "refused", None),
    ];
    for (what, step, delivery, attempt) in table {
        let spans = Spans::default();
        let _guard = spans.start(LevelFilter::TRACE).await;
        let call = start(&Host::new(step).client(), call(&IDEMPOTENT));
        pass(seconds(1)).await;
        call.abort();
        settled().await;
        let delivery = format!("{delivery:?}");
        let end = [("delivery", &*delivery), ("error.type", r#""abandoned""#), ERROR];
        let seen = spans.one("call");
        assert_eq!(seen.fields, of_call(&seen.fields["call.id"], &end), "{what}");
        let mut last = of_attempt(&end);
        if let Some(status) = attempt {
            last.extend(status.map(|status: &str| ("http.response.status_code", status.to_owned())));
        } else {
            last.extend(fields(&[("http.response.status_code", "429"), ("error.type", r#""throttled""#)]));
        }
        assert_eq!(spans.one("attempt").fields, last, "{what}");
        assert!(seen.closed && spans.one("attempt").closed, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_sent_has_no_attempt_and_an_answer_not_understood_is_an_error_of_the_call_alone() {
    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::TRACE).await;
    let short = Deadlines::default().total(seconds(5));
    let host = Host::new(Step::answer(429, "").header("retry-after", "60"));
    let client = host.builder().deadlines(short).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap_err();
    send(&client, &IDEMPOTENT).await.unwrap_err();
    let (calls, attempts) = (spans.named("call"), spans.named("attempt"));
    assert_eq!((calls.len(), attempts.len()), (2, 1));
    let end = [("delivery", r#""not_sent""#), ("error.type", r#""throttled""#), ERROR];
    assert_eq!(calls[1].fields, of_call(&calls[1].fields["call.id"], &end));

    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::TRACE).await;
    send(&Host::new(Step::answer(200, "{}")).client(), &IDEMPOTENT).await.unwrap_err();
    let call = spans.one("call");
    let end = [("delivery", r#""answered""#), ("error.type", r#""decode""#), ERROR];
    assert_eq!(call.fields, of_call(&call.fields["call.id"], &end));
    assert_eq!(
        spans.one("attempt").fields,
        of_attempt(&[("http.response.status_code", "200"), ("delivery", r#""answered""#)])
    );
}

#[tokio::test(start_paused = true)]
async fn attempts_stay_inside_their_own_call_and_calls_inside_their_callers_span() {
    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::TRACE).await;
    let host = Host::new(ok().after(seconds(1)))
        .first([Step::answer(503, ""), Step::answer(503, "")].map(|step| step.after(seconds(1))));
    let client = host.client();
    let outer = tracing::info_span!("outer");
    let other = start(&client, call(&UNSAFE));
    let one = tracing::Instrument::instrument(send(&client, &IDEMPOTENT), outer.clone());
    one.await.unwrap();
    other.await.unwrap().unwrap_err();
    let calls = spans.named("call");
    let inside = |call: usize| spans.named("attempt").iter().filter(|seen| seen.parent == calls[call].id).count();
    assert_eq!((inside(0), inside(1)), (2, 1));
    assert_eq!((calls[0].parent, calls[1].parent), (outer.id().map(|id| id.into_u64()), None));
}

#[tokio::test(start_paused = true)]
async fn with_the_spans_switched_off_nothing_is_written_into_the_callers() {
    let spans = Spans::default();
    let _guard = spans.start(LevelFilter::WARN).await;
    let empty = tracing::field::Empty;
    let outer = tracing::warn_span!("outer", delivery = empty, "error.type" = empty, "otel.status_code" = empty);
    let client = Host::new(Step::answer(400, "")).client();
    let call = tracing::Instrument::instrument(send(&client, &IDEMPOTENT), outer.clone());
    call.await.unwrap_err();
    assert!(spans.named("call").is_empty() && spans.named("attempt").is_empty());
    assert_eq!(spans.one("outer").fields, Fields::new());
    let failed = spans.one("call failed");
    assert_eq!(failed.fields, fields(&[("error.type", r#""rejected""#), ("delivery", r#""answered""#)]));
    assert_eq!(failed.parent, outer.id().map(|id| id.into_u64()));
}

#[tokio::test(start_paused = true)]
async fn the_server_is_named_as_the_address_says_it_and_no_path_of_the_address_is_shown() {
    let table = [
        ("http://127.0.0.1:8080", r#""http""#, r#""127.0.0.1""#, "8080"),
        ("http://localhost", r#""http""#, r#""localhost""#, "80"),
        ("https://Vendor.Example:444/tenant-7/", r#""https""#, r#""vendor.example""#, "444"),
    ];
    for (base, scheme, host, port) in table {
        let spans = Spans::default();
        let _guard = spans.start(LevelFilter::TRACE).await;
        let client =
            Client::builder(&VENDOR, BaseUrl::parse(base).unwrap()).transport(Host::new(ok())).build().unwrap();
        send(&client, &IDEMPOTENT).await.unwrap();
        let fields = spans.one("attempt").fields;
        let shown = (&*fields["url.scheme"], &*fields["server.address"], &*fields["server.port"]);
        assert_eq!(shown, (scheme, host, port));
        assert_eq!(fields["url.template"], r#""/v1/work""#);
        assert!(fields.values().all(|value| !value.contains("tenant")), "{fields:?}");
    }
}
