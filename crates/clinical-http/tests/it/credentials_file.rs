//! Credentials from a file: every way of rotating one, and files that cannot be used.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clinical_http::credential::{CredentialSource, FileCredential, Scheme};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{Client, Delivery, ErrorKind};

use crate::abandoned::polled;
use crate::credentials::tokens;
use crate::credentials_refresh::begun;
use crate::support::{UNSAFE, builder, ok, send};

/// A file with a secret, in a folder of its own.
struct Secret {
    folder: tempfile::TempDir,
}

impl Secret {
    fn new(content: impl AsRef<[u8]>) -> Self {
        let secret = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(secret.path(), content).unwrap();
        secret
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(self.path(), content).unwrap();
    }

    /// Replaces it as careful programs do: nobody ever sees half of a file.
    fn rename_over(&self, content: &str) {
        let next = self.folder.path().join("next");
        fs::write(&next, content).unwrap();
        fs::rename(next, self.path()).unwrap();
    }

    fn source(&self) -> FileCredential {
        FileCredential::new(Scheme::bearer(), self.path()).unwrap()
    }
}

/// Makes it look as if it had been written so many minutes ago, long enough for its time to be trusted.
fn age(path: &Path, minutes: u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60 * minutes)).unwrap();
}

fn client(transport: &ScriptedTransport, source: FileCredential) -> Client {
    builder(transport).credential(source).build().unwrap()
}

/// The token that the next call sends.
async fn sent(client: &Client, transport: &ScriptedTransport) -> String {
    send(client, &UNSAFE).await.unwrap();
    tokens(transport).pop().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
}

