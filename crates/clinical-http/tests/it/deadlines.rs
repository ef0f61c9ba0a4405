//! Deadlines under a paused clock: what has passed at the end is exactly what the rule says.

use std::pin::Pin;

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{Backoff, BoxFuture, Deadlines, Delivery, ErrorKind, Jitter, RetryPolicy};
use http_body::Body as _;
use tokio::time::Instant;

use crate::support::{IDEMPOTENT, UNSAFE, builder, millis, ok, seconds, send};

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_at_its_limit() {
    let transport = ScriptedTransport::always(Step::silence());
    let client = builder(&transport).deadlines(Deadlines::default().attempt(seconds(7))).build().unwrap();
    let began = Instant::now();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 7);
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::Unknown));
    assert_eq!(error.attempt_log()[0].elapsed.as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_total_is_not_passed_however_many_attempts_there_are() {
    let transport = ScriptedTransport::always(Step::silence());
    let client =
        builder(&transport).deadlines(Deadlines::default().total(seconds(10)).attempt(seconds(4))).build().unwrap();
    let began = Instant::now();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    // Tokio's timer works in milliseconds and rounds up.
    assert!(began.elapsed() <= millis(10_002), "{:?}", began.elapsed());
    assert!(began.elapsed() >= seconds(9));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.attempts(), 3, "4 s, 4 s and what was left");
}

#[tokio::test(start_paused = true)]
async fn no_attempt_is_started_with_less_than_250_ms_left() {
    for (wait, requests) in [(749, 2), (750, 2), (751, 1)] {
        let exact = Backoff::new(millis(wait), millis(wait), Jitter::AtLeastPercent(100));
        let transport = ScriptedTransport::new([Step::answer(500, ""), ok()]);
        let client = builder(&transport)
            .retry(RetryPolicy::default().transient(exact))
            .deadlines(Deadlines::default().total(seconds(1)))
            .build()
            .unwrap();
        let outcome = send(&client, &IDEMPOTENT).await;
        assert_eq!(transport.requests().len(), requests, "{wait} ms");
        assert_eq!(outcome.is_ok(), requests == 2);
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "the vendor's answer is kept");
        }
    }
    let transport = ScriptedTransport::always(ok());
    let client = builder(&transport).deadlines(Deadlines::default().total(millis(249))).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
    assert_eq!((transport.requests().len(), error.attempts()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_vendors_thinking_time_is_no_stall() {
    let transport = ScriptedTransport::always(ok().after(seconds(50)));
    let client = builder(&transport).deadlines(Deadlines::default().stall(seconds(1))).build().unwrap();
    assert!(send(&client, &UNSAFE).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_falls_silent_stalls_and_what_came_is_kept() {
    let transport = ScriptedTransport::always(Step::answer(200, "{\"run").chunk("_id").then_silence());
    let client = builder(&transport).deadlines(Deadlines::default().stall(seconds(3))).build().unwrap();
    let began = Instant::now();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 3);
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::ResponseLost));
    assert_eq!(&error.body().unwrap().expose()[..], b"{\"run_id");
    assert!(error.to_string().contains("stall"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_error_body_that_falls_silent_does_not_hide_the_status() {
    let transport = ScriptedTransport::always(Step::answer(422, "{\"de").then_silence());
    let client = builder(&transport).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(422)));
    assert_eq!(&error.body().unwrap().expose()[..], b"{\"de");
}

/// Takes one piece of the body, then the connection is stuck; or takes nothing at all.
#[derive(Clone, Copy)]
struct Stuck {
    pieces: usize,
}

impl Transport for Stuck {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            for _ in 0..self.pieces {
                std::future::poll_fn(|cx| Pin::new(&mut request.body).poll_frame(cx)).await;
            }
            std::future::pending().await
        })
    }
}

/// A body of several pieces, so that taking one leaves some.
fn with_file() -> clinical_http::Call {
    crate::files::call_with(&UNSAFE, crate::files::in_memory(100_000))
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_gets_stuck_ends_at_the_stall_limit() {
    for (pieces, expected, delivery) in [
        (2, 5, Delivery::Unknown),
        // Nothing was asked for, so nothing was written: waiting for a connection is no stall, and is surely not sent.
        (0, 60, Delivery::NotSent),
    ] {
        let transport = ScriptedTransport::default();
        let client = builder(&transport)
            .transport(Stuck { pieces })
            .retry(RetryPolicy::never())
            .deadlines(Deadlines::default().stall(seconds(5)))
            .build()
            .unwrap();
        let began = Instant::now();
        let error = client.send::<crate::support::Coded>(with_file()).await.unwrap_err();
        assert_eq!(began.elapsed().as_secs(), expected, "{pieces}");
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, delivery));
    }
}

#[tokio::test(start_paused = true)]
async fn limits_of_zero_and_of_for_ever_neither_panic_nor_spin() {
    let transport = ScriptedTransport::always(Step::silence());
    let client = builder(&transport)
        .retry(RetryPolicy::never())
        .deadlines(Deadlines::default().stall(seconds(0)))
        .build()
        .unwrap();
    let began = Instant::now();
    send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(began.elapsed().as_secs(), 60);

    let transport = ScriptedTransport::always(ok().after(seconds(86_400)));
    let forever = std::time::Duration::MAX;
    let deadlines = Deadlines::default().total(forever).attempt(forever).connect(forever).stall(forever);
    let client = builder(&transport).deadlines(deadlines).build().unwrap();
    assert!(send(&client, &UNSAFE).await.is_ok());
}

/// A listener whose queue is full: Linux lets another connection hang then, as a firewall that drops packets does.
#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn a_connection_that_hangs_ends_at_the_connect_limit_and_is_not_sent() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    let _waits_for_ever = std::net::TcpStream::connect(address).unwrap();
    let base = clinical_http::BaseUrl::parse(&format!("http://{address}")).unwrap();
    let by_connect = "the connection was not ready";
    let by_attempt = "no answer came within";
    for (limits, expected, said) in [
        (Deadlines::default(), seconds(10), by_connect),
        (Deadlines::default().connect(seconds(3)), seconds(3), by_connect),
        // The attempt's limit comes first, and the total's before that.
        (Deadlines::default().connect(seconds(30)).attempt(seconds(20)), seconds(20), by_attempt),
        (Deadlines::default().connect(seconds(30)).attempt(seconds(20)).total(seconds(2)), seconds(2), by_attempt),
    ] {
        let client = clinical_http::Client::builder(&crate::support::VENDOR, base.clone())
            .retry(RetryPolicy::never())
            .deadlines(limits.clone())
            .build()
            .unwrap();
        let began = Instant::now();
        let error = send(&client, &UNSAFE).await.unwrap_err();
        let took = began.elapsed();
        assert!(took >= expected && took <= expected + millis(2), "{took:?} with {limits:?}");
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent), "{limits:?}");
        assert!(error.to_string().starts_with(said), "{error} with {limits:?}");
    }
}
