//! Every flag reaches the vendor under its name in the contract, and what is not given is not sent. A server that records one request stands in
//! for the vendor, because the sandbox keeps no bodies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::{Value, json};

use crate::support::{Folder, Ran, run};

/// Takes one request and rejects it; its first line and its body.
fn server(answer: &'static str) -> (String, JoinHandle<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first).unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            match line.to_ascii_lowercase().strip_prefix("content-length:") {
                Some(number) => length = number.trim().parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let head = format!(
            "HTTP/1.1 422 Unprocessable Entity\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.len()
        );
        reader.get_mut().write_all((head + answer).as_bytes()).unwrap();
        (first.trim().to_owned(), serde_json::from_slice(&body).unwrap())
    });
    (url, serving)
}

const REJECTED: &str =
    r#"{"detail":[{"loc":["body","new_records",0],"msg":"canary in the field","type":"value_error"}]}"#;

/// What is sent, and what the command made of the rejection.
fn sent(folder: &Folder, args: &[&str]) -> (String, Value, Ran) {
    let (url, serving) = server(REJECTED);
    let mut command = folder.command([&["structure", "--results", "store", "--base-url", &url], args].concat());
    let ran = Ran::from(command.env("HAIDY_API_TOKEN", "fake").output().unwrap()).expect(1);
    let (first, body) = serving.join().unwrap();
    (first, body, ran)
}

fn folder() -> Folder {
    Folder::new().with("a.txt", "Asthma.")
}

#[test]
fn without_flags_nothing_but_the_record_is_sent() {
    let (first, body, _) = sent(&folder(), &["a.txt"]);
    assert_eq!(first, "POST /v2/structure HTTP/1.1");
    assert_eq!(body, json!({"new_records": [{"source": {"type": "plain_text", "text": "Asthma."}}]}));
}

#[test]
fn every_setting_has_the_contracts_name() {
    let settings = [
        "--language",
        "rumantsch",
        "--engine-version",
        "1.2.3",
        "--metadata-profile",
        "EPDMetaData_v1",
        "--metadata-profile",
        "Mine",
        "--include-record-metadata",
        "--include-record-content=false",
        "--include-record-structured=true",
        "--include-patient-metadata=false",
        "--include-patient-structured",
        "a.txt",
    ];
    let (_, body, _) = sent(&folder(), &settings);
    assert_eq!(
        body["config"],
        json!({
            "structure_engine_version": "1.2.3",
            "output_language": "rumantsch",
            "record_metadata_profiles": ["EPDMetaData_v1", "Mine"],
            "include_record_metadata": true,
            "include_record_content": false,
            "include_record_structured": true,
            "include_patient_metadata": false,
            "include_patient_structured": true,
        })
    );
}

#[test]
fn what_a_bundle_holds_is_said_in_the_query() {
    let (first, ..) = sent(&folder(), &["--fhir", "a.txt"]);
    assert_eq!(first, "POST /v2/structure/fhir HTTP/1.1");
    let flags = ["--fhir", "--include-patient=false", "--include-document-references", "--include-data=false", "a.txt"];
    let (first, ..) = sent(&folder(), &flags);
    assert_eq!(
        first,
        "POST /v2/structure/fhir?include_patient=false&include_document_references=true&include_data=false HTTP/1.1"
    );
}

#[test]
fn an_earlier_result_and_references_stay_what_they_are() {
    let earlier = r#"{"clinical_records": [], "of_next_year": {"b": 1.00, "a": 1}}"#;
    let folder = folder().with("patient.json", earlier);
    let flags = ["--update", "patient.json", "--doctor", "dr_1", "--patient", "pt_1", "a.txt"];
    let (_, body, _) = sent(&folder, &flags);
    assert_eq!(body["holistic_patient"]["of_next_year"]["a"], 1);
    assert!(!body.to_string().contains("dr_1") && !body.to_string().contains("pt_1"), "{body}");
}

#[test]
fn a_rejection_is_one_sentence_and_the_vendors_words_are_shown_on_request_only() {
    let (.., quiet) = sent(&folder(), &["a.txt"]);
    assert!(quiet.stderr.starts_with("error: ") && quiet.stderr.lines().count() == 1, "{}", quiet.stderr);
    assert!(!quiet.stderr.contains("canary"), "{}", quiet.stderr);
    let (.., open) = sent(&folder(), &["--details", "a.txt"]);
    assert!(open.stderr.contains("the vendor wrote: /body/new_records/0 canary in the field\n"), "{}", open.stderr);
    assert_eq!(open.stdout, "");
}

#[test]
fn a_code_of_two_letters_that_the_vendor_does_not_know_is_a_slip() {
    let ran = run(["structure", "--sandbox", "--language", "xx", "a.txt"]).expect(2);
    assert!(ran.stderr.contains("give en, de, fr or it"), "{}", ran.stderr);
}
