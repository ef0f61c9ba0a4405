//! The log in a directory: what is in it, what damage does, what is forgotten, and which directories it does not take.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

use novamed_api::log::{Begun, DirectoryLog, MemoryLog, SubmissionLog as _, SubmissionState};
use tempfile::TempDir;

use crate::log_support::{HOUR, begin, created, key, state, submission};

struct Kept {
    folder: TempDir,
}

impl Kept {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("parent").join("log")
    }

    fn open(&self) -> DirectoryLog {
        DirectoryLog::open(self.root()).unwrap()
    }

    fn file(&self, number: u64) -> PathBuf {
        let key = key(number);
        self.root().join(&key.as_str()[..1]).join(key.as_str())
    }
}

/// The paths of all keys.
fn files(root: &Path) -> Vec<PathBuf> {
    let parts = std::fs::read_dir(root).unwrap().map(|part| part.unwrap().path());
    let files = parts.flat_map(|part| std::fs::read_dir(part).unwrap().map(|file| file.unwrap().path()));
    files.filter(|file| file.file_name().unwrap().len() == 64).collect()
}

fn now() -> SystemTime {
    SystemTime::now()
}

#[test]
fn what_is_on_record_is_there_for_every_log_of_the_directory_and_after_a_restart() {
    let kept = Kept::new();
    let (one, other) = (kept.open(), kept.open());
    let at = now();
    assert_eq!(begin(&one, 1, at), Begun::New);
    assert_eq!(begin(&other, 1, at), Begun::Earlier(submission(1, at)));
    assert_eq!(begin(&other, 2, at + HOUR), Begun::New);
    other.created(&key(1), "id").unwrap();
    assert_eq!((state(&one, 1), state(&one, 2)), (Some(created("id")), Some(SubmissionState::Uncertain)));
    let listed = kept.open().list().unwrap();
    let listed: Vec<_> = listed.iter().map(|submission| (submission.at, &submission.state)).collect();
    assert_eq!(listed, [(at, &created("id")), (at + HOUR, &SubmissionState::Uncertain)]);
    one.not_created(&key(2)).unwrap();
    assert_eq!((state(&other, 2), files(&kept.root()).len()), (None, 1));
    assert!(other.remove(&key(1)).unwrap());
    assert!(!other.remove(&key(1)).unwrap());
    assert_eq!((one.list().unwrap().len(), begin(&one, 1, at)), (0, Begun::New));
}

#[test]
fn both_logs_list_and_remove_alike() {
    let kept = Kept::new();
    let (directory, memory) = (kept.open(), MemoryLog::new());
    for (number, hours) in (0..40).zip((0..7).cycle()) {
        let submission = submission(number, now() - HOUR * hours);
        for again in [false, number % 3 == 0] {
            let _ = directory.begin(&submission, HOUR, again).unwrap();
            let _ = memory.begin(&submission, HOUR, again).unwrap();
        }
        if number % 2 == 0 {
            directory.created(&submission.key, "id").unwrap();
            memory.created(&submission.key, "id").unwrap();
        }
    }
    assert_eq!(directory.list().unwrap(), memory.list());
    assert_eq!(memory.list().len(), 54);
    assert!(directory.remove(&key(3)).unwrap() && memory.remove(&key(3)));
    assert!(!directory.remove(&key(99)).unwrap() && !memory.remove(&key(99)));
    assert_eq!(directory.list().unwrap(), memory.list());
    assert_eq!(memory.list().len(), 52);
}

#[test]
fn of_threads_that_begin_the_same_at_the_same_time_one_passes() {
    const THREADS: usize = 8;
    let kept = Kept::new();
    let (start, at) = (Barrier::new(THREADS), now());
    let logs: Vec<_> = (0..THREADS).map(|_| kept.open()).collect();
    for number in 0..40 {
        let passed = std::thread::scope(|scope| {
            let threads: Vec<_> = logs
                .iter()
                .map(|log| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        begin(log, number, at) == Begun::New
                    })
                })
                .collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
        });
        assert_eq!(passed, 1, "{number}");
    }
}

