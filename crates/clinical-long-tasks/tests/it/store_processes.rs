//! What a process may not do while another has an entry, what it can do when it has run out of disk or of files, and what that leaves.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use clinical_long_tasks::{ClaimEnd, DirectoryStore, Origin, ResultStore as _, State, TaskToken, Terminal};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::store_support::{Kept, again, entry, granted, names, orphan, state, submitted, wish};

const PLACE: &str = "CLINICAL_TASKS_PLACE";

fn place() -> Option<DirectoryStore> {
    std::env::var(PLACE).ok().map(|place| DirectoryStore::open(place).unwrap())
}

fn alone(kept: &Kept, test: &str) -> Command {
    again(test, &[(PLACE, &kept.root().into_os_string().into_string().unwrap())])
}

/// The same task and submission in each process.
fn shared(name: &str) -> TaskToken {
    let mut origin = Origin::new("vendor", "https://vendor.example:443", "structure");
    (origin.started, origin.submission) = (std::time::UNIX_EPOCH, format!("{name:0>32}"));
    TaskToken::new(origin, name).unwrap()
}

/// Runs only in a process of its own.
#[test]
#[ignore = "started in a process of its own by the other tests"]
fn holds_a_claim_and_a_submission_until_its_input_ends() {
    let Some(store) = place() else { return };
    let mut claim = granted(&store, &shared("cafe"));
    claim.write(b"came").unwrap();
    let submission = store.intend(shared("beef").origin()).unwrap();
    writeln!(std::io::stdout(), "\n@ holds").unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    claim.end(ClaimEnd::Partial).unwrap();
    submission.created(&shared("beef")).unwrap();
}

struct Holder {
    child: Child,
    input: Option<ChildStdin>,
    _output: BufReader<ChildStdout>,
}

impl Holder {
    fn start(kept: &Kept) -> Self {
        let mut command = alone(kept, "store_processes::holds_a_claim_and_a_submission_until_its_input_ends");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with('@') {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0);
        }
        Self { input: child.stdin.take(), child, _output: output }
    }
}

#[test]
fn what_a_living_process_has_is_nobody_elses_and_what_a_dead_one_had_can_be_taken_over() {
    for kill in [false, true] {
        let kept = Kept::new();
        let store = kept.open();
        let mut holder = Holder::start(&kept);
        let (token, intended) = (shared("cafe"), shared("beef"));
        let entries = store.entries().unwrap();
        let states: Vec<_> = entries.iter().map(|entry| (entry.state.as_str(), entry.busy)).collect();
        assert!(states.contains(&("claiming", true)) && states.contains(&("submitting", true)), "{states:?}");
        assert_eq!((wish(&store, &token), entry(&store, token.key()).bytes), ("busy", 4));
        assert!(store.take_over(token.key()).unwrap().is_none());
        for entry in &entries {
            store.remove(entry.key).unwrap_err();
        }
        if kill {
            holder.child.kill().unwrap();
        } else {
            drop(holder.input.take());
        }
        assert_eq!(holder.child.wait().unwrap().success(), !kill);
        let states: Vec<_> = store.entries().unwrap().iter().map(|entry| (entry.state.as_str(), entry.busy)).collect();
        if kill {
            assert!(states.contains(&("claiming", false)) && states.contains(&("submitting", false)), "{states:?}");
            assert_eq!(wish(&store, &token), "orphaned");
            let orphan = orphan(&store, token.key());
            assert_eq!((&*orphan.bytes, orphan.head), (&b"came"[..], None));
            orphan.claim.end(ClaimEnd::Partial).unwrap();
        } else {
            assert_eq!(state(&store, intended.key()), State::Waiting);
            assert_eq!(states.len(), 2);
        }
        assert_eq!((state(&store, token.key()), wish(&store, &token)), (State::Partial, "ended"));
    }
}

fn files_may_grow_to(limit: Option<u64>) {
    setrlimit(Resource::Fsize, Rlimit { current: limit, maximum: None }).unwrap();
}

