//! A power failure, for tests: keeps what has been synced, by the rule that nothing else outlives it. A file is its content at its last
//! sync, a directory the names at its last sync; a name whose file was never synced leads to an empty one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::TempDir;

use crate::{
    AnswerHead, Claim, ClaimEnd, Claiming, DirectoryStore, Entry, Origin, ResultStore as _, State, TaskToken, Terminal,
};

/// What is on the disk, by inode.
#[derive(Debug, Clone, Default)]
struct Image {
    files: BTreeMap<u64, Vec<u8>>,
    directories: BTreeMap<u64, BTreeMap<String, (u64, bool)>>,
}

/// Each image that was on the disk since they were taken last.
#[derive(Default)]
struct Recorder {
    now: Image,
    images: Vec<Image>,
}

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

fn record(change: impl FnOnce(&mut Image)) {
    RECORDER.with_borrow_mut(|recorder| {
        if let Some(recorder) = recorder {
            change(&mut recorder.now);
            recorder.images.push(recorder.now.clone());
        }
    });
}

/// A file was synced.
pub(super) fn synced(file: &File) {
    record(|image| {
        let content = std::fs::read(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
        image.files.insert(file.metadata().unwrap().ino(), content);
    });
}

/// A directory was synced.
pub(super) fn synced_directory(path: &Path) {
    record(|image| {
        let names = std::fs::read_dir(path).unwrap().map(|item| {
            let item = item.unwrap();
            let metadata: Metadata = item.metadata().unwrap();
            (item.file_name().into_string().unwrap(), (metadata.ino(), metadata.is_dir()))
        });
        image.directories.insert(path.metadata().unwrap().ino(), names.collect());
    });
}

impl Image {
    fn restore(&self, inode: u64, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for (name, (inode, is_directory)) in self.directories.get(&inode).into_iter().flatten() {
            if *is_directory {
                self.restore(*inode, &to.join(name));
            } else {
                std::fs::write(to.join(name), self.files.get(inode).cloned().unwrap_or_default()).unwrap();
            }
        }
    }
}

/// A store whose power may fail.
struct Machine {
    folder: TempDir,
    store: DirectoryStore,
    inode: u64,
    restored: u32,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("results");
        let store = DirectoryStore::open(&root).unwrap();
        RECORDER.set(Some(Recorder::default()));
        Self { folder, store, inode: root.metadata().unwrap().ino(), restored: 0 }
    }

    /// Whatever the moment of the power failure since the last check, the store says one of `during`; at this moment, one of `now`. Of what is
    /// stored in whole or in part, the bytes are there, too.
    #[track_caller]
    fn check(&mut self, during: &[Option<State>], now: &[Option<State>], bytes: &[u8]) {
        let (last, mut images) = RECORDER.with_borrow_mut(|recorder| {
            let recorder = recorder.as_mut().unwrap();
            (recorder.now.clone(), std::mem::take(&mut recorder.images))
        });
        images.push(last);
        let count = images.len();
        for (number, image) in images.into_iter().enumerate() {
            let possible = if number + 1 == count { now } else { during };
            let found = self.after_a_failure(&image);
            let state = found.first().map(|(entry, _)| entry.state);
            assert!(found.len() <= 1, "{found:?}");
            assert!(possible.contains(&state) || now.contains(&state), "image {number} of {count}: {state:?}");
            if let Some((entry, kept)) = found.first() {
                match entry.state {
                    State::Stored(_) | State::Partial => assert_eq!(kept.as_deref(), Some(bytes)),
                    // What another claim left is not what this one got.
                    State::Claiming => assert!(bytes.starts_with(kept.as_deref().unwrap_or_default())),
                    _ => {}
                }
            }
        }
    }

    fn after_a_failure(&mut self, image: &Image) -> Vec<(Entry, Option<Bytes>)> {
        self.restored += 1;
        let root: PathBuf = self.folder.path().join(self.restored.to_string());
        let recorder = RECORDER.take();
        image.restore(self.inode, &root);
        let store = DirectoryStore::open(root).unwrap();
        let entries = store.entries().unwrap();
        let orphan = |entry: &Entry| store.take_over(entry.key).unwrap().map(|orphan| orphan.bytes);
        let kept = entries.into_iter().map(|entry| {
            let bytes = orphan(&entry).or_else(|| store.read(entry.key).ok());
            (entry, bytes)
        });
        let kept = kept.collect();
        RECORDER.set(recorder);
        kept
    }

    fn claim(&self, token: &TaskToken) -> Box<dyn Claim> {
        match self.store.claim(token).unwrap() {
            Claiming::Granted(claim) => claim,
            _ => panic!("not granted"),
        }
    }
}

