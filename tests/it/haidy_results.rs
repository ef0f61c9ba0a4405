//! Snapshots of results: what the views show of the sandbox's answers to letters in four languages and to a PDF, and how each error reads.

use clinical_http::Delivery;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_tests::documents::pdf_saying;
use clinical_tests::haidy::{facts, of_sandbox, scripted, start};
use haidy_analyst::{Config, EntityKind, FhirOptions, HolisticPatient, Language, Polling, Record, Structure};
use serde_json::{Map, Value, json};

use crate::snapshots::snapshot;

const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

fn letters() -> Vec<(&'static str, Language, Record)> {
    let english =
        "Patient John Doe, DOB 1990-01-01. Hypertension. Lisinopril 10mg daily. BP 140/90. Allergic to penicillin.";
    let german = "Patient mit Diabetes mellitus Typ 2. Metformin 1000mg zweimal täglich. Blutdruck 140/90.";
    let french = "Patient avec hypertension artérielle. Lisinopril 10mg par jour. Tension artérielle 140/90.";
    let italian = "Paziente con ipertensione arteriosa. Lisinopril 10mg al giorno. Pressione 140/90.";
    let pdf = pdf_saying("Patient with asthma. Salbutamol 100mcg daily. HR 85.");
    vec![
        ("en", Language::English, Record::text(english)),
        ("de", Language::German, Record::text(german)),
        ("fr", Language::French, Record::text(french)),
        ("it", Language::Italian, Record::text(italian)),
        ("pdf", Language::English, Record::document_bytes(pdf)),
    ]
}

/// The words of each mention, by kind, through the views.
fn seen(patient: &HolisticPatient) -> Value {
    let mut all = Map::new();
    for kind in EntityKind::ALL {
        let words: Vec<_> = patient.entities(kind).map(|it| it.display_str().map(str::to_owned)).collect();
        all.insert(kind.as_str().to_owned(), json!(words));
    }
    json!({"debug": format!("{patient:?}"), "entities": all, "json": serde_json::from_str::<Value>(patient.as_json()).unwrap()})
}

#[tokio::test]
async fn letters_in_four_languages_and_a_pdf_become_patients_and_bundles() {
    let (mut patients, mut bundles) = (Map::new(), Map::new());
    for (name, language, record) in letters() {
        let sandbox = start().await;
        let haidy = of_sandbox(&sandbox);
        let request = Structure::new([record.id(ID)]).config(Config::new().output_language(language));
        let patient = haidy.structure(&request).await.unwrap().wait().await.unwrap();
        assert!(patient.medications().count() == 1 && patient.conditions().count() >= 1, "{name}");
        patients.insert(name.to_owned(), seen(&patient));
        let bundle = haidy.structure_fhir(&request, FhirOptions::new()).await.unwrap().wait().await.unwrap();
        assert_eq!(bundle.resources("Patient").count(), 1, "{name}");
        let shown = format!("{bundle:?}");
        bundles.insert(
            name.to_owned(),
            json!({"debug": shown, "json": serde_json::from_str::<Value>(bundle.as_json()).unwrap()}),
        );
    }
    snapshot!("haidy-patients", patients);
    snapshot!("haidy-bundles", bundles);
}

const CREATED: &str = r#"{"task_id":"abc123","status":"QUEUED"}"#;

#[tokio::test]
async fn every_kind_of_error_reads_as_one_sentence() {
    let lost = |failure| Step::fail(failure, Delivery::Unknown);
    let answer = |body: &'static str| Step::answer(200, body);
    let submissions = [
        ("refused by the network", Step::fail(Failure::Connect, Delivery::NotSent)),
        ("lost on its way", lost(Failure::Interrupted)),
        ("without an id", answer("{}")),
        ("400", Step::answer(400, r#"{"detail":"Malformed JSON"}"#)),
        ("401", Step::answer(401, r#"{"detail":"Invalid token"}"#)),
        ("422", Step::answer(422, r#"{"detail":[{"loc":["body","new_records"],"msg":"field required","type":"x"}]}"#)),
        ("500", Step::answer(500, "")),
    ];
    let mut all = Map::new();
    for (name, step) in submissions {
        let haidy = scripted(&ScriptedTransport::always(step)).build().unwrap();
        all.insert(format!("submission {name}"), facts(&haidy.structure("x").await.unwrap_err()));
    }
    let failed = r#"{"task_id":"abc123","status":"FAILED","additional_info":{"error":"Unable to download"}}"#;
    let questions = [
        ("lost on its way", lost(Failure::Interrupted)),
        ("cut", answer(r#"{"status":"DO"#).then_break()),
        ("of a gone task", Step::answer(404, r#"{"detail":"Task not found"}"#)),
        ("refused", Step::answer(401, "")),
        ("500", Step::answer(500, "")),
        ("of a failed task", answer(failed)),
        ("of a result that does not fit", answer(r#"{"status":"DONE","result":{"clinical_records":[7]}}"#)),
        ("of a result that is missing", answer(r#"{"status":"DONE","result":null}"#)),
        ("of another task", answer(r#"{"task_id":"abc124","status":"DONE","result":{}}"#)),
        ("that says nothing", answer("[]")),
        ("that is never done", answer(r#"{"status":"STARTED"}"#)),
        (
            "that is too large",
            answer(
                r#"{"status":"DONE","result":{"patient_id":"01234567890123456789012345678901234567890123456789012345678901234567890123456789"}}"#,
            ),
        ),
    ];
    for (name, step) in questions {
        let answers = std::iter::once(Step::answer(200, CREATED)).chain(std::iter::repeat_n(step, 500));
        let polling = Polling::default().in_memory(120);
        let haidy = scripted(&ScriptedTransport::new(answers)).polling(polling).build().unwrap();
        let task = haidy.structure("x").await.unwrap();
        all.insert(format!("question {name}"), facts(&task.wait().await.unwrap_err()));
    }
    snapshot!("haidy-errors", all);
}
