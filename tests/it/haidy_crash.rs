//! Processes that are killed at any moment: whoever opens their store finishes the task, or names it with what is certain about it.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use clinical_sandbox::{Fault, FaultKind, Journal, Sandbox};
use clinical_tests::haidy::{LONG, kept_in, start};
use haidy_analyst::tasks::{ResultStore as _, Terminal};
use haidy_analyst::{Haidy, HolisticPatient, Kind, Record, State, TaskToken};

const URL: &str = "CLINICAL_TESTS_URL";
const STORE: &str = "CLINICAL_TESTS_STORE";
const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

/// Runs only in a process of its own: submits, says the token, waits, and never ends by itself.
#[tokio::test]
#[ignore = "started in a process of its own, and killed there, by the other tests of this file"]
async fn submits_and_waits_until_it_is_killed() {
    let (Ok(url), Ok(store)) = (std::env::var(URL), std::env::var(STORE)) else { return };
    let token = clinical_sandbox::DEFAULT_TOKEN;
    let haidy = Haidy::builder().base_url(url).token(token).results_in(store).build().unwrap();
    let task = haidy.structure(Record::text("Patient takes Lisinopril 10mg daily.").id(ID)).await.unwrap();
    println!("\n@ {}", serde_json::to_string(task.token()).unwrap());
    let ended = task.wait().await.map(|patient| patient.medications().count());
    println!("\n@ ended {ended:?}");
    std::future::pending::<()>().await;
}

/// A process that runs the test above; it is killed at the latest when this is dropped.
struct Worker {
    child: Child,
    lines: Option<std::io::Lines<BufReader<std::process::ChildStdout>>>,
}

impl Worker {
    fn start(sandbox: &Sandbox, store: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "haidy_crash::submits_and_waits_until_it_is_killed", "--ignored", "--nocapture"]);
        command.env(URL, sandbox.url()).env(STORE, store).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines: Some(lines) }
    }

    /// What it says next.
    async fn says(&mut self) -> String {
        let mut lines = self.lines.take().unwrap();
        let (said, lines) = tokio::task::spawn_blocking(move || {
            let said = lines.find_map(|line| line.unwrap().strip_prefix("@ ").map(str::to_owned));
            (said, lines)
        })
        .await
        .unwrap();
        self.lines = Some(lines);
        said.expect("the process ended")
    }

    async fn token(&mut self) -> TaskToken {
        serde_json::from_str(&self.says().await).unwrap()
    }

    /// SIGKILL: nothing runs in it any more.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn questions(sandbox: &Sandbox, least: usize) {
    sandbox.journal_when(|journal| journal.attempts_on("tasks").len() >= least).await;
}

/// Waits until a fault is played and the bytes before it are sent.
async fn played(sandbox: &Sandbox, operation: &str) {
    let played = |journal: &Journal| journal.attempts_on(operation).iter().any(|attempt| !attempt.faults.is_empty());
    sandbox.journal_when(played).await;
}

/// The only entry of the store, after what the dead process left has been brought to its end.
async fn recovered(haidy: &Haidy) -> haidy_analyst::Entry {
    let mut entries = haidy.recover().await.unwrap();
    assert_eq!(entries.len(), 1);
    assert!(!entries[0].busy);
    entries.remove(0)
}

async fn finish(haidy: &Haidy, token: TaskToken) {
    let patient = haidy.resume::<HolisticPatient>(token).unwrap().wait().await.unwrap();
    assert_eq!(patient.medications().count(), 1);
    assert_eq!(patient.records()[0].record_id(), Some(ID));
}

/// That the result left the vendor once and is in the store.
async fn assert_taken_once(sandbox: &Sandbox, haidy: &Haidy) {
    assert_eq!(recovered(haidy).await.state, State::Stored(Terminal::Done));
    let tasks = sandbox.tasks();
    assert_eq!((tasks.len(), tasks[0].consumed), (1, true));
    assert_eq!(tasks[0].polls.iter().filter(|poll| poll.terminal).count(), 1);
}

#[tokio::test]
async fn killed_right_after_the_submission_the_task_is_found_in_the_store_and_finished() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let mut worker = Worker::start(&sandbox, folder.path());
    let said = worker.token().await;
    worker.kill();
    let haidy = kept_in(&sandbox, folder.path());
    let entry = recovered(&haidy).await;
    assert_eq!(entry.token.as_ref(), Some(&said), "the store knows what the process was told");
    // Whether its first question had begun is a race; a process that died in it may have taken nothing, as the task ran.
    match entry.state {
        State::Waiting => finish(&haidy, said).await,
        _ => finish_uncertain(&haidy, said).await,
    }
    assert_taken_once(&sandbox, &haidy).await;
}

/// As a person would, who knows that the task was running.
async fn finish_uncertain(haidy: &Haidy, token: TaskToken) {
    let task = haidy.resume::<HolisticPatient>(token.clone()).unwrap();
    assert_eq!(task.wait().await.unwrap_err().kind(), Kind::PossiblyLost);
    haidy.ask_again(&token).await.unwrap();
    finish(haidy, token).await;
}

