//! Everything that the Haidy client can do, with strings in it that must not be seen, and the search for them.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::{JumpingClock, MemoryAudit};
use clinical_tests::capture::Capture;
use clinical_tests::haidy::LONG;
use haidy_analyst::legacy::{LegacyFile, UrlsEndpoint};
use haidy_analyst::{
    Bubble, Bundle, Config, Error, FhirOptions, Haidy, HaidyBuilder, HolisticPatient, Json, Language, Polling, Record,
    Structure, StructureText, Task, TaskResult, Transcript, Update,
};
use serde_json::json;

// What must not be seen. Lengths divisible by three, so that their base64 is part of the base64 of what holds them.
pub(crate) const NOTE: &str = "canarynoteaa";
pub(crate) const CONTENT: &str = "canarypdfbbb";
pub(crate) const NAME: &str = "canarynamecc";
pub(crate) const FOLDER: &str = "canarypathdd";
pub(crate) const TOKEN: &str = "canarytokene";
pub(crate) const DOCTOR: &str = "canarydoctor";
pub(crate) const PATIENT: &str = "canarypatien";
pub(crate) const ADDRESS: &str = "canaryurlfff";
pub(crate) const SPEECH: &str = "canaryspeech";
pub(crate) const EARLIER: &str = "canaryearlie";
pub(crate) const RESULT: &str = "canaryresult";
pub(crate) const REASON: &str = "canaryreason";
pub(crate) const ODD: &str = "canaryoddiii";
pub(crate) const CANARIES: [&str; 13] =
    [NOTE, CONTENT, NAME, FOLDER, TOKEN, DOCTOR, PATIENT, ADDRESS, SPEECH, EARLIER, RESULT, REASON, ODD];

/// A caller's reference, which a token holds on purpose.
pub(crate) const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

pub(crate) fn assert_clean(what: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for canary in CANARIES {
        assert!(!lower.contains(canary), "{what} shows {canary}");
        assert!(!text.contains(&STANDARD.encode(canary)), "{what} shows {canary} as base64");
    }
    // Bytes printed as a list of numbers, as `Debug` of a vector does.
    let numbers: Vec<String> = b"canary".iter().map(u8::to_string).collect();
    assert!(!text.contains(&numbers.join(", ")), "{what} shows a canary as numbers");
}

pub(crate) fn assert_debug_clean(value: &dyn Debug) {
    assert_clean("Debug", &format!("{value:?}"));
    assert_clean("alternate Debug", &format!("{value:#?}"));
}

pub(crate) fn assert_error_clean(error: &Error) {
    assert_debug_clean(error);
    assert_debug_clean(&error.attempt_log());
    assert_debug_clean(&error.details());
    assert_debug_clean(&error.failure());
    assert_debug_clean(&error.body());
    assert_clean("the pointer", error.pointer().unwrap_or_default());
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(current) = cause {
        assert_clean("Display", &current.to_string());
        cause = current.source();
    }
}

