//! The contract as the neutral third party: what the client sends and what the sandbox answers are both held against it.

use std::path::{Path, PathBuf};

use clinical_http::testing::{JumpingClock, Recorded, ScriptedTransport, Step};
use clinical_sandbox::{Fault, FaultKind, Sandbox, contract};
use clinical_tests::clients::{of_sandbox, scripted};
use clinical_tests::documents::{ANSWER, NOTE, note_of, pdf_of, pdf_saying};
use omniscribe_codify::{CodifyRequest, CodifyResponse, Model, Pdf};
use serde_json::{Value, json};

async fn recorded(request: &CodifyRequest) -> Recorded {
    let transport = ScriptedTransport::new([Step::answer(200, ANSWER)]);
    scripted(&transport).codify(request).await.unwrap();
    transport.requests().remove(0)
}

fn violations(body: &Value) -> Vec<String> {
    let found = contract::request_errors("codify", body);
    found.iter().map(ToString::to_string).collect()
}

/// Every combination of what a request can hold.
fn combinations() -> Vec<CodifyRequest> {
    let models = [None, Some(Model::Fast), Some(Model::Balanced), Some(Model::HighQuality)];
    let mut all = Vec::new();
    for (note, pdf) in [(true, false), (false, true), (true, true)] {
        for model in &models {
            for audited in [false, true] {
                let mut request = CodifyRequest::new();
                if note {
                    request = request.note(NOTE);
                }
                if pdf {
                    request = request.pdf(Pdf::from_bytes(pdf_of(1_000)));
                }
                if let Some(model) = model {
                    request = request.model(model.clone());
                }
                if audited {
                    request = request.doctor("dr_123").patient("pt_456");
                }
                all.push(request);
            }
        }
    }
    all
}

#[tokio::test]
async fn every_request_the_client_can_make_is_valid_by_the_contract() {
    let operation = &contract::document("codify").unwrap()["paths"]["/v1/codify"]["post"];
    assert_eq!(operation["operationId"], "codify");
    let parameters: Vec<String> = operation["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap().to_ascii_lowercase())
        .collect();
    let framing = ["accept", "authorization", "content-type"];
    for request in combinations() {
        let sent = recorded(&request).await;
        assert_eq!((sent.method.as_str(), sent.url.as_str()), ("POST", "https://codify.hospital.example/v1/codify"));
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(violations(&body), [""; 0], "{body}");
        for name in sent.headers.keys() {
            let known = framing.contains(&name.as_str()) || parameters.iter().any(|known| known == name.as_str());
            assert!(known, "{name} is not in the contract");
        }
    }
}

#[tokio::test]
async fn the_largest_inputs_that_the_client_sends_are_within_the_contracts_limits() {
    let largest = [
        CodifyRequest::new().note(note_of(51_200)),
        CodifyRequest::new().pdf(Pdf::from_bytes(pdf_of(5 * 1024 * 1024))),
    ];
    for request in largest {
        let body: Value = serde_json::from_slice(&recorded(&request).await.body).unwrap();
        assert_eq!(violations(&body), [""; 0]);
    }
    // And the checks that say so can fail.
    assert_eq!(violations(&json!({"medical_note": note_of(51_201)})).len(), 1);
    assert!(!violations(&json!({"medical_note": 7})).is_empty());
    assert!(!violations(&json!({})).is_empty());
}

#[tokio::test]
async fn a_model_made_for_one_customer_is_all_that_goes_beyond_the_contract() {
    let request = CodifyRequest::new().note(NOTE).model(Model::from("our-own-model"));
    let body: Value = serde_json::from_slice(&recorded(&request).await.body).unwrap();
    let found = contract::request_errors("codify", &body);
    let places: Vec<_> = found.iter().map(|one| (one.path.as_str(), one.rule.as_str())).collect();
    assert_eq!(places, [("/model", "enum")]);
}

#[tokio::test]
async fn health_is_asked_as_the_contract_says() {
    let transport = ScriptedTransport::new([Step::answer(200, "{}")]);
    scripted(&transport).health().await.unwrap();
    let sent = transport.requests().remove(0);
    let operation = &contract::document("health").unwrap()["paths"]["/v1/health"]["get"];
    assert_eq!(operation["operationId"], "health");
    assert_eq!((sent.method.as_str(), sent.body.len()), ("GET", 0));
}

#[tokio::test]
async fn every_answer_of_the_sandbox_is_valid_and_read_whole_by_the_client() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let saying = Pdf::from_bytes(pdf_saying("Patient with type 2 diabetes mellitus. Denies chest pain."));
    let requests = [
        CodifyRequest::new().note(NOTE),
        CodifyRequest::new().note("Nada que codificar aquí."),
        CodifyRequest::new().note("Patient with hypertension and asthma. No fever."),
        CodifyRequest::new().pdf(saying.clone()),
        CodifyRequest::new().note(NOTE).pdf(saying).model(Model::HighQuality),
    ];
    let mut found = 0;
    for request in requests {
        let answer = codify.codify(&request).await.unwrap();
        assert_eq!(answer.unknown_fields(), 0);
        let body = serde_json::to_value(&answer.value).unwrap();
        assert_eq!(contract::response_errors("codify", 200, &body), []);
        found += answer.final_code_assessments.len();
    }
    assert!(found >= 4, "the sandbox found {found} codes");
    let health = codify.health().await.unwrap();
    let body: Value = serde_json::from_slice(health.body.expose()).unwrap();
    assert_eq!(contract::response_errors("health", health.status, &body), []);
}