#[tokio::test]
async fn killed_between_two_questions_the_task_waits_and_is_finished() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let mut worker = Worker::start(&sandbox, folder.path());
    let token = worker.token().await;
    questions(&sandbox, 1).await;
    // The end of a question is on the disk before the next wait begins.
    let store = haidy_analyst::tasks::DirectoryStore::open(folder.path()).unwrap();
    while store.entry(token.key()).unwrap().unwrap().state != State::Waiting {
        tokio::task::yield_now().await;
    }
    worker.kill();
    let haidy = kept_in(&sandbox, folder.path());
    assert_eq!(recovered(&haidy).await.state, State::Waiting);
    finish(&haidy, token).await;
    assert_taken_once(&sandbox, &haidy).await;
}

#[tokio::test]
async fn killed_under_a_question_the_next_process_asks_nothing_and_says_so() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    sandbox.inject(Fault::new(FaultKind::NoAnswer).on("tasks")).unwrap();
    let mut worker = Worker::start(&sandbox, folder.path());
    let token = worker.token().await;
    played(&sandbox, "tasks").await;
    worker.kill();
    sandbox.clear_faults();
    let haidy = kept_in(&sandbox, folder.path());
    let asked = sandbox.journal().attempts_on("tasks").len();
    assert_eq!(recovered(&haidy).await.state, State::PossiblyLost);
    finish_uncertain(&haidy, token).await;
    assert!(sandbox.journal().attempts_on("tasks").len() > asked);
    assert_taken_once(&sandbox, &haidy).await;
}

#[tokio::test]
async fn killed_in_the_middle_of_an_answer_what_came_is_in_the_store() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    sandbox.inject(Fault::new(FaultKind::StalledBody { bytes: 100 }).on("tasks")).unwrap();
    let mut worker = Worker::start(&sandbox, folder.path());
    let token = worker.token().await;
    // Before its first question, which comes after a second, the task ends.
    sandbox.clock().advance(LONG);
    played(&sandbox, "tasks").await;
    while part_in(folder.path()) < 100 {
        tokio::task::yield_now().await;
    }
    worker.kill();
    sandbox.clear_faults();
    let haidy = kept_in(&sandbox, folder.path());
    let entry = recovered(&haidy).await;
    assert_eq!((entry.state, entry.bytes), (State::Partial, 100));
    let kept = haidy.tasks().store().read(token.key()).unwrap();
    assert!(kept.starts_with(br#"{"task_id":""#) && kept.len() == 100);
    let task = haidy.resume::<HolisticPatient>(token.clone()).unwrap();
    assert_eq!(task.wait().await.unwrap_err().kind(), Kind::Partial);
    assert_eq!(sandbox.journal().attempts_on("tasks").len(), 1, "nothing was asked again");
    haidy.ask_again(&token).await.unwrap();
    assert_eq!(task.wait().await.unwrap_err().kind(), Kind::Gone);
    assert_eq!(haidy.tasks().store().read(token.key()).unwrap(), kept, "what came stays");
}

/// How much of an answer is in the store.
fn part_in(root: &Path) -> u64 {
    let entries = std::fs::read_dir(root).unwrap().flatten().filter(|item| item.path().is_dir());
    let files = entries.flat_map(|entry| std::fs::read_dir(entry.path()).into_iter().flatten().flatten());
    let parts = files.filter(|file| file.file_name().to_string_lossy().starts_with("part-"));
    parts.map(|part| part.metadata().map_or(0, |metadata| metadata.len())).sum()
}

#[tokio::test]
async fn killed_after_the_end_the_result_is_there_and_nothing_is_asked() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let mut worker = Worker::start(&sandbox, folder.path());
    let token = worker.token().await;
    sandbox.clock().advance(LONG);
    assert_eq!(worker.says().await, "ended Ok(1)");
    worker.kill();
    let asked = sandbox.journal().attempts_on("tasks").len();
    let haidy = kept_in(&sandbox, folder.path());
    finish(&haidy, token).await;
    assert_eq!(sandbox.journal().attempts_on("tasks").len(), asked);
    assert_taken_once(&sandbox, &haidy).await;
}

#[tokio::test]
async fn killed_while_it_submits_there_is_an_entry_that_says_perhaps() {
    for (fault, made) in [(Fault::new(FaultKind::NoAnswer), 0), (Fault::new(FaultKind::NoAnswer).after_commit(), 1)] {
        let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
        sandbox.inject(fault.on("structure")).unwrap();
        let worker = Worker::start(&sandbox, folder.path());
        played(&sandbox, "structure").await;
        worker.kill();
        let entry = recovered(&kept_in(&sandbox, folder.path())).await;
        assert_eq!((entry.state, entry.token), (State::Submitting, None));
        // By which a person finds out what it was.
        assert_eq!(entry.origin.unwrap().references, [ID]);
        assert_eq!(sandbox.tasks().len(), made);
    }
}
