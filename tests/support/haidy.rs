//! Clients of Haidy-Analyst for tests: each wait of theirs moves a sandbox's time on, so that a task of minutes takes none.

use std::path::Path;
use std::time::{Duration, SystemTime};

use clinical_http::testing::{JumpingClock, ScriptedTransport};
use clinical_http::{BoxFuture, Clock};
use clinical_sandbox::Sandbox;
use haidy_analyst::{Error, Haidy, HaidyBuilder, TaskResult, Update, Watch};
use serde_json::{Value, json};

/// The server of the scripted clients, as a token names it.
pub const SERVER: &str = "https://haidy.example:443";

/// Longer than any task of the sandbox takes.
pub const LONG: Duration = Duration::from_mins(10);

/// A clock that jumps and takes a sandbox's time along.
#[derive(Debug, Clone)]
pub struct Together {
    client: JumpingClock,
    vendor: clinical_sandbox::Clock,
}

impl Together {
    /// With the time of this sandbox, which must not run by itself.
    pub fn with(sandbox: &Sandbox) -> Self {
        Self { client: JumpingClock::new(), vendor: sandbox.clock().clone() }
    }

    /// The waits of the client so far.
    pub fn sleeps(&self) -> Vec<Duration> {
        self.client.sleeps()
    }
}

impl Clock for Together {
    fn now(&self) -> Duration {
        self.client.now()
    }

    fn wall(&self) -> SystemTime {
        self.client.wall()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.vendor.advance(duration);
        self.client.sleep(duration)
    }
}

/// A sandbox whose time is moved by its clients alone.
pub async fn start() -> Sandbox {
    Sandbox::builder().seed(7).manual_clock().start().await.unwrap()
}

/// A sandbox in which one thing that the documents leave open is decided otherwise.
pub async fn start_with(switch: &str, position: &str) -> Sandbox {
    let mut switches = clinical_sandbox::switches::Switches::default();
    switches.set(switch, position).unwrap();
    Sandbox::builder().seed(7).manual_clock().switches(switches).start().await.unwrap()
}

/// Settings for a sandbox, with its token and a store in memory.
pub fn for_sandbox(sandbox: &Sandbox) -> HaidyBuilder {
    let clock = Together::with(sandbox);
    let builder = Haidy::builder().base_url(sandbox.url()).token(sandbox.token().to_owned()).accept_loss().seed(7);
    builder.http(move |http| http.clock(clock).seed(7))
}

/// A client of a sandbox that keeps results in memory.
pub fn of_sandbox(sandbox: &Sandbox) -> Haidy {
    for_sandbox(sandbox).build().unwrap()
}

/// A client of a sandbox that keeps results in this directory.
pub fn kept_in(sandbox: &Sandbox, directory: &Path) -> Haidy {
    for_sandbox(sandbox).results_in(directory).build().unwrap()
}

/// Settings that play a script, with a store in memory.
pub fn scripted(transport: &ScriptedTransport) -> HaidyBuilder {
    let transport = transport.clone();
    let builder = Haidy::builder().base_url("https://haidy.example").token("token").accept_loss().seed(7);
    builder.http(|http| http.transport(transport).clock(JumpingClock::new()).seed(7))
}

/// The statuses that a watch tells, each once, and what it ends with.
pub async fn statuses<R: TaskResult>(mut watch: Watch<R>) -> (Vec<String>, Result<R, Error>) {
    let mut seen: Vec<String> = Vec::new();
    loop {
        match watch.next().await.unwrap() {
            Ok(Update::InProgress { status, .. }) => {
                if seen.last().is_none_or(|last| last != status.as_str()) {
                    seen.push(status.as_str().to_owned());
                }
            }
            Ok(Update::Ended(result)) => return (seen, Ok(result)),
            Ok(_) => panic!("nothing delays a question here"),
            Err(error) => return (seen, Err(error)),
        }
    }
}

/// Everything public that an error tells, but the vendor's own text.
pub fn facts(error: &Error) -> Value {
    json!({
        "kind": error.kind().as_str(),
        "cause": error.cause_kind().map(haidy_analyst::ErrorKind::as_str),
        "delivery": error.delivery().as_str(),
        "may_have_been_processed": error.may_have_been_processed(),
        "attempts": error.attempts(),
        "status": error.status(),
        "field": error.field(),
        "pointer": error.pointer(),
        "token": error.token().is_some(),
        "details": error.details().is_some(),
        "failure": error.failure().is_some(),
        "body_bytes": error.body().map(|body| body.expose().len()),
        "display": error.to_string(),
    })
}
