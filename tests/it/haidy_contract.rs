//! The Haidy-Analyst contract as the neutral third party: all that the client can send is held against it, and what the sandbox sends.

use std::collections::BTreeSet;

use clinical_http::testing::{Recorded, ScriptedTransport, Step};
use clinical_sandbox::contract;
use clinical_tests::documents::{pdf_of, pdf_saying};
use clinical_tests::haidy::{of_sandbox, scripted, start};
use haidy_analyst::legacy::{LegacyFile, UrlsEndpoint};
use haidy_analyst::{
    Bubble, Bundle, Config, EPD_META_DATA_V1, FhirOptions, Haidy, HolisticPatient, Language, Record, Structure,
    StructureText, Transcript,
};
use serde_json::{Value, json};

const CREATED: &str = r#"{"task_id":"abc123","status":"QUEUED","percentage":0,"result":null}"#;
const ID: &str = "123e4567-e89b-12d3-a456-426614174000";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";

/// A vendor that makes a task of every request.
fn vendor() -> ScriptedTransport {
    ScriptedTransport::always(Step::answer(200, CREATED))
}

/// A client of its own for each submission: the vendor gives all tasks one name, and a store does not mix patients.
fn client(vendor: &ScriptedTransport) -> Haidy {
    scripted(vendor).build().unwrap()
}

fn last(vendor: &ScriptedTransport) -> Recorded {
    vendor.requests().pop().unwrap()
}

fn body(sent: &Recorded) -> Value {
    serde_json::from_slice(&sent.body).unwrap()
}

fn violations(operation: &str, body: &Value) -> Vec<String> {
    contract::request_errors(operation, body).iter().map(ToString::to_string).collect()
}

fn transcript() -> Transcript {
    Transcript::new([Bubble::new("Patient presents with headache", 0.0, 2.5), Bubble::new("and nausea", 2.5, 3.5)])
}

/// Every way to give a record.
fn records(pdf: &std::path::Path, wav: &std::path::Path) -> Vec<Record> {
    vec![
        Record::text("Patient with \"quotes\", línea\nnueva, 38.5°C \u{1F600} \u{7f}"),
        Record::document_url("https://files.example/report%201.pdf?a=b&c=d"),
        Record::document_bytes(PNG),
        Record::document_path(pdf),
        Record::document_base64("JVBERi0xLjQK"),
        Record::audio_url("http://files.example/a.m4a"),
        Record::audio_bytes(WAV),
        Record::audio_path(wav),
        Record::audio_base64("SUQzBAAAAA=="),
        Record::transcript(transcript()),
    ]
}

/// Each setting by itself in both positions, all together, and none.
fn configs() -> Vec<Config> {
    let mut all = vec![
        Config::new(),
        Config::new().structure_engine_version("1.0.0"),
        Config::new().record_metadata_profile(EPD_META_DATA_V1),
        Config::new().record_metadata_profile("a").record_metadata_profile("b"),
    ];
    for language in [Language::English, Language::German, Language::French, Language::Italian] {
        all.push(Config::new().output_language(language));
    }
    for on in [true, false] {
        all.push(Config::new().include_record_metadata(on));
        all.push(Config::new().include_record_content(on));
        all.push(Config::new().include_record_structured(on));
        all.push(Config::new().include_patient_metadata(on));
        all.push(Config::new().include_patient_structured(on));
        let every = Config::new().structure_engine_version("10.20.30").output_language(Language::Italian);
        let every = every.record_metadata_profile(EPD_META_DATA_V1).include_record_metadata(on);
        let every = every.include_record_content(on).include_record_structured(!on);
        all.push(every.include_patient_metadata(on).include_patient_structured(!on));
    }
    all
}

fn fhir_options() -> Vec<FhirOptions> {
    let positions = [None, Some(true), Some(false)];
    let mut all = Vec::new();
    for patient in positions {
        for references in positions {
            for data in positions {
                let mut options = FhirOptions::new();
                options = patient.map_or(options, |on| options.include_patient(on));
                options = references.map_or(options, |on| options.include_document_references(on));
                options = data.map_or(options, |on| options.include_data(on));
                all.push(options);
            }
        }
    }
    all
}

