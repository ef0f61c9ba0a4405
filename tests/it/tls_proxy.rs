//! Through a proxy: it opens a tunnel and sees the vendor's host and port and nothing more; what goes wrong with it is told apart from
//! what goes wrong behind it, and nothing was sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::Connection;
use clinical_sandbox::journal::Handshake;
use clinical_sandbox::{Sandbox, Tls};
use clinical_tests::capture::Capture;
use clinical_tests::documents::NOTE;
use clinical_tests::facts;
use clinical_tests::https::{Manner, Proxy, issued, once, only, sandbox};

const PASSWORD: &str = "canary:pass wörd";
/// Base64 of `hospital:` and the password in UTF-8.
const KNOWN: &str = "Basic aG9zcGl0YWw6Y2FuYXJ5OnBhc3Mgd8O2cmQ=";

async fn fails(sandbox: &Sandbox, connection: Connection, kind: &str, sentence: &str) {
    let codify = once(sandbox, connection).build().unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), (kind, "not_sent", 1), "{error}");
    assert!(error.to_string().contains(sentence) && !error.to_string().contains("canary"), "{error}");
}

#[tokio::test]
async fn a_call_goes_through_the_tunnel_and_calls_share_it() {
    let (sandbox, proxy) = (sandbox(Tls::new()).await, Proxy::start(Manner::Open).await);
    let codify = once(&sandbox, only(&sandbox).proxy(proxy.url()).unwrap()).build().unwrap();
    for _ in 0..2 {
        codify.codify(&NOTE.into()).await.unwrap();
    }
    let vendor = format!("127.0.0.1:{}", sandbox.port());
    assert_eq!(proxy.heads(), [format!("CONNECT {vendor} HTTP/1.1\r\nHost: {vendor}\r\n\r\n")]);
    assert_eq!((sandbox.journal().handshakes(Handshake::Done), sandbox.journal().attempts.len()), (1, 2));
}

#[tokio::test]
async fn credentials_are_shown_to_the_proxy_and_to_nobody_else() {
    assert_eq!(KNOWN, format!("Basic {}", STANDARD.encode(format!("hospital:{PASSWORD}"))));
    let log = Capture::start();
    let (sandbox, proxy) = (sandbox(Tls::new()).await, Proxy::start(Manner::OpenTo(KNOWN)).await);
    let connection = only(&sandbox).proxy(proxy.url()).unwrap().proxy_credentials("hospital", PASSWORD).unwrap();
    let builder = once(&sandbox, connection.clone());
    let shown = format!("{connection:?} {builder:?}");
    let codify = builder.build().unwrap();
    codify.codify(&NOTE.into()).await.unwrap();
    assert_eq!(proxy.heads().len(), 1);
    let attempt = &sandbox.journal().attempts[0];
    assert!(!attempt.headers.iter().any(|name| name.starts_with("proxy")), "{:?}", attempt.headers);
    let text = format!("{shown} {codify:?} {}", log.text());
    assert!(text.contains("tunneling HTTPS over proxy"), "the libraries below were heard");
    for secret in ["canary", "hospital", KNOWN.trim_start_matches("Basic ")] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_proxy_that_wants_other_credentials_is_named() {
    let (sandbox, proxy) = (sandbox(Tls::new()).await, Proxy::start(Manner::OpenTo(KNOWN)).await);
    let anonymous = only(&sandbox).proxy(proxy.url()).unwrap();
    let mistaken = anonymous.clone().proxy_credentials("hospital", "canary").unwrap();
    for connection in [anonymous, mistaken] {
        fails(&sandbox, connection, "connect", "did not accept the credentials, or there were none (407)").await;
    }
    assert_eq!((proxy.heads().len(), sandbox.journal().connections.len()), (2, 0));
}

#[tokio::test]
async fn a_proxy_that_opens_no_tunnel_is_named() {
    let answers: [&[u8]; 5] = [
        b"HTTP/1.1 403 Forbidden\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved Permanently\r\nlocation: http://elsewhere.example\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 ",
    ];
    for answer in answers {
        let (sandbox, proxy) = (sandbox(Tls::new()).await, Proxy::start(Manner::Say(answer)).await);
        fails(&sandbox, only(&sandbox).proxy(proxy.url()).unwrap(), "connect", "opened no tunnel to the vendor").await;
        assert_eq!((proxy.heads().len(), sandbox.journal().connections.len()), (1, 0));
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let sandbox = sandbox(Tls::new()).await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let connection = only(&sandbox).proxy(format!("http://{nobody}")).unwrap();
    fails(&sandbox, connection, "connect", "the proxy could not be reached").await;
    assert!(sandbox.journal().connections.is_empty());
}

#[tokio::test]
async fn behind_a_proxy_the_vendors_certificate_is_verified_all_the_same() {
    let (one, other) = (sandbox(Tls::new()).await, sandbox(Tls::new()).await);
    let proxy = Proxy::start(Manner::Open).await;
    fails(&one, only(&other).proxy(proxy.url()).unwrap(), "tls", "unknown authority").await;
    assert_eq!((proxy.heads().len(), one.journal().attempts.len()), (1, 0));
}

#[tokio::test]
async fn behind_a_proxy_a_client_certificate_is_shown_to_the_vendor() {
    let sandbox = sandbox(Tls::new().require_client_certificate()).await;
    let proxy = Proxy::start(Manner::Open).await;
    let (chain, key) = (issued(&sandbox).client_pem(), issued(&sandbox).client_key_pem());
    let connection = only(&sandbox).proxy(proxy.url()).unwrap().identity_pem(chain, key).unwrap();
    once(&sandbox, connection).build().unwrap().codify(&NOTE.into()).await.unwrap();
}

#[tokio::test]
async fn a_plain_address_on_this_machine_is_reached_without_the_proxy() {
    let plain = Sandbox::builder().start().await.unwrap();
    let proxy = Proxy::start(Manner::Open).await;
    let connection = Connection::new().proxy(proxy.url()).unwrap().proxy_credentials("hospital", PASSWORD).unwrap();
    once(&plain, connection).build().unwrap().codify(&NOTE.into()).await.unwrap();
    assert!(proxy.heads().is_empty());
}

#[tokio::test]
async fn credentials_for_no_proxy_build_no_client() {
    let sandbox = sandbox(Tls::new()).await;
    let connection = only(&sandbox).proxy_credentials("hospital", PASSWORD).unwrap();
    let error = once(&sandbox, connection).build().unwrap_err();
    assert_eq!((error.kind().as_str(), error.field()), ("configuration", Some("proxy")), "{error}");
}
