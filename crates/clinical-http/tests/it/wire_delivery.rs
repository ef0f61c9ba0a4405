//! What a real connection that breaks means for delivery. Only signals between the two ends, no time.

use std::time::Duration;

use clinical_http::{BaseUrl, Client, Deadlines, Delivery, Effect, ErrorKind, Method, Operation, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::files::{call_with, in_memory};
use crate::server::{Server, answer_and, read_head, read_request, reset};
use crate::support::{Coded, IDEMPOTENT, UNSAFE, VENDOR, call, send};

static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Unsafe);

/// More than all buffers between the two ends can hold.
const HUGE: usize = 24 << 20;

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let server = Server::start().await;
    let (client, audit) = server.once();
    drop(server);
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connect, Delivery::NotSent));
    assert_eq!(error.to_string(), "the connection could not be made (nothing was sent)");
    assert_eq!((audit.records().len(), audit.records()[0].request_bytes), (1, 0));
}

#[tokio::test]
async fn a_tls_handshake_that_fails_is_not_sent() {
    let server = Server::start().await;
    let base = BaseUrl::parse(&format!("https://{}", server.address)).unwrap();
    let client = match Client::builder(&VENDOR, base).retry(RetryPolicy::never()).build() {
        Ok(client) => client,
        Err(error) => return assert_eq!(error.field(), Some("TLS")),
    };
    let peer = async {
        let mut socket = server.accept().await;
        socket.read_u8().await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        socket
    };
    let (outcome, _socket) = tokio::join!(send(&client, &UNSAFE), peer);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Tls, Delivery::NotSent));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_a_byte_of_the_request() {
    let server = Server::start().await;
    let base = BaseUrl::parse(&format!("https://{}", server.address)).unwrap();
    let client = match Client::builder(&VENDOR, base).retry(RetryPolicy::never()).build() {
        Ok(client) => client,
        Err(error) => return assert_eq!(error.field(), Some("TLS")),
    };
    let peer = async {
        let socket = server.accept().await;
        let handshake = self_signed().accept(socket).await;
        handshake.expect_err("the client turns away").to_string()
    };
    let (outcome, told) = tokio::join!(send(&client, &UNSAFE), peer);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Tls, Delivery::NotSent));
    assert!(error.to_string().contains("unknown authority"), "{error}");
    assert!(told.contains("UnknownCA"), "{told}");
}

#[tokio::test]
async fn a_handshake_that_falls_silent_ends_at_the_connect_limit() {
    let server = Server::start().await;
    let base = BaseUrl::parse(&format!("https://{}", server.address)).unwrap();
    // The limit is short because it is waited for; the attempt limit is so long that it cannot be what ended it.
    let limits = Deadlines::default().connect(Duration::from_millis(50)).attempt(Duration::from_secs(3600));
    let client = match Client::builder(&VENDOR, base).retry(RetryPolicy::never()).deadlines(limits).build() {
        Ok(client) => client,
        Err(error) => return assert_eq!(error.field(), Some("TLS")),
    };
    let (outcome, _silent) = tokio::join!(send(&client, &UNSAFE), server.accept());
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
    assert!(error.to_string().contains("connection was not ready"), "{error}");
}

/// A server's TLS with a fresh certificate for 127.0.0.1 that it signed itself.
fn self_signed() -> tokio_rustls::TlsAcceptor {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into());
    std::sync::Arc::new(config.unwrap()).into()
}

#[tokio::test]
async fn a_connection_closed_at_once_is_never_reported_as_not_sent_if_a_byte_arrived() {
    for _ in 0..20 {
        let server = Server::start().await;
        let (client, audit) = server.once();
        let peer = async {
            let mut socket = server.accept().await;
            socket.shutdown().await.unwrap();
            let mut heard = Vec::new();
            let _ = socket.read_to_end(&mut heard).await;
            heard.len()
        };
        let (outcome, heard) = tokio::join!(send(&client, &UNSAFE), peer);
        let delivery = outcome.unwrap_err().delivery();
        assert!(heard == 0 || delivery == Delivery::Unknown, "{heard} bytes: {delivery}");
        assert!(matches!(delivery, Delivery::NotSent | Delivery::Unknown), "{delivery}");
        assert_eq!(audit.records().len(), 1);
    }
}