#[tokio::test]
async fn the_next_attempt_sends_what_the_file_was_replaced_with() {
    let secret = Secret::new("one\n");
    age(&secret.path(), 5);
    let transport = ScriptedTransport::always(ok());
    let client = client(&transport, secret.source());
    assert_eq!(sent(&client, &transport).await, "one");
    secret.rename_over(" two \r\n");
    assert_eq!(sent(&client, &transport).await, "two");
    // Written into within the same moment, and with the same length: neither time nor length need show it.
    for token in ["six", "ten", "six"] {
        secret.write(token);
        assert_eq!(sent(&client, &transport).await, token);
    }
    // Replaced by one of the same length and time: only the inode shows it.
    #[cfg(unix)]
    {
        let modified = SystemTime::now() - Duration::from_secs(300);
        let place = |token: &str| {
            let next = secret.folder.path().join("next");
            fs::write(&next, token).unwrap();
            File::options().write(true).open(&next).unwrap().set_modified(modified).unwrap();
            fs::rename(next, secret.path()).unwrap();
        };
        for token in ["old", "new"] {
            place(token);
            assert_eq!(sent(&client, &transport).await, token);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_secret_behind_symbolic_links_is_followed_when_the_links_are_swapped() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (edition, token) in [("2025", "one"), ("2026", "two")] {
        fs::create_dir(at(edition)).unwrap();
        fs::write(at(edition).join("token"), token).unwrap();
        age(&at(edition).join("token"), 5);
    }
    symlink("2025", at("..data")).unwrap();
    symlink("..data/token", at("token")).unwrap();
    let transport = ScriptedTransport::always(ok());
    let client = client(&transport, FileCredential::new(Scheme::bearer(), at("token")).unwrap());
    assert_eq!(sent(&client, &transport).await, "one");
    symlink("2026", at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    assert_eq!(sent(&client, &transport).await, "two");
}

#[tokio::test]
async fn time_or_length_alone_shows_a_change_and_a_time_that_is_too_new_is_not_trusted() {
    let now = SystemTime::now();
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let rows = [
        ("another time", "six", now - minutes(9), "ten", now - minutes(8)),
        ("another length", "six", now - minutes(9), "seven", now - minutes(9)),
        // A time in the future is as new as can be; it stands for the moment of writing.
        ("nothing that shows", "six", now + minutes(9), "ten", now + minutes(9)),
    ];
    for (shows, before, then, after, later) in rows {
        let secret = Secret::new("");
        let write = |token: &str, time| {
            secret.write(token);
            File::options().write(true).open(secret.path()).unwrap().set_modified(time).unwrap();
        };
        write(before, then);
        let transport = ScriptedTransport::always(ok());
        let client = client(&transport, secret.source());
        write(after, later);
        assert_eq!(sent(&client, &transport).await, after, "{shows}");
    }
}

#[tokio::test]
async fn a_file_that_looks_the_same_is_read_again_only_after_a_refusal_and_then_within_the_call() {
    let secret = Secret::new("one");
    let modified = SystemTime::now() - Duration::from_secs(300);
    let same_time = || File::options().write(true).open(secret.path()).unwrap().set_modified(modified).unwrap();
    same_time();
    let transport = ScriptedTransport::new([ok(), Step::answer(401, ""), ok(), ok()]);
    let client = client(&transport, secret.source());
    secret.write("two");
    same_time();
    assert_eq!(sent(&client, &transport).await, "one");
    assert_eq!(sent(&client, &transport).await, "two");
    assert_eq!(sent(&client, &transport).await, "two");
    assert_eq!(tokens(&transport), ["one", "one", "two", "two"].map(|token| format!("Bearer {token}")));
}

#[tokio::test]
async fn a_refused_token_that_is_still_in_the_file_is_not_sent_twice_in_a_call() {
    let secret = Secret::new("one");
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let client = client(&transport, secret.source());
    for call in 1..=2 {
        let error = send(&client, &UNSAFE).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credentials, Delivery::Answered));
        assert_eq!(transport.requests().len(), call);
    }
    secret.rename_over("two");
    send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(tokens(&transport).split_off(2), ["Bearer two"], "known to be replaced before it is sent");
}

fn broken(secret: &Secret, way: &str) {
    fs::remove_file(secret.path()).unwrap();
    match way {
        "missing" => {}
        "a folder" => fs::create_dir(secret.path()).unwrap(),
        "empty" => secret.write(""),
        "blank" => secret.write(" \n\n"),
        "two words" => secret.write("canary word"),
        "binary" => secret.write([0xff, 0xfe, b'c']),
        "too long" => secret.write("c".repeat(16 * 1024 + 1)),
        _ => panic!("no such way"),
    }
}

#[tokio::test]
async fn a_file_that_becomes_unusable_leaves_the_token_in_use_until_that_is_refused() {
    for way in ["missing", "a folder", "empty", "blank", "two words", "binary", "too long"] {
        let secret = Secret::new("one");
        age(&secret.path(), 5);
        let transport = ScriptedTransport::new([ok(), ok(), Step::answer(401, ""), ok()]);
        let client = client(&transport, secret.source());
        broken(&secret, way);
        assert_eq!((sent(&client, &transport).await, sent(&client, &transport).await), ("one".into(), "one".into()));
        let refused = send(&client, &UNSAFE).await.unwrap_err();
        assert_eq!((refused.kind(), refused.status(), refused.attempts()), (ErrorKind::Credentials, Some(401), 1));
        // From now on nothing is sent, and the file is named as the reason.
        let error = send(&client, &UNSAFE).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, Some("token file")), "{way}");
        assert_eq!((error.delivery(), transport.requests().len()), (Delivery::NotSent, 3));
        let _ = fs::remove_dir(secret.path());
        secret.write("two");
        assert_eq!(sent(&client, &transport).await, "two", "{way}");
    }
}

#[test]
fn a_file_that_is_unusable_from_the_start_is_refused_with_the_rule_and_without_its_path_or_content() {
    let rules = [
        ("missing", "does not exist"),
        ("a folder", "is not a regular file"),
        ("empty", "is empty"),
        ("blank", "is empty"),
        ("two words", "contains a space"),
        ("binary", "is not valid UTF-8"),
        ("too long", "is longer than 16 KiB"),
    ];
    for (way, rule) in rules {
        let secret = Secret::new("one");
        broken(&secret, way);
        let error = FileCredential::new(Scheme::bearer(), secret.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().starts_with(&format!("token file {rule}")), "{way}: {error}");
        // A token given where a path is wanted must not be shown either.
        let folder = secret.folder.path().to_str().unwrap();
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains(folder) && !shown.contains("canary"), "{shown}");
    }
}

