//! Processes that die at any moment, and disks that fill up at any byte: what the store says afterwards is never less careful than
//! what was done.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use clinical_long_tasks::{
    AnswerHead, ClaimEnd, DirectoryStore, Entry, Origin, ResultStore as _, State, StoreError, TaskToken, Terminal,
};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::store_support::{Kept, again, orphan, wish};

const PLACE: &str = "CLINICAL_TASKS_PLACE";
const TASKS: &str = "CLINICAL_TASKS_TASKS";
const LIMIT: &str = "CLINICAL_TASKS_LIMIT";

const PIECES: [&[u8]; 3] =
    [b"{\"status\":\"DONE\",", b"\"result\":{\"patient\":\"somebody\"},", b"\"percentage\":100}"];

fn answer() -> Vec<u8> {
    PIECES.concat()
}

/// A task's identifier and the submission's name, from its number.
fn task(number: u32) -> TaskToken {
    let mut origin = Origin::new("vendor", "https://vendor.example:443", "structure");
    origin.started = std::time::UNIX_EPOCH;
    origin.submission = format!("{number:032x}");
    TaskToken::new(origin, format!("task-{number}")).unwrap()
}

/// Says what has just been done or is about to be, to a pipe that outlives this process.
fn say(number: u32, what: &str) {
    let mut out = std::io::stdout().lock();
    write!(out, "\n@ {number} {what}\n").unwrap();
    out.flush().unwrap();
}

/// Runs only in a process of its own: task after task, until it is killed, meets its limit, or has done as many as it should.
#[test]
#[ignore = "started in a process of its own, and killed there, by the other tests"]
fn works_until_it_dies() {
    let (Ok(place), Ok(tasks)) = (std::env::var(PLACE), std::env::var(TASKS)) else { return };
    let store = DirectoryStore::open(place).unwrap();
    if let Ok(limit) = std::env::var(LIMIT) {
        let limit = Some(limit.parse().unwrap());
        setrlimit(Resource::Fsize, Rlimit { current: limit, maximum: None }).unwrap();
    }
    for number in 0..tasks.parse().unwrap() {
        if let Err(error) = work(&store, number) {
            // What the disk refused is told in one sentence, without a path.
            let text = error.to_string();
            assert!(text.contains("File too large (os error 27); make room on the disk"), "{text}");
            say(number, "failed");
            return;
        }
    }
}

fn work(store: &DirectoryStore, number: u32) -> Result<(), StoreError> {
    let token = task(number);
    let submission = store.intend(token.origin())?;
    say(number, "intended");
    submission.created(&token)?;
    say(number, "created");
    let claim = |how: &str, end: ClaimEnd, pieces: &[&[u8]]| -> Result<(), StoreError> {
        let mut claim = match store.claim(&token)? {
            clinical_long_tasks::Claiming::Granted(claim) => claim,
            other => panic!("{}", crate::store_support::named(&other)),
        };
        say(number, "sent");
        claim.begins(&AnswerHead::new(200, Some("request-1".to_owned()), None))?;
        let mut written = 0;
        for piece in pieces {
            claim.write(piece)?;
            written += piece.len();
            say(number, &format!("wrote {written}"));
        }
        say(number, &format!("ending {how}"));
        claim.end(end)?;
        say(number, &format!("ended {how}"));
        Ok(())
    };
    claim("running", ClaimEnd::InProgress, &[b"{\"status\":\"QUEUED\"}"])?;
    if number % 2 == 1 {
        claim("partial", ClaimEnd::Partial, &PIECES[..2])?;
        say(number, "reopening");
        store.reopen(token.key())?;
        say(number, "reopened");
    }
    claim("done", ClaimEnd::Stored(Terminal::Done), &PIECES)
}

/// The last word of each task.
fn last_words(output: &str) -> BTreeMap<u32, String> {
    let said = output.lines().filter_map(|line| line.strip_prefix("@ "));
    said.map(|line| line.split_once(' ').unwrap())
        .map(|(number, what)| (number.parse().unwrap(), what.to_owned()))
        .collect()
}

const DONE: State = State::Stored(Terminal::Done);

/// What an entry may be after this was said last. `None` in the list: that there is none.
fn possible(word: &str) -> &'static [Option<State>] {
    match word {
        "begun" => &[None, Some(State::Submitting)],
        "intended" => &[Some(State::Submitting), Some(State::Waiting)],
        "created" | "reopened" | "ended running" => &[Some(State::Waiting), Some(State::Claiming)],
        "ending running" => &[Some(State::Claiming), Some(State::Waiting)],
        "ending partial" => &[Some(State::Claiming), Some(State::Partial)],
        "ended partial" => &[Some(State::Partial)],
        "reopening" => &[Some(State::Partial), Some(State::Waiting)],
        "ending done" => &[Some(State::Claiming), Some(DONE)],
        "ended done" => &[Some(DONE)],
        // The request went out.
        word if word == "sent" || word.starts_with("wrote ") => &[Some(State::Claiming)],
        other => panic!("{other}"),
    }
}

