//! A file that is moved, replaced, changed or no trail at all: no call begins, and nothing is lost that can be kept.

use std::fs::{self, OpenOptions};
use std::io::Write;

use clinical_audit::{ErrorKind, FileAudit};
use clinical_http::testing::ScriptedTransport;

use crate::support::{Trail, calls, client, ok, send};

/// Does something to an open trail; returns why the next call is refused, and proves that it was not sent.
async fn refused_after(trail: &Trail, audit: &FileAudit, harm: impl FnOnce()) -> String {
    calls(audit, 2).await;
    audit.flush().await.unwrap();
    harm();
    assert!(trail.folder().exists());
    let transport = ScriptedTransport::always(ok());
    let error = send(&client(&transport, audit)).await.unwrap_err();
    assert_eq!(error.kind(), clinical_http::ErrorKind::Audit);
    assert!(transport.requests().is_empty(), "sent without a trail");
    error.to_string()
}

#[tokio::test]
async fn a_trail_that_is_moved_away_stops_calls_until_it_is_put_back() {
    let trail = Trail::new();
    let audit = trail.open();
    let elsewhere = trail.folder().join("elsewhere");
    let reason = refused_after(&trail, &audit, || fs::rename(trail.path(), &elsewhere).unwrap()).await;
    assert_eq!(
        reason,
        "the audit trail was moved or deleted while it was in use; put it back, or restart with a new file (nothing was sent)"
    );
    assert_eq!(audit.flush().await.unwrap_err().kind(), ErrorKind::Displaced);
    assert!(!trail.path().exists(), "a second file was begun");
    // Nothing says of these that they began: it is known beforehand that they cannot.
    for _ in 0..2 {
        send(&client(&ScriptedTransport::always(ok()), &audit)).await.unwrap_err();
    }
    fs::rename(&elsewhere, trail.path()).unwrap();
    calls(&audit, 1).await;
    audit.close().await.unwrap();
    // What the refused call left was kept in memory: that it was announced, and that it was not sent.
    let report = trail.intact();
    assert_eq!((report.openings, report.records, report.records_without_opening), (4, 6, 2));
    let refused = &trail.lines()[5];
    assert_eq!((&refused["error"], &refused["delivery"]), (&"audit".into(), &"not_sent".into()));
    assert_eq!((report.unfinished.len(), report.lost_records, audit.lost()), (0, 0, 0));
}

#[tokio::test]
async fn a_trail_that_is_replaced_or_changed_by_somebody_else_stops_calls() {
    let trail = Trail::new();
    let audit = trail.open();
    let reason = refused_after(&trail, &audit, || {
        fs::rename(trail.path(), trail.folder().join("old")).unwrap();
        fs::copy(trail.folder().join("old"), trail.path()).unwrap();
    });
    assert!(reason.await.contains("was replaced while it was in use"));
    assert_eq!(audit.close().await.unwrap_err().kind(), ErrorKind::Displaced);
    assert_eq!(audit.lost(), 1, "the record of the refused call");

    for grow in [true, false] {
        let trail = Trail::new();
        let audit = trail.open();
        let file = OpenOptions::new().append(true).open(trail.path()).unwrap();
        let harm = || if grow { (&file).write_all(b"{}\n").unwrap() } else { file.set_len(500).unwrap() };
        let reason = refused_after(&trail, &audit, harm).await;
        assert!(reason.contains("was changed by somebody else while it was in use"), "{reason}");
    }
}

#[tokio::test]
async fn a_trail_whose_end_was_changed_is_not_continued() {
    let trail = Trail::new();
    calls(&trail.open(), 2).await;
    let whole = trail.bytes();
    for at in [whole.len() - 2, whole.len() - 80, whole.len() - 1, 20] {
        let mut bytes = whole.clone();
        bytes[at] = b'#';
        fs::write(trail.path(), &bytes).unwrap();
        let error = FileAudit::open(trail.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert_eq!(
            error.to_string(),
            "the audit trail does not verify at its end, or is not an audit trail; verify it, keep it, and begin a new file"
        );
        assert_eq!(trail.bytes(), bytes, "it was touched");
    }
}

#[test]
fn what_is_no_trail_and_no_file_is_refused_and_left_alone() {
    let trail = Trail::new();
    fs::write(trail.path(), "a note of somebody").unwrap();
    assert_eq!(FileAudit::open(trail.path()).unwrap_err().kind(), ErrorKind::Damaged);
    assert_eq!(trail.bytes(), b"a note of somebody");
    let error = FileAudit::open(trail.folder()).unwrap_err();
    assert_eq!(error.to_string(), "the audit trail is not a regular file; give the path of a file");
    let error = FileAudit::open(trail.folder().join("no/such/folder")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unusable);
    assert!(error.to_string().ends_with("; correct the path or the permissions"), "{error}");
}

#[tokio::test]
async fn a_long_trail_is_continued_from_its_end_alone() {
    let trail = Trail::new();
    let (bytes, head) = crate::support::two_hundred();
    // Longer than what is read of it at the start; only the end is looked at.
    let audit = trail.open();
    for _ in 0..8 {
        calls(&audit, 200).await;
    }
    audit.close().await.unwrap();
    assert!(trail.bytes().len() > 1024 * 1024);
    assert_eq!(trail.open().head(), audit.head());
    calls(&trail.open(), 1).await;
    assert_eq!(trail.intact().lines, 3_202);
    assert!(bytes.len() < 1024 * 1024 && head.seq() == 200);
}
