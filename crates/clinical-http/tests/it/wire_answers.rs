//! Answers that are broken, early, long, or point elsewhere, over real connections.

use clinical_http::{BodyLimits, Delivery, ErrorKind, RetryPolicy};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::files::{call_with, in_memory};
use crate::server::{OK, Server, answer_and, read_head, reset};
use crate::support::{Coded, UNSAFE, call, send};

/// Answers one request with these bytes and breaks off; returns the error and what the record says.
async fn answered(bytes: &[u8], end: fn(TcpStream)) -> clinical_http::Error {
    let server = Server::start().await;
    let (client, audit) = server.once();
    let peer = answer_and(&server, bytes, end);
    let (outcome, ()) = tokio::join!(send(&client, &UNSAFE), peer);
    let error = outcome.unwrap_err();
    let [record] = &audit.records()[..] else {
        panic!("not one record: {error}");
    };
    assert_eq!((record.delivery, record.status), (error.delivery(), error.status()));
    assert!(record.request_sha256.is_some());
    error
}

#[tokio::test]
async fn a_head_that_is_not_whole_or_not_http_is_unknown() {
    let table: [(&[u8], &str); 6] = [
        (b"", "broke off"),
        (b"HTTP/1.1 200 OK\r\ncontent-le", "broke off"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "not valid HTTP"),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", "not valid HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: seven\r\n\r\n{}", "not valid HTTP"),
        (b"\x16\x03\x03\x00\x02\x02\x28", "not valid HTTP"),
    ];
    for (bytes, sentence) in table {
        let error = answered(bytes, drop).await;
        let place = format!("{}: {error}", String::from_utf8_lossy(bytes));
        assert_eq!(error.delivery(), Delivery::Unknown, "{place}");
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{place}");
        assert!(error.to_string().contains(sentence), "{place}");
        assert_eq!(error.status(), None, "{place}");
    }
}

#[tokio::test]
async fn a_success_whose_body_is_lost_was_processed_and_what_came_is_kept() {
    let table: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"run",
        b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"run\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"run\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"run\r\nfffffffffffffffff\r\n",
    ];
    for bytes in table {
        let error = answered(bytes, drop).await;
        let place = format!("{}: {error}", String::from_utf8_lossy(bytes));
        assert_eq!(error.delivery(), Delivery::ResponseLost, "{place}");
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{place}");
        assert_eq!(&error.body().expect(&place).expose()[..], b"{\"run", "{place}");
        assert!(error.to_string().contains("processed it, the answer was lost"), "{place}");
    }
}

#[tokio::test]
async fn an_early_refusal_is_heard_while_the_upload_is_still_going_on() {
    let server = Server::start().await;
    let (client, audit) = server.once();
    let peer = async {
        let mut socket = server.accept().await;
        read_head(&mut socket).await;
        let answer = b"HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\n{}";
        socket.write_all(answer).await.unwrap();
        // Kept open, and never read: the upload cannot end.
        socket
    };
    let call = call_with(&UNSAFE, in_memory(24 << 20));
    let (outcome, _socket) = tokio::join!(client.send::<Coded>(call), peer);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::TooLarge, Delivery::Answered));
    assert_eq!((error.status(), error.attempts()), (Some(413), 1));
    assert_eq!(audit.records()[0].request_sha256, None, "it was never sent whole");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_never_sees_a_connection() {
    for status in [301, 302, 303, 307, 308] {
        let (server, target) = (Server::start().await, Server::start().await);
        let client = server.builder().build().unwrap();
        let location = format!("http://{}/steal?patient=pt_1", target.address);
        let answer = format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let peer = answer_and(&server, answer.as_bytes(), drop);
        let both = async { tokio::join!(send(&client, &UNSAFE), peer) };
        let (outcome, ()) = tokio::select! {
            biased;
            ended = both => ended,
            _ = target.accept() => panic!("{status} was followed"),
        };
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Redirect, Delivery::Answered));
        let text = error.to_string();
        assert!(text.contains(&format!("http://{}", target.address)), "{text}");
        assert!(!text.contains("steal") && !text.contains("pt_1"), "{text}");
        assert!(!target.has_a_visitor(), "{status}");
        assert!(!server.has_a_visitor(), "{status}");
    }
}

#[tokio::test]
async fn an_answer_past_the_cap_is_cut_at_the_cap_and_not_asked_for_again() {
    let server = Server::start().await;
    let client = server.builder().limits(BodyLimits::default().response(10_000));
    let client = client.build().unwrap();
    let peer = async {
        let mut socket = server.accept().await;
        crate::server::read_request(&mut socket).await;
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        socket.write_all(head).await.unwrap();
        // Without an end: only the client can end this, by closing.
        let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
        while socket.write_all(&chunk).await.is_ok() {}
        server.accept().await
    };
    let outcome = tokio::select! {
        outcome = client.send::<Coded>(call(&crate::support::SAFE)) => outcome,
        _again = peer => panic!("the same answer was asked for again"),
    };
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ResponseTooLarge, 1));
    assert_eq!(error.delivery(), Delivery::ResponseLost);
    assert_eq!(error.body().unwrap().expose().len(), 10_000);
    assert!(!server.has_a_visitor());
}

#[tokio::test]
async fn of_an_error_body_8_kib_are_kept_and_the_status_counts() {
    let body = "e".repeat(100_000);
    let answer = format!("HTTP/1.1 422 No\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let error = answered(answer.as_bytes(), drop).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Rejected, Some(422)));
    assert_eq!(error.body().unwrap().expose().len(), 8 * 1024);
    let broken = answered(b"HTTP/1.1 400 Bad\r\ncontent-length: 9\r\n\r\n{\"de", reset).await;
    assert!(matches!(broken.delivery(), Delivery::Answered | Delivery::Unknown));
    let broken = answered(b"HTTP/1.1 400 Bad\r\ncontent-length: 9\r\n\r\n{\"de", drop).await;
    assert_eq!((broken.kind(), broken.delivery()), (ErrorKind::Rejected, Delivery::Answered));
    assert_eq!(&broken.body().unwrap().expose()[..], b"{\"de");
}

#[tokio::test]
async fn an_interim_answer_is_passed_over() {
    let server = Server::start().await;
    let client = server.builder().retry(RetryPolicy::never()).build().unwrap();
    let answer = [b"HTTP/1.1 100 Continue\r\n\r\n".as_slice(), b"HTTP/1.1 102 Processing\r\n\r\n", OK].concat();
    let peer = answer_and(&server, &answer, drop);
    let (outcome, ()) = tokio::join!(send(&client, &UNSAFE), peer);
    assert_eq!(outcome.unwrap().run_id, "run-1");
}
