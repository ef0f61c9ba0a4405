//! The retry table, row by row, for every effect and for two methods that must make no difference.

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{BodyLimits, Delivery, Effect, ErrorKind, Method, Operation};

use crate::support::{audited, builder, call, client, ok, send};
use Delivery::{Answered, NotSent, Refused, ResponseLost, Unknown};

/// Both columns that tolerate repetition come first, `Unsafe` and `ReadOnce` last.
static OPERATIONS: [[Operation; 2]; 5] =
    [both(Effect::Safe), both(Effect::Idempotent), both(Effect::Keyed), both(Effect::Unsafe), both(Effect::ReadOnce)];

const fn both(effect: Effect) -> [Operation; 2] {
    [Operation::new("get", Method::Get, "/v1/work", effect), Operation::new("post", Method::Post, "/v1/work", effect)]
}

/// How often a request goes out, of at most four times.
#[derive(Clone, Copy)]
struct Requests {
    tolerant: usize,
    intolerant: usize,
}

const ALWAYS: Requests = Requests { tolerant: 4, intolerant: 4 };
const IF_TOLERANT: Requests = Requests { tolerant: 4, intolerant: 1 };
const NEVER: Requests = Requests { tolerant: 1, intolerant: 1 };

struct Row {
    what: &'static str,
    step: Step,
    delivery: Delivery,
    kind: ErrorKind,
    requests: Requests,
}

fn row(what: &'static str, step: Step, delivery: Delivery, kind: ErrorKind, requests: Requests) -> Row {
    Row { what, step, delivery, kind, requests }
}

fn before_a_byte_was_written() -> Vec<Row> {
    let fail = |failure| Step::fail(failure, NotSent);
    vec![
        row("DNS", fail(Failure::Resolve), NotSent, ErrorKind::Connect, ALWAYS),
        row("connect", fail(Failure::Connect), NotSent, ErrorKind::Connect, ALWAYS),
        row("connect time-out", fail(Failure::ConnectTimeout), NotSent, ErrorKind::Timeout, ALWAYS),
        row("TLS", fail(Failure::Tls), NotSent, ErrorKind::Tls, ALWAYS),
        row("TLS authority", fail(Failure::TlsUnknownAuthority), NotSent, ErrorKind::Tls, ALWAYS),
        row("TLS expiry", fail(Failure::TlsExpired), NotSent, ErrorKind::Tls, ALWAYS),
        row("TLS name", fail(Failure::TlsWrongName), NotSent, ErrorKind::Tls, ALWAYS),
        row("cannot be built", fail(Failure::Setup), NotSent, ErrorKind::Configuration, NEVER),
    ]
}

fn turned_away() -> Vec<Row> {
    let answer = |status| Step::answer(status, "{}");
    let hinted = answer(503).header("retry-after", "1");
    vec![
        row("429", answer(429), Refused, ErrorKind::Throttled, ALWAYS),
        row("503 with a hint", hinted, Refused, ErrorKind::Throttled, ALWAYS),
        row("425", answer(425), Refused, ErrorKind::Rejected, ALWAYS),
        row("408", answer(408), Refused, ErrorKind::Timeout, ALWAYS),
    ]
}

fn no_conclusive_answer() -> Vec<Row> {
    let answer = |status| Step::answer(status, "{}");
    let reset = Step::fail(Failure::Interrupted, Unknown);
    let garbage = Step::fail(Failure::Malformed, Unknown);
    vec![
        row("reset", reset, Unknown, ErrorKind::Interrupted, IF_TOLERANT),
        row("not HTTP", garbage, Unknown, ErrorKind::Interrupted, IF_TOLERANT),
        row("time-out", Step::silence(), Unknown, ErrorKind::Timeout, IF_TOLERANT),
        row("500", answer(500), Unknown, ErrorKind::Unavailable, IF_TOLERANT),
        row("502", answer(502), Unknown, ErrorKind::Unavailable, IF_TOLERANT),
        row("503", answer(503), Unknown, ErrorKind::Unavailable, IF_TOLERANT),
        row("504", answer(504), Unknown, ErrorKind::Timeout, IF_TOLERANT),
        row("529", answer(529), Unknown, ErrorKind::Unavailable, IF_TOLERANT),
    ]
}

