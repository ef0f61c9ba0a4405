//! What happened to an entry, one line of JSON each, and what follows from it. A line that does not end is one that was never
//! finished: what it announces was not begun. Everything else that cannot be understood makes the entry a damaged one, because
//! nothing may be asked of a vendor on a guess.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::disk::sync;
use crate::origin::writable;
use crate::{AnswerHead, State, Terminal};

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Line {
    /// A request is about to go out that may take the result. What comes is kept under this name.
    Claim { name: String, time: String },
    /// A success begins to arrive.
    Head { status: u16, request_id: Option<String>, length: Option<u64> },
    /// The claim ended with the task; `bytes` of the answer are kept.
    End { how: End, bytes: u64, time: String },
    /// A person wants to ask once more.
    Reopened { time: String },
}

/// How the last claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    Done,
    Failed,
    Unread,
    Partial,
    PossiblyLost,
    Gone,
}

impl End {
    pub(super) fn state(self) -> State {
        match self {
            Self::Done => State::Stored(Terminal::Done),
            Self::Failed => State::Stored(Terminal::Failed),
            Self::Unread => State::Stored(Terminal::Unread),
            Self::Partial => State::Partial,
            Self::PossiblyLost => State::PossiblyLost,
            Self::Gone => State::Gone,
        }
    }
}

impl From<Terminal> for End {
    fn from(terminal: Terminal) -> Self {
        match terminal {
            Terminal::Done => Self::Done,
            Terminal::Failed => Self::Failed,
            Terminal::Unread => Self::Unread,
        }
    }
}

impl Line {
    pub(super) fn head(head: &AnswerHead) -> Self {
        Self::Head { status: head.status, request_id: head.request_id.clone(), length: head.length }
    }
}

/// The time of now, for people.
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(writable(SystemTime::now())).to_string()
}

/// What the lines say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct History {
    /// [`State::Waiting`], [`State::Claiming`], or how the last claim ended.
    pub(super) state: State,
    /// The names of all claims on record, the oldest first.
    pub(super) claims: Vec<String>,
    /// The head of the last answer.
    pub(super) head: Option<AnswerHead>,
    /// How many bytes the last end announced.
    pub(super) bytes: u64,
    /// Where the line of the last claim begins.
    pub(super) claim_at: u64,
    /// Where the last whole line ends.
    pub(super) whole: u64,
}

impl History {
    /// Reads the lines; `None` if they make no sense.
    pub(super) fn read(journal: &[u8]) -> Option<Self> {
        let mut history =
            Self { state: State::Waiting, claims: Vec::new(), head: None, bytes: 0, claim_at: 0, whole: 0 };
        for line in journal.split_inclusive(|byte| *byte == b'\n') {
            let Some(line) = line.strip_suffix(b"\n") else { break };
            history.follow(serde_json::from_slice(line).ok()?)?;
            history.whole += line.len() as u64 + 1;
        }
        Some(history)
    }

    fn follow(&mut self, line: Line) -> Option<()> {
        match (line, self.state) {
            (Line::Claim { name, .. }, State::Waiting) if is_name(&name) => {
                self.claims.push(name);
                (self.state, self.head, self.claim_at) = (State::Claiming, None, self.whole);
            }
            (Line::Head { status, request_id, length }, State::Claiming) if self.head.is_none() => {
                self.head = Some(AnswerHead::new(status, request_id, length));
            }
            (Line::End { how, bytes, .. }, State::Claiming) => (self.state, self.bytes) = (how.state(), bytes),
            (Line::Reopened { .. }, state) if state.is_uncertain() => self.state = State::Waiting,
            _ => return None,
        }
        Some(())
    }
}

/// Names become names of files.
fn is_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The file, opened to add to it.
pub(super) struct Journal {
    file: File,
    whole: u64,
}

