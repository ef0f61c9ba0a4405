//! Whom a client trusts: a certificate that it cannot verify is refused before a byte of the request, and the error says which rule it
//! broke. Each server is a real one with a real certificate.

use clinical_http::testing::JumpingClock;
use clinical_http::{Connection, RetryPolicy};
use clinical_sandbox::journal::Handshake;
use clinical_sandbox::{Fault, FaultKind, Sandbox, ServerCertificate, Tls};
use clinical_tests::clients::for_sandbox;
use clinical_tests::documents::NOTE;
use clinical_tests::facts;
use clinical_tests::https::{issued, once, only, sandbox};
use omniscribe_codify::{API_TOKEN_VAR, API_URL_VAR, Codify};

/// Both versions: the handshakes are different ones.
fn versions() -> [Tls; 2] {
    [Tls::new(), Tls::new().only_tls12()]
}

/// A call over this connection is refused: with this sentence, with nothing sent and nothing heard.
async fn refused(sandbox: &Sandbox, connection: Connection, sentence: &str) {
    let codify = once(sandbox, connection).build().unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("tls", "not_sent", 1), "{error}");
    assert!(error.to_string().contains(sentence) && error.to_string().ends_with("(nothing was sent)"), "{error}");
    let journal = sandbox.journal_when(|journal| journal.handshakes(Handshake::Failed) == 1).await;
    assert_eq!((journal.connections.len(), journal.attempts.len(), journal.requests.len()), (1, 0, 0), "{sentence}");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_is_refused_with_the_rule_it_broke() {
    let table = [
        (ServerCertificate::Expired, "certificate has expired"),
        (ServerCertificate::NotYetValid, "certificate is not valid yet"),
        (ServerCertificate::WrongName, "certificate is for another name"),
        (ServerCertificate::OtherAuthority, "certificate is from an unknown authority"),
    ];
    for tls in versions() {
        for (certificate, sentence) in table {
            for alone in [true, false] {
                let sandbox = sandbox(tls.certificate(certificate)).await;
                let mut connection = Connection::new().add_root_pem(issued(&sandbox).authority_pem()).unwrap();
                if alone {
                    connection = connection.only_these_roots();
                }
                refused(&sandbox, connection, sentence).await;
            }
        }
    }
}

#[tokio::test]
async fn an_authority_that_was_not_added_is_unknown_even_if_it_bears_the_same_name() {
    for tls in versions() {
        let (one, other) = (sandbox(tls).await, sandbox(tls).await);
        refused(&one, only(&other), "unknown authority").await;
        // The operating system does not know it either. A system without any authority builds no client.
        let codify = match once(&other, Connection::new()).build() {
            Ok(codify) => codify,
            Err(error) => return assert_eq!(error.field(), Some("TLS")),
        };
        let error = codify.codify(&NOTE.into()).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("tls", "not_sent", 1));
    }
}

#[tokio::test]
async fn an_added_authority_is_trusted_beside_the_systems_or_alone() {
    for tls in versions() {
        let sandbox = sandbox(tls).await;
        let beside = Connection::new().add_root_pem(issued(&sandbox).authority_pem()).unwrap();
        for connection in [beside, only(&sandbox)] {
            let codify = once(&sandbox, connection).build().unwrap();
            assert!(!codify.codify(&NOTE.into()).await.unwrap().run_id.is_empty());
        }
        assert_eq!(sandbox.journal().handshakes(Handshake::Done), 2);
    }
}

const RESULT_VAR: &str = "CLINICAL_TESTS_ADDED_AUTHORITY";

/// Runs only in a process of its own, started by the next test: where the system keeps its authorities is said by the environment.
#[tokio::test]
#[ignore = "started in a process of its own by another test of this file"]
async fn reaches_a_server_beside_an_added_authority_in_a_process_of_its_own() {
    let Some(folder) = std::env::var_os(RESULT_VAR) else {
        return;
    };
    let at = |name| std::path::Path::new(&folder).join(name);
    let mut connection = Connection::new().add_root_file(at("added.pem")).unwrap();
    if at("alone").exists() {
        connection = connection.only_these_roots();
    }
    let builder = Codify::builder().from_env().unwrap();
    let codify = builder.http(|http| http.connection(connection).retry(RetryPolicy::never())).build().unwrap();
    let told = codify.codify(&NOTE.into()).await.map_or_else(|error| error.to_string(), |_| "answered".to_owned());
    std::fs::write(at("result"), told).unwrap();
}