/// How a peer breaks off, and when.
async fn broken(when: &str, end: fn(TcpStream)) -> clinical_http::Error {
    let server = Server::start().await;
    let (client, audit) = server.once();
    let peer = async {
        let mut socket = server.accept().await;
        match when {
            // Looked at and left where it is.
            "before reading" => drop(socket.peek(&mut [0]).await.unwrap()),
            "in the head" => drop(socket.read_u8().await.unwrap()),
            "in the body" => drop(read_head(&mut socket).await),
            "after the request" => drop(read_request(&mut socket).await),
            _ => unreachable!("{when}"),
        }
        end(socket);
    };
    let (outcome, ()) = tokio::join!(send(&client, &UNSAFE), peer);
    let [record] = &audit.records()[..] else {
        panic!("not one record: {when}");
    };
    let error = outcome.unwrap_err();
    assert_eq!(record.delivery, error.delivery());
    error
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_first_byte_is_unknown() {
    for when in ["before reading", "in the head", "in the body", "after the request"] {
        for (how, end) in [("close", drop as fn(TcpStream)), ("reset", reset)] {
            let error = broken(when, end).await;
            let place = format!("{how} {when}: {error:?}");
            assert_eq!(error.delivery(), Delivery::Unknown, "{place}");
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{place}");
        }
    }
}

#[tokio::test]
async fn without_a_body_a_broken_connection_is_unknown_as_well() {
    let server = Server::start().await;
    let (client, _) = server.once();
    let peer = async { drop(read_head(&mut server.accept().await).await) };
    let call = clinical_http::Call::new(&READ);
    let (outcome, ()) = tokio::join!(client.send::<Coded>(call), peer);
    assert_eq!(outcome.unwrap_err().delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_connection_reset_in_the_middle_of_a_long_upload_is_unknown() {
    let server = Server::start().await;
    let (client, audit) = server.once();
    let peer = async {
        let mut socket = server.accept().await;
        read_head(&mut socket).await;
        socket.read_exact(&mut vec![0; 65_536]).await.unwrap();
        reset(socket);
    };
    let call = call_with(&UNSAFE, in_memory(HUGE));
    let (outcome, ()) = tokio::join!(client.send::<Coded>(call), peer);
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Interrupted, Delivery::Unknown));
    let record = &audit.records()[0];
    assert!(record.request_bytes >= 65_000 && record.request_bytes < HUGE as u64);
    assert_eq!(record.request_sha256, None, "never handed over whole");
}

#[tokio::test]
async fn a_request_broken_on_a_connection_used_before_goes_out_only_once() {
    for end in [drop as fn(TcpStream), reset] {
        let server = Server::start().await;
        let client = server.builder().build().unwrap();
        let peer = async {
            let mut socket = server.accept().await;
            read_request(&mut socket).await;
            socket.write_all(crate::server::OK).await.unwrap();
            // The second request comes on the same connection: nothing else was accepted.
            read_request(&mut socket).await;
            end(socket);
        };
        let requests = async {
            send(&client, &UNSAFE).await.unwrap();
            send(&client, &UNSAFE).await.unwrap_err()
        };
        let (error, ()) = tokio::join!(requests, peer);
        assert_eq!((error.delivery(), error.attempts()), (Delivery::Unknown, 1));
        assert!(!server.has_a_visitor(), "sent a second time behind our back");
    }
}

#[tokio::test]
async fn an_idle_connection_that_the_server_closes_costs_no_request_and_doubles_none() {
    for _ in 0..30 {
        let server = Server::start().await;
        let client = server.builder().build().unwrap();
        let (closed, is_closed) = tokio::sync::oneshot::channel();
        let peer = async {
            let mut socket = server.accept().await;
            read_request(&mut socket).await;
            socket.write_all(crate::server::OK).await.unwrap();
            socket.shutdown().await.unwrap();
            closed.send(()).unwrap();
            let mut stray = Vec::new();
            let _ = socket.read_to_end(&mut stray).await;
            drop(socket);
            if stray.is_empty() {
                answer_and(&server, crate::server::OK, drop).await;
            }
            stray.len()
        };
        let requests = async {
            send(&client, &UNSAFE).await.unwrap();
            is_closed.await.unwrap();
            send(&client, &UNSAFE).await
        };
        let (outcome, stray) = tokio::join!(requests, peer);
        // Either the client saw the end in time and used a new connection, or the request went into the void: then it says so.
        match outcome {
            Ok(answer) => assert_eq!((answer.attempts.len(), stray), (1, 0)),
            Err(error) => {
                assert!(stray > 0, "{error}");
                assert_eq!((error.delivery(), error.attempts()), (Delivery::Unknown, 1));
            }
        }
        assert!(!server.has_a_visitor());
    }
}

#[tokio::test]
async fn a_repeatable_request_survives_a_reset() {
    let server = Server::start().await;
    let client = server.builder().build().unwrap();
    let peer = async {
        let mut socket = server.accept().await;
        let first = read_request(&mut socket).await;
        reset(socket);
        let mut socket = server.accept().await;
        let second = read_request(&mut socket).await;
        socket.write_all(crate::server::OK).await.unwrap();
        assert_eq!((first.head, first.body), (second.head, second.body));
        socket
    };
    let (outcome, _socket) = tokio::join!(client.send::<Coded>(call(&IDEMPOTENT)), peer);
    let answer = outcome.unwrap();
    assert_eq!((answer.attempts.len(), answer.run_id.as_str()), (2, "run-1"));
}
