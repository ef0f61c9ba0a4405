//! The error of this crate.

use clinical_http::{Error as HttpError, ErrorKind};

/// Error.
#[derive(Debug)]
pub struct Error {
    http: HttpError,
    pointer: Option<String>,
}

impl From<HttpError> for Error {
    fn from(http: HttpError) -> Self {
        Self { http, pointer: None }
    }
}

impl Error {
    pub(crate) fn at(mut self, pointer: String) -> Self {
        self.pointer = Some(pointer);
        self
    }

    /// Where.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// What.
    pub fn kind(&self) -> ErrorKind {
        self.http.kind()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.http.fmt(f)
    }
}

impl std::error::Error for Error {}
