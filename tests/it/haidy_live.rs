//! The real client against the real sandbox over loopback: every endpoint and every kind of record, to the result.

use std::collections::BTreeSet;
use std::time::Duration;

use clinical_sandbox::Sandbox;
use clinical_tests::documents::{pdf_of, pdf_saying};
use clinical_tests::haidy::{for_sandbox, kept_in, of_sandbox, start, start_with, statuses};
use clinical_tests::recorder::answer_all;
use haidy_analyst::legacy::LegacyFile;
use haidy_analyst::tasks::Terminal;
use haidy_analyst::{
    Bubble, Bundle, Config, FhirOptions, Haidy, HolisticPatient, Json, Kind, Polling, Record, State, Transcript,
};
use httpmock::MockServer;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";

/// A UUID that ends in a number.
fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn transcript(text: &str) -> Record {
    Record::transcript(Transcript::new([Bubble::new(text, 0.0, 2.5)]))
}

/// The medications, each with the number of its record.
fn found(patient: &HolisticPatient) -> Vec<(usize, String)> {
    let number = |id: &str| id.rsplit('-').next().unwrap().parse().unwrap();
    let one = |it: haidy_analyst::Found<'_>| (number(it.record_id.unwrap()), it.identity("name").unwrap().into_owned());
    patient.medications().map(one).collect()
}

fn consumed(sandbox: &Sandbox) -> Vec<bool> {
    sandbox.tasks().iter().map(|task| task.consumed).collect()
}

#[tokio::test]
async fn records_of_every_kind_in_one_request_are_each_found_in_the_result() {
    let sandbox = start().await;
    let files = MockServer::start_async().await;
    let served = pdf_saying("Patient takes Ibuprofen 400mg twice daily.");
    let document = files.mock_async(|when, then| {
        when.path("/report.pdf");
        then.status(200).body(served);
    });
    let document = document.await;
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (number, drug) in [(0, "Metformin 1000mg"), (1, "Amlodipine 5mg")] {
        let path = folder.path().join(format!("{number}.pdf"));
        std::fs::write(&path, pdf_saying(&format!("Patient takes {drug} daily."))).unwrap();
        paths.push(path);
    }
    let records = vec![
        Record::text("Patient takes Lisinopril 10mg daily.").id(id(0)),
        Record::document_path(&paths[0]).id(id(1)),
        Record::document_bytes(PNG).id(id(2)),
        Record::document_path(&paths[1]).id(id(3)),
        transcript("Patient takes Paracetamol 500mg daily.").id(id(4)),
        Record::audio_bytes(WAV).id(id(5)),
        Record::document_url(files.url("/report.pdf")).id(id(6)),
    ];
    let task = of_sandbox(&sandbox).structure(records).await.unwrap();
    assert_eq!(task.token().references().len(), 7);
    let (seen, patient) = statuses(task.watch()).await;
    let patient = patient.unwrap();
    let ids: Vec<_> = patient.records().iter().map(|record| record.record_id().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..7).map(id).collect::<Vec<_>>());
    let names = ["Lisinopril", "Metformin", "Amlodipine", "Paracetamol", "Ibuprofen"].map(str::to_owned);
    assert_eq!(found(&patient), [0, 1, 3, 4, 6].into_iter().zip(names).collect::<Vec<_>>());
    document.assert_calls_async(1).await;
    let expected = ["QUEUED", "STARTED", "DOCUMENT_DOWNLOAD_DONE", "DOCUMENT_PARSING_DONE", "AUDIO_PROCESSING_DONE"];
    assert_eq!(seen[..5], expected, "{seen:?}");
    assert_eq!(consumed(&sandbox), [true]);
}

#[tokio::test]
async fn a_file_from_disk_arrives_as_the_same_bytes_as_the_same_file_from_memory() {
    let content = pdf_of(3_000_001);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    let paths = || vec![Record::document_path(file.path()), Record::text("x"), Record::document_path(file.path())];
    let bytes = Record::document_bytes(content);
    let _ = haidy.structure(paths()).await.unwrap();
    let _ = haidy.structure(vec![bytes.clone(), Record::text("x"), bytes]).await.unwrap();
    let journal = sandbox.journal();
    let attempts = journal.attempts_on("structure");
    assert_eq!(attempts[0].body_sha256, attempts[1].body_sha256);
    assert!(attempts[0].body_sha256.is_some() && attempts[0].body_bytes > 8_000_000);
}

/// Asks so often that no status is passed over.
fn attentive(sandbox: &Sandbox, every: Duration) -> Haidy {
    let polling = Polling::default().first(every).longest(every).factor(1.0);
    for_sandbox(sandbox).polling(polling).build().unwrap()
}

