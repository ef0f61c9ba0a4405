//! What the state of an entry means for whoever wants the result, and what to do next.

use clinical_long_tasks::{Entry, Key, State, Terminal};

/// How many digits of a key are shown to people; as many are enough to name it.
const SHOWN: usize = 12;

/// The first digits of a key.
pub(crate) fn short(key: Key) -> String {
    let mut digits = key.to_string();
    digits.truncate(SHOWN);
    digits
}

/// One clause about an entry. `at` is the flag that names its store.
pub(crate) fn of(entry: &Entry, at: &str) -> String {
    let key = short(entry.key);
    let bytes = entry.bytes;
    match entry.state {
        State::Submitting if entry.busy => "is being submitted at this moment".into(),
        State::Submitting => {
            "was being submitted by a process that ended: the vendor may have made a task, and submitting again may make a second one".into()
        }
        State::Waiting => format!("result not taken yet; go on with: clinical structure --resume {key}{at}"),
        State::Claiming if entry.busy => "is being asked after at this moment".into(),
        State::Claiming => format!("a process ended while it asked; settle that with: clinical results recover{at}"),
        State::Stored(Terminal::Done) => format!("result kept; see it with: clinical results show {key}{at}"),
        State::Stored(Terminal::Failed) => {
            format!("the task failed, and the vendor's account of it is kept: clinical results show {key}{at}")
        }
        State::Stored(Terminal::Unread) => format!(
            "an answer is kept that was not understood and may be the result: clinical results show {key}{at}"
        ),
        State::Partial => format!(
            "result taken, {bytes} bytes of it kept, the rest lost: clinical results show {key}{at}; submit again for the whole"
        ),
        State::PossiblyLost => format!(
            "result perhaps taken and lost; submit again, or ask once more on purpose: clinical results recover --ask-again {key}{at}"
        ),
        State::Gone => format!(
            "the vendor did not know the task: result taken elsewhere, or expired; submit again, or ask once more on purpose: clinical results \
             recover --ask-again {key}{at}"
        ),
        // Damaged, and what a later version of the store may add.
        _ => "cannot be read; look at its files before removing it".into(),
    }
}

/// Whether a person has to look at it: something is lost, or may be, or cannot be read.
pub(crate) fn is_uncertain(entry: &Entry) -> bool {
    match entry.state {
        State::Waiting | State::Stored(Terminal::Done | Terminal::Failed) => false,
        State::Submitting | State::Claiming => !entry.busy,
        _ => true,
    }
}