impl Journal {
    /// Opens it behind its last whole line.
    pub(super) fn open(path: &Path, whole: u64) -> io::Result<Self> {
        Ok(Self { file: OpenOptions::new().write(true).open(path)?, whole })
    }

    /// Adds a line in place of an unfinished one, if there is one. If that fails, the line is taken back as far as that is possible: it
    /// was not said.
    pub(super) fn add(&mut self, line: &Line, durable: bool) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let added = self.cut().and_then(|()| self.write(&text, durable));
        match added {
            Ok(()) => self.whole += text.len() as u64,
            Err(_) => drop(self.file.set_len(self.whole)),
        }
        added
    }

    fn write(&mut self, text: &[u8], durable: bool) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.whole))?;
        self.file.write_all(text)?;
        if durable { sync(&self.file) } else { Ok(()) }
    }

    fn cut(&self) -> io::Result<()> {
        if self.file.metadata()?.len() == self.whole { Ok(()) } else { self.file.set_len(self.whole) }
    }

    /// Takes the last claim back, because nothing was taken by it.
    pub(super) fn withdraw(&self, claim_at: u64) -> io::Result<()> {
        self.file.set_len(claim_at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CLAIM: &str = r#"{"event":"claim","name":"0123456789abcdef0123456789abcdef","time":""}"#;
    const HEAD: &str = r#"{"event":"head","status":200,"request_id":null,"length":7}"#;
    const PARTIAL: &str = r#"{"event":"end","how":"partial","bytes":3,"time":""}"#;
    const GONE: &str = r#"{"event":"end","how":"gone","bytes":0,"time":""}"#;
    const DONE: &str = r#"{"event":"end","how":"done","bytes":7,"time":""}"#;
    const REOPENED: &str = r#"{"event":"reopened","time":""}"#;

    fn read(lines: &[&str]) -> Option<History> {
        History::read(lines.iter().flat_map(|line| [line, "\n"]).collect::<String>().as_bytes())
    }

    #[test]
    fn lines_in_the_order_of_events_make_sense_and_others_do_not() {
        let state = |lines: &[&str]| read(lines).map(|history| history.state);
        assert_eq!(state(&[]), Some(State::Waiting));
        assert_eq!(state(&[CLAIM]), Some(State::Claiming));
        assert_eq!(state(&[CLAIM, HEAD]), Some(State::Claiming));
        assert_eq!(state(&[CLAIM, HEAD, DONE]), Some(State::Stored(Terminal::Done)));
        assert_eq!(state(&[CLAIM, GONE, REOPENED]), Some(State::Waiting));
        assert_eq!(state(&[CLAIM, PARTIAL, REOPENED, CLAIM, GONE]), Some(State::Gone));
        let nonsense: [&[&str]; 12] = [
            &[HEAD],
            &[DONE],
            &[REOPENED],
            &[CLAIM, CLAIM],
            &[CLAIM, REOPENED],
            &[CLAIM, HEAD, HEAD],
            &[CLAIM, DONE, CLAIM],
            &[CLAIM, DONE, REOPENED],
            &[CLAIM, DONE, DONE],
            &[CLAIM, PARTIAL, CLAIM],
            &[CLAIM, PARTIAL, HEAD],
            &[""],
        ];
        for lines in nonsense {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn a_history_knows_where_its_last_claim_begins_and_the_head_of_its_last_answer() {
        let history = read(&[CLAIM, HEAD, PARTIAL, REOPENED, CLAIM]).unwrap();
        let before = [CLAIM, HEAD, PARTIAL, REOPENED].iter().map(|line| line.len() as u64 + 1).sum();
        assert_eq!((history.claim_at, history.whole), (before, before + CLAIM.len() as u64 + 1));
        assert_eq!((history.claims.len(), history.head), (2, None));
        let history = read(&[CLAIM, HEAD, DONE]).unwrap();
        assert_eq!((history.head, history.bytes), (Some(AnswerHead::new(200, None, Some(7))), 7));
    }
}
