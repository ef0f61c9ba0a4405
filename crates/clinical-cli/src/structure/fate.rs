//! Why there is no result, for people: the sentence of the client, where the result is, and what to do next. And the exit code.

use clinical_long_tasks::TaskToken;
use haidy_analyst::http_core::ErrorKind;
use haidy_analyst::{Error, Fate, Kind};

use crate::advice;
use crate::exit::Exit;
use crate::results::meaning::short;

/// Whose store it is, for the commands that a sentence names.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// ` --results DIR`, or nothing.
    pub(crate) flag: String,
    /// Whether it outlives this process.
    pub(crate) durable: bool,
    /// Whether the tasks are those of the embedded sandbox, which end with this process.
    pub(crate) simulated: bool,
}

impl Place {
    /// How to go on with a task whose result was not taken.
    pub(super) fn go_on(&self, token: &TaskToken) -> String {
        let flag = &self.flag;
        if self.simulated {
            return "it ends with the sandbox, that is now".to_owned();
        }
        if self.durable {
            return format!("go on with: clinical structure --resume {}{flag}", short(token.key()));
        }
        format!("go on with: clinical structure --resume, and a file with this: {}", super::token::json(token))
    }
}

/// The exit code of an error.
pub(super) fn exit(error: &Error) -> Exit {
    match error.kind() {
        Kind::Call(kind) => Exit::of(kind),
        Kind::NotConsumed => match error.cause_kind() {
            // A token that is not of this server: nothing was sent.
            Some(ErrorKind::InvalidInput) => Exit::Usage,
            // A vendor that rejects a question: no input is the reason.
            Some(ErrorKind::Rejected) => Exit::Vendor,
            cause => cause.map_or(Exit::Vendor, Exit::of),
        },
        Kind::Busy | Kind::TaskFailed | Kind::TooLarge | Kind::Store => Exit::SomeFailed,
        _ => Exit::Vendor,
    }
}

/// The sentence of an error. `saved` is what became of a result of which this process had the only copy.
pub(super) fn sentence(error: &Error, place: &Place, saved: Option<&str>) -> String {
    let sentence = advice::sentence(error);
    match saved.map(str::to_owned).or_else(|| after(error, place)) {
        Some(after) => format!("{sentence} (result {after})"),
        None => sentence,
    }
}

/// Where the result is, and what to do next; `None` if there is no task.
fn after(error: &Error, place: &Place) -> Option<String> {
    let kind = error.kind();
    let Place { flag, durable, .. } = place;
    let Some(token) = error.token() else {
        return (kind == Kind::SubmissionUnknown).then(|| {
            let list = format!("; `clinical results list{flag}` shows it as submitting");
            format!("possibly lost{}", if *durable { &list } else { "" })
        });
    };
    let key = short(token.key());
    let known = match kind {
        Kind::StillRunning | Kind::NotConsumed | Kind::Busy => "not consumed",
        Kind::TaskFailed | Kind::Undecodable | Kind::Unread | Kind::TooLarge => "kept",
        Kind::Partial => "partial",
        Kind::Store if error.fate() == Fate::NotConsumed => "not consumed",
        _ => "possibly lost",
    };
    let next = match kind {
        // The store does not know the task: whoever reports this shows the token.
        Kind::Store if known == "not consumed" => "mend the store".to_owned(),
        _ if known == "not consumed" => place.go_on(token),
        _ if !durable => "nothing is kept on this machine".to_owned(),
        Kind::TaskFailed | Kind::Partial => format!("see what came with: clinical results show {key}{flag}"),
        Kind::Undecodable | Kind::Unread | Kind::TooLarge => {
            format!("see it with: clinical results show {key}{flag}")
        }
        Kind::Store => format!("mend the store and look at: clinical results list{flag}, entry {key}"),
        _ => {
            format!("submit again, or ask once more on purpose with: clinical results recover --ask-again {key}{flag}")
        }
    };
    Some(format!("{known}; {next}"))
}
