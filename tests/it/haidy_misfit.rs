//! A result whose JSON does not fit the types is not lost: the store has the vendor's bytes, and the error names the place, never the value.

use clinical_http::testing::JumpingClock;
use clinical_tests::gate::Gate;
use haidy_analyst::tasks::{ResultStore as _, Terminal};
use haidy_analyst::{Bundle, FhirOptions, Haidy, HolisticPatient, Json, Kind, State, TaskResult, TaskToken};

const CREATED: &str = r#"{"task_id":"abc123","status":"QUEUED","percentage":0,"result":null}"#;

/// A task that has ended, whose vendor is gone.
struct Kept {
    haidy: Haidy,
    token: TaskToken,
    _folder: tempfile::TempDir,
}

/// What the client makes of this answer on a real connection, with a store on the disk.
async fn ended<R: TaskResult>(bundle: bool, answer: &str) -> (Kept, Result<R, haidy_analyst::Error>) {
    let folder = tempfile::tempdir().unwrap();
    let mut gate = Gate::start().await;
    let builder = Haidy::builder().base_url(gate.url()).token("token").results_in(folder.path());
    let haidy = builder.http(|http| http.clock(JumpingClock::new())).build().unwrap();
    let client = haidy.clone();
    let mut call = tokio::spawn(async move {
        if bundle {
            return client.structure_fhir("x", FhirOptions::new()).await.unwrap().token().clone();
        }
        client.structure("x").await.unwrap().token().clone()
    });
    gate.next_of(&mut call).await.answer("200 OK", CREATED);
    let token = call.await.unwrap();
    let task = haidy.resume::<R>(token.clone()).unwrap();
    let mut call = tokio::spawn(async move { task.wait().await });
    gate.next_of(&mut call).await.answer("200 OK", answer);
    let result = call.await.unwrap();
    // From here on there is no vendor any more.
    gate.stop().await;
    let key = token.key();
    let entry = haidy.tasks().store().entry(key).unwrap().unwrap();
    assert_eq!(entry.state, State::Stored(Terminal::Done));
    assert_eq!(&*haidy.tasks().store().read(key).unwrap(), answer.as_bytes(), "the store has what was sent");
    // Another process, which has the directory alone.
    let other = haidy_analyst::tasks::DirectoryStore::open(folder.path()).unwrap();
    assert_eq!(&*other.read(key).unwrap(), answer.as_bytes());
    (Kept { haidy, token, _folder: folder }, result)
}

fn assert_misfit(error: &haidy_analyst::Error, pointer: &str, answer: &str) {
    assert_eq!((error.kind(), error.pointer()), (Kind::Undecodable, Some(pointer)), "{answer}");
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(shown.contains(pointer) && !shown.contains("canary"), "{shown}");
    assert_eq!(&**error.body().unwrap().expose(), answer.as_bytes());
    assert_eq!(error.token().map(TaskToken::task), Some("abc123"));
}

#[tokio::test]
async fn of_a_patient_that_does_not_fit_the_error_names_the_pointer_and_the_store_has_the_bytes() {
    let entity = |entity: &str| {
        let output = format!(r#"{{"conditions":[{{}},{entity}]}}"#);
        format!(r#"{{"clinical_records":[{{}},{{"record_structured":{{"structured_output":{output}}}}}]}}"#)
    };
    let of_entity = "/result/clinical_records/1/record_structured/structured_output/conditions/1";
    let table = [
        ("[\"canary\"]".to_owned(), "/result".to_owned()),
        (r#"{"patient_id":{"canary":1}}"#.to_owned(), "/result/patient_id".to_owned()),
        (r#"{"clinical_records":"canary"}"#.to_owned(), "/result/clinical_records".to_owned()),
        (r#"{"clinical_records":[{},{},"canary"]}"#.to_owned(), "/result/clinical_records/2".to_owned()),
        (r#"{"patient_metadata":["canary"]}"#.to_owned(), "/result/patient_metadata".to_owned()),
        (entity(r#"{"identity_fields":"canary"}"#), format!("{of_entity}/identity_fields")),
        (
            entity(r#"{"instantiations":[{"span":{"start":"canary"}}]}"#),
            format!("{of_entity}/instantiations/0/span/start"),
        ),
        (
            entity(r#"{"instantiations":[{},{"tagging_certainty":"canary"}]}"#),
            format!("{of_entity}/instantiations/1/tagging_certainty"),
        ),
    ];
    for (result, pointer) in table {
        // White space and the order of fields are kept, too.
        let answer = format!("{{ \"result\" : {result},\n\"x\":1.00,\"status\":\"DONE\",\"task_id\":\"abc123\"}}\n");
        let (_, outcome) = ended::<HolisticPatient>(false, &answer).await;
        assert_misfit(&outcome.unwrap_err(), &pointer, &answer);
    }
}

#[tokio::test]
async fn of_a_bundle_that_does_not_fit_the_error_names_the_pointer_and_the_store_has_the_bytes() {
    let table = [
        (r#"{"resourceType":"canary"}"#, "/result/resourceType"),
        (r#"{"type":"collection"}"#, "/result/resourceType"),
        (r#"{"resourceType":"Bundle","entry":{"canary":1}}"#, "/result/entry"),
        (r#"{"resourceType":"Bundle","entry":[{},{"fullUrl":["canary"]}]}"#, "/result/entry/1/fullUrl"),
    ];
    for (result, pointer) in table {
        let answer = format!(r#"{{"task_id":"abc123","status":"DONE","result":{result}}}"#);
        let (_, outcome) = ended::<Bundle>(true, &answer).await;
        assert_misfit(&outcome.unwrap_err(), pointer, &answer);
    }
}

#[tokio::test]
async fn what_does_not_fit_can_be_had_as_it_came_without_the_vendor() {
    let answer = r#"{"status":"DONE","result":{"patient_id":[1.00,"canary"]}}"#;
    let (kept, outcome) = ended::<HolisticPatient>(false, answer).await;
    assert_misfit(&outcome.unwrap_err(), "/result/patient_id", answer);
    let raw = kept.haidy.resume::<Json>(kept.token).unwrap().wait().await.unwrap();
    assert_eq!(raw.as_json(), r#"{"patient_id":[1.00,"canary"]}"#);
}

#[tokio::test]
async fn an_answer_about_another_task_is_kept_and_handed_to_nobody() {
    let answer = r#"{"task_id":"canary","status":"DONE","result":{"patient_id":"somebody else"}}"#;
    let (_, outcome) = ended::<HolisticPatient>(false, answer).await;
    assert_misfit(&outcome.unwrap_err(), "/task_id", answer);
}
