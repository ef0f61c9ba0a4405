//! Words, keys and addresses: a client of the wrong environment is not built, and what it says of settings that cannot be used.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use clinical_http::BoxFuture;
use clinical_http::credential::{Credential, CredentialSource, FileCredential, ReplaceableCredential, Scheme};
use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_tests::novamed::{CLINIC, Work, clinic, facts};
use clinical_tests::raw::{Raw, answer};
use novamed_api::Environment::{Development, Production};
use novamed_api::{
    API_KEY_VAR, CLINIC_ID_VAR, DEV_API_KEY_VAR, Environment, NewWebhook, NovaMed, NovaMedBuilder, PROD_API_KEY_VAR,
    Revision,
};
use serde_json::{Value, json};

use crate::snapshots::snapshot;

const RESULT_VAR: &str = "CLINICAL_TESTS_RESULT";
const BASE_VAR: &str = "CLINICAL_TESTS_BASE";
const ENVIRONMENT_VAR: &str = "CLINICAL_TESTS_ENVIRONMENT";

fn builder(environment: Environment) -> NovaMedBuilder {
    let builder = NovaMed::builder().revision(Revision::V2026_01).environment(environment).clinic(clinic());
    match environment {
        Production => builder.business_associate_agreement(),
        _ => builder.synthetic_data_only(),
    }
}

#[test]
fn settings_that_cannot_be_used_are_named_with_the_rule_and_what_to_do() {
    let dev = || builder(Development).api_key("dev_key");
    let prod = || builder(Production).api_key("prod_key");
    let wordless = || NovaMed::builder().revision(Revision::V2025_12).api_key("key");
    let cases: Vec<(&str, NovaMedBuilder)> = vec![
        ("no revision", NovaMed::builder().environment(Development).synthetic_data_only().api_key("key")),
        ("no environment", wordless().synthetic_data_only()),
        ("no environment, another address", wordless().base_url("https://gateway.example").synthetic_data_only()),
        ("development without the words", wordless().environment(Development)),
        ("development with the other words", wordless().environment(Development).business_associate_agreement()),
        ("this machine without the words", wordless().base_url("http://127.0.0.1:9")),
        ("production without the words", wordless().environment(Production)),
        ("production with the other words", wordless().environment(Production).synthetic_data_only()),
        ("production with both", prod().synthetic_data_only()),
        ("no key", builder(Development)),
        ("an empty key", builder(Development).api_key("")),
        ("a key of two lines", builder(Development).api_key("dev_a\nb")),
        ("production's key in development", builder(Development).api_key("prod_key")),
        ("development's key in production", builder(Production).api_key("dev_key")),
        ("production's address in development", dev().base_url("https://feapi.novamed.care")),
        ("development's address in production", prod().base_url("https://novamed-feapidev.stackmod.info")),
        (
            "the other development address in production",
            prod().base_url("https://novamed-feapidev.nimbushealthcaretest.com:8443/below"),
        ),
        ("plain HTTP", dev().base_url("http://gateway.example")),
        ("an address with a password", dev().base_url("https://a:b@gateway.example")),
        ("an address that is none", dev().base_url("gateway")),
    ];
    let mut all = BTreeMap::new();
    for (name, builder) in cases {
        let error = builder.build().map(drop).expect_err(name);
        assert_eq!(error.attempts(), 0, "{name}");
        assert!(!error.to_string().contains("key_"), "{name}");
        let told = facts(&error);
        all.insert(name, json!({"kind": told["kind"], "field": told["field"], "display": told["display"]}));
    }
    snapshot!("novamed-bad-settings", all);
}

#[test]
fn the_vendors_address_in_any_spelling_is_that_of_its_environment() {
    for url in [
        "https://feapi.novamed.care",
        "https://FEAPI.novamed.CARE/",
        "https://feapi.novamed.care:443/v1",
        "https://feapi.novamed.care:8443/behind/a/path",
        "https://feapi.novamed.care.",
    ] {
        let outcome = builder(Development).api_key("key").base_url(url).build();
        assert!(outcome.is_err_and(|error| error.field() == Some("base URL")), "{url}");
        builder(Production).api_key("key").base_url(url).build().unwrap();
    }
    // One of a revision that is not the client's own counts as well.
    let url = "https://feapi.novamed.care";
    builder(Development).api_key("key").base_url_for(Revision::V2025_12, url).build().unwrap();
    assert!(builder(Development).api_key("key").base_url_for(Revision::V2026_01, url).build().is_err());
}

