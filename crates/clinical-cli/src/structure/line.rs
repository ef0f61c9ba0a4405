//! How a task stands, on stderr: a line that is drawn again and again on a terminal, and elsewhere a line for each change of status. It holds
//! the vendor's names of task and status, numbers and fixed words, never a text.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use haidy_analyst::http_core::{Event, Observer};
use tokio::time::Instant;

use crate::style;

/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\u{1b}[2K";

/// The line. Clones share it; as an [`Observer`] it learns of waiting while something is sent.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// Whether stderr is a terminal that can clear a line.
    live: bool,
    subject: String,
    /// What a change of is worth a line of its own.
    status: String,
    more: String,
    next: Option<Instant>,
}

impl Line {
    pub(crate) fn new() -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let live = std::io::stderr().is_terminal() && !dumb;
        let state =
            State { live, subject: "submitting".into(), status: String::new(), more: String::new(), next: None };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// What is told from here on is about a task.
    pub(crate) fn task(&self, id: &str) {
        self.lock().subject = format!("task {id}");
    }

    /// Tells how it stands, and when something happens next.
    pub(crate) fn tell(&self, status: &str, more: &str, next: Option<Duration>) {
        let mut state = self.lock();
        let changed = state.status != status;
        status.clone_into(&mut state.status);
        more.clone_into(&mut state.more);
        state.next = next.map(|next| Instant::now() + next);
        if state.live {
            state.draw();
        } else if changed {
            style::say(state.text(None));
        }
    }

    /// Draws the line again, because time has passed.
    pub(crate) fn tick(&self) {
        let state = self.lock();
        if state.live && !state.status.is_empty() {
            state.draw();
        }
    }

    /// Takes the line away, so that something else can be printed.
    pub(crate) fn clear(&self) {
        if self.lock().live {
            let _ = write!(std::io::stderr().lock(), "{CLEAR}");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn text(&self, left: Option<Duration>) -> String {
        let mut text = format!("{}: {}{}", self.subject, self.status, self.more);
        if let Some(left) = left {
            // Writing to a String cannot fail. Rounded up, so that "0 s" means now.
            let _ = write!(text, ", asking again in {} s", left.as_secs_f64().ceil());
        }
        text
    }

    fn draw(&self) {
        let left = self.next.map(|next| next.saturating_duration_since(Instant::now()));
        let mut stderr = std::io::stderr().lock();
        let _ = write!(stderr, "{CLEAR}{}", self.text(left));
        let _ = stderr.flush();
    }
}

impl Observer for Line {
    fn on_event(&self, event: Event<'_>) {
        if let Event::Waiting { delay, asked_by_vendor, .. } = event {
            let why = if asked_by_vendor { "as the vendor asked" } else { "before the next attempt" };
            self.tell("waiting", &format!(" {:.1} s {why}", delay.as_secs_f64()), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_it_is_about_and_when_something_happens_next() {
        let line = Line::new();
        line.task("abc123");
        line.tell("STARTED", ", 40 %", None);
        let state = line.lock();
        assert_eq!(state.text(None), "task abc123: STARTED, 40 %");
        let soon = Some(Duration::from_millis(2_100));
        assert_eq!(state.text(soon), "task abc123: STARTED, 40 %, asking again in 3 s");
    }
}
