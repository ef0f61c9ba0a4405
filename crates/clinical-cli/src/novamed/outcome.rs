//! What became of one row, in the shape that all forms of output share.

use novamed_api::log::{SubmissionKey, SubmissionState};
use novamed_api::{Delivery, Error, ErrorKind, Kind, Sensitive};

use super::resource::{Ids, Resource};
use crate::exit::Exit;

/// What became of one row.
pub(super) enum Outcome {
    Created(Ids),
    /// An identical one is on record.
    CreatedBefore(Ids),
    /// It was not created, for certain.
    NotCreated(Failure),
    /// It was not tried in this run. An earlier one may have created it: the log was not asked.
    NotBegun(Failure),
    /// Nobody on this side can know.
    Unknown(Failure),
}

/// Why a row was not created, or is not known to be.
pub(super) struct Failure {
    pub(super) kind: &'static str,
    pub(super) delivery: &'static str,
    pub(super) attempts: u32,
    pub(super) message: String,
    /// The vendor's own words, which may quote what was sent: shown only on request, and never in the data.
    pub(super) vendor: Option<Sensitive<String>>,
    pub(super) exit: Exit,
    /// Why no other row can fare better.
    pub(super) halt: Option<Halt>,
}

/// Why the rest of a batch is not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    Refused,
    Throttled,
    Log,
    /// The vendor did not answer several rows in a row.
    Failing,
}

impl Outcome {
    /// The name in the output, which is part of the command's interface.
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::CreatedBefore(_) => "created_before",
            Self::NotCreated(_) => "not_created",
            Self::NotBegun(_) => "not_begun",
            Self::Unknown(_) => "unknown",
        }
    }

    pub(super) fn ids(&self) -> &[(&'static str, String)] {
        match self {
            Self::Created(ids) | Self::CreatedBefore(ids) => ids,
            Self::NotCreated(_) | Self::NotBegun(_) | Self::Unknown(_) => &[],
        }
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        match self {
            Self::NotCreated(failure) | Self::NotBegun(failure) | Self::Unknown(failure) => Some(failure),
            Self::Created(_) | Self::CreatedBefore(_) => None,
        }
    }

    pub(super) fn of<T: Resource>(result: Result<Ids, Error>) -> Self {
        let error = match result {
            Ok(ids) => return Self::Created(ids),
            Err(error) => error,
        };
        let failure = Failure::of(&error);
        match error.earlier().map(|earlier| &earlier.state) {
            Some(SubmissionState::Created { id }) => Self::CreatedBefore(vec![(T::ID, id.clone())]),
            Some(SubmissionState::Uncertain) => Self::Unknown(failure),
            _ if error.may_have_been_processed() => Self::Unknown(failure),
            _ => Self::NotCreated(failure),
        }
    }

    /// Says under which key an unknown one is on record, for `clinical novamed log`.
    pub(super) fn recorded(mut self, key: Option<&SubmissionKey>) -> Self {
        if let (Self::Unknown(failure), Some(key)) = (&mut self, key) {
            failure.message.push_str(&on_record(key));
        }
        self
    }

    /// A row that was not begun, because no other could fare better.
    pub(super) fn not_begun(halt: Halt) -> Self {
        let (kind, exit, why) = match halt {
            Halt::Refused => (ErrorKind::Credentials.as_str(), Exit::Credentials, "the vendor refused the key before"),
            Halt::Throttled => (
                ErrorKind::Throttled.as_str(),
                Exit::Throttled,
                "the vendor limits the rate for longer than is waited for here; run it again later",
            ),
            Halt::Log => (Kind::Log.as_str(), Exit::SomeFailed, "the submission log failed before"),
            Halt::Failing => (
                "not_begun",
                Exit::Vendor,
                "the vendor did not answer several rows in a row; run it again when it does, and only what was not sent is sent",
            ),
        };
        Self::NotBegun(Failure::local(kind, exit, format!("not tried, because {why} (nothing was sent in this run)")))
    }

    /// A row that a signal came before.
    pub(super) fn interrupted() -> Self {
        let message = "not tried, because of the interruption (nothing was sent in this run)";
        Self::NotBegun(Failure::local("abandoned", Exit::SomeFailed, message.to_owned()))
    }

    /// A row that the vendor had refused and that a signal came before the next attempt of.
    pub(super) fn refused() -> Self {
        let message = "refused, and not sent again because of the interruption (the vendor has not got it)";
        Self::NotCreated(Failure::local("abandoned", Exit::SomeFailed, message.to_owned()))
    }

    /// A row that a signal ended on its way.
    pub(super) fn abandoned() -> Self {
        let message = "abandoned on its way, because of the interruption (the vendor may have created it)".to_owned();
        let failure = Failure::local("abandoned", Exit::Vendor, message);
        Self::Unknown(Failure { delivery: Delivery::Unknown.as_str(), attempts: 1, ..failure })
    }
}

/// As much of a key as `clinical novamed log list` shows.
fn on_record(key: &SubmissionKey) -> String {
    format!(" (on record as uncertain, key {})", key.as_str().get(..12).unwrap_or_default())
}

/// What the vendor wrote. Where that is no error of its kind and nobody knows the outcome, the answer as it came: the identifier may be in it.
fn words(error: &Error) -> Option<Sensitive<String>> {
    let answer = || {
        let body = error.body().filter(|_| error.kind() == Kind::OutcomeUnknown)?;
        Some(Sensitive::new(String::from_utf8_lossy(body.expose()).into_owned()))
    };
    error.vendor().map(|vendor| vendor.message).or_else(answer)
}

impl Failure {
    fn local(kind: &'static str, exit: Exit, message: String) -> Self {
        let delivery = Delivery::NotSent.as_str();
        Self { kind, delivery, attempts: 0, message, vendor: None, exit, halt: None }
    }

    pub(super) fn of(error: &Error) -> Self {
        let cause = error.cause_kind();
        let (exit, halt) = match error.kind() {
            Kind::OutcomeUnknown => (Exit::Vendor, None),
            Kind::Log => (Exit::SomeFailed, Some(Halt::Log)),
            Kind::Duplicate | Kind::NotFound | Kind::RefillAlreadyExists => (Exit::SomeFailed, None),
            _ => match cause {
                Some(kind @ (ErrorKind::Credentials | ErrorKind::Forbidden)) => (Exit::of(kind), Some(Halt::Refused)),
                Some(ErrorKind::Throttled) => (Exit::Throttled, Some(Halt::Throttled)),
                kind => (kind.map_or(Exit::SomeFailed, Exit::of), None),
            },
        };
        let then =
            error.earlier().map(|earlier| format!("{}. If a second one is wanted: --again", on_record(&earlier.key)));
        Self {
            kind: error.kind().as_str(),
            delivery: error.delivery().as_str(),
            attempts: error.attempts(),
            message: format!("{error}{}", then.unwrap_or_default()),
            vendor: words(error),
            exit,
            halt,
        }
    }
}
