//! Who we are: a server that demands a client certificate gets it, and a server that refuses it is told apart from one that wants one.
//! In TLS 1.2 it says so within the handshake; in TLS 1.3 the client may be sending already, and the server has read nothing yet.

use clinical_http::Connection;
use clinical_sandbox::journal::Handshake;
use clinical_sandbox::{Sandbox, Tls};
use clinical_tests::capture::Capture;
use clinical_tests::documents::NOTE;
use clinical_tests::facts;
use clinical_tests::https::{issued, once, only, sandbox};

fn versions() -> [(Tls, &'static str); 2] {
    let tls = Tls::new().require_client_certificate();
    [(tls.only_tls12(), "not_sent"), (tls, "refused")]
}

/// Trusts this sandbox, and shows the identity that `by` issued.
fn identified(sandbox: &Sandbox, by: &Sandbox) -> Connection {
    only(sandbox).identity_pem(issued(by).client_pem(), issued(by).client_key_pem()).unwrap()
}

async fn turned_away(sandbox: &Sandbox, connection: Connection, delivery: &str, sentence: &str) {
    let codify = once(sandbox, connection).build().unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("tls", delivery, 1), "{error}");
    assert!(error.to_string().contains(sentence) && !error.may_have_been_processed(), "{error}");
    let journal = sandbox.journal_when(|journal| journal.handshakes(Handshake::Failed) == 1).await;
    assert_eq!((journal.connections.len(), journal.attempts.len(), journal.requests.len()), (1, 0, 0));
}

#[tokio::test]
async fn a_client_certificate_opens_the_door_that_demands_one() {
    for (tls, _) in versions() {
        let sandbox = sandbox(tls).await;
        let codify = once(&sandbox, identified(&sandbox, &sandbox)).build().unwrap();
        for _ in 0..2 {
            codify.codify(&NOTE.into()).await.unwrap();
        }
        assert_eq!((sandbox.journal().handshakes(Handshake::Done), sandbox.journal().attempts.len()), (1, 2));
    }
}

#[tokio::test]
async fn an_identity_comes_from_files_too_and_they_may_be_one() {
    let sandbox = sandbox(Tls::new().require_client_certificate()).await;
    let folder = tempfile::tempdir().unwrap();
    issued(&sandbox).write_to(folder.path()).unwrap();
    let at = |name| folder.path().join(name);
    let both = format!("{}{}", issued(&sandbox).client_key_pem(), issued(&sandbox).client_pem());
    std::fs::write(at("both.pem"), both).unwrap();
    for (chain, key) in [("client.pem", "client-key.pem"), ("both.pem", "both.pem")] {
        let connection = Connection::new().add_root_file(at("authority.pem")).unwrap().only_these_roots();
        let connection = connection.identity_files(at(chain), at(key)).unwrap();
        once(&sandbox, connection).build().unwrap().codify(&NOTE.into()).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_demands_a_certificate_says_so_to_a_client_without_one() {
    for (tls, delivery) in versions() {
        let sandbox = sandbox(tls).await;
        turned_away(&sandbox, only(&sandbox), delivery, "demands a client certificate").await;
    }
}

#[tokio::test]
async fn a_certificate_from_the_wrong_authority_is_refused_by_the_server_and_the_error_says_so() {
    for (tls, delivery) in versions() {
        let (one, other) = (sandbox(tls).await, sandbox(tls).await);
        turned_away(&one, identified(&one, &other), delivery, "refused the client certificate").await;
    }
}

#[tokio::test]
async fn a_server_that_asks_for_no_certificate_is_shown_none_and_the_call_works() {
    let sandbox = sandbox(Tls::new()).await;
    let codify = once(&sandbox, identified(&sandbox, &sandbox)).build().unwrap();
    codify.codify(&NOTE.into()).await.unwrap();
}

#[tokio::test]
async fn the_clients_key_is_never_printed() {
    let log = Capture::start();
    let sandbox = sandbox(Tls::new().require_client_certificate()).await;
    let connection = identified(&sandbox, &sandbox);
    let shown = format!("{connection:?} {connection:#?}");
    assert!(shown.contains("identity: true"), "{shown}");
    let builder = once(&sandbox, connection);
    let shown = shown + &format!("{builder:?}");
    let codify = builder.build().unwrap();
    codify.codify(&NOTE.into()).await.unwrap();
    let text = format!("{shown} {codify:?} {}", log.text());
    assert!(text.contains("starting new connection"), "the libraries below were heard");
    for line in issued(&sandbox).client_key_pem().lines() {
        assert!(!text.contains(line), "{line}");
    }
    let numbers = |text: &str| text.bytes().take(12).map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let inner = issued(&sandbox).client_key_pem().lines().nth(1).unwrap();
    assert!(!text.contains(&numbers(inner)));
}