/// The path and the query are the contract's, and so is every header.
fn assert_addressed(operation: &str, path: &str, sent: &Recorded) {
    let known = &contract::document(operation).unwrap()["paths"][path]["post"];
    assert_eq!((known["operationId"].as_str(), sent.method.as_str()), (Some(operation), "POST"));
    let target = sent.url.strip_prefix("https://haidy.example").unwrap();
    let (target, query) = target.split_once('?').unwrap_or((target, ""));
    assert_eq!(target, path);
    let parameters = known["parameters"].as_array().cloned().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap();
        assert!(parameters.iter().any(|it| it["in"] == "query" && it["name"] == name), "{name}");
        assert!(["true", "false"].contains(&value), "{name}={value}");
    }
    let names: BTreeSet<_> = sent.headers.keys().map(|name| name.as_str().to_owned()).collect();
    let expected = ["accept", "accept-encoding", "authorization", "content-type", "user-agent"].map(str::to_owned);
    assert!(names.is_subset(&expected.into()), "{names:?}");
    // What is cut off in the middle must be readable all the same.
    assert!(sent.headers.get("accept-encoding").is_none_or(|encoding| encoding == "identity"));
    assert_eq!(sent.headers["content-type"], "application/json");
}

#[tokio::test]
async fn every_record_in_every_mixture_is_valid_by_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, wav) = (folder.path().join("a.pdf"), folder.path().join("b.wav"));
    std::fs::write(&pdf, pdf_of(100_000)).unwrap();
    std::fs::write(&wav, WAV).unwrap();
    let vendor = vendor();
    let all = records(&pdf, &wav);
    let mut lists: Vec<Vec<Record>> = all.iter().map(|record| vec![record.clone()]).collect();
    lists.extend(all.iter().map(|record| vec![record.clone().id(ID)]));
    for first in &all {
        lists.extend(all.iter().map(|second| vec![first.clone(), second.clone().id(ID)]));
    }
    lists.push(all.into_iter().cycle().take(30).collect());
    for list in lists {
        let count = list.len();
        let _ = client(&vendor).structure(&Structure::new(list)).await.unwrap();
        let sent = last(&vendor);
        assert_addressed("structure", "/v2/structure", &sent);
        let body = body(&sent);
        assert_eq!(violations("structure", &body), [""; 0], "{body}");
        assert_eq!(body["new_records"].as_array().unwrap().len(), count);
    }
}

