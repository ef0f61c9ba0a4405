//! A process that is killed in the middle of a call.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use clinical_audit::FileAudit;

use crate::support::{Trail, again, calls, connected, send};

const TRAIL: &str = "CLINICAL_AUDIT_TRAIL";
const ADDRESS: &str = "CLINICAL_AUDIT_ADDRESS";

/// Runs only in a process of its own, which is killed.
#[tokio::test]
#[ignore = "started in a process of its own, and killed there, by the other tests"]
async fn is_killed_in_the_middle_of_a_call() {
    let (Ok(path), Ok(address)) = (std::env::var(TRAIL), std::env::var(ADDRESS)) else {
        return;
    };
    let audit = FileAudit::open(path).unwrap();
    calls(&audit, 3).await;
    audit.flush().await.unwrap();
    let answer = send(&connected(&address, &audit)).await;
    panic!("the listener is silent, and there is an answer: {answer:?}");
}

/// A process with a call under way to a listener that never answers.
pub(crate) struct Crashing {
    child: Child,
    server: String,
    _connection: TcpStream,
}

impl Crashing {
    pub(crate) fn start(trail: &Trail) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut command = again(
            "crash::is_killed_in_the_middle_of_a_call",
            &[(TRAIL, &trail.path()), (ADDRESS, Path::new(&address))],
        );
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let (mut connection, _) = listener.accept().unwrap();
        // The first byte of the request is here: the call is under way.
        connection.read_exact(&mut [0]).unwrap();
        Self { child, server: format!("http://{address}"), _connection: connection }
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn after_kill_9_the_trail_shows_the_call_that_was_begun_and_has_no_record() {
    let trail = Trail::new();
    let crashing = Crashing::start(&trail);
    let server = crashing.server.clone();
    crashing.kill();
    let report = trail.intact();
    assert_eq!((report.openings, report.records, report.torn.len()), (4, 3, 0));
    let [call] = &report.unfinished[..] else { panic!("{report:?}") };
    assert_eq!((call.line, &*call.vendor, &*call.operation, call.call.len()), (7, "vendor", "work", 32));
    assert_eq!((call.server.as_deref(), call.started.is_some()), (Some(&*server), true));

    // The next process goes on, and the call stays on the list.
    let audit = trail.open();
    calls(&audit, 1).await;
    audit.close().await.unwrap();
    let later = trail.intact();
    assert_eq!((later.lines, later.unfinished), (9, report.unfinished));
}
