//! Credentials from a variable and from a handle, and what all sources have in common: schemes, and secrets that are never shown.

use clinical_http::credential::{
    CredentialSource, EnvCredential, FileCredential, RefreshingCredential, ReplaceableCredential, Scheme,
};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{Delivery, Error, ErrorKind};

use crate::credentials::tokens;
use crate::credentials_refresh::Endpoint;
use crate::support::{SAFE, UNSAFE, builder, ok, seconds, send};

const CANARY: &str = "canary-secret";

fn key() -> Scheme {
    Scheme::header_key("x-api-key").unwrap()
}

#[tokio::test]
async fn every_source_serves_both_schemes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "token-1").unwrap();
    for (scheme, header, value) in
        [(Scheme::bearer(), "authorization", "Bearer token-1"), (key(), "x-api-key", "token-1")]
    {
        let fetch = || async { Ok(clinical_http::credential::Fetched::new("token-1")) };
        let sources: [Box<dyn CredentialSource>; 3] = [
            Box::new(FileCredential::new(scheme.clone(), &path).unwrap()),
            Box::new(RefreshingCredential::new(scheme.clone(), fetch)),
            Box::new(ReplaceableCredential::new(scheme.clone(), "token-1").unwrap()),
        ];
        for source in sources {
            let transport = ScriptedTransport::always(ok());
            send(&builder(&transport).credential(source).build().unwrap(), &UNSAFE).await.unwrap();
            let headers = &transport.requests()[0].headers;
            assert_eq!(headers[header], value);
            assert!(headers[header].is_sensitive());
            assert_eq!(["authorization", "x-api-key"].iter().filter(|name| headers.contains_key(**name)).count(), 1);
        }
    }
}

const VARIABLE: &str = "CLINICAL_HTTP_TEST_TOKEN";

/// Runs this one test again in a process that has the variable: to set one's own needs `unsafe`.
fn in_a_process_with_the_variable(test: &str) {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let ran = again.args(["--exact", test]).env(VARIABLE, "canary-secret\n").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("1 passed"), "the name of the test is wrong");
}

#[tokio::test(start_paused = true)]
async fn a_variable_is_sent_without_the_white_space_around_it_and_never_shown() {
    if std::env::var_os(VARIABLE).is_none() {
        let unset = EnvCredential::new(key(), VARIABLE).unwrap_err();
        assert!(unset.to_string().starts_with("CLINICAL_HTTP_TEST_TOKEN is not set"), "{unset}");
        let test = "credentials_sources::a_variable_is_sent_without_the_white_space_around_it_and_never_shown";
        return in_a_process_with_the_variable(test);
    }
    let source = EnvCredential::new(key(), VARIABLE).unwrap();
    assert!(!format!("{source:?} {source:#?}").contains(CANARY));
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let error = send(&builder(&transport).credential(source).build().unwrap(), &UNSAFE).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Credentials, 1),
        "an unchanged variable is not sent again"
    );
    assert_eq!(transport.requests()[0].headers["x-api-key"], CANARY);
}