/// Compares what the store says with what the process said. Gives what each task is now.
#[track_caller]
fn check(kept: &Kept, output: &str) -> Vec<Option<State>> {
    let store = kept.open();
    let entries = store.entries().unwrap();
    let mut words = last_words(output);
    let next = words.keys().max().map_or(0, |last| last + 1);
    words.entry(next).or_insert_with(|| "begun".to_owned());
    let mut states = Vec::new();
    for (number, word) in &words {
        let token = task(*number);
        let found: Vec<&Entry> = entries.iter().filter(|entry| entry.origin.as_ref() == Some(token.origin())).collect();
        assert!(found.len() <= 1, "{number} {word}: {found:?}");
        let state = found.first().map(|entry| entry.state);
        assert!(possible(word).contains(&state), "{number} {word}: {state:?}");
        assert!(found.iter().all(|entry| !entry.busy), "{number} {word}");
        match state {
            Some(State::Claiming) => {
                let came = orphan(&store, token.key()).bytes;
                let least = word.strip_prefix("wrote ").map_or(0, |written| written.parse().unwrap());
                assert!(came.len() >= least, "{word}: {}", came.len());
                let running = came.is_empty() || b"{\"status\":\"QUEUED\"}".starts_with(&came);
                assert!(running || answer().starts_with(&came), "{word}: {came:?}");
                assert_eq!(wish(&store, &token), "orphaned");
            }
            Some(DONE) => assert_eq!(&*store.read(token.key()).unwrap(), &answer()),
            _ => {}
        }
        states.push(state);
    }
    // Nothing but the tasks that it spoke of, and nothing damaged.
    assert!(entries.len() <= words.len(), "{entries:?}");
    states
}

fn worker(kept: &Kept, tasks: &str) -> Command {
    let root = kept.root().into_os_string().into_string().unwrap();
    let mut command = again("crash_store::works_until_it_dies", &[(PLACE, &root), (TASKS, tasks)]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The command under a shell that sets something first.
fn after(set: &str, command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &format!("{set}; exec \"$0\" \"$@\"")]).arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

#[test]
fn after_kill_9_at_any_moment_no_entry_claims_less_than_was_done() {
    for lines in (1..=45).step_by(4) {
        let kept = Kept::new();
        let mut child = worker(&kept, "1000000").spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut output = String::new();
        while output.lines().filter(|line| line.starts_with('@')).count() < lines {
            assert_ne!(out.read_line(&mut output).unwrap(), 0, "{output}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died is still in the pipe.
        out.read_to_string(&mut output).unwrap();
        check(&kept, &output);
    }
}

/// The kernel ends a process at the byte of a file that is over its limit: each line of the journal, each token and each answer is
/// torn at each of its bytes.
#[test]
fn a_process_that_dies_in_the_middle_of_a_write_leaves_what_was_true_before() {
    let mut seen = Vec::new();
    for limit in (0..560).step_by(3) {
        let kept = Kept::new();
        let limit = limit.to_string();
        let mut command = after("ulimit -c 0", &worker(&kept, "2"));
        let output = command.env(LIMIT, &limit).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // SIGXFSZ, or everything was written.
        assert!(output.status.success() || output.status.signal() == Some(25), "{limit}: {text}");
        seen.extend(check(&kept, &text));
    }
    for state in [State::Submitting, State::Waiting, State::Claiming, State::Partial, DONE] {
        assert!(seen.contains(&Some(state)), "{state:?}");
    }
}

#[test]
fn a_disk_that_is_full_at_any_byte_loses_nothing_that_was_on_it() {
    let mut failed = 0;
    for limit in (0..560).step_by(3) {
        let kept = Kept::new();
        let limit = limit.to_string();
        let mut command = after("trap '' XFSZ", &worker(&kept, "2"));
        let output = command.env(LIMIT, &limit).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{limit}: {text}");
        failed += u32::from(text.contains(" failed\n"));
        let done = text.lines().filter(|line| !line.ends_with(" failed")).collect::<Vec<_>>().join("\n");
        check(&kept, &done);
    }
    assert!((10..186).contains(&failed), "{failed}");
}
