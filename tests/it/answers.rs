//! What the client makes of an answer: the contract's fields, leniently where the vendor may add, strictly where it may not.

use clinical_tests::clients::client;
use clinical_tests::documents::{ANSWER, NOTE};
use clinical_tests::facts;
use clinical_tests::recorder::answer_all;
use httpmock::MockServer;
use omniscribe_codify::{Answer, CodifyResponse, Error};
use serde_json::{Value, json};

use crate::snapshots::snapshot;

async fn read(headers: &[(&str, &str)], body: &str) -> Result<Answer<CodifyResponse>, Error> {
    let server = MockServer::start_async().await;
    let (mock, _) = answer_all(&server, 200, headers, body).await;
    let result = client(&server.base_url()).codify(&NOTE.into()).await;
    mock.assert_calls_async(1).await;
    result
}

fn edited(edit: impl FnOnce(&mut Value)) -> String {
    let mut answer: Value = serde_json::from_str(ANSWER).unwrap();
    edit(&mut answer);
    answer.to_string()
}

#[tokio::test]
async fn a_complete_answer_is_read_field_by_field_in_its_own_order() {
    let answer = read(&[("x-request-id", "req-1")], ANSWER).await.unwrap();
    assert_eq!(answer.request_id.as_deref(), Some("req-1"));
    assert_eq!(answer.unknown_fields(), 0);
    assert_eq!(serde_json::to_string(&answer.value).unwrap(), ANSWER, "written again, it is what the vendor wrote");
    snapshot!("answer", answer.value);
}

#[tokio::test]
async fn the_confidence_filter_keeps_the_border_and_leaves_the_discarded_out() {
    let answer = read(&[], ANSWER).await.unwrap();
    let codes = |percent| -> Vec<String> {
        let found = answer.with_confidence_at_least(percent);
        found.map(|one| one.code.clone()).collect()
    };
    assert_eq!(codes(0.0), ["E11.9", "Z79.84"]);
    assert_eq!(codes(95.2), ["E11.9", "Z79.84"]);
    assert_eq!(codes(95.3), ["Z79.84"]);
    assert_eq!(codes(100.0), [""; 0]);
    assert_eq!(codes(f64::NAN), [""; 0]);
}

#[tokio::test]
async fn empty_lists_new_fields_and_whole_percents_are_fine() {
    let body = edited(|answer| {
        answer["discarded_code_assessments"] = json!([]);
        answer["final_code_assessments"][0]["confidence_percent"] = json!(95);
        answer["final_code_assessments"][0]["edition"] = json!({"year": 2026});
        answer["usage"] = json!(null);
        answer["run_id"] = json!("not a UUID at all");
    });
    let answer = read(&[("content-type", "text/plain")], &body).await.unwrap();
    assert_eq!(answer.unknown_fields(), 2);
    assert_eq!(answer.run_id, "not a UUID at all");
}

#[tokio::test]
async fn an_answer_in_another_shape_is_an_error_that_keeps_its_bytes_and_is_not_asked_for_again() {
    let broken = [
        edited(|answer| drop(answer.as_object_mut().unwrap().remove("run_id"))),
        edited(|answer| answer["run_id"] = json!(null)),
        edited(|answer| answer["final_code_assessments"] = json!(null)),
        edited(|answer| answer["final_code_assessments"][0]["confidence_percent"] = json!("95.2")),
        edited(|answer| {
            let second = &mut answer["final_code_assessments"][1];
            second.as_object_mut().unwrap().remove("code");
        }),
        ANSWER.replacen("\"run_id\"", "\"run_id\":\"twice\",\"run_id\"", 1),
        ANSWER[..ANSWER.len() - 1].to_owned(),
        format!("{ANSWER}}}"),
        "[]".to_owned(),
        "<html></html>".to_owned(),
        String::new(),
    ];
    let mut all = Vec::new();
    for body in broken {
        let error = read(&[], &body).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("decode", "answered", 1), "{body}");
        let kept = error.body().map(|kept| kept.expose().to_vec()).unwrap_or_default();
        assert_eq!(kept, body.as_bytes());
        all.push(error.to_string());
    }
    snapshot!("answers-not-understood", all);
}
