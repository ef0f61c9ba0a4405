//! Which result belongs to which operation, so that a token of one kind is not waited for as another.

use clinical_drift::Drift;
use clinical_http::Error as HttpError;
use clinical_long_tasks::{TaskToken, Tasks};
use serde_json::value::RawValue;

use crate::{Bundle, HolisticPatient, Json, client, legacy, schema};

/// What a task results in: [`HolisticPatient`], [`Bundle`], or [`Json`] for any of them as it came. There are no others.
pub trait TaskResult: sealed::Sealed + Sized + Send + 'static {}

impl<R: sealed::Sealed + Sized + Send + 'static> TaskResult for R {}

pub(crate) mod sealed {
    use clinical_drift::Drift;
    use serde_json::value::RawValue;

    pub trait Sealed: Sized {
        /// The operations that make such a result; none is "all of them".
        const OPERATIONS: &'static [&'static str];
        /// An error is a JSON pointer within the result.
        fn from_result(result: Option<Box<RawValue>>) -> Result<Self, String>;
        /// What it has that this version does not know. Of a Bundle that is for a FHIR model to say.
        fn count_drift(&self, _: &Drift) {}
    }
}

impl sealed::Sealed for HolisticPatient {
    const OPERATIONS: &'static [&'static str] = &[client::STRUCTURE.name(), client::STRUCTURE_TEXT.name()];

    fn from_result(result: Option<Box<RawValue>>) -> Result<Self, String> {
        Self::new(result.ok_or_else(String::new)?)
    }

    fn count_drift(&self, drift: &Drift) {
        schema::PATIENT.count(drift, "HolisticPatient", self.as_json().as_bytes());
    }
}

impl sealed::Sealed for Bundle {
    const OPERATIONS: &'static [&'static str] =
        &[client::STRUCTURE_FHIR.name(), legacy::FILES.name(), legacy::URLS_NAME];

    fn from_result(result: Option<Box<RawValue>>) -> Result<Self, String> {
        Self::new(result.ok_or_else(String::new)?)
    }
}

impl sealed::Sealed for Json {
    const OPERATIONS: &'static [&'static str] = &[];

    fn from_result(result: Option<Box<RawValue>>) -> Result<Self, String> {
        Ok(Self::new(result.ok_or_else(String::new)?))
    }
}

/// Whether a token is of this client's server, and of a task with such a result.
pub(crate) fn check<R: TaskResult>(tasks: &Tasks, token: &TaskToken) -> Result<(), HttpError> {
    let client = tasks.client();
    let rule = if token.vendor() != client.vendor().name() {
        "is of another vendor; give it to that vendor's client"
    } else if token.server() != client.server() {
        "is of another server; make a client with that base URL"
    } else if !R::OPERATIONS.is_empty() && !R::OPERATIONS.contains(&token.operation()) {
        "is of a task with another kind of result; resume it as that, or as Json"
    } else {
        return Ok(());
    };
    Err(HttpError::invalid("task token", rule))
}