#[test]
fn an_address_of_one_revision_goes_before_the_one_of_all_whatever_the_order() {
    let url = |builder: NovaMedBuilder| {
        let preview = builder.build().unwrap().preview(&NewWebhook::new("https://a.example")).unwrap();
        preview.url.expose().strip_suffix("/api/external/webhook").unwrap().to_owned()
    };
    let base = || builder(Development).api_key("key");
    let (all, own, other) = ("https://all.example", "https://own.example", "https://other.example");
    assert_eq!(url(base().base_url(all)), all);
    assert_eq!(url(base().base_url(all).base_url_for(Revision::V2026_01, own)), own);
    assert_eq!(url(base().base_url_for(Revision::V2026_01, own).base_url(all)), own);
    assert_eq!(url(base().base_url_for(Revision::V2025_12, other).base_url(all)), all);
    assert_eq!(url(base().base_url_for(Revision::V2026_01, other).base_url_for(Revision::V2026_01, own)), own);
    assert_eq!(
        url(base().base_url_for(Revision::V2025_12, other)),
        "https://novamed-feapidev.nimbushealthcaretest.com"
    );
}

#[tokio::test]
async fn a_key_that_is_rotated_to_one_of_the_other_environment_is_never_sent() {
    for (environment, good, next, wrong) in
        [(Development, "dev_one", "dev_two", "prod_three"), (Production, "prod_one", "prod_two", "dev_three")]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, format!("{good}\n")).unwrap();
        let found = || Step::answer(200, Work::Carriers.answer());
        let transport = ScriptedTransport::new([found(), found(), found(), Step::answer(401, "")]);
        let (plays, file, clock) = (transport.clone(), path.clone(), JumpingClock::new());
        let novamed = builder(environment)
            .base_url("https://gateway.example")
            .credential(move |scheme| FileCredential::new(scheme, file))
            .http(move |http| http.transport(plays).clock(clock))
            .build()
            .unwrap();
        Work::Carriers.run(&novamed).await.unwrap();
        std::fs::write(&path, next).unwrap();
        Work::Carriers.run(&novamed).await.unwrap();
        // The one in use goes on until the vendor refuses it; only then there is none.
        std::fs::write(&path, wrong).unwrap();
        Work::Carriers.run(&novamed).await.unwrap();
        assert_eq!(Work::Carriers.run(&novamed).await.unwrap_err().status(), Some(401));
        for work in Work::all(Revision::V2026_01) {
            let error = work.run(&novamed).await.unwrap_err();
            assert_eq!((error.kind().as_str(), error.attempts()), ("credentials", 0), "{work:?}: {error}");
            assert!(error.to_string().contains("and the client is for") && !error.to_string().contains("three"));
        }
        let keys: Vec<_> =
            transport.requests().iter().map(|sent| sent.headers["x-api-key"].to_str().unwrap().to_owned()).collect();
        assert_eq!(keys, [good, next, next, next], "{environment:?}");
    }
}

#[tokio::test]
async fn a_key_of_the_other_environment_is_refused_where_the_program_replaces_it() {
    let (give, take) = std::sync::mpsc::channel();
    let novamed = builder(Development).credential(move |scheme| {
        let source = std::sync::Arc::new(ReplaceableCredential::new(scheme, "dev_one")?);
        let _ = give.send(source.clone());
        Ok(source)
    });
    let _novamed = novamed.build().unwrap();
    let keys = take.recv().unwrap();
    let error = keys.replace("prod_two").unwrap_err();
    assert!(error.to_string().contains("is a key for production"), "{error}");
    keys.replace("dev_two").unwrap();
}

/// Has another key as soon as one is refused.
struct Issued(Scheme, AtomicU64);