#[tokio::test]
async fn every_error_of_the_sandbox_is_valid_and_its_details_are_read() {
    for status in [400, 401, 413, 422, 429, 500, 502, 503, 504] {
        let sandbox = Sandbox::builder().start().await.unwrap();
        sandbox.inject(Fault::new(FaultKind::status(status)).every()).unwrap();
        let codify = of_sandbox(&sandbox, &JumpingClock::new());
        let error = codify.codify(&NOTE.into()).await.unwrap_err();
        let body: Value = serde_json::from_slice(error.body().unwrap().expose()).unwrap();
        assert_eq!(contract::response_errors("codify", status, &body), [], "{status}");
        assert_eq!(error.details().unwrap().expose().as_str(), body["details"], "{status}");
    }
}

#[tokio::test]
async fn what_the_sandbox_refuses_by_the_contract_reaches_the_caller_as_its_status() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let unknown = CodifyRequest::new().note(NOTE).model(Model::from("our-own-model"));
    assert_eq!(codify.codify(&unknown).await.unwrap_err().status(), Some(400));
    let unreadable = CodifyRequest::new().pdf(Pdf::from_bytes(pdf_of(500)));
    assert_eq!(codify.codify(&unreadable).await.unwrap_err().status(), Some(422));
    let stranger = omniscribe_codify::Codify::builder().base_url(sandbox.url()).token("another-token").build().unwrap();
    assert_eq!(stranger.codify(&NOTE.into()).await.unwrap_err().kind().as_str(), "credentials");
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[test]
fn every_documented_example_of_an_answer_is_read() {
    let mut read = 0;
    for example in contract::examples() {
        if example.operation == "codify" && example.status == Some(200) {
            let answer: CodifyResponse = serde_json::from_value(example.body.clone()).unwrap();
            assert_eq!(serde_json::to_value(&answer).unwrap(), example.body, "{}", example.name);
            read += 1;
        }
    }
    assert!(read >= 2, "{read} examples");
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

/// Whether a body is one of an answer, by a field that only answers have.
fn is_answer(body: &Value) -> bool {
    body.get("final_code_assessments").is_some()
}

#[test]
fn every_answer_among_the_fixtures_is_read_by_todays_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    files.sort();
    let mut answers = 0;
    for file in &files {
        let body: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        if !is_answer(&body) {
            continue;
        }
        answers += 1;
        // The contract decides which of the fixtures are answers; the client must not be stricter than it.
        let valid = contract::response_errors("codify", 200, &body).is_empty();
        let read = serde_json::from_value::<CodifyResponse>(body);
        assert_eq!(read.is_ok(), valid, "{}", file.display());
    }
    assert!(answers >= 10, "{answers} answers among the fixtures");
}