/// Runs only in a process of its own, in which files may not grow for a while.
#[test]
#[ignore = "started in a process of its own, and limited there, by the other test"]
fn meets_a_full_disk() {
    const PART: &[u8] = b"{\"status\":\"DONE\",\"result\":{}";
    let Some(store) = place() else { return };
    let token = submitted(&store, "task");
    let key = token.key();

    // Nothing may be asked while that cannot be recorded, and nothing is left behind.
    files_may_grow_to(Some(8));
    let refused = store.claim(&token).err().unwrap().to_string();
    assert_eq!(
        refused,
        "the result store could not note that a result is about to be asked for: File too large (os error 27); make room on the disk"
    );
    store.intend(&crate::store_support::origin()).err().unwrap();
    assert_eq!((state(&store, key), store.entries().unwrap().len()), (State::Waiting, 1));
    let place = std::path::PathBuf::from(store.place().unwrap());
    assert_eq!(names(&place), [key.to_string()]);
    let folder = place.join(key.to_string());
    assert_eq!(names(&folder), ["journal", "lock", "token.json"]);
    assert_eq!(std::fs::read(folder.join("journal")).unwrap(), b"");

    // A piece that could not be written: what came before it stays, and the answer never counts as whole.
    files_may_grow_to(None);
    let mut claim = granted(&store, &token);
    claim.write(PART).unwrap();
    files_may_grow_to(Some(PART.len() as u64 + 4));
    claim.write(b"piece that does not fit").unwrap_err();
    files_may_grow_to(None);
    let again = claim.write(b"piece that fits").unwrap_err().to_string();
    assert!(again.contains("a piece of it was lost before"), "{again}");
    let whole = claim.end(ClaimEnd::Stored(Terminal::Done)).err().unwrap().to_string();
    assert_eq!(whole, "the result store has only a part of this answer; save the answer elsewhere");
    assert_eq!((state(&store, key), entry(&store, key).busy), (State::Claiming, false));
    let orphan = orphan(&store, key);
    assert_eq!(&*orphan.bytes, [PART, b"piec"].concat());

    // An end that could not be written: the part stays, and so does the doubt.
    files_may_grow_to(Some(16));
    orphan.claim.end(ClaimEnd::Partial).err().unwrap();
    files_may_grow_to(None);
    assert_eq!(state(&store, key), State::Claiming);
    crate::store_support::orphan(&store, key).claim.end(ClaimEnd::Partial).unwrap();
    assert_eq!(&*store.read(key).unwrap(), [PART, b"piec"].concat());
    files_may_grow_to(Some(16));
    store.reopen(key).unwrap_err();
    files_may_grow_to(None);
    assert_eq!(state(&store, key), State::Partial);

    // The same of a whole answer: its bytes are kept under the name of a whole one.
    let token = submitted(&store, "other");
    let mut claim = granted(&store, &token);
    claim.write(PART).unwrap();
    files_may_grow_to(Some(40));
    claim.end(ClaimEnd::Stored(Terminal::Done)).err().unwrap();
    files_may_grow_to(None);
    let orphan = crate::store_support::orphan(&store, token.key());
    assert_eq!(&*orphan.bytes, PART);
    orphan.claim.end(ClaimEnd::Stored(Terminal::Done)).unwrap();
    assert_eq!(&*store.read(token.key()).unwrap(), PART);
}

#[test]
fn on_a_full_disk_nothing_is_asked_and_nothing_that_came_is_lost() {
    let kept = Kept::new();
    let child = alone(&kept, "store_processes::meets_a_full_disk");
    // The limit's signal is ignored, as a server would.
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(child.get_program()).args(child.get_args());
    limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    succeeds(&mut limited);
}

/// Runs only in a process of its own, in which few files may be open.
#[test]
#[ignore = "started in a process of its own, and limited there, by the other test"]
fn has_few_files() {
    let Some(store) = place() else { return };
    setrlimit(Resource::Nofile, Rlimit { current: Some(48), maximum: Some(48) }).unwrap();
    let tokens: Vec<TaskToken> = (0..100).map(|task| submitted(&store, &task.to_string())).collect();
    for token in &tokens {
        granted(&store, token).end(ClaimEnd::InProgress).unwrap();
    }
    // As many claims at the same time as there are files for; the next one is refused before anything is asked.
    let mut claims = Vec::new();
    let error = loop {
        match store.claim(&tokens[claims.len()]) {
            Ok(claim) => claims.push(claim),
            Err(error) => break error.to_string(),
        }
    };
    assert!(claims.len() >= 8, "{}", claims.len());
    assert!(error.contains("Too many open files"), "{error}");
    let refused = tokens[claims.len()].key();
    for claim in claims {
        let clinical_long_tasks::Claiming::Granted(claim) = claim else { panic!("not granted") };
        claim.end(ClaimEnd::Stored(Terminal::Done)).unwrap();
    }
    assert_eq!(state(&store, refused), State::Waiting);
}

#[test]
fn a_task_that_waits_holds_no_file_and_an_answer_needs_no_more_files_than_its_claim() {
    let kept = Kept::new();
    succeeds(&mut alone(&kept, "store_processes::has_few_files"));
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}
