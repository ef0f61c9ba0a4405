//! Where the client's settings and its store come from, and what it says of those that cannot be used.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use clinical_tests::gate::Gate;
use clinical_tests::haidy::{facts, for_sandbox, kept_in, of_sandbox, start};
use haidy_analyst::{API_TOKEN_VAR, API_URL_VAR, Haidy, HaidyBuilder, Kind, State};
use serde_json::{Map, Value, json};

use crate::snapshots::snapshot;

const RESULT_VAR: &str = "CLINICAL_TESTS_RESULT";
const CREATED: &str = r#"{"task_id":"abc123","status":"QUEUED","percentage":0,"result":null}"#;

/// Runs only in a process of its own, started by the tests below: the environment belongs to a whole process.
#[tokio::test]
#[ignore = "started in a process of its own by the other tests of this file"]
async fn reads_the_environment_in_a_process_of_its_own() {
    let Some(result) = std::env::var_os(RESULT_VAR) else { return };
    let told = match Haidy::from_env() {
        Ok(haidy) => match haidy.structure("x").await {
            Ok(task) => json!({"submitted": task.token().task(), "place": haidy.tasks().store().place()}),
            Err(error) => facts(&error),
        },
        Err(error) => facts(&error),
    };
    std::fs::write(result, told.to_string()).unwrap();
}

/// What a client from these variables does; what is not given is not set.
async fn with_variables(variables: Vec<(&'static str, Option<OsString>)>) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "haidy_settings::reads_the_environment_in_a_process_of_its_own", "--ignored"]);
    for name in [API_URL_VAR, API_TOKEN_VAR, "XDG_STATE_HOME"] {
        command.env_remove(name);
    }
    // A store that a test asks for by accident is not that of the person who runs it.
    command.env("HOME", folder.path()).env(RESULT_VAR, &result);
    for (name, value) in variables {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_str(&std::fs::read_to_string(result).unwrap()).unwrap()
}

fn state_home(path: &Path) -> (&'static str, Option<OsString>) {
    ("XDG_STATE_HOME", Some(path.as_os_str().to_owned()))
}

#[tokio::test]
async fn address_token_and_store_come_from_the_environment() {
    assert_eq!((API_URL_VAR, API_TOKEN_VAR), ("HAIDY_API_URL", "HAIDY_API_TOKEN"));
    let (mut gate, home) = (Gate::start().await, tempfile::tempdir().unwrap());
    let variables = vec![
        (API_URL_VAR, Some(format!(" {}/v2/ ", gate.url()).into())),
        (API_TOKEN_VAR, Some("from-the-environment\n".into())),
        state_home(home.path()),
    ];
    let mut child = tokio::spawn(with_variables(variables));
    let arrival = gate.next_of(&mut child).await;
    assert!(arrival.head.starts_with("POST /v2/structure "), "{}", arrival.head);
    assert!(arrival.head.contains("Bearer from-the-environment\r\n"), "white space around it is no part of it");
    arrival.answer("200 OK", CREATED);
    let told = child.await.unwrap();
    assert_eq!(told["submitted"], "abc123");
    let place = home.path().join("clinical-clients").join("results");
    let store = haidy_analyst::tasks::DirectoryStore::open(&place).unwrap();
    let entries = haidy_analyst::tasks::ResultStore::entries(&store).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.state).collect::<Vec<_>>(), [State::Waiting]);
    let canonical = place.canonicalize().unwrap();
    assert!(told["place"].as_str().unwrap().contains(canonical.to_str().unwrap()), "{told}");
}

