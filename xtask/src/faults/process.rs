//! One life of the client's process, from outside: gives it its order, hears what it says, moves the sandbox's clock when it waits, and sees how it
//! ends. A process that says nothing for half a minute is ended, and that is told apart from a death on order.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::wire::{Job, Line};

/// Far more than any schedule needs, however busy the machine is.
const SILENCE: Duration = Duration::from_secs(30);

/// What became of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It did what it was told.
    Lived,
    /// It was killed on order: by itself.
    Killed,
    /// It was killed on order: in the middle of a write.
    Torn,
    /// It ended otherwise.
    Failed,
    /// It had to be ended.
    Hung,
}

/// Lives it.
///
/// # Errors
///
/// The process could not be started.
pub(super) fn live(worker: &Path, job: &Job, mut wait: impl FnMut(Duration)) -> Result<(Vec<Line>, Fate)> {
    let mut child = Command::new(worker)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", worker.display()))?;
    let mut to = child.stdin.take().context("no way to the client's process")?;
    let from = child.stdout.take().context("no way from the client's process")?;
    let (heard, hear) = mpsc::channel();
    let listening = std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n') {
            // A line that was torn by the death is no line.
            let Some(line) = line.ok().and_then(|line| serde_json::from_slice::<Line>(&line).ok()) else { break };
            if heard.send(line).is_err() {
                break;
            }
        }
    });
    let mut text = serde_json::to_vec(job)?;
    text.push(b'\n');
    // If it is dead already, the pipe says so below.
    let _ = to.write_all(&text);
    let mut lines = Vec::new();
    let mut hung = false;
    loop {
        match hear.recv_timeout(SILENCE) {
            Ok(Line::Sleep { millis }) => {
                wait(Duration::from_millis(millis));
                let _ = to.write_all(b".");
            }
            Ok(line) => lines.push(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                hung = true;
                child.kill().context("the client's process hangs and cannot be ended")?;
                break;
            }
        }
    }
    let status = child.wait()?;
    let _ = listening.join();
    Ok((lines.clone(), if hung { Fate::Hung } else { fate(status, &lines) }))
}

fn fate(status: ExitStatus, lines: &[Line]) -> Fate {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        // The numbers of SIGXFSZ and, elsewhere than on Linux, the same.
        if status.signal() == Some(25) {
            return Fate::Torn;
        }
    }
    match lines.last() {
        Some(Line::Dies { .. }) if !status.success() => Fate::Killed,
        Some(Line::Done) if status.success() => Fate::Lived,
        _ => Fate::Failed,
    }
}