/// A PDF with the canary at an offset divisible by three, in a folder and under a name with canaries.
pub(crate) fn file(folder: &Path) -> PathBuf {
    let folder = folder.join(FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{NAME}.pdf"));
    std::fs::write(&path, format!("%PDF-1.4\n{}", CONTENT.repeat(2_000))).unwrap();
    path
}

pub(crate) fn records(path: &Path) -> Vec<Record> {
    let content = std::fs::read(path).unwrap();
    let url = format!("http://127.0.0.1:9/{ADDRESS}?{ADDRESS}=1#{ADDRESS}");
    vec![
        Record::text(format!("{NOTE} Patient takes Lisinopril 10mg daily. {NOTE}")).id(ID),
        Record::document_path(path),
        Record::document_base64(&STANDARD.encode(&content)),
        Record::document_bytes(content),
        Record::audio_bytes(format!("ID3{SPEECH}")),
        Record::transcript(Transcript::new([Bubble::new(format!("{SPEECH} asthma"), 0.0, 1.0)])),
        Record::document_url(url),
    ]
}

pub(crate) fn earlier() -> HolisticPatient {
    let record = json!({"record_id": EARLIER, EARLIER: EARLIER, "record_structured": {"input_text": EARLIER}});
    let metadata = json!({"name": EARLIER, "gender": EARLIER, "birthday": EARLIER});
    let patient = json!({"patient_id": EARLIER, "clinical_records": [record], "patient_metadata": metadata});
    HolisticPatient::from_json(patient.to_string()).unwrap()
}

/// All but what is fetched, so that a task can end well, and with it.
pub(crate) fn requests(path: &Path) -> [Structure; 2] {
    let about = |records: Vec<Record>| Structure::new(records).doctor(DOCTOR).patient(PATIENT);
    let config = Config::new().output_language(Language::German).include_record_content(true);
    let mut few = records(path);
    few.truncate(1);
    [about(few).config(config), about(records(path)).holistic_patient(&earlier())]
}

pub(crate) fn watched(url: &str, audit: &MemoryAudit, store: &Path) -> HaidyBuilder {
    let audit = audit.clone();
    let (first, longest) = (Duration::from_secs(20), Duration::from_mins(1));
    let polling = Polling::default().first(first).longest(longest).deadline(LONG).in_memory(300_000);
    let builder = Haidy::builder()
        .base_url(url)
        .token(TOKEN)
        .results_in(store.join("results").join(FOLDER))
        .polling(polling)
        .seed(7);
    builder.http(|http| http.audit(audit).clock(JumpingClock::new()).seed(7))
}

/// Waits in every way, and looks at what comes out. Whether there was a result.
pub(crate) async fn follow<R: TaskResult + Debug>(haidy: &Haidy, task: Result<Task<R>, Error>) -> bool {
    let task = match task {
        Ok(task) => task,
        Err(error) => {
            assert_error_clean(&error);
            return false;
        }
    };
    assert_debug_clean(&task);
    assert_clean("the token", &serde_json::to_string(task.token()).unwrap());
    let mut watch = task.watch();
    assert_debug_clean(&watch);
    while let Some(update) = watch.next().await {
        assert_debug_clean(&update);
        match &update {
            Ok(Update::InProgress { status, .. }) => assert_clean("a status", status.as_str()),
            Err(error) => assert_error_clean(error),
            _ => {}
        }
    }
    let mut many = haidy.wait_many::<Json>([task.token().clone()]);
    assert_debug_clean(&many);
    assert_debug_clean(&many.next().await);
    match task.wait().await {
        Ok(result) => {
            assert_debug_clean(&result);
            true
        }
        Err(error) => {
            assert_error_clean(&error);
            if let Err(error) = haidy.ask_again(task.token()).await {
                assert_error_clean(&error);
            }
            false
        }
    }
}

/// Does everything that the client can. How many results there were.
#[allow(deprecated)]
pub(crate) async fn exercise(haidy: &Haidy, path: &Path) -> usize {
    static URLS: UrlsEndpoint = UrlsEndpoint::new("/v2/structure/documents/fhir/base64");
    assert_debug_clean(haidy);
    let mut good = 0;
    for request in requests(path) {
        assert_debug_clean(&request);
        good += usize::from(follow(haidy, haidy.structure(&request).await).await);
        good += usize::from(follow(haidy, haidy.structure_fhir(&request, FhirOptions::new()).await).await);
    }
    let text = StructureText::new([format!("{NOTE} asthma")]).doctor(DOCTOR);
    assert_debug_clean(&text);
    good += usize::from(follow(haidy, haidy.structure_text(text).await).await);
    let files = || [LegacyFile::path(format!("{NAME}.pdf"), path), LegacyFile::bytes(NAME, CONTENT)];
    assert_debug_clean(&files());
    let task = haidy_analyst::legacy::files_to_fhir_base64(haidy, files()).await;
    good += usize::from(follow(haidy, task).await);
    let urls = [format!("http://127.0.0.1:9/{ADDRESS}")];
    let bundle = Bundle::from_json(format!(r#"{{"resourceType":"Bundle","{EARLIER}":1}}"#)).unwrap();
    let task = haidy_analyst::legacy::urls_to_fhir(haidy, &URLS, &urls, Some(&bundle)).await;
    good += usize::from(follow(haidy, task).await);
    for entry in haidy.recover().await.unwrap() {
        assert_debug_clean(&entry);
    }
    haidy.drain().await;
    assert_debug_clean(haidy.tasks());
    good
}

/// The names below a store, and that what is in the files is what a caller may look for there.
pub(crate) fn assert_names_clean(root: &Path) -> usize {
    let mut count = 0;
    for item in std::fs::read_dir(root).unwrap() {
        let path = item.unwrap().path();
        assert_clean("a file name", path.file_name().unwrap().to_str().unwrap());
        count += 1;
        if path.is_dir() {
            count += assert_names_clean(&path);
        } else if ["journal", "token.json", "origin.json"].iter().any(|name| path.ends_with(name)) {
            assert_clean("what the store notes", &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    count
}

pub(crate) fn assert_log(capture: &Capture, at_least: &[&str]) {
    let log = capture.text();
    for expected in at_least {
        assert!(log.contains(expected), "the capture has caught nothing of {expected}");
    }
    assert_clean("the log", &log);
}
