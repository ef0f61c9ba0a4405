//! Answers that can be had once: a connection of their own, no time limit on the body, handed out as they come, and told of before.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{
    AnswerSink, BoxFuture, Call, Client, Deadlines, Delivery, Effect, Error, ErrorKind, Method, Operation,
};

use crate::support::{SAFE, UNSAFE, audited, builder, client, seconds};

static CLAIM: Operation = Operation::new("claim", Method::Post, "/v1/claim", Effect::ReadOnce);

/// Notes what it is told.
#[derive(Default)]
struct Noted {
    told: Vec<String>,
    bytes: Vec<u8>,
    cap: Option<usize>,
    refuses: bool,
    before: AtomicUsize,
}

impl AnswerSink for Noted {
    fn before(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            self.before.fetch_add(1, Ordering::Relaxed);
            self.told.push("before".to_owned());
            if self.refuses { Err(Error::configuration("store", "is full")) } else { Ok(()) }
        })
    }

    fn begins(&mut self, status: u16, request_id: Option<&str>, length: Option<u64>) {
        self.told.push(format!("begins {status} {request_id:?} {length:?}"));
    }

    fn piece(&mut self, piece: Bytes) -> ControlFlow<()> {
        if self.cap.is_some_and(|cap| self.bytes.len() + piece.len() > cap) {
            return ControlFlow::Break(());
        }
        self.bytes.extend_from_slice(&piece);
        ControlFlow::Continue(())
    }

    fn vendor_reference(&self) -> Option<&str> {
        Some("task-1")
    }
}

async fn claim(client: &Client, sink: &mut Noted) -> Result<(), Error> {
    client.send_into(Call::new(&CLAIM), sink).await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn the_sink_is_told_before_each_attempt_and_gets_successes_only() {
    let busy = Step::answer(429, "not for the sink").header("retry-after", "2");
    let transport = ScriptedTransport::new([busy, Step::answer(200, "ab").chunk("cd").header("x-request-id", "r1")]);
    let (client, audit) = audited(&transport);
    let mut sink = Noted::default();
    claim(&client, &mut sink).await.unwrap();
    assert_eq!(sink.told, ["before", "before", "begins 200 Some(\"r1\") None"]);
    assert_eq!(sink.bytes, b"abcd");
    let record = &audit.records()[0];
    assert_eq!(record.response_bytes, 4);
    assert_eq!(record.vendor_reference.as_ref().unwrap().expose(), "task-1");
}

#[tokio::test(start_paused = true)]
async fn what_the_sink_refuses_is_not_sent() {
    let transport = ScriptedTransport::always(Step::answer(200, "{}"));
    let mut sink = Noted { refuses: true, ..Noted::default() };
    let error = claim(&client(&transport), &mut sink).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
    assert!(transport.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_read_once_asks_for_a_connection_of_its_own_and_plain_bytes() {
    let transport = ScriptedTransport::always(Step::answer(200, "{}"));
    let client = client(&transport);
    claim(&client, &mut Noted::default()).await.unwrap();
    for operation in [&SAFE, &UNSAFE] {
        client.send_raw(Call::new(operation)).await.unwrap();
    }
    let asked = transport.requests().into_iter().map(|r| (r.fresh, r.headers.contains_key("accept-encoding")));
    assert_eq!(asked.collect::<Vec<_>>(), [(true, true), (false, false), (false, false)]);
    assert_eq!(transport.requests()[0].headers["accept-encoding"], "identity");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_keeps_coming_has_no_time_limit_and_one_that_stalls_ends_with_what_came() {
    let limits = Deadlines::default().total(seconds(20)).attempt(seconds(10)).stall(seconds(5));
    let slow = |pieces: u8| {
        let steps = (0..pieces).map(|n| (seconds(4), Bytes::from(vec![b'a' + n % 26])));
        steps.fold(Step::answer(200, ""), |step, (delay, piece)| step.chunk_after(delay, piece))
    };
    let transport = ScriptedTransport::new([slow(60), slow(3).then_silence()]);
    let client = builder(&transport).deadlines(limits).build().unwrap();
    let began = tokio::time::Instant::now();
    let mut sink = Noted::default();
    claim(&client, &mut sink).await.unwrap();
    assert_eq!((sink.bytes.len(), began.elapsed().as_secs()), (60, 240));

    let mut sink = Noted::default();
    let error = claim(&client, &mut sink).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Timeout, Delivery::ResponseLost, 1));
    assert_eq!(sink.bytes, b"abc");
    assert!(error.body().is_none(), "the sink has it");
}

#[tokio::test(start_paused = true)]
async fn a_broken_answer_is_in_the_sink_and_not_asked_for_again() {
    let broken = Step::answer(200, "half").then_break();
    let transport = ScriptedTransport::new([broken, Step::answer(200, "{}")]);
    let mut sink = Noted::default();
    let error = claim(&client(&transport), &mut sink).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Interrupted, Delivery::ResponseLost));
    assert_eq!((&sink.bytes[..], transport.requests().len()), (&b"half"[..], 1));
}

#[tokio::test(start_paused = true)]
async fn the_only_cap_is_the_sinks() {
    let long = Bytes::from(vec![b' '; 20 * 1024 * 1024]);
    let transport = ScriptedTransport::new([Step::answer(200, long.clone()), Step::answer(200, long)]);
    let client = client(&transport);
    let mut sink = Noted::default();
    claim(&client, &mut sink).await.unwrap();
    assert_eq!(sink.bytes.len(), 20 * 1024 * 1024);
    let mut sink = Noted { cap: Some(10), ..Noted::default() };
    let error = claim(&client, &mut sink).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::ResponseTooLarge, Delivery::ResponseLost));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_may_be_repeated_begins_again_after_a_lost_answer() {
    let transport = ScriptedTransport::new([Step::answer(200, "ha").then_break(), Step::answer(200, "whole")]);
    let mut sink = Noted::default();
    client(&transport).send_into(Call::new(&SAFE), &mut sink).await.unwrap();
    assert_eq!(sink.told.iter().filter(|told| told.starts_with("begins")).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn once_is_one_attempt_whatever_the_policy() {
    for step in [Step::answer(429, ""), Step::fail(Failure::Connect, Delivery::NotSent)] {
        let transport = ScriptedTransport::always(step);
        let call = Call::new(&CLAIM).once();
        let error = client(&transport).send_into(call, &mut Noted::default()).await.unwrap_err();
        assert_eq!((error.attempts(), transport.requests().len()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn query_parameters_are_encoded_and_of_this_call_only() {
    let transport = ScriptedTransport::always(Step::answer(200, "{}"));
    let client = client(&transport);
    let call = Call::new(&SAFE).query("include_data", "false").query("a b", "&=");
    client.send_raw(call).await.unwrap();
    client.send_raw(Call::new(&SAFE)).await.unwrap();
    let urls: Vec<_> = transport.requests().into_iter().map(|request| request.url).collect();
    let plain = "https://vendor.example/v1/work";
    assert_eq!(urls, [format!("{plain}?include_data=false&a+b=%26%3D"), plain.to_owned()]);
}