#[tokio::test]
async fn every_setting_switch_and_earlier_result_is_valid_by_the_contract() {
    let vendor = vendor();
    let earlier = HolisticPatient::from_json(r#"{"patient_id":"550e8400-e29b-41d4-a716-446655440000"}"#).unwrap();
    let mut settings = BTreeSet::new();
    for config in configs() {
        for earlier in [None, Some(&earlier)] {
            let mut request = Structure::new([Record::text("x")]).config(config.clone());
            request = earlier.map_or(request.clone(), |earlier| request.holistic_patient(earlier));
            let _ = client(&vendor).structure(&request).await.unwrap();
            let plain = body(&last(&vendor));
            assert_eq!(violations("structure", &plain), [""; 0], "{plain}");
            settings.extend(plain["config"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
            let _ = client(&vendor).structure_fhir(&request, FhirOptions::new()).await.unwrap();
            assert_eq!(body(&last(&vendor)), plain, "the two take the same body");
        }
        let _ = client(&vendor).structure_text(StructureText::new(["x", "y"]).config(config)).await.unwrap();
        assert_addressed("structure_text", "/v2/structure/text", &last(&vendor));
        let text = body(&last(&vendor));
        assert_eq!(violations("structure_text", &text), [""; 0], "{text}");
    }
    let known = &contract::document("structure").unwrap()["components"]["schemas"]["Config"]["properties"];
    let known: BTreeSet<_> = known.as_object().unwrap().keys().cloned().collect();
    assert_eq!(settings, known, "settings that the contract has and the client cannot set, or the other way round");
    let mut queries = BTreeSet::new();
    for options in fhir_options() {
        let _ = client(&vendor).structure_fhir("x", options).await.unwrap();
        assert_addressed("structure_fhir", "/v2/structure/fhir", &last(&vendor));
        queries.insert(last(&vendor).url);
    }
    assert_eq!(queries.len(), 27, "each position of each switch is another request");
}

#[tokio::test]
#[allow(deprecated)]
async fn the_older_endpoints_and_a_question_are_valid_by_the_contract() {
    static URLS: UrlsEndpoint = UrlsEndpoint::new("/v2/urls");
    let vendor = vendor();
    let files = [LegacyFile::bytes("a \"b\".pdf", pdf_of(5_000)), LegacyFile::bytes("ü.png", PNG)];
    let _ = haidy_analyst::legacy::files_to_fhir_base64(&client(&vendor), files).await.unwrap();
    assert_addressed("structure_documents_fhir_base64", "/v2/structure/documents/fhir/base64", &last(&vendor));
    let sent = body(&last(&vendor));
    assert_eq!(violations("structure_documents_fhir_base64", &sent), [""; 0], "{sent}");
    // No contract has this one: the guide says that an earlier Bundle is a string.
    let bundle = Bundle::from_json(r#"{"resourceType":"Bundle","x":1.00}"#).unwrap();
    let urls = ["https://files.example/a.pdf".to_owned()];
    let _ = haidy_analyst::legacy::urls_to_fhir(&client(&vendor), &URLS, &urls, Some(&bundle)).await.unwrap();
    let expected = json!({"file_urls": urls, "current_fhir_bundle": r#"{"resourceType":"Bundle","x":1.00}"#});
    assert_eq!(body(&last(&vendor)), expected);

    let vendor =
        ScriptedTransport::new([Step::answer(200, CREATED), Step::answer(200, r#"{"status":"DONE","result":{}}"#)]);
    let haidy = client(&vendor);
    let _ = haidy.structure("x").await.unwrap().wait().await.unwrap();
    assert_addressed("tasks", "/v2/tasks", &last(&vendor));
    assert_eq!(body(&last(&vendor)), json!({"task_id": "abc123"}));
}

/// The contract's examples of requests, as a reader of the guide writes them.
async fn as_written(haidy: &Haidy, operation: &str, name: &str) {
    let url = |url: &str| Record::document_url(format!("https://example.com/{url}"));
    let config = Config::new().structure_engine_version("1.0.0").output_language(Language::English);
    let structured = config.clone().include_record_structured(true);
    let request = match name {
        "request-body" => Structure::new([
            Record::text("Patient presents with hypertension. Current medications: Lisinopril 10mg daily.").id(ID),
            url("lab-results.pdf").id("223e4567-e89b-12d3-a456-426614174001"),
        ])
        .config(structured),
        "documents-by-url" => Structure::new([url("report1.pdf"), url("report2.pdf")]).config(structured),
        "plain-text" => Structure::new([
            Record::text("Patient presents with fever and cough for 3 days."),
            Record::text("Vital signs: BP 120/80, HR 72, Temp 38.5°C"),
        ])
        .config(config),
        "text-and-url" => {
            let text = "Patient has type 2 diabetes. Current medications: Metformin 1000mg twice daily.";
            Structure::new([url("medical-report.pdf"), Record::text(text)]).config(structured)
        }
        "mixed" => {
            let bubble = Bubble::new("Patient presents with headache and nausea", 0.0, 3.5);
            let vitals = Record::text("Vital signs: BP 140/90, HR 85, Temp 37.2°C");
            Structure::new([url("lab-report.pdf"), Record::transcript(Transcript::new([bubble])), vitals])
                .config(config)
        }
        "record-id" => {
            let text = "Patient John Doe, DOB 1990-01-01, diagnosed with type 2 diabetes.";
            let config = Config::new().structure_engine_version("1.0.0").record_metadata_profile(EPD_META_DATA_V1);
            Structure::new([Record::text(text).id(ID)]).config(config.include_record_metadata(true))
        }
        "quick" => {
            let texts = [
                "Patient presents with fever and cough for 3 days.",
                "Vital signs: BP 120/80, HR 72, Temp 38.5°C",
                "Diagnosis: Upper respiratory tract infection",
            ];
            let request = StructureText::new(texts).config(Config::new().output_language(Language::English));
            let _ = haidy.structure_text(request).await.unwrap();
            return;
        }
        other => panic!("no code for the example {other}"),
    };
    match operation {
        "structure" => drop(haidy.structure(request).await.unwrap()),
        _ => drop(haidy.structure_fhir(request, FhirOptions::new()).await.unwrap()),
    }
}

#[tokio::test]
async fn every_documented_request_can_be_written_with_the_typed_api() {
    let vendor = vendor();
    let mut count = 0;
    for example in contract::examples() {
        let ours = example.operation.starts_with("structure") && example.status.is_none();
        if !ours {
            continue;
        }
        count += 1;
        as_written(&client(&vendor), &example.operation, &example.name).await;
        let mut expected = example.body.clone();
        // "No earlier result" is said by leaving it out.
        if expected["holistic_patient"].is_null() {
            expected.as_object_mut().unwrap().remove("holistic_patient");
        }
        assert_eq!(body(&last(&vendor)), expected, "{}", example.name);
    }
    assert_eq!(count, 7, "examples");
}

#[tokio::test]
async fn every_documented_end_of_a_task_is_read() {
    let mut ends = Vec::new();
    for example in contract::examples() {
        if (example.operation.as_str(), example.status) != ("tasks", Some(200)) {
            continue;
        }
        let id = example.body["task_id"].as_str().unwrap();
        let created = CREATED.replace("abc123", id);
        let transport = ScriptedTransport::new([
            Step::answer(200, created.clone()),
            Step::answer(200, example.body.to_string()),
            Step::answer(200, created),
        ]);
        let haidy = scripted(&transport).build().unwrap();
        if example.name == "done-bundle" {
            let bundle = haidy.structure_fhir("x", FhirOptions::new()).await.unwrap().wait().await.unwrap();
            assert_eq!(serde_json::from_str::<Value>(bundle.as_json()).unwrap(), example.body["result"]);
            assert_eq!((bundle.bundle_type(), bundle.entries().len()), (Some("collection"), 2));
        } else {
            match haidy.structure("x").await.unwrap().wait().await {
                Ok(patient) => {
                    assert_eq!(serde_json::from_str::<Value>(patient.as_json()).unwrap(), example.body["result"]);
                    assert_eq!(patient.medications().count(), 1);
                }
                Err(error) => {
                    let failure = error.failure().unwrap().expose().clone();
                    assert_eq!(json!(failure.error), example.body["additional_info"]["error"]);
                    assert_eq!(json!(failure.details), example.body["additional_info"]["details"]);
                }
            }
        }
        ends.push(example.name.clone());
    }
    assert_eq!(ends, ["done-bundle", "done-patient", "failed"]);
}

#[tokio::test]
#[allow(deprecated)]
async fn every_result_that_the_sandbox_makes_for_the_client_is_valid_by_the_contract() {
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    let everything = Config::new().include_record_metadata(true).include_record_content(true);
    let everything = everything.include_patient_metadata(true).include_patient_structured(true);
    let pdf = pdf_saying("Patient with type 2 diabetes mellitus. Metformin 1000mg twice daily.");
    let list = vec![Record::text("Lisinopril 10mg daily."), Record::document_bytes(pdf.clone()).id(ID)];
    let mut tokens = vec![haidy.structure(list.clone()).await.unwrap().token().clone()];
    let request = Structure::new(list).record(Record::transcript(transcript())).config(everything);
    tokens.push(haidy.structure(&request).await.unwrap().token().clone());
    for options in fhir_options() {
        tokens.push(haidy.structure_fhir(&request, options).await.unwrap().token().clone());
    }
    tokens.push(haidy.structure_text(["BP 140/90", "Aspirin 100mg"]).await.unwrap().token().clone());
    let files = [LegacyFile::bytes("a.pdf", pdf)];
    tokens.push(haidy_analyst::legacy::files_to_fhir_base64(&haidy, files).await.unwrap().token().clone());
    for token in tokens {
        let claimed = haidy.tasks().wait(&token).await.unwrap();
        let task: Value = serde_json::from_slice(claimed.bytes.expose()).unwrap();
        assert_eq!(contract::response_errors("tasks", 200, &task), [], "{}", token.operation());
        assert_eq!(task["status"], "DONE");
        if ["structure", "structure_text"].contains(&token.operation()) {
            assert_eq!(contract::schema_errors("structure", "HolisticPatient", &task["result"]), []);
            haidy.resume::<HolisticPatient>(token).unwrap().wait().await.unwrap();
        } else {
            assert_eq!(task["result"]["resourceType"], "Bundle");
            haidy.resume::<Bundle>(token).unwrap().wait().await.unwrap();
        }
    }
}