#[tokio::test]
async fn which_statuses_a_task_goes_through_depends_on_what_was_sent() {
    let files = MockServer::start_async().await;
    answer_all(&files, 200, &[], "%PDF-1.4 no text").await;
    let url = files.url("/a");
    let table: [(Record, u64, &[&str]); 4] = [
        (Record::text("x"), 50, &["QUEUED", "STARTED", "SERVICE_DONE"]),
        (transcript("x"), 50, &["QUEUED", "STARTED", "SERVICE_DONE"]),
        (Record::document_bytes(PNG), 1_000, &["QUEUED", "STARTED", "DOCUMENT_PARSING_DONE", "SERVICE_DONE"]),
        (Record::audio_bytes(WAV), 1_000, &["QUEUED", "STARTED", "AUDIO_PROCESSING_DONE", "SERVICE_DONE"]),
    ];
    for (record, every, expected) in table {
        let sandbox = start().await;
        let task = attentive(&sandbox, Duration::from_millis(every)).structure(record).await.unwrap();
        let (seen, result) = statuses(task.watch()).await;
        assert_eq!(seen, expected);
        result.unwrap();
    }
    // On the older page there are fewer; what the file is is found out only after the download.
    let sandbox = start_with("task_statuses", "older").await;
    let list = vec![Record::audio_url(&url), Record::text("x")];
    let task = attentive(&sandbox, Duration::from_secs(1)).structure(list).await.unwrap();
    let (seen, result) = statuses(task.watch()).await;
    assert_eq!(seen, ["CREATED", "RUNNING"]);
    result.unwrap();
}

#[tokio::test]
async fn a_document_that_cannot_be_downloaded_fails_the_task_and_the_reason_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["https://files.example/report.pdf", "http://127.0.0.1:9/report.pdf"] {
        let sandbox = start().await;
        let haidy = kept_in(&sandbox, &folder.path().join(sandbox.port().to_string()));
        let task = haidy.structure(vec![Record::text("x"), Record::document_url(url)]).await.unwrap();
        let error = task.wait().await.unwrap_err();
        assert_eq!(error.kind(), Kind::TaskFailed);
        let failure = error.failure().unwrap().expose();
        assert_eq!(failure.error.as_deref(), Some("Unable to download document from URL"));
        assert!(failure.details.is_some());
        let entries = haidy.recover().await.unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].state, State::Stored(Terminal::Failed));
        // The account of it can be read once at the vendor, and for ever here.
        let asked = sandbox.journal().attempts_on("tasks").len();
        assert_eq!(task.wait().await.unwrap_err().kind(), Kind::TaskFailed);
        assert_eq!(sandbox.journal().attempts_on("tasks").len(), asked);
        assert_eq!(consumed(&sandbox), [true]);
    }
}