#[test]
fn a_damaged_entry_is_uncertain_at_the_time_of_its_file_and_never_absent() {
    let kept = Kept::new();
    let log = kept.open();
    let at = now();
    begin(&log, 1, at);
    log.created(&key(1), "id").unwrap();
    let whole = std::fs::read(kept.file(1)).unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).step_by(7).map(|length| whole[..length].to_vec()).collect();
    damaged.push(vec![0; whole.len()]);
    damaged.push(vec![b'x'; 2 * 1024 * 1024]);
    damaged.push([&whole[..], b"x"].concat());
    for content in damaged {
        std::fs::write(kept.file(1), &content).unwrap();
        let Begun::Earlier(earlier) = begin(&log, 1, now()) else { panic!("passed at {} bytes", content.len()) };
        assert_eq!((earlier.operation.as_str(), earlier.state), ("unknown", SubmissionState::Uncertain));
        assert_eq!(log.list().unwrap().len(), 1);
    }
    // After the window it passes, and what it was stays listed.
    let file = std::fs::File::options().write(true).open(kept.file(1)).unwrap();
    file.set_modified(at - HOUR * 2).unwrap();
    assert_eq!(begin(&log, 1, at), Begun::New);
    log.created(&key(1), "second").unwrap();
    let listed: Vec<_> = log.list().unwrap().into_iter().map(|one| (one.operation, one.state)).collect();
    let expected =
        [("unknown".to_owned(), SubmissionState::Uncertain), ("create_patient".to_owned(), created("second"))];
    assert_eq!(listed, expected);
}

#[test]
fn the_file_of_another_key_and_a_folder_in_its_place_count_as_damage() {
    let kept = Kept::new();
    let log = kept.open();
    begin(&log, 1, now());
    std::fs::create_dir_all(kept.file(2).parent().unwrap()).unwrap();
    std::fs::copy(kept.file(1), kept.file(2)).unwrap();
    std::fs::create_dir(kept.file(3)).unwrap();
    for number in [2, 3] {
        let Begun::Earlier(earlier) = begin(&log, number, now()) else { panic!("{number} passed") };
        assert_eq!((earlier.key, earlier.operation.as_str()), (key(number), "unknown"));
    }
    // It cannot be put on record, so it does not pass either.
    let error = log.begin(&submission(3, now()), HOUR, true).unwrap_err().to_string();
    assert!(error.starts_with("it could not put a create on record: "), "{error}");
}

#[test]
fn what_was_created_is_removed_little_by_little_after_its_time_and_what_is_uncertain_is_not() {
    let kept = Kept::new();
    let log = kept.open().keep(HOUR * 10);
    let old = now() - HOUR * 10;
    let young = old + HOUR * 10;
    let fill = |numbers: Range<u64>, at| {
        for number in numbers {
            begin(&log, number, at);
            if number % 30 != 0 {
                log.created(&key(number), "id").unwrap();
            }
        }
    };
    // The old ones are everywhere among the young ones.
    fill(1000..1100, young);
    fill(0..120, old);
    assert_eq!(files(&kept.root()).len(), 220);
    fill(2000..2240, young);
    let (uncertain, left): (Vec<_>, Vec<_>) = (log.list().unwrap().into_iter().filter(|one| one.at == old))
        .partition(|one| one.state == SubmissionState::Uncertain);
    assert_eq!(uncertain.len(), 4);
    assert!(left.len() < 25, "{}", left.len());
    // Nothing of what is younger.
    assert_eq!(log.list().unwrap().iter().filter(|one| one.at == young).count(), 340);
}

