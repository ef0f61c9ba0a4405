//! What is in a directory beside well-made entries, who may look at it, and where it may be.

use clinical_long_tasks::{ClaimEnd, DirectoryStore, Key, ResultStore as _, State, TaskToken, Terminal};

use crate::store_support::{Kept, claimed, entry, granted, names, origin, orphan, state, submitted, token, wish};

const DONE: ClaimEnd = ClaimEnd::Stored(Terminal::Done);

#[test]
fn an_entry_that_cannot_be_read_is_damaged_refuses_claims_keeps_its_bytes_and_hides_no_other() {
    type Damage = fn(&Kept, Key);
    let table: [(&str, Damage); 13] = [
        ("no token", |kept, key| std::fs::remove_file(kept.folder(key).join("token.json")).unwrap()),
        ("empty token", |kept, key| std::fs::write(kept.folder(key).join("token.json"), b"").unwrap()),
        ("other token", |kept, key| {
            let other = serde_json::to_vec(&token("other")).unwrap();
            std::fs::write(kept.folder(key).join("token.json"), other).unwrap();
        }),
        ("newer token", |kept, key| {
            let path = kept.folder(key).join("token.json");
            let newer = std::fs::read_to_string(&path).unwrap().replace("\"version\":1", "\"version\":2");
            std::fs::write(path, newer).unwrap();
        }),
        ("huge token", |kept, key| {
            let path = kept.folder(key).join("token.json");
            std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1 << 30).unwrap();
        }),
        ("directory for a token", |kept, key| {
            let path = kept.folder(key).join("token.json");
            std::fs::remove_file(&path).unwrap();
            std::fs::create_dir(path).unwrap();
        }),
        ("no journal", |kept, key| std::fs::remove_file(kept.journal(key)).unwrap()),
        ("unknown line", |kept, key| add(kept, key, "{\"event\":\"of a later version\"}\n")),
        ("no JSON", |kept, key| add(kept, key, "?\n")),
        ("empty line", |kept, key| add(kept, key, "\n")),
        ("line out of order", |kept, key| add(kept, key, "{\"event\":\"reopened\",\"time\":\"\"}\n")),
        ("answer gone", |kept, key| {
            let path = kept.file(key, "answer-");
            std::fs::rename(&path, path.with_file_name("part-elsewhere")).unwrap();
        }),
        ("answer cut", |kept, key| {
            let path = kept.file(key, "answer-");
            std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(3).unwrap();
        }),
    ];
    for (name, damage) in table {
        let kept = Kept::new();
        let store = kept.open();
        let good = submitted(&store, "good");
        let bad = claimed(&store, "bad", b"answer", DONE);
        let key = bad.key();
        damage(&kept, key);
        let entries = store.entries().unwrap();
        assert_eq!(entries.len(), 2, "{name}");
        let found = entries.iter().find(|entry| entry.key == key).unwrap();
        assert_eq!((found.state, found.busy, found.state.as_str()), (State::Damaged, false, "damaged"), "{name}");
        assert!(store.claim(&bad).is_err(), "{name}");
        assert!(store.take_over(key).is_err(), "{name}");
        store.reopen(key).unwrap_err();
        // A person finds what there is.
        if name != "directory for a token" && name != "huge token" {
            let bytes = store.read(key).unwrap();
            assert!(b"answer".starts_with(&bytes) && bytes.len() >= 3, "{name}");
            assert_eq!(entry(&store, key).state, State::Damaged, "{name}");
        }
        assert_eq!(granted(&store, &good).end(ClaimEnd::InProgress).unwrap().state, State::Waiting);
        store.remove(key).unwrap();
        assert_eq!(store.entries().unwrap().len(), 1, "{name}");
    }
}

fn add(kept: &Kept, key: Key, line: &str) {
    let mut journal = std::fs::read(kept.journal(key)).unwrap();
    journal.extend_from_slice(line.as_bytes());
    std::fs::write(kept.journal(key), journal).unwrap();
}

#[test]
fn foreign_files_are_neither_shown_nor_touched_and_a_file_with_the_name_of_an_entry_is_a_damaged_one() {
    let kept = Kept::new();
    let store = kept.open();
    let key = submitted(&store, "task").key();
    let upper = "ABCDEF0123456789ABCDEF0123456789";
    std::fs::write(kept.root().join("README"), b"mine").unwrap();
    std::fs::create_dir(kept.root().join(upper)).unwrap();
    std::fs::create_dir(kept.root().join(".hidden")).unwrap();
    std::fs::write(kept.folder(key).join("notes"), b"mine").unwrap();
    assert_eq!(kept.open().entries().unwrap().len(), 1);
    let file = token("file").key();
    std::fs::write(kept.folder(file), b"what?").unwrap();
    let entries = store.entries().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.state == State::Damaged).count(), 1);
    assert!(store.claim(&token("file")).is_err());
    store.remove(file).unwrap();
    let mut there = [".hidden".to_owned(), upper.to_owned(), "README".to_owned(), key.to_string()];
    there.sort();
    assert_eq!(names(&kept.root()), there);
    assert_eq!(std::fs::read(kept.folder(key).join("notes")).unwrap(), b"mine");
}

