//! What the tests share: a client that writes a trail, and the rule of the chain once more, written without the crate's own code.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use clinical_audit::{FileAudit, Head, verify};
use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{
    Answer, BaseUrl, Body, Call, CallContext, Client, Effect, Error, Method, Operation, RetryPolicy, Sensitive, Vendor,
};
use serde_json::Value;
use tempfile::TempDir;

static VENDOR: Vendor = Vendor::new("vendor").audit_headers("x-doctor", "x-patient");
static WORK: Operation = Operation::new("work", Method::Post, "/v1/work", Effect::Unsafe);

/// Say who a call is about, and must be nowhere but in the file.
pub(crate) const DOCTOR: &str = "canary-doctor";
pub(crate) const PATIENT: &str = "canary-patient";

pub(crate) struct Trail {
    folder: TempDir,
}

impl Trail {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("trail.jsonl")
    }

    pub(crate) fn open(&self) -> FileAudit {
        FileAudit::open(self.path()).unwrap()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.bytes()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Fails unless the trail verifies, by the crate and by the rule.
    #[track_caller]
    pub(crate) fn intact(&self) -> clinical_audit::Report {
        let report = verify(self.path(), None).unwrap();
        assert!(report.is_intact(), "{:?}", report.findings);
        if report.torn.is_empty() {
            follow_the_rule(&self.bytes());
        }
        report
    }
}

pub(crate) fn ok() -> Step {
    Step::answer(200, r#"{"run_id":"run-1"}"#)
}

pub(crate) fn client(transport: &ScriptedTransport, audit: &FileAudit) -> Client {
    client_of("https://vendor.example", transport, audit)
}

pub(crate) fn client_of(base: &str, transport: &ScriptedTransport, audit: &FileAudit) -> Client {
    Client::builder(&VENDOR, BaseUrl::parse(base).unwrap())
        .transport(transport.clone())
        .clock(JumpingClock::new())
        .audit(audit.clone())
        .seed(7)
        .build()
        .unwrap()
}

/// A client that really connects.
pub(crate) fn connected(address: &str, audit: &FileAudit) -> Client {
    let base = BaseUrl::parse(&format!("http://{address}")).unwrap();
    Client::builder(&VENDOR, base).audit(audit.clone()).retry(RetryPolicy::never()).build().unwrap()
}

pub(crate) async fn send(client: &Client) -> Result<Answer<Sensitive<bytes::Bytes>>, Error> {
    let context = CallContext::new().doctor(DOCTOR).unwrap().patient(PATIENT).unwrap();
    let body = Body::json(&serde_json::json!({ "note": "text" })).unwrap();
    client.send_raw(Call::new(&WORK).context(context).body(body)).await
}

/// Calls that succeed, through a client of their own.
pub(crate) async fn calls(audit: &FileAudit, count: usize) {
    let client = client(&ScriptedTransport::always(ok()), audit);
    for _ in 0..count {
        send(&client).await.unwrap();
    }
}

/// A trail of 200 lines and its head.
pub(crate) fn two_hundred() -> &'static (Vec<u8>, Head) {
    static TRAIL: OnceLock<(Vec<u8>, Head)> = OnceLock::new();
    // On a thread of its own, because some tests have a runtime already.
    TRAIL.get_or_init(|| std::thread::spawn(make_two_hundred).join().unwrap())
}

fn make_two_hundred() -> (Vec<u8>, Head) {
    let trail = Trail::new();
    let audit = trail.open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(calls(&audit, 100));
    runtime.block_on(audit.close()).unwrap();
    assert_eq!(trail.intact().lines, 200);
    (trail.bytes(), audit.head())
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = format!("{:?}", ring::digest::digest(&ring::digest::SHA256, bytes));
    digest.strip_prefix("SHA256:").unwrap().to_owned()
}

/// The rule of the README, in its own words; fails at the first line that does not keep it.
#[track_caller]
pub(crate) fn follow_the_rule(trail: &[u8]) {
    let mut prev = "0".repeat(64);
    for (index, line) in String::from_utf8(trail.to_vec()).unwrap().lines().enumerate() {
        let (head, rest) = line.rsplit_once(",\"hash\":\"").unwrap();
        let hash = rest.strip_suffix("\"}").unwrap();
        assert_eq!(sha256(head.as_bytes()), hash, "line {}", index + 1);
        let fields: Value = serde_json::from_str(line).unwrap();
        assert!(head.starts_with(&format!("{{\"v\":1,\"seq\":{},\"kind\":\"", index + 1)), "{head}");
        assert!(head.ends_with(&format!(",\"prev\":\"{prev}\"")), "{head}");
        assert_eq!(fields["hash"], hash);
        hash.clone_into(&mut prev);
    }
}

/// This test binary again, running one test that is ignored otherwise, with these variables.
pub(crate) fn again(test: &str, variables: &[(&str, &Path)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).envs(variables.iter().copied());
    command
}

/// A client that tries very often.
pub(crate) fn patient_client(transport: &ScriptedTransport, audit: &FileAudit, retry: RetryPolicy) -> Client {
    let long = std::time::Duration::from_secs(10_000_000);
    Client::builder(&VENDOR, BaseUrl::parse("https://vendor.example").unwrap())
        .transport(transport.clone())
        .clock(JumpingClock::new())
        .deadlines(clinical_http::Deadlines::default().total(long))
        .retry(retry)
        .audit(audit.clone())
        .build()
        .unwrap()
}