#[test]
fn a_log_in_memory_forgets_with_time_too_and_no_sooner_than_a_window() {
    let log = MemoryLog::new();
    let day = HOUR * 24;
    let start = now();
    let fill = |numbers: Range<u64>, at: SystemTime, window: Duration| {
        for number in numbers {
            log.begin(&submission(number, at), window, false).unwrap();
            if number % 10 != 0 {
                log.created(&key(number), "id").unwrap();
            }
        }
    };
    let of = |at| log.list().iter().filter(|one| one.at == at).count();
    fill(0..100, start, HOUR);
    fill(100..200, start + day * 90, day * 100);
    fill(200..1000, start + day * 99, HOUR);
    // Older than 90 days, and a window has been longer.
    assert_eq!((of(start), of(start + day * 90)), (100, 100));
    fill(1000..3000, start + day * 100, HOUR);
    // What is uncertain is left.
    assert_eq!((of(start), of(start + day * 90), of(start + day * 99)), (10, 100, 800));
}

#[test]
fn what_another_log_left_half_written_is_in_nobodys_way() {
    let kept = Kept::new();
    let log = kept.open();
    let part = kept.file(1).parent().unwrap().to_owned();
    std::fs::write(part.join(".new"), "{\"version\":1,\"key\":").unwrap();
    assert_eq!(begin(&log, 1, now()), Begun::New);
    assert_eq!(log.list().unwrap().len(), 1);
    assert!(!part.join(".new").exists());
}

#[cfg(unix)]
mod rights {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn allow(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[track_caller]
    fn refused(path: &Path, why: &str) {
        let error = DirectoryLog::open(path).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(!error.contains('/'), "{error}");
    }

    #[test]
    fn everything_is_for_this_user_only() {
        let kept = Kept::new();
        let log = kept.open();
        begin(&log, 1, now());
        let (file, root) = (kept.file(1), kept.root());
        let part = file.parent().unwrap();
        assert_eq!([root.parent().unwrap(), &root, part].map(mode), [0o700; 3]);
        assert_eq!([&file, &part.join("lock")].map(|path| mode(path)), [0o600; 2]);
    }

    #[test]
    fn a_directory_that_others_may_change_or_swap_is_not_taken() {
        let kept = Kept::new();
        kept.open();
        for mode in [0o720, 0o702, 0o777] {
            allow(&kept.root(), mode);
            refused(&kept.root(), "others may write in its directory; take that right away (chmod go-w)");
        }
        allow(&kept.root(), 0o755);
        kept.open();
        let part = kept.file(1).parent().unwrap().to_owned();
        allow(&part, 0o770);
        refused(&kept.root(), "others may write");
        std::fs::remove_dir_all(&part).unwrap();
        symlink(kept.folder.path(), &part).unwrap();
        refused(&kept.root(), "there is a link; give the path that it leads to");
        let link = kept.folder.path().join("link");
        symlink(kept.root(), &link).unwrap();
        refused(&link, "there is a link");
        let nowhere = kept.folder.path().join("nowhere");
        symlink("gone", &nowhere).unwrap();
        refused(&nowhere, "there is a link");
        assert!(!kept.folder.path().join("gone").exists());
        let file = kept.folder.path().join("file");
        std::fs::write(&file, "mine").unwrap();
        refused(&file, "there is a file; give the path of a directory");
        refused(&file.join("log"), "it could not open its directory: ");
        refused(Path::new(""), "the path is empty");
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    }

    #[test]
    fn an_entry_that_is_a_link_counts_as_damage_and_what_it_leads_to_stays() {
        let kept = Kept::new();
        let log = kept.open();
        let target = kept.folder.path().join("target");
        std::fs::write(&target, "mine").unwrap();
        symlink(&target, kept.file(1)).unwrap();
        assert!(matches!(begin(&log, 1, now()), Begun::Earlier(_)));
        assert_eq!(log.begin(&submission(1, now()), HOUR, true).unwrap(), Begun::New);
        assert_eq!(std::fs::read(&target).unwrap(), b"mine");
        assert!(kept.file(1).symlink_metadata().unwrap().is_file());
    }
}
