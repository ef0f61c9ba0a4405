//! The error of this crate: what went wrong, what the vendor may have done, and how to find out.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use clinical_drift::Drift;
use clinical_http::audit::CallId;
use clinical_http::{Attempt, Delivery, Error as HttpError, ErrorKind, Operation, Sensitive};

use crate::log::{LogError, Submission, SubmissionState};
use crate::operation::CREATE_REFILL_REQUEST;
use crate::vendor_error::{self, VendorError};
use crate::{Kind, Problem, Revision, advice, created, schema};

/// Why there is no answer, and whether the vendor may have created something all the same.
///
/// `Display` is one sentence without any data, which for an outcome that nobody knows says how to find out. The vendor's words are kept apart,
/// in [`vendor`](Self::vendor).
///
/// ```
/// use novamed_api::{Error, Kind};
///
/// fn next(error: &Error) -> &'static str {
///     match error.kind() {
///         Kind::OutcomeUnknown => "do not send it again: find out first, see error.advice()",
///         Kind::Duplicate => "it was sent before, see error.earlier()",
///         Kind::RefillAlreadyExists => "nothing to do: a refill is pending",
///         _ if !error.problems().is_empty() => "show the fields and their rules",
///         _ => "nothing was created: mend the cause and send it again",
///     }
/// }
/// # let error = "1985-02-29".parse::<novamed_api::Date>().unwrap_err();
/// # assert_eq!(next(&error), "nothing was created: mend the cause and send it again");
/// ```
#[derive(Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug)]
enum Inner {
    /// A failed call, or one wrong value.
    Http {
        error: HttpError,
        kind: Kind,
    },
    /// A create that may have been done.
    Unknown {
        error: HttpError,
        created: Created,
    },
    /// A request that the revision cannot carry as it is.
    Problems {
        what: &'static str,
        revision: Revision,
        problems: Vec<Problem>,
    },
    /// An identical create is on record.
    Duplicate {
        earlier: Submission,
        created: Created,
    },
    Log(LogError),
}

/// What was to be created.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Created {
    pub(crate) what: &'static str,
    pub(crate) operation: &'static Operation,
    pub(crate) revision: Revision,
}

impl Created {
    fn advice(self) -> &'static str {
        advice::of(self.operation, self.revision)
    }
}

/// Whether a failed create may be there. A refusal whose body says "success" contradicts itself, and the vendor says that the body counts first.
pub(crate) fn is_uncertain(error: &HttpError) -> bool {
    let contradicts = |body: &Sensitive<Bytes>| created::is_success(body.expose());
    error.may_have_been_processed() || error.body().is_some_and(contradicts)
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let kind = if error.status() == Some(404) { Kind::NotFound } else { Kind::Call(error.kind()) };
        Self::new(Inner::Http { error, kind })
    }
}

impl Error {
    fn new(inner: Inner) -> Self {
        Self { inner: Box::new(inner) }
    }

    /// The failed call of a create.
    pub(crate) fn of_create(created: Created, error: HttpError) -> Self {
        if is_uncertain(&error) {
            return Self::new(Inner::Unknown { error, created });
        }
        let is_refill = created.operation.name() == CREATE_REFILL_REQUEST.name();
        let exists = |body: &Sensitive<Bytes>| vendor_error::says_that_it_exists(body.expose());
        if is_refill && error.status() == Some(400) && error.body().is_some_and(exists) {
            return Self::new(Inner::Http { error, kind: Kind::RefillAlreadyExists });
        }
        error.into()
    }

    pub(crate) fn problems_of(what: &'static str, revision: Revision, problems: Vec<Problem>) -> Self {
        Self::new(Inner::Problems { what, revision, problems })
    }

    pub(crate) fn duplicate(created: Created, earlier: Submission) -> Self {
        Self::new(Inner::Duplicate { earlier, created })
    }

    pub(crate) fn log(error: LogError) -> Self {
        Self::new(Inner::Log(error))
    }

    /// Counts what the vendor's error has that this version does not know; a body that is none of the vendor's is nobody's drift.
    pub(crate) fn counted(self, drift: &Drift) -> Self {
        if let Some(body) = self.cause().and_then(HttpError::body).filter(|_| self.vendor().is_some()) {
            schema::count(drift, "Error", body.expose());
        }
        self
    }

    fn cause(&self) -> Option<&HttpError> {
        match &*self.inner {
            Inner::Http { error, .. } | Inner::Unknown { error, .. } => Some(error),
            _ => None,
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        match &*self.inner {
            Inner::Http { kind, .. } => *kind,
            Inner::Unknown { .. } => Kind::OutcomeUnknown,
            Inner::Problems { .. } => Kind::Call(ErrorKind::InvalidInput),
            Inner::Duplicate { .. } => Kind::Duplicate,
            Inner::Log(_) => Kind::Log,
        }
    }

    /// The kind of the failed call or check behind it: why an outcome is unknown.
    pub fn cause_kind(&self) -> Option<ErrorKind> {
        match &*self.inner {
            Inner::Problems { .. } => Some(ErrorKind::InvalidInput),
            _ => self.cause().map(HttpError::kind),
        }
    }

    /// What is known about the call: the worst of its attempts.
    pub fn delivery(&self) -> Delivery {
        self.cause().map_or(Delivery::NotSent, HttpError::delivery)
    }

    /// Whether the vendor may have created it although there is an error. `false` is a promise, for this call; an earlier one is
    /// in [`earlier`](Self::earlier).
    pub fn may_have_been_processed(&self) -> bool {
        matches!(*self.inner, Inner::Unknown { .. }) || self.cause().is_some_and(HttpError::may_have_been_processed)
    }

    /// How to find out what became of a create whose outcome is unknown, or that is on record as such. `None` where it is certain.
    pub fn advice(&self) -> Option<&'static str> {
        match &*self.inner {
            Inner::Unknown { created, .. } => Some(created.advice()),
            Inner::Duplicate { earlier, created } if earlier.state == SubmissionState::Uncertain => {
                Some(created.advice())
            }
            _ => None,
        }
    }

