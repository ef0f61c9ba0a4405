//! Takes an answer as it arrives, for results that cannot be had a second time.

use std::ops::ControlFlow;

use bytes::Bytes;

use crate::{BoxFuture, Error};

/// Where the body of a success goes, piece by piece, for
/// [`Client::send_into`](crate::Client::send_into).
///
/// The methods but the first are called on an async thread and in the step in which the bytes came:
/// what they have taken is not lost when the call's future is dropped in the next. Bodies of errors
/// do not come here; they are in [`Error::body`](crate::Error::body).
pub trait AnswerSink: Send {
    /// A request goes out next: slot, credential and rate limit are had. Called for each attempt,
    /// so a durable record "from here on it may have happened" is neither too early nor missing.
    ///
    /// # Errors
    ///
    /// The call ends with this error, and nothing is sent.
    ///
    /// # Cancel safety
    ///
    /// Dropped, nothing is sent.
    fn before(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// A success begins: its status, the vendor's request id, and the length of the body in bytes
    /// if it was announced. Comes again only if an operation that may be repeated lost its answer:
    /// what came before is then no longer valid.
    fn begins(&mut self, status: u16, request_id: Option<&str>, length: Option<u64>);

    /// The next piece. `Break` refuses it: the call ends with
    /// [`ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge) and the rest is not read.
    fn piece(&mut self, piece: Bytes) -> ControlFlow<()>;

    /// The vendor's identifier of the work, for the audit record. Asked for when the answer is whole.
    fn vendor_reference(&self) -> Option<&str> {
        None
    }
}