#[tokio::test(start_paused = true)]
async fn a_key_replaced_during_a_back_off_is_sent_by_the_next_attempt() {
    let key = ReplaceableCredential::new(Scheme::bearer(), "one").unwrap();
    let transport = ScriptedTransport::new([Step::answer(503, "").header("retry-after", "9"), ok()]);
    let client = builder(&transport).credential(key.clone()).build().unwrap();
    let replaced = async {
        tokio::time::sleep(seconds(5)).await;
        assert_eq!(tokens(&transport), ["Bearer one"]);
        key.replace("two").unwrap()
    };
    let (answer, generation) = tokio::join!(send(&client, &SAFE), replaced);
    answer.unwrap();
    assert_eq!((generation, tokens(&transport)), (2, vec!["Bearer one".to_owned(), "Bearer two".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_401_to_a_key_that_was_replaced_meanwhile_is_followed_by_one_attempt_with_the_new_one() {
    let key = ReplaceableCredential::new(Scheme::bearer(), "one").unwrap();
    let transport = ScriptedTransport::new([Step::answer(401, "").after(seconds(2)), ok(), Step::answer(401, "")]);
    let client = builder(&transport).credential(key.clone()).build().unwrap();
    let replaced = async {
        tokio::time::sleep(seconds(1)).await;
        key.replace("two").unwrap();
    };
    let (answer, ()) = tokio::join!(send(&client, &UNSAFE), replaced);
    assert_eq!(answer.unwrap().attempts[0].delivery, Delivery::Refused);
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 1), "nobody has replaced this one");
}

#[test]
fn the_generation_counts_other_secrets_and_a_bad_one_leaves_the_old_one() {
    let key = ReplaceableCredential::new(Scheme::bearer(), "one").unwrap();
    let clone = key.clone();
    assert_eq!((key.replace("one").unwrap(), key.replace("two").unwrap(), clone.replace("one").unwrap()), (1, 2, 3));
    assert_eq!(key.replace("not a token").unwrap_err().kind(), ErrorKind::Credentials);
    assert_eq!((key.replace("one").unwrap(), clone.replace("two").unwrap()), (3, 4));
}

fn shown(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    format!("{error} {error:?} {error:#?} {source:?}")
}

#[tokio::test(start_paused = true)]
async fn no_source_scheme_or_error_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, CANARY).unwrap();
    let replaceable = ReplaceableCredential::new(Scheme::bearer(), CANARY).unwrap();
    let file = FileCredential::new(key(), &path).unwrap();
    let fetch = || async { Ok(clinical_http::credential::Fetched::new(CANARY)) };
    let refreshing = RefreshingCredential::new(key(), fetch);
    let fetched = fetch().await.unwrap();
    let mut all = vec![format!("{:?} {replaceable:?} {file:?} {refreshing:?} {fetched:?}", key())];
    all.push(format!("{:#?} {replaceable:#?} {file:#?} {refreshing:#?} {fetched:#?}", key()));
    for source in [&replaceable as &dyn CredentialSource, &file, &refreshing] {
        let credential = source.current().await.unwrap();
        all.push(format!("{credential:?} {credential:#?}"));
    }
    // Debug again, now that they hold the secret.
    all.push(format!("{refreshing:?} {refreshing:#?} {file:#?}"));
    // In every error that a secret with a mistake in it can cause.
    let bad = format!("{CANARY} {CANARY}");
    all.push(shown(&Scheme::bearer().credential(bad.as_str()).unwrap_err()));
    all.push(shown(&replaceable.replace(bad.as_str()).unwrap_err()));
    std::fs::write(&path, &bad).unwrap();
    all.push(shown(&FileCredential::new(key(), &path).unwrap_err()));
    file.rejected(1);
    all.push(shown(&file.current().await.unwrap_err()));
    let unusable = RefreshingCredential::new(key(), move || {
        let bad = bad.clone();
        async move { Ok(clinical_http::credential::Fetched::new(bad)) }
    });
    all.push(shown(&unusable.current().await.unwrap_err()));
    all.push(shown(&FileCredential::new(key(), CANARY).unwrap_err()));
    let all = all.join("\n");
    assert!(!all.contains(CANARY), "{all}");
    // The search is of something: the sources say what they are.
    assert!(all.contains("RefreshingCredential") && all.contains("token file contains a space"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_cannot_be_fetched_ends_the_call_before_anything_is_sent() {
    let endpoint = Endpoint::default();
    endpoint.fails.store(true, std::sync::atomic::Ordering::SeqCst);
    let transport = ScriptedTransport::always(ok());
    let client = builder(&transport).credential(endpoint.source()).build().unwrap();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!((error.delivery(), error.may_have_been_processed()), (Delivery::NotSent, false));
    assert_eq!((transport.requests().len(), endpoint.count()), (0, 1));
}