#[cfg(unix)]
#[test]
fn a_device_is_refused_and_not_read() {
    let error = FileCredential::new(Scheme::bearer(), "/dev/zero").unwrap_err();
    assert!(error.to_string().contains("is not a regular file"), "{error}");
}

#[tokio::test]
async fn sixteen_kibibytes_are_read_and_white_space_and_a_byte_order_mark_are_no_part_of_the_token() {
    let longest = "c".repeat(16 * 1024);
    let rows =
        [(longest.clone(), longest.as_str()), ("\u{feff}one\r\n".into(), "one"), ("\n\t one \n\n".into(), "one")];
    for (content, token) in rows {
        let secret = Secret::new(content);
        let transport = ScriptedTransport::always(ok());
        assert_eq!(sent(&client(&transport, secret.source()), &transport).await, token);
    }
}

#[tokio::test]
async fn a_caller_dropped_at_any_point_leaves_the_file_to_the_next_one() {
    for polls in 0..4 {
        let secret = Secret::new("one");
        let source = secret.source();
        secret.rename_over("two");
        drop(polled(polls, source.current()).await);
        assert_eq!(source.current().await.unwrap().generation(), 2, "after {polls} polls");
    }
}

#[tokio::test]
async fn a_hundred_calls_at_once_see_one_new_generation() {
    let secret = Secret::new("one");
    let source = std::sync::Arc::new(secret.source());
    secret.rename_over("two");
    let calls: tokio::task::JoinSet<_> = (0..100)
        .map(|_| source.clone())
        .map(|source| async move { source.current().await.unwrap().generation() })
        .collect();
    assert_eq!(calls.join_all().await, [2; 100]);
}

/// A runtime whose one thread for looks at files is busy until the sender is dropped.
fn with_a_slow_disk() -> (tokio::runtime::Runtime, std::sync::mpsc::Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (busy, wait) = std::sync::mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    (runtime, busy)
}

#[test]
fn a_caller_whom_nobody_polls_any_more_delays_no_other() {
    let secret = Secret::new("one");
    let source = std::sync::Arc::new(secret.source());
    secret.rename_over("two");
    let (runtime, busy) = with_a_slow_disk();
    runtime.block_on(async {
        // One whose look it is, and two who come during it.
        let mut idle: Vec<_> = (0..3).map(|_| source.current()).collect();
        for caller in &mut idle {
            assert!(begun(caller).await.is_pending());
        }
        drop(busy);
        let calls: tokio::task::JoinSet<_> = (0..20)
            .map(|_| source.clone())
            .map(|source| async move { source.current().await.unwrap().generation() })
            .collect();
        assert_eq!(calls.join_all().await, [2; 20]);
        for caller in idle {
            assert_eq!(caller.await.unwrap().generation(), 2);
        }
    });
}

#[tokio::test]
async fn a_late_401_to_a_token_that_was_replaced_does_not_cost_the_new_one() {
    let secret = Secret::new("one");
    let source = secret.source();
    secret.rename_over("two");
    assert_eq!(source.current().await.unwrap().generation(), 2);
    fs::remove_file(secret.path()).unwrap();
    source.rejected(1);
    assert_eq!(source.current().await.unwrap().generation(), 2);
    source.rejected(2);
    assert_eq!(source.current().await.unwrap_err().kind(), ErrorKind::Credentials);
}

#[tokio::test]
async fn a_refused_token_that_is_still_in_the_file_serves_on_when_the_file_is_lost_later() {
    let secret = Secret::new("one");
    age(&secret.path(), 5);
    let transport = ScriptedTransport::new([Step::answer(401, ""), ok(), ok(), Step::answer(401, "")]);
    let client = client(&transport, secret.source());
    assert_eq!(send(&client, &UNSAFE).await.unwrap_err().attempts(), 1);
    fs::remove_file(secret.path()).unwrap();
    assert_eq!((sent(&client, &transport).await, sent(&client, &transport).await), ("one".into(), "one".into()));
    // Refused again, it is looked for again, and is not there.
    assert_eq!(send(&client, &UNSAFE).await.unwrap_err().status(), Some(401));
    assert_eq!(send(&client, &UNSAFE).await.unwrap_err().delivery(), Delivery::NotSent);
}