#[test]
fn a_task_id_that_looks_like_a_path_stays_in_the_directory() {
    let kept = Kept::new();
    let store = kept.open();
    for task in ["../../x", "/etc/passwd", "..", ".", "a/b", "C:\\x", "~", "nul"] {
        let token = claimed(&store, task, b"answer", DONE);
        assert_eq!(&*store.read(token.key()).unwrap(), b"answer");
    }
    assert_eq!(names(kept.root().parent().unwrap()), ["results"]);
    let names = names(&kept.root());
    assert_eq!(names.len(), 8);
    assert!(names.iter().all(|name| name.parse::<Key>().is_ok()), "{names:?}");
}

#[test]
fn a_directory_that_is_not_there_is_made_and_a_store_moves_with_its_directory() {
    let kept = Kept::new();
    let deep = kept.root().join("some").join("where");
    let store = DirectoryStore::open(&deep).unwrap();
    let token = claimed(&store, "task", b"answer", DONE);
    assert!(store.place().unwrap().ends_with("where"));
    let moved = kept.root().join("moved");
    std::fs::rename(&deep, &moved).unwrap();
    let store = DirectoryStore::open(&moved).unwrap();
    assert_eq!(&*store.read(token.key()).unwrap(), b"answer");
    // The leftover of a removal that a crash interrupted goes when the store is opened.
    let gone = moved.join(format!(".gone-{}-x", token.key()));
    std::fs::rename(moved.join(token.key().to_string()), &gone).unwrap();
    assert_eq!(store.entries().unwrap(), []);
    DirectoryStore::open(&moved).unwrap();
    assert_eq!(names(&moved), [""; 0]);
}