// Elsewhere the operating system keeps them in a store of its own that a test cannot point elsewhere.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_added_authority_leaves_the_systems_in_force_unless_it_is_to_be_the_only_one() {
    let (known, added) = (sandbox(Tls::new()).await, sandbox(Tls::new()).await);
    let folder = tempfile::tempdir().unwrap();
    let at = |name| folder.path().join(name);
    std::fs::write(at("system.pem"), issued(&known).authority_pem()).unwrap();
    std::fs::write(at("added.pem"), issued(&added).authority_pem()).unwrap();
    for (alone, expected) in [(false, "answered"), (true, "unknown authority")] {
        if alone {
            std::fs::write(at("alone"), "").unwrap();
        }
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--exact",
                "tls_trust::reaches_a_server_beside_an_added_authority_in_a_process_of_its_own",
                "--ignored",
            ])
            .env("SSL_CERT_FILE", at("system.pem"))
            .env_remove("SSL_CERT_DIR")
            .env(API_URL_VAR, known.url())
            .env(API_TOKEN_VAR, known.token())
            .env(RESULT_VAR, folder.path());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let told = std::fs::read_to_string(at("result")).unwrap();
        assert!(told.contains(expected), "{told}");
    }
}

#[tokio::test]
async fn several_authorities_may_be_in_one_text_or_added_one_by_one() {
    let sandboxes = [sandbox(Tls::new()).await, sandbox(Tls::new()).await, sandbox(Tls::new()).await];
    let texts: Vec<&str> = sandboxes.iter().map(|sandbox| issued(sandbox).authority_pem()).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    // As such files are: words between the certificates, and line ends from another system.
    let two = format!("The old one:\n{}\nThe new one:\n{}", texts[0], texts[1]).replace('\n', "\r\n");
    std::fs::write(file.path(), two).unwrap();
    let connection = Connection::new().add_root_file(file.path()).unwrap().add_root_pem(texts[2]).unwrap();
    for sandbox in &sandboxes {
        let codify = once(sandbox, connection.clone().only_these_roots()).build().unwrap();
        codify.codify(&NOTE.into()).await.unwrap();
    }
}

#[tokio::test]
async fn trusting_only_the_given_authorities_and_giving_none_builds_no_client() {
    let sandbox = sandbox(Tls::new()).await;
    let error = once(&sandbox, Connection::new().only_these_roots()).build().unwrap_err();
    assert_eq!((error.kind().as_str(), error.field()), ("configuration", Some("TLS")));
    assert!(error.to_string().contains("none is given"), "{error}");
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_handshake() {
    for tls in versions() {
        let sandbox = sandbox(tls).await;
        let codify = once(&sandbox, only(&sandbox)).build().unwrap();
        for _ in 0..3 {
            codify.codify(&NOTE.into()).await.unwrap();
        }
        let journal = sandbox.journal();
        assert_eq!((journal.connections.len(), journal.handshakes(Handshake::Done), journal.attempts.len()), (1, 1, 3));
    }
}

#[tokio::test]
async fn a_fault_on_the_wire_means_under_tls_what_it_means_without() {
    let table = [
        (FaultKind::ResetBeforeResponse, "unknown", 0),
        (FaultKind::StopReading { bytes: 10 }, "unknown", 0),
        (FaultKind::ResetAfterHeaders, "response_lost", 1),
        (FaultKind::ResetAfterBody { bytes: 20 }, "response_lost", 1),
        (FaultKind::TruncatedBody { bytes: 20 }, "response_lost", 1),
        (FaultKind::ContentLengthTooLong { extra: 9 }, "response_lost", 1),
        (FaultKind::BadChunk, "response_lost", 1),
    ];
    for tls in versions() {
        for (kind, delivery, processed) in &table {
            let sandbox = sandbox(tls).await;
            sandbox.inject(Fault::new(kind.clone())).unwrap();
            let codify = once(&sandbox, only(&sandbox)).build().unwrap();
            let error = codify.codify(&NOTE.into()).await.unwrap_err();
            assert_eq!(facts::brief(&error), ("interrupted", *delivery, 1), "{kind:?}: {error}");
            assert_eq!(sandbox.ledger().processed("codify"), *processed, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_is_closed_before_the_handshake_is_not_sent() {
    let sandbox = sandbox(Tls::new()).await;
    sandbox.inject(Fault::new(FaultKind::AcceptThenClose)).unwrap();
    let codify = once(&sandbox, only(&sandbox)).build().unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("tls", "not_sent", 1), "{error}");
    assert!(error.to_string().contains("refused the TLS handshake"), "{error}");
}

#[tokio::test]
async fn a_silence_under_tls_is_unknown_before_the_answer_and_a_loss_within_it() {
    for (kind, delivery) in [(FaultKind::NoAnswer, "unknown"), (FaultKind::StalledBody { bytes: 10 }, "response_lost")]
    {
        let sandbox = sandbox(Tls::new()).await;
        sandbox.inject(Fault::new(kind.clone())).unwrap();
        let connection = only(&sandbox);
        let codify =
            for_sandbox(&sandbox, &JumpingClock::new()).http(|http| http.connection(connection)).build().unwrap();
        let call = tokio::spawn(async move { codify.codify(&NOTE.into()).await });
        sandbox.journal_when(|journal| journal.attempts.iter().any(|attempt| !attempt.faults.is_empty())).await;
        // Ends the silence: the sandbox closes the connection, and the client asks again.
        sandbox.clear_faults();
        let answer = call.await.unwrap().unwrap();
        assert_eq!(facts::deliveries(&answer.attempts), [delivery, "answered"], "{kind:?}");
    }
}
