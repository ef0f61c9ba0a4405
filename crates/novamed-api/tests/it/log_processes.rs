//! Several processes on one log, processes that die at any moment, and disks that are full at any byte: a create that was let pass is on
//! record, and none passes twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use clinical_http::testing::ScriptedTransport;
use novamed_api::Kind;
use novamed_api::log::{Begun, DirectoryLog, LogError, SubmissionLog as _, SubmissionState};
use rustix::process::{Resource, Rlimit, setrlimit};
use tempfile::TempDir;

use crate::log_support::{HOUR, again, begin, client, created, key, refill, state, submission, success};

const PLACE: &str = "NOVAMED_TEST_PLACE";
const LIMIT: &str = "NOVAMED_TEST_LIMIT";

/// Of a process that was started by a test.
fn place() -> Option<DirectoryLog> {
    Some(DirectoryLog::open(std::env::var(PLACE).ok()?).unwrap())
}

fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("log").into_os_string().into_string().unwrap();
    (folder, root)
}

/// Says what has just been done or is about to be, to a pipe that outlives this process.
fn say(number: u64, what: &str) {
    let mut out = std::io::stdout().lock();
    write!(out, "\n@ {number} {what}\n").unwrap();
    out.flush().unwrap();
}

const CONTESTED: u64 = 120;

/// Runs only in a process of its own: begins all keys, as others do at the same time.
#[test]
#[ignore = "started in several processes by another test"]
fn begins_what_others_begin() {
    let Some(log) = place() else { return };
    say(0, "ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    for number in 0..CONTESTED {
        if begin(&log, number, SystemTime::now()) == Begun::New {
            say(number, "passed");
        }
    }
}

#[test]
fn of_processes_that_begin_the_same_at_the_same_time_one_passes() {
    let (_folder, root) = folder();
    let start = || {
        let mut command = again("log_processes::begins_what_others_begin", &[(PLACE, &root)]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
    };
    let mut children: Vec<_> = (0..3)
        .map(|_| {
            let mut child = start();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            while line != "@ 0 ready\n" {
                line.clear();
                assert_ne!(out.read_line(&mut line).unwrap(), 0);
            }
            (child, out)
        })
        .collect();
    for (child, _) in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut passed = Vec::new();
    for (mut child, mut out) in children {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success(), "{text}");
        passed.extend(words(&text).into_keys());
    }
    assert_eq!(passed.len() as u64, CONTESTED);
    assert_eq!(BTreeSet::from_iter(passed).len() as u64, CONTESTED);
    assert_eq!(DirectoryLog::open(root).unwrap().list().unwrap().len() as u64, CONTESTED);
}

/// Runs only in a process of its own: create after create, until it is killed, meets its limit, or has done as many as it should.
#[test]
#[ignore = "started in a process of its own, and killed there, by the other tests"]
fn works_until_it_dies() {
    let Some(log) = place() else { return };
    let limit = std::env::var(LIMIT).ok();
    if let Some(limit) = &limit {
        let limit = Some(limit.parse().unwrap());
        setrlimit(Resource::Fsize, Rlimit { current: limit, maximum: None }).unwrap();
    }
    for number in 0..if limit.is_some() { 3 } else { u64::MAX } {
        if let Err(error) = work(&log, number) {
            // What the disk refused is told in one sentence, without a path.
            let text = error.to_string();
            assert!(text.ends_with("File too large (os error 27); make room on the disk"), "{text}");
            say(number, "failed");
            return;
        }
    }
}

fn work(log: &DirectoryLog, number: u64) -> Result<(), LogError> {
    say(number, "beginning");
    let submission = submission(number, SystemTime::now());
    assert_eq!(log.begin(&submission, HOUR, false)?, Begun::New);
    say(number, "begun");
    if number % 3 == 1 {
        say(number, "taking back");
        log.not_created(&submission.key)?;
        say(number, "taken back");
        return Ok(());
    }
    say(number, "ending");
    log.created(&submission.key, "id")?;
    say(number, "ended");
    if number % 3 == 2 {
        say(number, "repeating");
        log.begin(&submission, HOUR, true)?;
        say(number, "begun");
    }
    Ok(())
}

/// The last word of each create.
fn words(output: &str) -> BTreeMap<u64, String> {
    let said = output.lines().filter_map(|line| line.strip_prefix("@ ")?.split_once(' '));
    said.map(|(number, what)| (number.parse().unwrap(), what.to_owned())).collect()
}

/// What may be on record after this was said last.
fn possible(word: &str) -> Vec<Option<SubmissionState>> {
    let (begun, ended) = (Some(SubmissionState::Uncertain), Some(created("id")));
    match word {
        "beginning" => vec![None, begun],
        "begun" => vec![begun],
        // Taking back need not be durable against a power failure; it is against the death of a process.
        "taking back" => vec![begun, None],
        "taken back" => vec![None],
        "ending" | "repeating" => vec![begun, ended],
        "ended" => vec![ended],
        other => panic!("{other}"),
    }
}