#[tokio::test]
async fn what_is_missing_in_the_environment_is_named_and_nothing_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let url = || (API_URL_VAR, Some(OsString::from("http://127.0.0.1:9")));
    let token = || (API_TOKEN_VAR, Some(OsString::from("token")));
    let cases = [
        ("no address", vec![token()]),
        ("no token", vec![url()]),
        ("neither", vec![]),
        ("address blank", vec![(API_URL_VAR, Some("  ".into())), token()]),
        ("token empty", vec![url(), (API_TOKEN_VAR, Some(OsString::new()))]),
        ("address not HTTPS", vec![(API_URL_VAR, Some("http://haidy.example".into())), token()]),
    ];
    let mut all = Map::new();
    for (name, variables) in cases {
        let told = with_variables(variables).await;
        assert_eq!(told["attempts"], 0, "{name}");
        all.insert(name.to_owned(), told);
    }
    snapshot!("haidy-environment-errors", all);
    // Why it cannot be made is the system's word.
    let told = with_variables(vec![url(), token(), state_home(&file.join("below"))]).await;
    assert_eq!(
        (&told["field"], &told["kind"], &told["attempts"]),
        (&json!("result store"), &json!("configuration"), &json!(0))
    );
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let good = || Haidy::builder().base_url("https://haidy.example").token("token").accept_loss();
    let polling = haidy_analyst::Polling::default();
    let cases: Vec<(&str, HaidyBuilder)> = vec![
        ("no address", Haidy::builder().token("token").accept_loss()),
        ("no token", Haidy::builder().base_url("https://haidy.example").accept_loss()),
        ("an address that is none", good().base_url("haidy")),
        ("an address with a query", good().base_url("https://haidy.example/?a=b")),
        ("an address with a password", good().base_url("https://a:b@haidy.example")),
        ("an empty token", good().token("")),
        ("a token of two lines", good().token("a\nb")),
        ("a store that is a file", good().results_in(&file)),
        ("a polling that never waits", good().polling(polling.clone().first(std::time::Duration::ZERO))),
        ("a polling of no question", good().polling(polling.in_flight(0))),
    ];
    let mut all = Map::new();
    for (name, builder) in cases {
        all.insert(name.to_owned(), facts(&builder.build().unwrap_err()));
    }
    snapshot!("haidy-bad-settings", all);
    let error = good().results_in(file.join("below")).build().unwrap_err();
    assert_eq!(error.field(), Some("result store"));
}

/// Who is root may write anywhere; then there is nothing to test.
#[cfg(unix)]
#[tokio::test]
async fn a_store_that_cannot_be_written_sends_nothing() {
    use std::os::unix::fs::PermissionsExt as _;

    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let place = folder.path().join("results");
    let haidy = kept_in(&sandbox, &place);
    let allow = |mode| std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o500);
    let writable = std::fs::write(place.join("trial"), "").is_ok();
    let outcome = haidy.structure("x").await;
    let opened = for_sandbox(&sandbox).results_in(&place).build();
    allow(0o700);
    if writable {
        return;
    }
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::Store, false));
    assert_eq!(opened.unwrap_err().field(), Some("result store"));
    assert_eq!(sandbox.journal().attempts.len(), 0);
}

#[tokio::test]
async fn a_store_that_vanished_before_a_submission_sends_nothing() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let place = folder.path().join("results");
    let haidy = kept_in(&sandbox, &place);
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "no directory any more").unwrap();
    let error = haidy.structure("x").await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::Store, false));
    assert_eq!(sandbox.journal().attempts.len(), 0);
}

#[tokio::test]
async fn a_store_that_vanished_before_a_question_asks_nothing() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let place = folder.path().join("results");
    let haidy = kept_in(&sandbox, &place);
    let task = haidy.structure("x").await.unwrap();
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "no directory any more").unwrap();
    assert_eq!(task.wait().await.unwrap_err().kind(), Kind::Store);
    assert_eq!(sandbox.journal().attempts_on("tasks").len(), 0);
    // Another client with the token has it all.
    of_sandbox(&sandbox).resume::<haidy_analyst::HolisticPatient>(task.token().clone()).unwrap().wait().await.unwrap();
}

#[tokio::test]
async fn who_accepts_loss_has_results_in_memory_and_nothing_on_the_disk() {
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    assert_eq!(haidy.tasks().store().place(), None);
    let task = haidy.structure("Patient takes Lisinopril 10mg daily.").await.unwrap();
    let patient = task.wait().await.unwrap();
    let asked = sandbox.journal().attempts_on("tasks").len();
    assert_eq!(task.wait().await.unwrap().as_json(), patient.as_json(), "as long as the client lives it is there");
    assert_eq!(sandbox.journal().attempts_on("tasks").len(), asked);
    let again = of_sandbox(&sandbox).resume::<haidy_analyst::HolisticPatient>(task.token().clone()).unwrap();
    assert_eq!(again.wait().await.unwrap_err().kind(), Kind::Gone);
}