const SUBMITTING: Option<State> = Some(State::Submitting);
const WAITING: Option<State> = Some(State::Waiting);
const CLAIMING: Option<State> = Some(State::Claiming);
const PARTIAL: Option<State> = Some(State::Partial);

fn origin() -> Origin {
    Origin::new("vendor", "https://vendor.example:443", "structure")
}

#[test]
fn whatever_a_call_promised_outlives_a_power_failure() {
    let ends = [
        (ClaimEnd::Partial, State::Partial),
        (ClaimEnd::PossiblyLost, State::PossiblyLost),
        (ClaimEnd::Gone, State::Gone),
    ];
    for (end, uncertain) in ends {
        for terminal in [Terminal::Done, Terminal::Failed, Terminal::Unread] {
            let mut machine = Machine::new();
            let origin = origin();
            let submission = machine.store.intend(&origin).unwrap();
            machine.check(&[None], &[SUBMITTING], b"");
            let token = TaskToken::new(origin, "task").unwrap();
            submission.created(&token).unwrap();
            machine.check(&[SUBMITTING], &[WAITING], b"");

            // A claim is on the disk before its request goes out; taking it back may be undone.
            let mut claim = machine.claim(&token);
            machine.check(&[WAITING], &[CLAIMING], b"");
            claim.begins(&AnswerHead::new(200, None, None)).unwrap();
            claim.write(b"{\"status\":\"QUEUED\"}").unwrap();
            machine.check(&[], &[CLAIMING], b"{\"status\":\"QUEUED\"}");
            claim.end(ClaimEnd::InProgress).unwrap();
            machine.check(&[], &[CLAIMING, WAITING], b"");

            let mut claim = machine.claim(&token);
            machine.check(&[CLAIMING, WAITING], &[CLAIMING], b"");
            let part: &[u8] = if end == ClaimEnd::Partial { b"part" } else { b"" };
            claim.write(part).unwrap();
            claim.end(end).unwrap();
            machine.check(&[CLAIMING], &[Some(uncertain)], part);
            machine.store.reopen(token.key()).unwrap();
            machine.check(&[Some(uncertain)], &[WAITING], part);

            let mut claim = machine.claim(&token);
            machine.check(&[WAITING], &[CLAIMING], b"");
            claim.begins(&AnswerHead::new(200, None, None)).unwrap();
            claim.write(b"whole ").unwrap();
            claim.write(b"answer").unwrap();
            claim.end(ClaimEnd::Stored(terminal)).unwrap();
            machine.check(&[CLAIMING], &[Some(State::Stored(terminal))], b"whole answer");
            machine.store.remove(token.key()).unwrap();
            machine.check(&[], &[None], b"");
        }
    }
}

#[test]
fn what_was_taken_over_and_ended_outlives_a_power_failure() {
    for end in [ClaimEnd::Partial, ClaimEnd::Stored(Terminal::Done)] {
        let mut machine = Machine::new();
        // A token from elsewhere.
        let token = TaskToken::new(origin(), "task").unwrap();
        let mut claim = machine.claim(&token);
        machine.check(&[None, WAITING], &[CLAIMING], b"");
        claim.write(b"what came").unwrap();
        drop(claim);
        let orphan = machine.store.take_over(token.key()).unwrap().unwrap();
        let after = orphan.claim.end(end).unwrap().state;
        assert!([PARTIAL, Some(State::Stored(Terminal::Done))].contains(&Some(after)));
        machine.check(&[CLAIMING], &[Some(after)], b"what came");
    }
}

#[test]
fn a_submission_that_made_no_task_is_forgotten_for_good() {
    let mut machine = Machine::new();
    machine.store.intend(&origin()).unwrap().not_created().unwrap();
    machine.check(&[None, SUBMITTING], &[None], b"");
}