    /// Everything that is wrong with a request in the client's revision, all fields at once. Empty for any other error.
    pub fn problems(&self) -> &[Problem] {
        match &*self.inner {
            Inner::Problems { problems, .. } => problems,
            _ => &[],
        }
    }

    /// The identical create that is on record.
    pub fn earlier(&self) -> Option<&Submission> {
        match &*self.inner {
            Inner::Duplicate { earlier, .. } => Some(earlier),
            _ => None,
        }
    }

    /// The field or setting that failed a local check; of several the first.
    pub fn field(&self) -> Option<&str> {
        match self.problems() {
            [first, ..] => Some(&first.field),
            [] => self.cause()?.field(),
        }
    }

    /// What the vendor wrote. For people, not for decisions. May hold patients' data.
    pub fn vendor(&self) -> Option<VendorError> {
        vendor_error::read(self.cause()?.body()?.expose())
    }

    /// What was received of the last answer. May hold patients' data.
    pub fn body(&self) -> Option<&Sensitive<Bytes>> {
        self.cause()?.body()
    }

    /// The status of the last answer.
    pub fn status(&self) -> Option<u16> {
        self.cause()?.status()
    }

    /// The vendor's request id, where the last answer carried one.
    pub fn request_id(&self) -> Option<&str> {
        self.cause()?.request_id()
    }

    /// How long the vendor asked to wait, counted from the last answer.
    pub fn retry_after(&self) -> Option<Duration> {
        self.cause()?.retry_after()
    }

    /// How many attempts were made; 0 for a local check.
    pub fn attempts(&self) -> u32 {
        self.cause().map_or(0, HttpError::attempts)
    }

    /// Every attempt, in order.
    pub fn attempt_log(&self) -> &[Attempt] {
        self.cause().map(HttpError::attempt_log).unwrap_or_default()
    }

    /// Whether the request would have been sent again, but too many of this client's requests had failed lately.
    pub fn retry_budget_empty(&self) -> bool {
        self.cause().is_some_and(HttpError::retry_budget_empty)
    }

    /// The call, by the name it bears in the audit trail; `None` for a local check.
    pub fn call(&self) -> Option<CallId> {
        self.cause()?.call()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.inner {
            Inner::Http { error, kind: Kind::RefillAlreadyExists, .. } => {
                write!(f, "a refill of this medication request is pending already, and no second one was created")?;
                error.status().map_or(Ok(()), |status| write!(f, " (status {status})"))
            }
            Inner::Unknown { error, created } => {
                write!(f, "it is not known whether the vendor created the {}: ", created.what)?;
                why(error, f)?;
                write!(f, ". Do not send it again: {}", created.advice())
            }
            Inner::Http { error, .. } => error.fmt(f),
            Inner::Problems { what, revision, problems } => {
                write!(f, "the {what} cannot be sent in revision {revision}: ")?;
                for (number, problem) in problems.iter().enumerate() {
                    write!(f, "{}{problem}", if number == 0 { "" } else { "; " })?;
                }
                f.write_str(" (nothing was sent)")
            }
            Inner::Duplicate { earlier, created } => match &earlier.state {
                SubmissionState::Created { .. } => write!(
                    f,
                    "an identical {} was created before, as the submission log says; send it as a repetition if a second one is wanted \
                     (nothing was sent)",
                    created.what
                ),
                SubmissionState::Uncertain => write!(
                    f,
                    "an identical {} was sent before, and the submission log does not know how that ended (nothing was sent now). Find out \
                     first: {}",
                    created.what,
                    created.advice()
                ),
            },
            Inner::Log(error) => write!(f, "the submission log failed: {error} (nothing was sent)"),
        }
    }
}

/// Why nobody on this side can know, without advice to try again.
fn why(error: &HttpError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let reason = match (error.kind(), error.status()) {
        (ErrorKind::Decode, _) => "its answer was not understood, and is kept in the error",
        (ErrorKind::Rejected, Some(200..=299)) => "its answer's status says success and its body does not",
        (_, Some(200..=299)) => "its answer says success and broke off",
        (ErrorKind::Redirect, _) => "it answered with a redirect, which is not followed",
        (_, Some(status)) => return write!(f, "it answered with status {status}"),
        (ErrorKind::Timeout, None) => "no answer came in time",
        _ => "the connection broke off before an answer",
    };
    f.write_str(reason)
}

impl std::error::Error for Error {}
