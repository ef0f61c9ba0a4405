//! How much of an answer is accepted.

/// How much of an answer is accepted.
///
/// | limit | default |
/// |---|---|
/// | `response`: a success body | 16 MiB; what is longer is cut there |
/// | an error body | 8 KiB, fixed; the rest is not read. If the effect is [`ReadOnce`](crate::Effect::ReadOnce), as a success: a gateway may have changed the status |
///
/// Counted as received: answers are asked for without compression, so nothing unpacks to more. An
/// answer that is cut is [`ResponseTooLarge`](crate::ErrorKind::ResponseTooLarge) with the delivery
/// [`ResponseLost`](crate::Delivery::ResponseLost) and is not asked for again, whatever the effect:
/// the same answer would come again, and be billed again. What came up to the cap is in
/// [`Error::body`](crate::Error::body).
///
/// ```
/// # use clinical_http::testing::{ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
/// use clinical_http::{BodyLimits, ErrorKind};
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// let client = Client::builder(&VENDOR, base).limits(BodyLimits::default().response(4))
/// #     .transport(ScriptedTransport::always(Step::answer(200, "123456")))
///     .build()?;
/// let error = client.send_raw(Call::new(&READ)).await.unwrap_err();
/// assert_eq!((error.kind(), error.attempts()), (ErrorKind::ResponseTooLarge, 1));
/// assert_eq!(error.body().map(|part| part.expose().len()), Some(4));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLimits {
    response: usize,
}

/// How much of an error body is kept.
const ERROR_BODY: usize = 8 * 1024;

impl Default for BodyLimits {
    fn default() -> Self {
        Self { response: 16 * 1024 * 1024 }
    }
}

impl BodyLimits {
    /// The most bytes of a success body (16 MiB by default). It is held in memory until it is
    /// decoded.
    #[must_use]
    pub fn response(mut self, bytes: usize) -> Self {
        self.response = bytes;
        self
    }

    pub(crate) fn of(&self, whole: bool) -> usize {
        if whole { self.response } else { ERROR_BODY }
    }
}