fn processed_and_the_answer_lost() -> Vec<Row> {
    let half = || Step::answer(200, r#"{"run_"#);
    let long = Step::answer(200, "x".repeat(CAP + 1));
    vec![
        row("truncated", half().then_break(), ResponseLost, ErrorKind::Interrupted, IF_TOLERANT),
        row("stalled answer", half().then_silence(), ResponseLost, ErrorKind::Timeout, IF_TOLERANT),
        // The same answer would come again, and be billed again.
        row("past the cap", long, ResponseLost, ErrorKind::ResponseTooLarge, NEVER),
    ]
}

fn answered() -> Vec<Row> {
    let mut rows = vec![
        row("undecodable", Step::answer(200, "<html>"), Answered, ErrorKind::Decode, NEVER),
        row("other shape", Step::answer(201, "[]"), Answered, ErrorKind::Decode, NEVER),
        row("no content", Step::answer(204, ""), Answered, ErrorKind::Decode, NEVER),
    ];
    let kinds = [
        (400, ErrorKind::Rejected),
        (401, ErrorKind::Credentials),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::Rejected),
        (405, ErrorKind::Rejected),
        (409, ErrorKind::Rejected),
        (410, ErrorKind::Rejected),
        (413, ErrorKind::TooLarge),
        (415, ErrorKind::Rejected),
        (422, ErrorKind::Rejected),
        (451, ErrorKind::Rejected),
        (301, ErrorKind::Redirect),
        (302, ErrorKind::Redirect),
        (303, ErrorKind::Redirect),
        (307, ErrorKind::Redirect),
        (308, ErrorKind::Redirect),
        (501, ErrorKind::Unavailable),
        (505, ErrorKind::Unavailable),
    ];
    for (status, kind) in kinds {
        // A hint does not make an answer a refusal.
        let step = Step::answer(status, "{}").header("retry-after", "1");
        rows.push(row("a final status", step, Answered, kind, NEVER));
    }
    rows
}

const CAP: usize = 1000;

#[tokio::test(start_paused = true)]
async fn every_effect_follows_every_row_of_the_table() {
    let groups = [
        before_a_byte_was_written(),
        turned_away(),
        no_conclusive_answer(),
        processed_and_the_answer_lost(),
        answered(),
    ];
    for row in groups.into_iter().flatten() {
        for operation in OPERATIONS.iter().flatten() {
            check(&row, operation).await;
        }
    }
}

async fn check(row: &Row, operation: &'static Operation) {
    let (what, effect) = (row.what, operation.effect());
    let expected = match effect {
        Effect::Safe | Effect::Idempotent | Effect::Keyed => row.requests.tolerant,
        _ => row.requests.intolerant,
    };
    let transport = ScriptedTransport::always(row.step.clone());
    let audit = clinical_http::testing::MemoryAudit::new();
    let client = builder(&transport).limits(BodyLimits::default().response(CAP)).audit(audit.clone()).build().unwrap();
    let error = send(&client, operation).await.unwrap_err();
    let place = format!("{what}, {effect:?}, {}: {error}", operation.name());
    assert_eq!(transport.requests().len(), expected, "{place}");
    assert_eq!(error.attempts() as usize, expected, "{place}");
    assert_eq!(error.delivery(), row.delivery, "{place}");
    assert_eq!(error.kind(), row.kind, "{place}");
    let [record] = &audit.records()[..] else {
        panic!("not one record: {place}");
    };
    assert_eq!(record.attempts.len(), expected, "{place}");
    assert_eq!(record.delivery, row.delivery, "{place}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_may_be_repeated_is_repeated_into_success() {
    for row in no_conclusive_answer() {
        for [get, post] in &OPERATIONS[..3] {
            for operation in [get, post] {
                let transport = ScriptedTransport::new([row.step.clone(), ok()]);
                let (client, audit) = audited(&transport);
                let answer = send(&client, operation).await.unwrap();
                assert_eq!(answer.attempts.len(), 2, "{}", row.what);
                assert_eq!(answer.attempts[0].delivery, row.delivery, "{}", row.what);
                assert_eq!(answer.attempts[1].delivery, Answered);
                assert_eq!(audit.records().len(), 1);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_method_decides_nothing() {
    static READ_ONCE_GET: Operation = Operation::new("g", Method::Get, "/v1/r", Effect::ReadOnce);
    static SAFE_POST: Operation = Operation::new("p", Method::Post, "/v1/p", Effect::Safe);
    static UNSAFE_PUT: Operation = Operation::new("u", Method::Put, "/v1/u", Effect::Unsafe);
    let table = [(&READ_ONCE_GET, 1), (&SAFE_POST, 4), (&UNSAFE_PUT, 1)];
    for (operation, expected) in table {
        let transport = ScriptedTransport::always(Step::fail(Failure::Interrupted, Unknown));
        let error = client(&transport).send::<crate::support::Coded>(call(operation)).await.unwrap_err();
        assert_eq!(transport.requests().len(), expected, "{}", operation.name());
        assert_eq!(error.delivery(), Unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_can_make_a_verdict_stricter() {
    static STRICT: Operation = Operation::new("s", Method::Post, "/v1/s", Effect::Safe).never_repeat_on(&[408, 500]);
    for (status, expected) in [(408, 1), (500, 1), (502, 4), (429, 4)] {
        let transport = ScriptedTransport::always(Step::answer(status, ""));
        send(&client(&transport), &STRICT).await.unwrap_err();
        assert_eq!(transport.requests().len(), expected, "{status}");
    }
}
