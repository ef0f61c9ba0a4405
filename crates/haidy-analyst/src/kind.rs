//! What went wrong, as something to act on.

use clinical_http::ErrorKind;
use clinical_long_tasks::TaskErrorKind;

/// What went wrong. Each of them says for certain where the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A local check, a setting, or a call that made no task, for certain: see [`ErrorKind`] for which and for who can mend it.
    Call(ErrorKind),
    /// The vendor may have made a task whose identifier is not known. Look there, or into the store, before submitting again.
    SubmissionUnknown,
    /// The time for waiting is over and the task runs on. Wait again.
    StillRunning,
    /// The vendor could not be asked, or refused to answer; the result was not taken. Mend the cause ([`Error::cause_kind`](crate::Error::cause_kind))
    /// and wait again.
    NotConsumed,
    /// Somebody else asks after this task at this moment. Nothing was taken by this call.
    Busy,
    /// The vendor could not do the task, and says why in [`Error::failure`](crate::Error::failure). Its account is in the store.
    TaskFailed,
    /// The result is in the store, whole, and does not fit this crate's types; [`Error::pointer`](crate::Error::pointer) says where.
    Undecodable,
    /// The last answer is in the store, whole, and says neither "done" nor "failed". A person has to look at it.
    Unread,
    /// The result is in the store, whole, and larger than what is read into memory.
    TooLarge,
    /// The result was taken and its end is lost. What came is in the store.
    Partial,
    /// The result may have been taken, and nothing of it came. A person decides whether to ask
    /// ([`Haidy::ask_again`](crate::Haidy::ask_again)) or to submit again.
    PossiblyLost,
    /// The vendor does not know the task: somebody else took the result, it has expired, or the token is of another system.
    Gone,
    /// The store failed. If a result came, it is in [`Error::body`](crate::Error::body): keep it, there is no other. If a task was made, its
    /// token is in [`Error::token`](crate::Error::token): keep that.
    Store,
}

impl Kind {
    /// The name used in logs and machine-readable output, such as `possibly_lost`; of a call that of its [`ErrorKind`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call(kind) => kind.as_str(),
            Self::SubmissionUnknown => "submission_unknown",
            Self::StillRunning => "still_running",
            Self::NotConsumed => "not_consumed",
            Self::Busy => "busy",
            Self::TaskFailed => "task_failed",
            Self::Undecodable => "undecodable",
            Self::Unread => "unread",
            Self::TooLarge => "result_too_large",
            Self::Partial => "partial",
            Self::PossiblyLost => "possibly_lost",
            Self::Gone => "gone",
            Self::Store => "store",
        }
    }

    pub(crate) fn of_task(kind: TaskErrorKind, cause: Option<ErrorKind>) -> Self {
        match kind {
            TaskErrorKind::NotSubmitted => Self::Call(cause.unwrap_or(ErrorKind::Configuration)),
            TaskErrorKind::SubmissionUnknown => Self::SubmissionUnknown,
            TaskErrorKind::StillRunning => Self::StillRunning,
            TaskErrorKind::NotConsumed => Self::NotConsumed,
            TaskErrorKind::Busy => Self::Busy,
            TaskErrorKind::Partial => Self::Partial,
            TaskErrorKind::Gone => Self::Gone,
            TaskErrorKind::TooLarge => Self::TooLarge,
            TaskErrorKind::Store => Self::Store,
            // What a later version of the engine adds is read the careful way.
            _ => Self::PossiblyLost,
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
