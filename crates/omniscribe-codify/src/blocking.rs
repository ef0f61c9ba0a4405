//! The client for code without `async`. It is the async client on a runtime of its own: same settings, same checks, same answers, same
//! errors. It refuses to work inside an async runtime, where the async client is the one to use.

mod many;

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use clinical_http::Error as HttpError;
use clinical_http::blocking::Runtime;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, ReadBuf};

use crate::pdf::FIELD;
use crate::{
    Answer, CodifyBuilder, CodifyRequest, CodifyResponse, Drift, Error, Health, Limits, LongCoding, Pdf, Stats,
};

pub use many::CodifyMany;

/// A client of the Omniscribe Codify API for code without `async`, made by [`CodifyBuilder::build_blocking`].
///
/// Cloning is cheap, clones share connections, and any number of threads may call at the same time. One thread in the background reads and
/// writes for all of them; it ends after the last clone is dropped. A call cannot be cancelled: it ends by its
/// [`Deadlines`](crate::http_core::Deadlines), after 30 minutes at most unless they say otherwise.
///
/// ```no_run
/// use omniscribe_codify::CodifyRequest;
/// use omniscribe_codify::blocking::Codify;
///
/// # fn main() -> Result<(), omniscribe_codify::Error> {
/// let codify = Codify::from_env()?;
/// let note = "Paciente con diabetes mellitus tipo 2. Niega dolor torácico.";
/// let answer = codify.codify(&CodifyRequest::new().note(note).doctor("dr_123"))?;
/// for found in answer.with_confidence_at_least(80.0) {
///     println!("{} {}", found.code, found.description);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Codify {
    // The client goes first, and its connections with it; then what drives them.
    codify: crate::Codify,
    runtime: Runtime,
}

impl CodifyBuilder {
    /// Checks the settings and makes a client for code without `async`.
    ///
    /// ```
    /// use omniscribe_codify::Codify;
    ///
    /// # fn main() -> Result<(), omniscribe_codify::Error> {
    /// let codify = Codify::builder()
    ///     .base_url("https://codify.hospital.example")
    ///     .token("token-from-the-vendor")
    ///     .build_blocking()?;
    /// # let _ = codify;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build); [`Configuration`](crate::ErrorKind::Configuration) also inside an async runtime, and when the system has
    /// no thread left for it. Nothing was sent.
    pub fn build_blocking(self) -> Result<Codify, Error> {
        Ok(Codify { codify: self.build()?, runtime: Runtime::new()? })
    }
}

impl Codify {
    /// A client with address and token from `OMNISCRIBE_API_URL` and `OMNISCRIBE_API_TOKEN`, the names in the vendor's samples.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable that is missing; otherwise as
    /// [`CodifyBuilder::build_blocking`].
    pub fn from_env() -> Result<Self, Error> {
        crate::Codify::builder().from_env()?.build_blocking()
    }

    /// The size limits that requests are checked against.
    pub fn limits(&self) -> &Limits {
        self.codify.limits()
    }

    /// As [`Codify::stats`](crate::Codify::stats).
    pub fn stats(&self) -> Stats {
        self.codify.stats()
    }

    /// As [`Codify::drift`](crate::Codify::drift).
    pub fn drift(&self) -> &Drift {
        self.codify.drift()
    }

    /// Makes all checks that [`codify`](Self::codify) makes before it sends; see [`check`](crate::Codify::check) of the async client.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) or [`TooLarge`](crate::ErrorKind::TooLarge), naming field and rule;
    /// [`Configuration`](crate::ErrorKind::Configuration) inside an async runtime. Nothing is sent in any case.
    pub fn check(&self, request: &CodifyRequest) -> Result<(), Error> {
        self.runtime.run(self.codify.check(request))?
    }

    /// Codes a note, a PDF, or both; see [`codify`](crate::Codify::codify) of the async client. The vendor may think for up to ten minutes.
    ///
    /// # Delivery
    ///
    /// On success the vendor has coded the note, once or, if an earlier attempt ended [`Unknown`](crate::Delivery::Unknown), possibly more
    /// than once: coding again changes nothing but the bill. On an error see [`Error::delivery`].
    ///
    /// # Errors
    ///
    /// As the async client; [`Configuration`](crate::ErrorKind::Configuration) inside an async runtime, with nothing sent. The request is
    /// borrowed, so it is still there to be corrected or sent again.
    pub fn codify(&self, request: &CodifyRequest) -> Result<Answer<CodifyResponse>, Error> {
        self.runtime.run(self.codify.codify(request))?
    }

    /// Codes a note of any length, part by part; see [`codify_long`](crate::Codify::codify_long) of the async client for what that may miss.
    ///
    /// # Delivery
    ///
    /// Each part has its own answer or error; see [`Error::delivery`]. Each is billed as a note.
    ///
    /// # Errors
    ///
    /// Those of the checks before sending, if the request itself is wrong, and [`Configuration`](crate::ErrorKind::Configuration) inside an
    /// async runtime: nothing was sent. What happens to a part is in the part.
    pub fn codify_long(&self, request: &CodifyRequest) -> Result<LongCoding, Error> {
        self.runtime.run(self.codify.codify_long(request))?
    }

    /// Asks whether the vendor's service is up; see [`health`](crate::Codify::health) of the async client.
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// Any answer but a success is an error; [`Configuration`](crate::ErrorKind::Configuration) inside an async runtime, with nothing sent.
    pub fn health(&self) -> Result<Health, Error> {
        self.runtime.run(self.codify.health())?
    }
}

impl Pdf {
    /// Reads a reader to its end into memory, so that it can be sent more than once; at most the PDF limit of `limits`. Waits for the
    /// reader on this thread; inside an async runtime [`from_reader`](Self::from_reader) is the one to use.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) beyond the limit, [`InvalidInput`](crate::ErrorKind::InvalidInput) if reading fails. Nothing
    /// was sent.
    pub fn from_blocking_reader(reader: impl Read + Unpin, limits: &Limits) -> Result<Self, Error> {
        // Done at the first question, since the reader never answers "later". So it needs no runtime, and may be called where
        // `codify_many` asks for its next request.
        let read = Self::from_reader(Waiting(reader), limits).now_or_never();
        read.unwrap_or_else(|| Err(HttpError::invalid(FIELD, "cannot be read; give a reader that waits").into()))
    }
}

/// A reader that is waited for where it is asked: the thread that asks is the caller's own.
struct Waiting<R>(R);

impl<R: Read + Unpin> AsyncRead for Waiting<R> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.0.read(into.initialize_unfilled()) {
                Ok(read) => into.advance(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Poll::Ready(Err(error)),
            }
            return Poll::Ready(Ok(()));
        }
    }
}
