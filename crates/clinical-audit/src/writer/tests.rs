//! What only shows when the disk does not do what it is told.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clinical_http::audit::AuditRecord;
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
use tokio::sync::oneshot;

use super::*;
use crate::place::Place;
use crate::{ErrorKind, verify};

static VENDOR: Vendor = Vendor::new("vendor");
static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);

/// A record of a real call: there is no other way to one.
async fn record() -> AuditRecord {
    let audit = MemoryAudit::new();
    let base = BaseUrl::parse("https://vendor.example").unwrap();
    let client = Client::builder(&VENDOR, base).audit(audit.clone());
    let client = client.transport(ScriptedTransport::new([Step::answer(200, "{}")])).build().unwrap();
    client.send_raw(Call::new(&READ)).await.unwrap();
    audit.records().remove(0)
}

fn writer(path: &Path) -> (Writer, Arc<Queue>) {
    let (place, _) = Place::open(path).unwrap();
    let queue = Arc::<Queue>::default();
    (Writer::new(Storage::new(place, 0), Head::EMPTY, b"", Arc::clone(&queue)), queue)
}

fn flush(writer: &mut Writer, sync: bool) -> Result<(), Error> {
    let (reply, mut answer) = oneshot::channel();
    writer.batch([Job::Flush { sync, reply }].into());
    answer.try_recv().unwrap()
}

#[tokio::test]
async fn records_beyond_8_mib_are_counted_as_lost_and_the_trail_tells_of_them_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("trail"), folder.path().join("elsewhere"));
    let (mut writer, queue) = writer(&path);
    fs::rename(&path, &elsewhere).unwrap();
    let record = record().await;
    let mut given: u64 = 0;
    while queue.lost() < 3 {
        writer.record(Record::from(&record));
        given += 1;
        assert!(given < 100_000, "nothing was ever given up");
    }
    let waiting = writer.storage.waiting();
    assert!((MOST_WAITING..MOST_WAITING + 1_024).contains(&waiting), "{waiting}");
    assert_eq!(flush(&mut writer, false).unwrap_err().kind(), ErrorKind::Displaced);

    fs::rename(&elsewhere, &path).unwrap();
    flush(&mut writer, false).unwrap();
    flush(&mut writer, false).unwrap();
    let report = verify(&path, Some(&queue.head())).unwrap();
    assert!(report.is_intact(), "{:?}", report.findings);
    assert_eq!((report.lines, report.records, report.lost_records), (given - 3 + 1, given - 3, 3));
}

#[tokio::test]
async fn a_queue_that_nobody_empties_counts_what_it_does_not_take() {
    let queue = Queue::default();
    let record = record().await;
    for _ in 0..10_002 {
        queue.push(Job::Record { record: Box::new(record.clone()), sync: false });
    }
    assert_eq!((queue.take().len(), queue.lost()), (10_000, 2));
    queue.push(Job::Record { record: Box::new(record), sync: false });
    assert_eq!((queue.take().len(), queue.lost()), (1, 2));
}

#[tokio::test]
async fn nothing_is_accepted_from_the_moment_of_closing() {
    let queue = Queue::default();
    queue.push(Job::Close { reply: None });
    assert!(queue.is_closing());
    queue.push(Job::Record { record: Box::new(record().await), sync: false });
    let (reply, mut answer) = oneshot::channel();
    queue.push(Job::Flush { sync: false, reply });
    assert_eq!((queue.lost(), answer.try_recv().unwrap()), (1, Err(Error::closed())));
    assert_eq!(queue.take().len(), 1);
}

/// A device takes every byte and knows no fsync: what a call is told then is the failure, and nothing is believed after it.
#[cfg(target_os = "linux")]
#[test]
fn an_fsync_that_fails_is_told_and_is_final() {
    let device = || writer_of(Place::of_device("/dev/null"));
    let mut without = device();
    without.stage(&Entry::Lost(Lost::now(1)));
    assert_eq!(flush(&mut without, false), Ok(()));

    let mut with = device();
    with.stage(&Entry::Lost(Lost::now(1)));
    let error = flush(&mut with, true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Write);
    let text = error.to_string();
    assert!(text.starts_with("the audit trail could not be made durable: Invalid argument"), "{text}");
    assert!(text.ends_with("; check the disk and restart"), "{text}");
    assert_eq!(flush(&mut with, false), Err(error));
}

#[cfg(target_os = "linux")]
fn writer_of(place: Place) -> Writer {
    Writer::new(Storage::new(place, 0), Head::EMPTY, b"", Arc::default())
}
