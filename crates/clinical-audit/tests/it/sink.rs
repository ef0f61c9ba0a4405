//! What a call leaves in the trail.

use std::time::Duration;

use clinical_audit::{Durability, ErrorKind, FileAudit};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Delivery, RetryBudget, RetryPolicy};

use crate::support::{DOCTOR, PATIENT, Trail, calls, client, client_of, ok, send, sha256};

#[tokio::test]
async fn a_call_leaves_an_opening_and_a_record_with_everything_that_is_known() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::new([Step::fail(Failure::Connect, Delivery::NotSent), ok()]);
    let answer = send(&client(&transport, &audit)).await.unwrap();
    audit.close().await.unwrap();

    trail.intact();
    let [opening, record] = &trail.lines()[..] else { panic!("not two lines") };
    for line in [opening, record] {
        assert_eq!((&line["v"], &line["vendor"], &line["operation"]), (&1.into(), &"vendor".into(), &"work".into()));
        assert_eq!(line["server"], "https://vendor.example:443");
        assert_eq!((line["doctor"].as_str(), line["patient"].as_str()), (Some(DOCTOR), Some(PATIENT)));
        assert_eq!(line["call"], answer.call.to_string());
    }
    assert_eq!((&opening["kind"], &opening["time"]), (&"opening".into(), &"2026-01-01T00:00:00.000000Z".into()));
    assert_eq!((&record["kind"], &record["started"]), (&"record".into(), &"2026-01-01T00:00:00.000000Z".into()));
    let sent = &transport.requests()[1].body;
    assert_eq!(record["request_sha256"], sha256(sent));
    assert_eq!(
        (record["request_bytes"].as_u64(), record["response_bytes"].as_u64()),
        (Some(sent.len() as u64), Some(18))
    );
    assert_eq!((&record["outcome"], &record["error"]), (&"succeeded".into(), &serde_json::Value::Null));
    assert_eq!((&record["delivery"], &record["status"]), (&"answered".into(), &200.into()));
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap();
    let attempts = record["attempts"].as_array().unwrap();
    assert_eq!((attempts.len(), &record["attempts_made"]), (2, &2.into()));
    for (line, attempt) in attempts.iter().zip(&answer.attempts) {
        assert_eq!(line["number"], attempt.number);
        assert_eq!(line["waited_us"].as_u64(), Some(micros(attempt.waited)));
        assert_eq!(line["queued_us"].as_u64(), Some(micros(attempt.queued)));
        assert_eq!(line["elapsed_us"].as_u64(), Some(micros(attempt.elapsed)));
        assert_eq!(line["failure"].as_str(), attempt.failure.map(clinical_http::ErrorKind::as_str));
        assert_eq!(line["delivery"], attempt.delivery.as_str());
        assert_eq!(line["status"].as_u64(), attempt.status.map(u64::from));
    }
    let waited = attempts[1]["waited_us"].as_u64().unwrap();
    assert!(waited > 0 && record["elapsed_us"].as_u64().unwrap() >= waited);
    assert_eq!(record["time"].as_str().unwrap().len(), "2026-01-01T00:00:00.000000Z".len());
    assert_ne!(record["time"], record["started"]);
}

#[tokio::test]
async fn a_failure_is_on_record_with_its_kind_and_the_vendors_hint() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::always(Step::answer(429, "no").header("retry-after", "7000"));
    send(&client(&transport, &audit)).await.unwrap_err();
    audit.close().await.unwrap();
    let record = &trail.lines()[1];
    assert_eq!((&record["outcome"], &record["error"]), (&"failed".into(), &"throttled".into()));
    assert_eq!((&record["delivery"], &record["status"]), (&"refused".into(), &429.into()));
    assert_eq!(record["attempts"][0]["retry_after_us"], 7_000_000_000_u64);
}

#[test]
fn a_call_that_is_dropped_after_its_runtime_is_on_record_when_the_last_clone_is_gone() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::always(Step::silence());
    let client = client(&transport, &audit);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut call = Box::pin(async { send(&client).await });
    runtime.block_on(async {
        let under_way = async {
            while transport.requests().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = &mut call => panic!("answered"),
            () = under_way => {}
        }
    });
    drop(runtime);
    drop(call);
    drop(client);
    drop(audit);
    assert!(trail.intact().unfinished.is_empty());
    let record = &trail.lines()[1];
    assert_eq!((&record["outcome"], &record["delivery"]), (&"abandoned".into(), &"unknown".into()));
}

#[tokio::test]
async fn when_the_last_clone_is_gone_everything_is_in_the_file() {
    let trail = Trail::new();
    for round in 1..=40 {
        calls(&trail.open(), 3).await;
        assert_eq!(trail.lines().len(), 6 * round);
    }
}