#[test]
fn a_place_that_cannot_be_one_is_refused_in_one_sentence() {
    let kept = Kept::new();
    std::fs::create_dir(kept.root()).unwrap();
    let file = kept.root().join("file");
    std::fs::write(&file, b"").unwrap();
    let refused = |path: &std::path::Path| {
        let text = DirectoryStore::open(path).unwrap_err().to_string();
        assert!(!text.contains("file/") && !text.contains(kept.root().to_str().unwrap()), "{text}");
        text
    };
    let text = "the result store is to be in a directory, and there is a file; give the path of a directory";
    assert_eq!(refused(&file), text);
    assert!(refused(&file.join("below")).starts_with("the result store could not open its directory: "));
    let empty = refused(std::path::Path::new(""));
    assert_eq!(empty, "the result store could not open its directory: the path is empty; check the disk");
    // Nobody can write there, whoever it is.
    #[cfg(target_os = "linux")]
    {
        let text = refused(std::path::Path::new("/sys/kernel"));
        assert!(text.contains("denied") && text.ends_with("; let this user read and write there"), "{text}");
    }
    #[cfg(unix)]
    {
        let (one, other) = (kept.root().join("one"), kept.root().join("other"));
        std::os::unix::fs::symlink(&one, &other).unwrap();
        std::os::unix::fs::symlink(&other, &one).unwrap();
        let text = "the result store is to be where a link leads nowhere; correct the link, or give another path";
        assert_eq!(refused(&one), text);
        // A link to a directory is as good as the directory, also when it is turned elsewhere later.
        let link = kept.root().join("link");
        std::fs::create_dir(kept.root().join("real")).unwrap();
        std::os::unix::fs::symlink(kept.root().join("real"), &link).unwrap();
        let store = DirectoryStore::open(&link).unwrap();
        std::fs::remove_file(&link).unwrap();
        submitted(&store, "task");
        assert_eq!(names(&kept.root().join("real")).len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn everything_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    fn modes(path: &std::path::Path) {
        let metadata = path.symlink_metadata().unwrap();
        let mode = metadata.permissions().mode() & 0o777;
        assert_eq!(mode, if metadata.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        if metadata.is_dir() {
            for name in names(path) {
                modes(&path.join(name));
            }
        }
    }
    let kept = Kept::new();
    let store = DirectoryStore::open(kept.root().join("deeper")).unwrap();
    claimed(&store, "done", b"answer", DONE);
    claimed(&store, "part", b"part", ClaimEnd::Partial);
    drop(store.intend(&origin()).unwrap());
    drop(granted(&store, &token("claiming")));
    modes(&kept.root());
}

#[test]
fn two_stores_on_one_directory_exclude_each_other_and_see_the_same() {
    let kept = Kept::new();
    let (one, other) = (kept.open(), kept.open());
    let token = submitted(&one, "task");
    let claim = granted(&one, &token);
    assert_eq!(wish(&other, &token), "busy");
    assert!(entry(&other, token.key()).busy && other.take_over(token.key()).unwrap().is_none());
    other.remove(token.key()).unwrap_err();
    claim.end(ClaimEnd::InProgress).unwrap();
    let mut claim = granted(&other, &token);
    claim.write(b"answer").unwrap();
    claim.end(DONE).unwrap();
    assert_eq!(one.entries().unwrap(), other.entries().unwrap());
    assert_eq!((&*one.read(token.key()).unwrap(), wish(&one, &token)), (&b"answer"[..], "ended"));
    one.remove(token.key()).unwrap();
    assert_eq!(other.entry(token.key()).unwrap(), None);
}

#[test]
fn a_submission_whose_task_is_known_is_over_whatever_a_crash_left_of_it() {
    let kept = Kept::new();
    let store = kept.open();
    for listed in [true, false] {
        let origin = origin();
        let task = TaskToken::new(origin.clone(), "task").unwrap();
        // The crash came after the entry of the task was made.
        drop(store.intend(&origin).unwrap());
        granted(&store, &task).end(ClaimEnd::InProgress).unwrap();
        assert_eq!(names(&kept.root()).len(), 2);
        if listed {
            let entries = store.entries().unwrap();
            assert_eq!(entries.iter().map(|entry| entry.key).collect::<Vec<_>>(), [task.key()]);
            assert_eq!(names(&kept.root()), [task.key().to_string()]);
        }
        // It does not come to light again when the task is removed.
        store.remove(task.key()).unwrap();
        assert_eq!(names(&kept.root()), [""; 0]);
    }
}

#[test]
fn an_answer_that_was_named_whole_before_a_crash_is_found_by_the_one_who_takes_over() {
    let kept = Kept::new();
    let store = kept.open();
    let token = claimed(&store, "task", b"answer", DONE);
    let journal = std::fs::read_to_string(kept.journal(token.key())).unwrap();
    let cut = journal.rfind("{\"event\":\"end\"").unwrap();
    for end in [ClaimEnd::PossiblyLost, DONE] {
        std::fs::write(kept.journal(token.key()), &journal[..cut]).unwrap();
        let orphan = orphan(&store, token.key());
        assert_eq!(&*orphan.bytes, b"answer");
        assert_eq!(orphan.claim.end(end).unwrap().bytes, 6);
        assert_eq!(&*store.read(token.key()).unwrap(), b"answer");
    }
    // Even if the one who took over says that it was none, and asks again.
    std::fs::write(kept.journal(token.key()), &journal[..cut]).unwrap();
    orphan(&store, token.key()).claim.end(ClaimEnd::InProgress).unwrap();
    let mut claim = granted(&store, &token);
    claim.write(b"another").unwrap();
    claim.end(DONE).unwrap();
    assert_eq!(state(&store, token.key()), State::Stored(Terminal::Done));
    let kept_files = names(&kept.folder(token.key()));
    assert_eq!(kept_files.iter().filter(|name| name.starts_with("answer-")).count(), 2);
    assert_eq!(&*store.read(token.key()).unwrap(), b"another");
}

#[test]
fn an_end_without_a_byte_leaves_no_file() {
    let kept = Kept::new();
    let store = kept.open();
    for end in [ClaimEnd::PossiblyLost, ClaimEnd::Gone, ClaimEnd::NotConsumed] {
        let token = claimed(&store, &format!("{end:?}"), b"", end);
        assert_eq!(names(&kept.folder(token.key())), ["journal", "lock", "token.json"], "{end:?}");
    }
}

#[test]
fn a_name_in_a_journal_that_is_none_is_never_made_a_path() {
    let kept = Kept::new();
    let store = kept.open();
    let token = claimed(&store, "task", b"part", ClaimEnd::Partial);
    let journal = std::fs::read_to_string(kept.journal(token.key())).unwrap();
    let name = kept.file(token.key(), "part-").file_name().unwrap().to_str().unwrap()[5..].to_owned();
    for other in [format!("{:.<32}", "/../../"), "..".to_owned(), String::new(), format!("{name}0")] {
        std::fs::write(kept.journal(token.key()), journal.replace(&name, &other)).unwrap();
        assert_eq!(state(&store, token.key()), State::Damaged, "{other}");
    }
    std::fs::write(kept.journal(token.key()), journal).unwrap();
    assert_eq!(state(&store, token.key()), State::Partial);
}

/// Another process may be filling it at this moment.
#[cfg(unix)]
#[test]
fn a_folder_that_was_left_half_made_is_deleted_when_it_is_older_than_a_day() {
    let kept = Kept::new();
    kept.open();
    for (name, hours) in [(".new-now", 0), (".new-today", 23), (".new-before", 25), ("new-foreign", 1_000)] {
        let folder = kept.root().join(name);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("token.json"), b"").unwrap();
        let made = std::time::SystemTime::now() - std::time::Duration::from_secs(hours * 3_600);
        std::fs::File::open(&folder).unwrap().set_modified(made).unwrap();
    }
    kept.open();
    assert_eq!(names(&kept.root()), [".new-now", ".new-today", "new-foreign"]);
}
