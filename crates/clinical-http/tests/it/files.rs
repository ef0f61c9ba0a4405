//! Files in requests: read again for a retry, noticed when they are no longer what was inspected.

use std::future::poll_fn;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{Body, BoxFuture, Call, Delivery, ErrorKind, Event, FileFacts, FileSource, Observer, Operation};
use http_body::Body as _;

use crate::support::{Coded, IDEMPOTENT, audited, builder, ok};

/// Bytes in which no two pieces are alike.
pub(crate) fn content(len: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(len as u64);
    std::iter::repeat_with(|| random.u8(..)).take(len).collect()
}

pub(crate) fn in_memory(len: usize) -> FileFacts {
    let source = FileSource::bytes("pdf", content(len));
    let inspecting = pin!(source.inspect());
    // Of bytes in memory everything is known at once.
    match inspecting.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(facts) => facts.unwrap(),
        Poll::Pending => panic!("inspecting memory waits for nothing"),
    }
}

pub(crate) fn call_with(operation: &'static Operation, file: FileFacts) -> Call {
    let body = Body::json_with_file(file, |place| {
        Body::json(&serde_json::json!({ "name": "a.pdf", "data": place, "model": "fast" }))
    });
    Call::new(operation).body(body.unwrap())
}

fn temporary(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file.flush().unwrap();
    file
}

async fn inspect(path: &Path) -> FileFacts {
    FileSource::path("pdf", path).inspect().await.unwrap()
}

fn data_of(body: &[u8]) -> Vec<u8> {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!((&json["name"], &json["model"]), (&"a.pdf".into(), &"fast".into()));
    STANDARD.decode(json["data"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_file_is_read_again_for_a_retry_and_gives_the_same_bytes_and_digest() {
    let content = content(50_000);
    let file = temporary(&content);
    let broken = Step::answer(200, "{").then_break();
    let transport = ScriptedTransport::new([Step::answer(503, ""), broken, ok()]);
    let (client, audit) = audited(&transport);
    let call = call_with(&IDEMPOTENT, inspect(file.path()).await);
    client.send::<Coded>(call).await.unwrap();
    let requests = transport.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        assert_eq!(request.body, requests[0].body);
        assert_eq!(data_of(&request.body), content);
    }
    let record = &audit.records()[0];
    assert_eq!(record.request_bytes, requests[0].body.len() as u64);
    let digest = ring::digest::digest(&ring::digest::SHA256, &requests[0].body);
    assert_eq!(record.request_sha256.as_ref().map(<[u8; 32]>::as_slice), Some(digest.as_ref()));
}

type How = fn(&Path);

/// Does something to a file while the client waits between two attempts.
struct Tamper {
    path: PathBuf,
    how: How,
}

impl Observer for Tamper {
    fn on_event(&self, event: Event<'_>) {
        if matches!(event, Event::Waiting { .. }) {
            (self.how)(&self.path);
        }
    }
}

fn grow(path: &Path) {
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"more").unwrap();
}

fn truncate(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(1_000).unwrap();
}

/// Other content of the same length, as a new file in the old one's place.
fn replace(path: &Path) {
    let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = std::fs::File::create(path).unwrap();
    (&file).write_all(&content(40_000)).unwrap();
    file.set_modified(long_ago).unwrap();
}

fn remove(path: &Path) {
    std::fs::remove_file(path).unwrap();
}

fn turn_into_a_directory(path: &Path) {
    remove(path);
    std::fs::create_dir(path).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_not_the_same_for_the_second_attempt_ends_the_call() {
    let table: [(How, &str); 5] = [
        (grow, "pdf changed while it was being sent"),
        (truncate, "pdf changed while it was being sent"),
        (replace, "pdf changed while it was being sent"),
        (remove, "pdf does not exist"),
        (turn_into_a_directory, "pdf changed while it was being sent"),
    ];
    for (how, sentence) in table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, content(40_000)).unwrap();
        let facts = inspect(&path).await;
        let transport = ScriptedTransport::always(Step::answer(429, ""));
        let audit = MemoryAudit::new();
        let client = builder(&transport).audit(audit.clone()).observer(Tamper { path, how }).build().unwrap();
        let error = client.send::<Coded>(call_with(&IDEMPOTENT, facts)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with(sentence), "{error}");
        assert_eq!(transport.requests().len(), 1);
        let deliveries: Vec<_> = error.attempt_log().iter().map(|a| a.delivery).collect();
        assert_eq!(deliveries, [Delivery::Refused, Delivery::NotSent]);
        assert_eq!(error.delivery(), Delivery::Refused);
        let [record] = &audit.records()[..] else {
            panic!("not one record");
        };
        assert_eq!(record.request_bytes, 0, "of the last attempt");
        assert!(record.request_sha256.is_some(), "of the attempt that sent it whole");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_gone_before_the_first_attempt_ends_the_call_with_nothing_sent() {
    let file = temporary(&content(10));
    let facts = inspect(file.path()).await;
    drop(file);
    let transport = ScriptedTransport::always(ok());
    let (client, audit) = audited(&transport);
    let error = client.send::<Coded>(call_with(&IDEMPOTENT, facts)).await.unwrap_err();
    assert_eq!(error.field(), Some("pdf"));
    assert_eq!(error.to_string(), "pdf does not exist; check the path (nothing was sent)");
    assert_eq!(transport.requests().len(), 0);
    assert_eq!(audit.records()[0].delivery, Delivery::NotSent);
}

/// Grows the file once the body has been asked for its first piece, then takes the rest.
struct GrowingUnderneath(PathBuf);

impl Transport for GrowingUnderneath {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let mut first = true;
            loop {
                let frame = poll_fn(|cx| Pin::new(&mut request.body).poll_frame(cx)).await;
                if std::mem::take(&mut first) {
                    grow(&self.0);
                }
                if frame.expect("the body never ends well").is_err() {
                    return Err(TransportError { failure: Failure::RequestBody, delivery: Delivery::Unknown });
                }
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_grows_during_the_upload_is_not_sent_to_its_old_end() {
    let file = temporary(&content(40_000));
    let facts = inspect(file.path()).await;
    let audit = MemoryAudit::new();
    let client = builder(&ScriptedTransport::default())
        .transport(GrowingUnderneath(file.path().to_owned()))
        .audit(audit.clone())
        .build()
        .unwrap();
    let error = client.send::<Coded>(call_with(&IDEMPOTENT, facts)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidInput, 1));
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(audit.records()[0].request_sha256, None, "never whole");
}