#[tokio::test]
async fn an_earlier_result_goes_back_with_all_that_this_version_does_not_know() {
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    let first = haidy.structure(Record::text("Patient takes Lisinopril 10mg daily.").id(id(1))).await.unwrap();
    let first = first.wait().await.unwrap();
    // Of a later version of the vendor's, in three places.
    let planted = r#"{ "later":{"n":12345678901234567890,"t":"a\"b\\u00e9"},"#;
    let json = first.as_json().replacen('{', planted, 1);
    let json = json.replacen(r#""record_structured":{"#, r#""later_in_record":[1,2],"record_structured":{"#, 1);
    let json = json.replacen(r#""identity_fields":{"#, r#""later_in_entity":true,"identity_fields":{"#, 1);
    let earlier = HolisticPatient::from_json(json.clone()).unwrap();
    assert_eq!(earlier.as_json(), json);
    let second = Record::text("Patient takes Metformin 1000mg twice daily.").id(id(2));
    let request = haidy_analyst::Structure::new([second]).holistic_patient(&earlier);
    let both = haidy.structure(&request).await.unwrap().wait().await.unwrap();
    assert_eq!(found(&both), [(1, "Lisinopril".to_owned()), (2, "Metformin".to_owned())]);
    assert_eq!((both.patient_id(), first.patient_id().is_some()), (first.patient_id(), true));
    assert!(both.records()[0].other().get("later_in_record").is_some_and(|kept| kept.as_json() == "[1,2]"));
    let entity = both.medications().next().unwrap();
    assert!(entity.other().get("later_in_entity").is_some());
    assert!(both.other().get("later").is_some(), "{:?}", both.other());
}

#[tokio::test]
async fn each_switch_of_the_bundle_decides_what_it_says() {
    let text = "Patient John Doe. Type 2 diabetes. Metformin 1000mg twice daily.";
    for patient in [true, false] {
        for references in [true, false] {
            for data in [true, false] {
                let sandbox = start().await;
                let options = FhirOptions::new().include_patient(patient).include_data(data);
                let options = options.include_document_references(references);
                let record = Record::document_bytes(pdf_saying(text));
                let task = of_sandbox(&sandbox).structure_fhir(record, options).await.unwrap();
                let bundle = task.wait().await.unwrap();
                let count = |kind: &str| bundle.resources(kind).count();
                assert_eq!((count("Patient"), count("DocumentReference")), (patient.into(), references.into()));
                assert!(count("MedicationStatement") == 1 && count("Condition") >= 1);
                let attachment = bundle.resources("DocumentReference").any(|it| it.as_json().contains(r#""data":"#));
                assert_eq!(attachment, references && data);
            }
        }
    }
    // What is not set is on, says the guide.
    let sandbox = start().await;
    let task = of_sandbox(&sandbox).structure_fhir(text, FhirOptions::new()).await.unwrap();
    let bundle = task.wait().await.unwrap();
    assert_eq!((bundle.resources("Patient").count(), bundle.resources("DocumentReference").count()), (1, 1));
}

#[tokio::test]
#[allow(deprecated)]
async fn texts_and_the_older_endpoint_end_with_their_results() {
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    let config = Config::new().output_language(haidy_analyst::Language::German);
    let request = haidy_analyst::StructureText::new(["Lisinopril 10mg daily.", "BP 140/90"]).config(config);
    let patient = haidy.structure_text(request).await.unwrap().wait().await.unwrap();
    assert_eq!((patient.records().len(), patient.medications().count()), (2, 1));
    assert!(patient.observations().count() >= 1);
    let files = ["Metformin 1000mg daily.", "Asthma."].map(|text| LegacyFile::bytes("a.pdf", pdf_saying(text)));
    let task = haidy_analyst::legacy::files_to_fhir_base64(&haidy, files).await.unwrap();
    let bundle: Bundle = task.wait().await.unwrap();
    assert_eq!(bundle.resources("DocumentReference").count(), 2);
    assert_eq!(bundle.resources("MedicationStatement").count(), 1);
}

#[tokio::test]
async fn of_fifty_tasks_each_ends_with_its_own_result_taken_once() {
    let sandbox = start().await;
    let haidy = of_sandbox(&sandbox);
    let mut tokens = Vec::new();
    for number in 0..50 {
        let text = format!("Patient takes Lisinopril {}mg daily.", number + 1);
        let task = haidy.structure(Record::text(text).id(id(number))).await.unwrap();
        tokens.push(task.token().clone());
    }
    let mut many = haidy.wait_many::<HolisticPatient>(tokens);
    let mut ended = BTreeSet::new();
    while let Some((token, patient)) = many.next().await {
        let patient = patient.unwrap();
        let number: usize = token.references()[0].rsplit('-').next().unwrap().parse().unwrap();
        let dose = patient.medications().next().unwrap().identity("dose").unwrap().into_owned();
        let digits: String = dose.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, (number + 1).to_string(), "{dose}");
        assert!(ended.insert(number), "{number} came twice");
    }
    assert_eq!(ended.len(), 50);
    let facts = sandbox.tasks();
    assert_eq!((facts.len(), facts.iter().filter(|task| task.consumed).count()), (50, 50));
    assert!(facts.iter().all(|task| task.polls.iter().filter(|poll| poll.terminal).count() == 1));
}

#[tokio::test]
async fn a_token_written_down_is_resumed_by_another_client_with_another_store() {
    let sandbox = start().await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let haidy = kept_in(&sandbox, one.path());
    let task = haidy.structure(Record::text("Lisinopril 10mg daily.").id(id(1))).await.unwrap();
    let written = serde_json::to_string(task.token()).unwrap();
    drop((task, haidy));
    let haidy = kept_in(&sandbox, two.path());
    let token: haidy_analyst::TaskToken = serde_json::from_str(&written).unwrap();
    // Of another kind of result: refused, and nothing asked.
    let refused = haidy.resume::<Bundle>(token.clone()).unwrap_err();
    assert_eq!(refused.field(), Some("task token"));
    assert_eq!(sandbox.journal().attempts_on("tasks").len(), 0);
    let patient = haidy.resume::<HolisticPatient>(token.clone()).unwrap().wait().await.unwrap();
    assert_eq!(found(&patient), [(1, "Lisinopril".to_owned())]);
    let raw = haidy.resume::<Json>(token.clone()).unwrap().wait().await.unwrap();
    assert_eq!(raw.as_json(), patient.as_json());
    assert_eq!(haidy.recover().await.unwrap()[0].state, State::Stored(Terminal::Done));
    // The first store does not know; the vendor says what happened, and nothing is invented.
    let first = kept_in(&sandbox, one.path()).resume::<HolisticPatient>(token).unwrap();
    assert_eq!(first.wait().await.unwrap_err().kind(), Kind::Gone);
}

#[tokio::test]
async fn what_a_taken_task_is_answered_is_never_read_as_a_result() {
    let table = [("not-found", Kind::Gone), ("validation-error", Kind::NotConsumed), ("null-task", Kind::Undecodable)];
    for (position, expected) in table {
        let sandbox = start_with("consumed_task", position).await;
        let task = of_sandbox(&sandbox).structure("x").await.unwrap();
        task.wait().await.unwrap();
        let late = of_sandbox(&sandbox).resume::<HolisticPatient>(task.token().clone()).unwrap();
        assert_eq!(late.wait().await.unwrap_err().kind(), expected, "{position}");
    }
}
