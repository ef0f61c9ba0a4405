//! What the tests of the stores share.

use std::path::{Path, PathBuf};
use std::process::Command;

use clinical_long_tasks::{
    Claim, ClaimEnd, Claiming, DirectoryStore, Entry, Key, Origin, Orphan, ResultStore, State, TaskToken, VolatileStore,
};
use tempfile::TempDir;

/// A directory store in a directory of its own.
pub(crate) struct Kept {
    folder: TempDir,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("results")
    }

    pub(crate) fn open(&self) -> DirectoryStore {
        DirectoryStore::open(self.root()).unwrap()
    }

    pub(crate) fn folder(&self, key: Key) -> PathBuf {
        self.root().join(key.to_string())
    }

    pub(crate) fn journal(&self, key: Key) -> PathBuf {
        self.folder(key).join("journal")
    }

    /// The one file in an entry whose name begins so.
    pub(crate) fn file(&self, key: Key, start: &str) -> PathBuf {
        let mut found = names(&self.folder(key)).into_iter().filter(|name| name.starts_with(start));
        let name = found.next().unwrap_or_else(|| panic!("no {start}"));
        assert_eq!(found.next(), None);
        self.folder(key).join(name)
    }
}

/// What is in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let items = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = items.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs a test against both stores.
pub(crate) fn with_both(test: impl Fn(&dyn ResultStore)) {
    let kept = Kept::new();
    test(&kept.open());
    test(&VolatileStore::new());
}

pub(crate) fn origin() -> Origin {
    Origin::new("vendor", "https://vendor.example:443", "structure").references(["record-1".to_owned()])
}

pub(crate) fn token(task: &str) -> TaskToken {
    TaskToken::new(origin(), task).unwrap()
}

/// A task that was submitted through the store.
pub(crate) fn submitted(store: &dyn ResultStore, task: &str) -> TaskToken {
    let origin = origin();
    let submission = store.intend(&origin).unwrap();
    let token = TaskToken::new(origin, task).unwrap();
    submission.created(&token).unwrap();
    token
}

#[track_caller]
pub(crate) fn granted(store: &dyn ResultStore, token: &TaskToken) -> Box<dyn Claim> {
    match store.claim(token).unwrap() {
        Claiming::Granted(claim) => claim,
        other => panic!("not granted but {}", named(&other)),
    }
}

/// A claim in words.
pub(crate) fn named(claiming: &Claiming) -> &'static str {
    match claiming {
        Claiming::Granted(_) => "granted",
        Claiming::Ended(_) => "ended",
        Claiming::Busy => "busy",
        Claiming::Orphaned => "orphaned",
        _ => "new",
    }
}

#[track_caller]
pub(crate) fn wish(store: &dyn ResultStore, token: &TaskToken) -> &'static str {
    named(&store.claim(token).unwrap())
}

#[track_caller]
pub(crate) fn orphan(store: &dyn ResultStore, key: Key) -> Orphan {
    store.take_over(key).unwrap().expect("there is no orphan")
}

#[track_caller]
pub(crate) fn entry(store: &dyn ResultStore, key: Key) -> Entry {
    store.entry(key).unwrap().expect("there is no entry")
}

#[track_caller]
pub(crate) fn state(store: &dyn ResultStore, key: Key) -> State {
    entry(store, key).state
}

/// A task with one claim that ended so, after these bytes.
pub(crate) fn claimed(store: &dyn ResultStore, task: &str, bytes: &[u8], end: ClaimEnd) -> TaskToken {
    let token = submitted(store, task);
    let mut claim = granted(store, &token);
    if !bytes.is_empty() {
        claim.begins(&clinical_long_tasks::AnswerHead::new(200, Some("request-1".to_owned()), None)).unwrap();
        claim.write(bytes).unwrap();
    }
    claim.end(end).unwrap();
    token
}

/// This test binary again, running one test that is ignored otherwise.
pub(crate) fn again(test: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).envs(variables.iter().copied());
    command
}
