//! Every answer and every event among the fixtures is read: those that the vendor documents, those made from the contracts at random, with and
//! without what may be missing and with what nobody knows, and those of the sandbox.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::novamed::{Work, scripted};
use http::HeaderMap;
use novamed_api::webhook::{Event, Receiver};
use novamed_api::{Error, Kind, Revision};

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, files) } else { files.push(path) }
    }
}

/// Name and content of every fixture of a revision.
fn fixtures(revision: Revision) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/novamed-api-{revision}"));
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    files.sort();
    let read = |path: PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap());
    files.into_iter().map(read).collect()
}

fn work_of(operation: &str) -> Option<Work> {
    Some(match operation {
        "create_practitioner" => Work::Practitioner,
        "create_patient" => Work::Patient,
        "create_medication_request" | "create_medication_order" => Work::Order,
        "create_refill_request" => Work::Refill,
        "create_webhook" => Work::CreateWebhook,
        "delete_webhook" => Work::DeleteWebhook,
        "get_carriers" => Work::Carriers,
        "get_carrier_services" => Work::Services,
        _ => return None,
    })
}

/// What the client makes of this answer, whatever it was asked.
async fn outcome(work: Work, revision: Revision, status: u16, body: Vec<u8>) -> Result<usize, Error> {
    let transport = ScriptedTransport::always(Step::answer(status, body));
    work.run(&scripted(&transport, revision).build().unwrap()).await
}

#[tokio::test]
async fn every_answer_among_the_fixtures_is_read_and_every_error_has_the_vendors_words() {
    for revision in Revision::ALL.iter().copied() {
        let mut seen: BTreeMap<u16, usize> = BTreeMap::new();
        for (name, body) in fixtures(revision) {
            let mut parts = name.splitn(3, '-');
            let (work, status) = (work_of(parts.next().unwrap()), parts.next().and_then(|part| part.parse().ok()));
            let (Some(work), Some(status)) = (work, status) else { continue };
            let outcome = outcome(work, revision, status, body).await;
            *seen.entry(status).or_default() += 1;
            match outcome {
                Ok(_) => assert_eq!(status, 200, "{name}"),
                Err(error) => {
                    assert!(status >= 400 && error.vendor().is_some(), "{name}: {error}");
                    // One of the shared errors is that of a pending refill; of an order it means nothing.
                    let exists = work == Work::Refill && name.contains("exists");
                    assert_eq!(error.kind() == Kind::RefillAlreadyExists, exists, "{name}");
                    assert_eq!(error.retry_after().is_some(), status == 429, "{name}");
                }
            }
        }
        assert!(seen[&200] >= 25 && seen.len() >= 5, "{revision}: {seen:?}");
    }
}

#[test]
fn every_event_among_the_fixtures_is_read_those_of_2026_01_as_what_they_are() {
    let receiver = Receiver::new("key").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-api-key", "key".parse().unwrap());
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for revision in Revision::ALL.iter().copied() {
        for (name, body) in fixtures(revision) {
            // Made of parts at random, its name may be one text and its data another's.
            if !name.starts_with("webhook-") {
                continue;
            }
            all += 1;
            let body = match serde_json::from_slice::<serde_json::Value>(&body).unwrap() {
                // The data alone, for the names that have it.
                data if data.get("event_name").is_none() && data.get("event_type").is_none() => {
                    let event = if name.contains("order") {
                        "medication_order:filled"
                    } else if name.contains("shipment") {
                        "shipment:created"
                    } else {
                        "practitioner:activated"
                    };
                    serde_json::json!({"event_name": event, "event_data": data})
                }
                whole => whole,
            };
            let notification = receiver.parse(&headers, body.to_string().as_bytes());
            let notification = notification.unwrap_or_else(|error| panic!("{revision} {name}: {error}"));
            if !matches!(notification.event(), Event::Unknown(_)) {
                *known.entry(notification.event().name().to_owned()).or_default() += 1;
            }
        }
    }
    assert!(all >= 20, "{all} events");
    for event in ["verified", "submitted", "acknowledged", "filled"] {
        assert!(known.contains_key(&format!("medication_order:{event}")), "{known:?}");
    }
    assert!(known["shipment:created"] >= 3 && known["practitioner:activated"] >= 3, "{known:?}");
}
