//! A disk that takes no more: a limit on the size of files, which the operating system enforces as it does a full disk, in the middle of a
//! write.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use clinical_audit::{ErrorKind, FileAudit};
use clinical_http::testing::ScriptedTransport;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::{Trail, calls, client, ok, send};

const TRAIL: &str = "CLINICAL_AUDIT_TRAIL";

/// Runs only in a process of its own, in which no file may grow beyond some KiB.
#[tokio::test]
#[ignore = "started in a process of its own, under a limit, by the other test of this file"]
async fn meets_a_limit() {
    let Ok(path) = std::env::var(TRAIL) else {
        return;
    };
    let limit = getrlimit(Resource::Fsize).current.expect("started without a limit");
    let audit = FileAudit::open(&path).unwrap();
    let transport = ScriptedTransport::always(ok());
    let client = client(&transport, &audit);
    let mut sent = 0;
    let error = loop {
        match send(&client).await {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 100, "the limit was not met");
    };
    assert_eq!(error.kind(), clinical_http::ErrorKind::Audit);
    let text = error.to_string();
    assert!(text.starts_with("the audit trail could not be written: File too large"), "{text}");
    assert!(
        text.contains("; make room or mend the disk, it is tried again with each call (nothing was sent)"),
        "{text}"
    );
    assert_eq!(transport.requests().len(), sent);
    // The last line stops exactly at the limit: it was cut.
    let stuck = std::fs::read(&path).unwrap();
    assert_eq!(stuck.len() as u64, limit);
    assert_ne!(stuck.last(), Some(&b'\n'));
    for _ in 0..3 {
        send(&client).await.unwrap_err();
    }
    assert_eq!(audit.flush().await.unwrap_err().kind(), ErrorKind::Write);
    assert_eq!((transport.requests().len(), audit.lost()), (sent, 0));

    // There is room again: the cut line is finished, and what waited is written.
    setrlimit(Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    calls(&audit, 2).await;
    audit.close().await.unwrap();
    assert!(std::fs::read(&path).unwrap().starts_with(&stuck));
}

#[test]
fn a_full_disk_stops_calls_and_when_there_is_room_again_nothing_is_missing() {
    for blocks in ["8", "9", "12"] {
        let trail = Trail::new();
        let child = crate::support::again("full_disk::meets_a_limit", &[(TRAIL, Path::new(&trail.path()))]);
        // The limit's signal is ignored, as a server would; the shell counts in blocks of 512 bytes.
        let mut limited = Command::new("/bin/sh");
        limited.args(["-c", "trap '' XFSZ; ulimit -S -f \"$1\"; shift; exec \"$0\" \"$@\""]);
        limited.arg(child.get_program()).arg(blocks).args(child.get_args());
        limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = limited.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
        let report = trail.intact();
        assert_eq!((report.torn.len(), report.lost_records, report.unfinished.len()), (0, 0, 0));
        assert_eq!(report.records, report.openings + report.records_without_opening);
        assert!(report.records >= 6, "{report:?}");
    }
}

#[test]
fn what_could_not_be_written_when_the_process_ends_is_an_unfinished_line_and_no_tampering() {
    let trail = Trail::new();
    let (bytes, _) = crate::support::two_hundred();
    let cut = bytes.len() - 100;
    std::fs::write(trail.path(), &bytes[..cut]).unwrap();
    assert_eq!(trail.intact().torn.len(), 1);
}
