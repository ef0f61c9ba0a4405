//! One writer per file: within a process it is shared, another process is kept out.

use clinical_audit::{ErrorKind, FileAudit};

use crate::crash::Crashing;
use crate::support::{Trail, calls};

#[tokio::test]
async fn a_file_that_is_open_already_is_shared_under_every_name() {
    let trail = Trail::new();
    let first = trail.open();
    let names = [trail.path(), trail.folder().join(".").join("trail.jsonl"), trail.folder().join("link")];
    #[cfg(unix)]
    std::os::unix::fs::symlink(trail.path(), &names[2]).unwrap();
    #[cfg(not(unix))]
    let names = &names[..2];
    for name in names {
        let again = FileAudit::open(name).unwrap();
        calls(&again, 1).await;
        calls(&first, 1).await;
        assert_eq!(first.head(), again.head());
    }
    first.close().await.unwrap();
    trail.intact();
}

#[tokio::test]
async fn a_file_with_two_names_has_one_writer() {
    let trail = Trail::new();
    let first = trail.open();
    std::fs::hard_link(trail.path(), trail.folder().join("other")).unwrap();
    let second = FileAudit::open(trail.folder().join("other")).unwrap();
    calls(&first, 1).await;
    calls(&second, 1).await;
    first.close().await.unwrap();
    assert_eq!(trail.intact().lines, 4);
}

#[test]
fn opening_while_the_last_clone_is_dropped_waits_for_it() {
    let trail = Trail::new();
    for _ in 0..50 {
        let audit = trail.open();
        let dropping = std::thread::spawn(move || drop(audit));
        let again = trail.open();
        dropping.join().unwrap();
        drop(again);
    }
}

#[test]
fn threads_that_open_a_new_file_at_the_same_time_get_the_same_writer() {
    let trail = Trail::new();
    let path = trail.path();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || FileAudit::open(path).unwrap())
        })
        .collect();
    let sinks: Vec<_> = opening.into_iter().map(|thread| thread.join().unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for sink in &sinks {
            calls(sink, 1).await;
        }
    });
    drop(sinks);
    assert_eq!(trail.intact().lines, 16);
}

#[test]
fn another_process_is_kept_out_while_the_first_one_lives_and_not_after_its_death() {
    let trail = Trail::new();
    let first = Crashing::start(&trail);
    let error = FileAudit::open(trail.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert!(error.to_string().starts_with("the audit trail is in use by another process; stop that one"), "{error}");
    first.kill();
    trail.open();
}

#[tokio::test]
async fn a_trail_that_says_it_is_closed_is_free_for_other_processes_at_once() {
    let trail = Trail::new();
    for _ in 0..50 {
        let audit = trail.open();
        audit.close().await.unwrap();
        let as_another = std::fs::File::open(trail.path()).unwrap();
        as_another.try_lock().unwrap();
    }
}
