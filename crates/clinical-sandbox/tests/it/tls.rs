//! HTTPS: what is given out, and what the journal says of handshakes. How clients behave is tested where the clients are.

use std::sync::Arc;

use clinical_sandbox::journal::Handshake;
use clinical_sandbox::{Sandbox, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

async fn start() -> Sandbox {
    Sandbox::builder().tls(Tls::new()).start().await.unwrap()
}

/// A client that trusts the certificates in a PEM text.
fn trusting(pem: &str) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config).into()
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap()
}

#[tokio::test]
async fn the_routes_are_behind_https_and_the_handshake_is_in_the_journal() {
    let sandbox = start().await;
    assert_eq!(sandbox.url(), format!("https://127.0.0.1:{}", sandbox.port()));
    let connector = trusting(sandbox.issued().unwrap().authority_pem());
    for name in ["127.0.0.1", "localhost"] {
        let name = ServerName::try_from(name).unwrap();
        let mut stream = connector.connect(name, connect(&sandbox).await).await.unwrap();
        let request = b"GET /_sandbox/journal HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""handshake":"done""#), "{answer}");
    }
    assert_eq!(sandbox.journal().handshakes(Handshake::Done), 2);
}

#[tokio::test]
async fn every_sandbox_has_an_authority_of_its_own() {
    let (one, other) = (start().await, start().await);
    let connector = trusting(one.issued().unwrap().authority_pem());
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let refused = connector.connect(name, connect(&other).await).await;
    // They bear the same name, so it is the signature that tells them apart.
    assert!(refused.unwrap_err().to_string().contains("BadSignature"));
    let journal = other.journal_when(|journal| journal.handshakes(Handshake::Failed) == 1).await;
    assert_eq!((journal.connections.len(), journal.attempts.len()), (1, 0));
}

#[tokio::test]
async fn plain_http_to_it_is_a_failed_handshake_and_no_attempt() {
    let sandbox = start().await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(b"GET /v1/health HTTP/1.1\r\nhost: sandbox\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let journal = sandbox.journal_when(|journal| journal.handshakes(Handshake::Failed) == 1).await;
    assert!(journal.attempts.is_empty());
}

#[tokio::test]
async fn a_peer_that_never_ends_its_handshake_or_stays_after_it_failed_does_not_hold_a_shutdown_up() {
    let sandbox = start().await;
    let _silent = connect(&sandbox).await;
    let mut babbling = connect(&sandbox).await;
    babbling.write_all(b"no handshake at all").await.unwrap();
    sandbox.journal_when(|journal| journal.connections.len() == 2 && journal.handshakes(Handshake::Failed) == 1).await;
    sandbox.shutdown().await;
}

#[tokio::test]
async fn without_tls_nothing_is_issued_and_the_journal_does_not_speak_of_handshakes() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    assert!(sandbox.issued().is_none() && sandbox.url().starts_with("http://"));
    drop(connect(&sandbox).await);
    let journal = sandbox.journal_when(|journal| journal.connections.len() == 1).await;
    assert!(!serde_json::to_string(&journal).unwrap().contains("handshake"));
}

#[tokio::test]
async fn the_files_hold_what_was_issued_and_debug_does_not() {
    let sandbox = start().await;
    let issued = sandbox.issued().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("made if missing");
    // The second time files are in the way, one of them open to everybody.
    for _ in 0..2 {
        issued.write_to(&folder).unwrap();
        let read = |name| std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(read("authority.pem"), issued.authority_pem());
        assert_eq!(read("client.pem"), issued.client_pem());
        assert_eq!(read("client-key.pem"), issued.client_key_pem());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let key = folder.join("client-key.pem");
            assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    assert!(issued.client_key_pem().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(issued.authority_pem().lines().all(|line| line.len() <= 64));
    assert_eq!(format!("{issued:?}"), "Issued { .. }");
}