#[tokio::test]
async fn a_trail_goes_on_over_five_restarts() {
    let trail = Trail::new();
    for restart in 0..5 {
        let audit = trail.open();
        assert_eq!(audit.head().seq(), restart * 20);
        calls(&audit, 10).await;
        // One in two ends by dropping.
        if restart % 2 == 0 {
            audit.close().await.unwrap();
        }
    }
    let report = trail.intact();
    assert_eq!((report.lines, report.openings, report.records), (100, 50, 50));
    assert_eq!((report.head, report.unfinished), (trail.open().head(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_tasks_write_one_chain() {
    for (durability, tasks, each) in [(Durability::Written, 64, 50), (Durability::Synced, 16, 5)] {
        let trail = Trail::new();
        let audit = FileAudit::builder().durability(durability).open(trail.path()).unwrap();
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..tasks {
            let audit = audit.clone();
            running.spawn(async move { calls(&audit, each).await });
        }
        running.join_all().await;
        audit.close().await.unwrap();
        let report = trail.intact();
        let calls = (tasks * each) as u64;
        assert_eq!((report.lines, report.openings, report.records), (2 * calls, calls, calls));
        assert_eq!((report.unfinished.len(), audit.lost(), report.head), (0, 0, audit.head()));
    }
}

#[tokio::test]
async fn the_opening_is_in_the_file_before_anything_is_sent() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::always(Step::silence());
    let client = client(&transport, &audit);
    let sent = async {
        while transport.requests().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let mut call = Box::pin(send(&client));
    tokio::select! {
        _ = &mut call => panic!("answered"),
        () = sent => {
            // No flush: what was sent is announced already.
            let report = trail.intact();
            assert_eq!((report.openings, report.unfinished.len()), (1, 1));
            assert_eq!((&*report.unfinished[0].vendor, &*report.unfinished[0].operation), ("vendor", "work"));
            assert_eq!(report.unfinished[0].server.as_deref(), Some("https://vendor.example:443"));
        }
    }
}

#[tokio::test]
async fn a_closed_trail_lets_no_call_begin_and_counts_what_it_does_not_record() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::always(ok());
    let client = client(&transport, &audit);
    audit.close().await.unwrap();
    let error = send(&client).await.unwrap_err();
    assert_eq!(error.kind(), clinical_http::ErrorKind::Audit);
    assert_eq!(error.to_string(), "the audit trail is closed; open it again (nothing was sent)");
    assert!(transport.requests().is_empty());
    assert_eq!(audit.lost(), 1);
    assert_eq!(audit.flush().await.unwrap_err().kind(), ErrorKind::Closed);
    assert_eq!(trail.bytes(), b"");
    // It can be opened again at once, although a clone of the closed one lives.
    calls(&trail.open(), 1).await;
    assert_eq!(trail.intact().lines, 2);
}

#[tokio::test]
async fn a_very_long_list_of_attempts_is_shortened_and_a_reader_can_still_read_it() {
    let trail = Trail::new();
    let audit = trail.open();
    let transport = ScriptedTransport::always(Step::fail(Failure::Connect, Delivery::NotSent));
    let retry = RetryPolicy::default().max_attempts(5_000).budget(RetryBudget::default().costs(0, 0));
    let client = crate::support::patient_client(&transport, &audit, retry);
    let made = send(&client).await.unwrap_err().attempts();
    assert_eq!(made, 5_000);
    audit.close().await.unwrap();
    trail.intact();
    let record = &trail.lines()[1];
    assert_eq!(record["attempts_made"], made);
    let numbers: Vec<_> =
        record["attempts"].as_array().unwrap().iter().map(|a| a["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=128).chain(4_873..=5_000).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_very_long_host_is_cut_so_that_a_reader_can_still_read_the_line() {
    let trail = Trail::new();
    let audit = trail.open();
    let base = format!("https://{}.example", "x".repeat(300_000));
    send(&client_of(&base, &ScriptedTransport::always(ok()), &audit)).await.unwrap();
    audit.close().await.unwrap();
    trail.intact();
    for line in trail.lines() {
        assert_eq!(line["server"].as_str().unwrap(), format!("https://{}", "x".repeat(1_016)));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_trail_is_readable_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let trail = Trail::new();
    let _audit = trail.open();
    assert_eq!(trail.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn nobody_is_named_outside_the_file() {
    let trail = Trail::new();
    let audit = trail.open();
    calls(&audit, 1).await;
    audit.close().await.unwrap();
    let mut bytes = trail.bytes();
    assert!(String::from_utf8_lossy(&bytes).contains(PATIENT));
    let whole = trail.intact();
    bytes[30] ^= 1;
    let changed = clinical_audit::verify_reader(&bytes[..], None).unwrap();
    let said = format!("{audit:?} {whole:?} {changed:?} {}", changed.findings[0]);
    assert!(!said.contains("canary"), "{said}");
}
