//! One status line on stderr while inputs are on their way: how many are done, and why nothing moves. Only on a
//! terminal; it holds numbers and fixed words, never a name or a text.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use omniscribe_codify::http_core::{Event, Observer};

/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\u{1b}[2K";

/// The status line. Clones share it; as an [`Observer`] it learns of waiting.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    shown: bool,
    done: usize,
    total: usize,
    waiting: Option<(Duration, bool)>,
}

impl Progress {
    /// A status line for `total` inputs, silent if stderr is no terminal that can clear a line.
    pub(crate) fn new(total: usize) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let state = State { shown: std::io::stderr().is_terminal() && !dumb, done: 0, total, waiting: None };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn done_one(&self) {
        self.change(|state| state.done += 1);
    }

    /// Takes the line away, so that something else can be printed.
    pub(crate) fn clear(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.shown {
            let _ = write!(std::io::stderr().lock(), "{CLEAR}");
        }
    }

    /// Draws the line again.
    pub(crate) fn draw(&self) {
        self.change(|_| {});
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        if state.shown {
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "{CLEAR}{}", state.line());
            let _ = stderr.flush();
        }
    }
}

impl State {
    fn line(&self) -> String {
        let mut line = format!("{} of {} done", self.done, self.total);
        if let Some((delay, asked)) = self.waiting {
            let why = if asked { "as the vendor asked" } else { "before the next attempt" };
            // Writing to a String cannot fail.
            let _ = write!(line, ", waiting {:.1} s {why}", delay.as_secs_f64());
        }
        line
    }
}

impl Observer for Progress {
    fn on_event(&self, event: Event<'_>) {
        match event {
            Event::Waiting { delay, asked_by_vendor, .. } => {
                self.change(|state| state.waiting = Some((delay, asked_by_vendor)));
            }
            Event::AttemptStarted { .. } => self.change(|state| state.waiting = None),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_why_nothing_moves() {
        let mut state = State { shown: true, done: 2, total: 5, waiting: None };
        assert_eq!(state.line(), "2 of 5 done");
        state.waiting = Some((Duration::from_millis(2_040), true));
        assert_eq!(state.line(), "2 of 5 done, waiting 2.0 s as the vendor asked");
        state.waiting = Some((Duration::from_millis(900), false));
        assert_eq!(state.line(), "2 of 5 done, waiting 0.9 s before the next attempt");
    }
}
