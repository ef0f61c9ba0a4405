//! What is on the wire, byte for byte, and what is refused before.

use bytes::Bytes;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation};
use serde_json::{Value, json};

use super::*;
use crate::{Bubble, FhirOptions, Language};

const POST: Operation = Operation::new("post", Method::Post, "/post", Effect::Unsafe);

/// The bytes as a server gets them: files are only read while a body is sent.
pub(crate) async fn sent_bytes(body: Body) -> Bytes {
    let transport = ScriptedTransport::always(Step::answer(200, "{}"));
    let client = Client::builder(&crate::client::VENDOR, BaseUrl::parse("http://127.0.0.1:9").unwrap());
    let client = client.transport(transport.clone()).build().unwrap();
    let length = body.len();
    client.send_raw(Call::new(&POST).body(body)).await.unwrap();
    let body = transport.requests()[0].body.clone();
    assert_eq!(body.len() as u64, length);
    body
}

async fn sent(body: Body) -> Value {
    serde_json::from_slice(&sent_bytes(body).await).unwrap()
}

#[tokio::test]
async fn every_kind_of_source_is_written_as_the_guide_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, mp3) = (folder.path().join("a.pdf"), folder.path().join("b.mp3"));
    std::fs::write(&pdf, "%PDF-1.7").unwrap();
    std::fs::write(&mp3, "ID3\x04").unwrap();
    let request = Structure::new([
        Record::text("Fever.").id("123e4567-e89b-12d3-a456-426614174000"),
        Record::audio_path(&mp3),
        Record::document_url("https://example.com/a.pdf?x=%C3%A9"),
        Record::document_path(&pdf),
        Record::audio_url("https://example.com/b.m4a"),
        Record::document_base64("JVBERi0xLjQ="),
        Record::transcript(Transcript::new([Bubble::new("Hi", 0.0, 2.5)])),
        Record::audio_bytes(&b"ID3\x03"[..]),
        Record::document_bytes(&b"\x89PNG\r\n\x1a\n"[..]).id("223e4567-e89b-12d3-a456-426614174001"),
    ])
    .config(Config::new().output_language(Language::German))
    .doctor("dr_123")
    .patient("pt_456");
    assert_eq!(
        sent(structure(&request).await.unwrap()).await,
        json!({
            "new_records": [
                {"record_id": "123e4567-e89b-12d3-a456-426614174000", "source": {"type": "plain_text", "text": "Fever."}},
                {"source": {"type": "audio", "base64": "SUQzBA=="}},
                {"source": {"type": "document", "url": "https://example.com/a.pdf?x=%C3%A9"}},
                {"source": {"type": "document", "base64": "JVBERi0xLjc="}},
                {"source": {"type": "audio", "url": "https://example.com/b.m4a"}},
                {"source": {"type": "document", "base64": "JVBERi0xLjQ="}},
                {"source": {"type": "audio", "transcript": {"bubbles": [{"text": "Hi", "start": 0.0, "end": 2.5}]}}},
                {"source": {"type": "audio", "base64": "SUQzAw=="}},
                {"record_id": "223e4567-e89b-12d3-a456-426614174001", "source": {"type": "document", "base64": "iVBORw0KGgo="}},
            ],
            "config": {"output_language": "de"},
        })
    );
    assert_eq!(request.who.context().unwrap().doctor_id().unwrap().expose(), "dr_123");
    assert_eq!(request.who.context().unwrap().patient_id().unwrap().expose(), "pt_456");
}

#[tokio::test]
async fn what_is_not_set_is_not_sent_and_an_earlier_result_is_sent_as_it_is() {
    let plain = json!({"new_records": [{"source": {"type": "plain_text", "text": "Fever."}}]});
    for request in [
        "Fever.".into(),
        "Fever.".to_owned().into(),
        Record::text("Fever.").into(),
        vec![Record::text("Fever.")].into(),
    ] {
        let request: Structure = request;
        assert_eq!(sent(structure(&request).await.unwrap()).await, plain);
        assert_eq!(sent(structure(&(&request).into()).await.unwrap()).await, plain);
    }
    let patient = HolisticPatient::from_json(r#"{"z":1,"a":[2]}"#).unwrap();
    let request = Structure::from([Record::text("a")]).record(Record::text("b")).holistic_patient(&patient);
    let body = sent(structure(&request).await.unwrap()).await;
    assert_eq!(body["holistic_patient"], json!({"z": 1, "a": [2]}));
    assert_eq!(body["new_records"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn texts_are_written_as_the_guide_shows_them() {
    let table: [(StructureText, Value); 5] = [
        ("a".into(), json!({"inputs": ["a"]})),
        ("a".to_owned().into(), json!({"inputs": ["a"]})),
        (vec!["a", "b"].into(), json!({"inputs": ["a", "b"]})),
        (["a", "b"].into(), json!({"inputs": ["a", "b"]})),
        (
            StructureText::new(["a".to_owned()]).config(Config::new().output_language(Language::English)),
            json!({"inputs": ["a"], "config": {"output_language": "en"}}),
        ),
    ];
    for (request, expected) in table {
        assert_eq!(sent(structure_text(&request).unwrap()).await, expected);
    }
    let named = StructureText::new(["a"]).doctor("dr_123").patient("pt_456");
    assert_eq!(named.who.context().unwrap().doctor_id().unwrap().expose(), "dr_123");
    assert_eq!(named.who.context().unwrap().patient_id().unwrap().expose(), "pt_456");
    assert!(StructureText::new(["a"]).doctor("a\nb").who.context().is_err());
}

#[tokio::test]
async fn nothing_to_structure_and_a_bad_setting_are_refused() {
    let bad = Config::new().structure_engine_version("1");
    let field = |error: HttpError| error.field().unwrap();
    assert_eq!(field(structure(&Structure::new([])).await.unwrap_err()), "new_records");
    assert_eq!(
        field(structure(&Structure::from("a").config(bad.clone())).await.unwrap_err()),
        "config.structure_engine_version"
    );
    assert_eq!(
        field(structure_text(&StructureText::from("a").config(bad)).unwrap_err()),
        "config.structure_engine_version"
    );
    assert_eq!(field(structure_text(&StructureText::new([""; 0])).unwrap_err()), "inputs");
    let blank = structure_text(&StructureText::new(["canary", " "])).unwrap_err().to_string();
    assert!(blank.contains("text 2") && !blank.contains("canary"), "{blank}");
    let late = structure(&Structure::new([Record::text("a"), Record::text("")])).await.unwrap_err();
    assert!(late.to_string().contains("of record 2"), "{late}");
}

#[test]
fn of_the_switches_only_what_is_set_is_in_the_query() {
    let query = |options: FhirOptions| options.query().collect::<Vec<_>>();
    assert_eq!(query(FhirOptions::new()), []);
    assert_eq!(query(FhirOptions::new().include_data(false)), [("include_data", "false")]);
    let all = FhirOptions::new().include_patient(true).include_document_references(false).include_data(true);
    assert_eq!(
        query(all),
        [("include_patient", "true"), ("include_document_references", "false"), ("include_data", "true")]
    );
}

#[test]
fn debug_of_a_request_shows_no_content() {
    let request = Structure::from("canary").doctor("canary").patient("canary");
    let texts = StructureText::from("canary").doctor("canary").patient("canary");
    assert!(!format!("{request:?} {texts:?}").contains("canary"));
}