impl CredentialSource for Issued {
    fn current(&self) -> BoxFuture<'_, Result<Credential, clinical_http::Error>> {
        let generation = self.1.load(Ordering::SeqCst);
        let key = self.0.credential(format!("dev_{generation}"));
        Box::pin(async move { Ok(key?.with_generation(generation)) })
    }

    fn rejected(&self, generation: u64) {
        self.1.fetch_max(generation + 1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_create_that_meets_a_401_is_not_sent_again_with_another_key_but_the_next_one_has_it_and_a_read_is() {
    for work in Work::all(Revision::V2026_01) {
        let server = Raw::start([answer(401, &[], ""), answer(200, &[], work.answer())]).await;
        let novamed = builder(Development)
            .base_url(server.url())
            .credential(|scheme| Ok(Issued(scheme, AtomicU64::new(0))))
            .http(|http| http.clock(JumpingClock::new()))
            .build()
            .unwrap();
        if Work::CREATES.contains(&work) {
            let error = work.run(&novamed).await.unwrap_err();
            assert_eq!((error.attempts(), error.status(), server.requests().len()), (1, Some(401), 1), "{work:?}");
            assert!(!error.may_have_been_processed(), "{work:?}");
            assert_eq!(work.run(&novamed).await.unwrap(), 1, "{work:?}");
        } else {
            assert_eq!(work.run(&novamed).await.unwrap(), 2, "{work:?}");
        }
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{work:?}");
        assert!(requests[0].contains("x-api-key: dev_0\r\n") && requests[1].contains("x-api-key: dev_1\r\n"));
    }
}

/// Runs only in a process of its own, started by the test below: the environment belongs to a whole process.
#[tokio::test]
#[ignore = "started in a process of its own by another test of this file"]
async fn reads_the_environment_in_a_process_of_its_own() {
    let Some(result) = std::env::var_os(RESULT_VAR) else { return };
    let builder = NovaMed::builder().revision(Revision::V2025_12).from_env();
    let builder = match std::env::var(ENVIRONMENT_VAR).unwrap().as_str() {
        "production" => builder.environment(Production).business_associate_agreement(),
        _ => builder.environment(Development).synthetic_data_only(),
    };
    let told = match builder.base_url(std::env::var(BASE_VAR).unwrap()).build() {
        Ok(novamed) => match Work::CreateWebhook.run(&novamed).await {
            Ok(attempts) => json!({"attempts": attempts}),
            Err(error) => facts(&error),
        },
        Err(error) => facts(&error),
    };
    std::fs::write(result, told.to_string()).unwrap();
}

/// What a client from these variables says, and the request that it sent, if it sent one.
async fn with_variables(environment: &str, variables: &[(&str, &str)]) -> (Value, Option<String>) {
    let server = Raw::start([answer(200, &[], Work::CreateWebhook.answer())]).await;
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "novamed_settings::reads_the_environment_in_a_process_of_its_own", "--ignored"]);
    for name in [API_KEY_VAR, DEV_API_KEY_VAR, PROD_API_KEY_VAR, CLINIC_ID_VAR] {
        command.env_remove(name);
    }
    command.env(RESULT_VAR, &result).env(BASE_VAR, server.url()).env(ENVIRONMENT_VAR, environment);
    command.envs(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let told = serde_json::from_str(&std::fs::read_to_string(result).unwrap()).unwrap();
    (told, server.requests().pop())
}

#[tokio::test]
async fn key_and_clinic_come_from_the_variables_of_the_vendors_pages_that_of_the_environment_first() {
    assert_eq!([API_KEY_VAR, CLINIC_ID_VAR], ["NOVAMED_API_KEY", "NOVAMED_CLINIC_ID"]);
    assert_eq!([DEV_API_KEY_VAR, PROD_API_KEY_VAR], ["NOVAMED_DEV_API_KEY", "NOVAMED_PROD_API_KEY"]);
    let (own, dev, prod) = ((API_KEY_VAR, "key_a"), (DEV_API_KEY_VAR, "dev_b"), (PROD_API_KEY_VAR, "prod_c"));
    let clinic = (CLINIC_ID_VAR, CLINIC);
    for (environment, variables, key) in [
        ("development", vec![own, clinic], "key_a"),
        ("development", vec![own, dev, prod, clinic], "dev_b"),
        ("development", vec![own, prod, clinic], "key_a"),
        ("production", vec![own, dev, prod, clinic], "prod_c"),
        ("production", vec![own, dev, clinic], "key_a"),
    ] {
        let (told, request) = with_variables(environment, &variables).await;
        assert_eq!(told, json!({"attempts": 1}), "{environment} {variables:?}");
        let request = request.unwrap();
        assert!(request.contains(&format!("x-api-key: {key}\r\n")), "{environment} {variables:?}");
        assert!(request.contains(CLINIC));
    }
    for (environment, variables, kind, field) in [
        ("development", vec![clinic], "credentials", json!(API_KEY_VAR)),
        ("production", vec![dev, clinic], "credentials", json!(API_KEY_VAR)),
        ("development", vec![(API_KEY_VAR, "prod_x"), clinic], "credentials", json!(API_KEY_VAR)),
        ("production", vec![(PROD_API_KEY_VAR, "dev_x"), clinic], "credentials", json!(PROD_API_KEY_VAR)),
        ("development", vec![(DEV_API_KEY_VAR, ""), own, clinic], "credentials", json!(DEV_API_KEY_VAR)),
        ("development", vec![own, (CLINIC_ID_VAR, "cli_1")], "configuration", json!(CLINIC_ID_VAR)),
        ("development", vec![own], "invalid_input", json!("clinic_id")),
    ] {
        let (told, request) = with_variables(environment, &variables).await;
        assert_eq!((&told["kind"], &told["field"]), (&json!(kind), &field), "{environment} {variables:?}: {told}");
        assert!(request.is_none(), "{environment} {variables:?}");
        assert!(!told.to_string().contains("prod_x") && !told.to_string().contains("cli_1"), "{told}");
    }
}