/// Compares the record with what the process said. Gives the last words.
#[track_caller]
fn check(root: &str, output: &str) -> BTreeSet<String> {
    let log = DirectoryLog::open(root).unwrap();
    let output: Vec<_> = output.lines().filter(|line| !line.ends_with(" failed")).collect();
    let words = words(&output.join("\n"));
    for (number, word) in &words {
        let state = state(&log, *number);
        assert!(possible(word).contains(&state), "{number} {word}: {state:?}");
        // The dead hold no lock, and what is on record refuses.
        assert_eq!(begin(&log, *number, SystemTime::now()) == Begun::New, state.is_none(), "{number} {word}");
    }
    assert!(log.list().unwrap().iter().all(|submission| submission.operation == "create_patient"));
    words.into_values().collect()
}

fn worker(root: &str) -> Command {
    let mut command = again("log_processes::works_until_it_dies", &[(PLACE, root)]);
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
fn after_kill_9_at_any_moment_what_passed_is_on_record() {
    for lines in (1..=33).step_by(2) {
        let (_folder, root) = folder();
        let mut child = worker(&root).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut output = String::new();
        while output.lines().filter(|line| line.starts_with('@')).count() < lines {
            assert_ne!(out.read_line(&mut output).unwrap(), 0, "{output}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died is still in the pipe.
        out.read_to_string(&mut output).unwrap();
        check(&root, &output);
    }
}

/// The kernel ends a process at the byte of a file that is over its limit: each record is torn at each of its bytes.
#[test]
fn a_process_that_dies_in_the_middle_of_a_write_leaves_what_was_true_before() {
    let mut seen = BTreeSet::new();
    for limit in (0..330).step_by(11) {
        let (_folder, root) = folder();
        let mut command = after("ulimit -c 0", &worker(&root));
        let output = command.env(LIMIT, limit.to_string()).stdout(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // SIGXFSZ, or everything was written.
        assert!(output.status.success() || output.status.signal() == Some(25), "{limit}: {text}");
        seen.extend(check(&root, &text));
    }
    let deaths = ["beginning", "begun", "ended", "ending", "repeating", "taken back"];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), deaths);
}

#[test]
fn a_disk_that_is_full_at_any_byte_lets_nothing_pass_that_is_not_on_record() {
    let mut failed = 0;
    for limit in (0..330).step_by(11) {
        let (_folder, root) = folder();
        let mut command = after("trap '' XFSZ", &worker(&root));
        let output = command.env(LIMIT, limit.to_string()).stdout(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{limit}: {text}");
        failed += u32::from(text.contains(" failed\n"));
        check(&root, &text);
    }
    assert!((5..30).contains(&failed), "{failed}");
}

/// Runs only in a process of its own, which may write nothing for a while.
#[test]
#[ignore = "started in a process of its own, and limited there, by the other test"]
fn meets_a_full_disk() {
    let Some(log) = place() else { return };
    let files_may_grow_to = |current| setrlimit(Resource::Fsize, Rlimit { current, maximum: None }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = ScriptedTransport::always(success());
    let client = client(log, &transport);
    files_may_grow_to(Some(0));
    let error = runtime.block_on(client.create_refill(&refill())).unwrap_err();
    files_may_grow_to(None);
    assert_eq!((error.kind(), transport.requests().len()), (Kind::Log, 0));
    assert!(error.to_string().ends_with("make room on the disk (nothing was sent)"), "{error}");
    runtime.block_on(client.create_refill(&refill())).unwrap();
    assert_eq!(transport.requests().len(), 1);
}

#[test]
fn on_a_full_disk_nothing_is_sent_and_with_room_again_it_is() {
    let (_folder, root) = folder();
    succeeds(&mut after("trap '' XFSZ", &again("log_processes::meets_a_full_disk", &[(PLACE, &root)])));
}

/// Runs only in a process of its own, with a home of its own.
#[test]
#[ignore = "started in a process of its own by the other test"]
fn opens_the_default() {
    let Ok(root) = std::env::var(PLACE) else { return };
    let log = DirectoryLog::open_default().unwrap();
    begin(&log, 1, SystemTime::now());
    let other = DirectoryLog::open(Path::new(&root).join("clinical-clients").join("novamed-submissions")).unwrap();
    assert_eq!(log.find(&key(1)).unwrap(), other.find(&key(1)).unwrap());
    assert!(other.find(&key(1)).unwrap().unwrap().at > SystemTime::UNIX_EPOCH + Duration::from_secs(1));
}

#[test]
fn the_default_is_in_the_state_directory_of_the_user() {
    let (_folder, root) = folder();
    let mut child = again("log_processes::opens_the_default", &[(PLACE, &root), ("XDG_STATE_HOME", &root)]);
    succeeds(&mut child);
    let home = format!("{root}/home");
    let state = format!("{home}/.local/state");
    let mut child = again("log_processes::opens_the_default", &[(PLACE, &state), ("HOME", &home)]);
    succeeds(child.env_remove("XDG_STATE_HOME"));
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}
