//! Where settings come from, and which environment asks for a doctor.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_tests::clients::settings;
use clinical_tests::documents::{ANSWER, NOTE};
use clinical_tests::facts;
use clinical_tests::gate::Gate;
use omniscribe_codify::{API_TOKEN_VAR, API_URL_VAR, Codify, CodifyRequest, Environment};
use serde_json::{Value, json};

use crate::snapshots::snapshot;

const RESULT_VAR: &str = "CLINICAL_TESTS_RESULT";

/// Runs only in a process of its own, started by the tests below: the environment belongs to a whole process.
#[tokio::test]
#[ignore = "started in a process of its own by the other tests of this file"]
async fn reads_the_environment_in_a_process_of_its_own() {
    let Some(result) = std::env::var_os(RESULT_VAR) else {
        return;
    };
    let told = match Codify::from_env() {
        Ok(codify) => match codify.codify(&NOTE.into()).await {
            Ok(answer) => json!({"answered": answer.run_id}),
            Err(error) => facts::of_error(&error),
        },
        Err(error) => facts::of_error(&error),
    };
    std::fs::write(PathBuf::from(result), told.to_string()).unwrap();
}

/// What a client from these variables does.
async fn with_variables(url: Option<OsString>, token: Option<OsString>) -> Value {
    with_more(url, token, []).await
}

/// The same, with more variables set.
async fn with_more(
    url: Option<OsString>,
    token: Option<OsString>,
    more: impl IntoIterator<Item = (&'static str, Option<OsString>)>,
) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "settings::reads_the_environment_in_a_process_of_its_own", "--ignored"])
        .env_remove(API_URL_VAR)
        .env_remove(API_TOKEN_VAR)
        .env(RESULT_VAR, &result);
    for (name, value) in [(API_URL_VAR, url), (API_TOKEN_VAR, token)].into_iter().chain(more) {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_str(&std::fs::read_to_string(result).unwrap()).unwrap()
}

#[tokio::test]
async fn address_and_token_come_from_the_variables_of_the_vendors_samples() {
    assert_eq!((API_URL_VAR, API_TOKEN_VAR), ("OMNISCRIBE_API_URL", "OMNISCRIBE_API_TOKEN"));
    let mut gate = Gate::start().await;
    let url = format!(" {}/v1/ ", gate.url());
    let mut child = tokio::spawn(with_variables(Some(url.into()), Some("from-the-environment\n".into())));
    let arrival = gate.next_of(&mut child).await;
    assert!(arrival.head.starts_with("POST /v1/codify "));
    assert!(arrival.head.contains("Bearer from-the-environment\r\n"), "white space around it is no part of it");
    arrival.answer("200 OK", ANSWER);
    assert_eq!(child.await.unwrap()["answered"], "1ef8e0d4-7890-6b3c-8f90-abcdef123456");
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    let mut gate = Gate::start().await;
    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let url = gate.url().to_owned();
    let mut child = tokio::spawn(async move {
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
        let proxies = proxies.map(|name| (name, Some(OsString::from(&address))));
        let nobody_excepted = [("NO_PROXY", Some(OsString::new())), ("no_proxy", Some(OsString::new()))];
        with_more(Some(url.into()), Some("token".into()), proxies.into_iter().chain(nobody_excepted)).await
    });
    let arrival = tokio::select! {
        arrival = gate.next_of(&mut child) => arrival,
        _visitor = proxy.accept() => panic!("the request went to the proxy"),
    };
    arrival.answer("200 OK", ANSWER);
    assert!(child.await.unwrap()["answered"].is_string());
}

#[tokio::test]
async fn a_missing_or_blank_variable_is_named_and_nothing_is_sent() {
    let url = || Some(OsString::from("http://127.0.0.1:9"));
    let token = || Some(OsString::from("token"));
    let mut all = serde_json::Map::new();
    let cases = [
        ("no address", None, token()),
        ("no token", url(), None),
        ("neither", None, None),
        ("address blank", Some("  ".into()), token()),
        ("token empty", url(), Some(OsString::new())),
        ("address not HTTPS", Some("http://codify.hospital.example".into()), token()),
    ];
    for (case, url, token) in cases {
        let told = with_variables(url, token).await;
        assert_eq!(told["delivery"], "not_sent", "{case}");
        all.insert(case.to_owned(), json!({"kind": told["kind"], "field": told["field"], "display": told["display"]}));
    }
    snapshot!("environment-errors", all);
}

#[cfg(unix)]
#[tokio::test]
async fn a_variable_that_is_not_utf_8_is_named() {
    use std::os::unix::ffi::OsStringExt;

    let url = || Some(OsString::from("http://127.0.0.1:9"));
    let odd = || Some(OsString::from_vec(vec![b't', 0xff]));
    for (url, token, field) in [(odd(), odd(), API_URL_VAR), (url(), odd(), API_TOKEN_VAR)] {
        let told = with_variables(url, token).await;
        assert_eq!((&told["kind"], &told["field"]), (&json!("credentials"), &json!(field)));
    }
}

fn with_doctor() -> CodifyRequest {
    CodifyRequest::new().note(NOTE).doctor("dr_123")
}

#[tokio::test]
async fn production_refuses_a_missing_doctor_before_anything_is_sent() {
    let transport = ScriptedTransport::always(Step::answer(200, ANSWER));
    let sends = transport.clone();
    // An address elsewhere counts as production unless somebody says otherwise.
    let codify = settings("https://codify.hospital.example", &JumpingClock::new())
        .http(|http| http.transport(sends))
        .build()
        .unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("invalid_input", "not_sent", 0));
    assert_eq!(error.field(), Some("x-doctor"));
    assert_eq!(transport.requests().len(), 0);
    codify.codify(&with_doctor()).await.unwrap();
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test]
async fn whether_a_doctor_is_needed_follows_environment_and_address_unless_it_is_said() {
    use Environment::{Development, Production};
    let elsewhere = "https://codify.hospital.example";
    let here = "http://127.0.0.1:9";
    let table = [
        (elsewhere, None, None, true),
        (elsewhere, Some(Production), None, true),
        (elsewhere, Some(Development), None, false),
        (elsewhere, None, Some(false), false),
        (elsewhere, Some(Production), Some(false), false),
        (elsewhere, Some(Development), Some(true), true),
        (here, None, None, false),
        ("http://localhost:9/v1", None, None, false),
        ("http://[::1]:9", None, None, false),
        (here, Some(Production), None, true),
        (here, None, Some(true), true),
    ];
    for (address, environment, required, needed) in table {
        let mut builder = settings(address, &JumpingClock::new());
        if let Some(environment) = environment {
            builder = builder.environment(environment);
        }
        if let Some(required) = required {
            builder = builder.require_doctor(required);
        }
        let codify = builder.build().unwrap();
        let refused = codify.check(&NOTE.into()).await.is_err();
        assert_eq!(refused, needed, "{address} {environment:?} {required:?}");
        codify.check(&with_doctor()).await.unwrap();
    }
}
