//! The client: settings, checked once and shared by all clones, and the one way to make a call.

use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::run;
use crate::settings::Settings;
use crate::trail::Trail;
use crate::{
    Answer, AnswerSink, BaseUrl, Call, ClientBuilder, Clock, Error, ErrorKind, Sensitive, Stats, Vendor,
    VendorReference,
};

/// A client of one vendor. Cloning is cheap, and all clones share connections and settings.
///
/// They also share the limits: the retry budget, the rate limit, the cool-down after "too many
/// requests" and the limit in flight belong to the client and not to the task that met them. So
/// make one client for each vendor and account and clone it; two clients of one host know nothing
/// of each other.
///
/// `Debug` prints every limit in force, and no secret. A client needs a tokio runtime with timers
/// and I/O; programs without one use the feature `blocking`.
///
/// ```
/// use clinical_http::{BaseUrl, Call, Client, Delivery, Effect, Method, Operation, Vendor};
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
///
/// const VENDOR: Vendor = Vendor::new("example");
/// const CREATE: Operation = Operation::new("create", Method::Post, "/v1/orders", Effect::Unsafe);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let busy = Step::answer(503, "").header("retry-after", "2");
/// # let transport = ScriptedTransport::new([busy, Step::answer(201, "{}"), Step::answer(500, "")]);
/// let client = Client::builder(&VENDOR, BaseUrl::parse("https://orders.example")?)
/// #     .transport(transport).clock(JumpingClock::new())
///     .build()?;
///
/// // A vendor that turns the request away, naming a time, and then takes it: also a plain create is sent
/// // again, because the first attempt was not processed.
/// let answer = client.send_raw(Call::new(&CREATE)).await?;
/// assert_eq!((answer.attempts.len(), answer.attempts[0].delivery), (2, Delivery::Refused));
///
/// // A vendor that fails half-way: the create stops there, because it may have been done.
/// let error = client.send_raw(Call::new(&CREATE)).await.unwrap_err();
/// assert_eq!((error.attempts(), error.delivery()), (1, Delivery::Unknown));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Settings>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("vendor", &self.inner.vendor.name())
            .field("base", self.inner.addresses.base())
            .field("retry", &self.inner.retry)
            .field("deadlines", &self.inner.deadlines)
            .field("limits", &self.inner.limits)
            .field("rate_limit", &self.inner.gate.rate)
            .field("max_in_flight", &self.inner.gate.max_in_flight)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts the settings of a client of `vendor` at `base`. Nothing is checked or connected to
    /// until [`build`](ClientBuilder::build) and the first call.
    pub fn builder(vendor: &'static Vendor, base: BaseUrl) -> ClientBuilder {
        ClientBuilder::new(vendor, base)
    }

    /// Makes a call and decodes the JSON answer.
    ///
    /// # Delivery
    ///
    /// On success the vendor has answered. On an error, [`Error::delivery`] says what is known,
    /// over all attempts. What is sent again after which failure is decided by the operation's
    /// [`Effect`](crate::Effect).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`]. An answer that was received whole but not understood is
    /// [`Decode`](ErrorKind::Decode), with its bytes in [`Error::body`]. A call that the client's
    /// own limits cannot let through in time ends with [`Throttled`](ErrorKind::Throttled) or
    /// [`Timeout`](ErrorKind::Timeout), at once where that is foreseeable, and with nothing sent.
    /// When retries end for want of time or budget, the error is the last failure met.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the vendor may go on processing. One audit record
    /// is written, with the outcome [`Abandoned`](crate::audit::Outcome::Abandoned). The client
    /// remains usable.
    pub async fn send<T: DeserializeOwned + VendorReference>(&self, call: Call) -> Result<Answer<T>, Error> {
        self.send_with(call, None, |body| decode(body), VendorReference::vendor_reference).await
    }

    /// Makes a call and hands out the answer's body as it came, for operations whose answer is not
    /// documented, or is not JSON. It is wrapped, because it may hold patients' data; the audit
    /// record names no work.
    ///
    /// # Delivery
    ///
    /// As [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but never [`Decode`](ErrorKind::Decode).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn send_raw(&self, call: Call) -> Result<Answer<Sensitive<Bytes>>, Error> {
        self.send_with(call, None, |body| Ok(Sensitive::new(body.clone())), |_| None).await
    }

    /// Makes a call and hands its answer to `sink` as it arrives: for results that can be had once.
    /// There is no cap but the sink's own, and if the effect of the operation is
    /// [`ReadOnce`](crate::Effect::ReadOnce) no time limit on the body either, only the stall limit.
    ///
    /// # Delivery
    ///
    /// As [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but never [`Decode`](ErrorKind::Decode); and that of
    /// [`AnswerSink::before`], with nothing sent. What came of a broken answer is in the sink.
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send). What came until then is in the sink.
    pub async fn send_into(&self, call: Call, sink: &mut (dyn AnswerSink + '_)) -> Result<Answer<()>, Error> {
        self.send_with(call, Some(sink), |_| Ok(()), |()| None).await
    }

    /// The vendor that this client is for.
    pub fn vendor(&self) -> &'static Vendor {
        self.inner.vendor
    }

    /// The server, as [`AuditRecord::server`](crate::audit::AuditRecord::server) names it.
    pub fn server(&self) -> &str {
        self.inner.addresses.server()
    }

    /// The clock that this client goes by.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.inner.clock.clone()
    }

    /// How full this client's limits are at this moment, over all clones. Cheap: no request is made.
    pub fn stats(&self) -> Stats {
        let now = self.inner.clock.now();
        self.inner.gate.stats(now, self.inner.tokens.level(now))
    }

    async fn send_with<T>(
        &self,
        call: Call,
        mut sink: Option<&mut (dyn AnswerSink + '_)>,
        decode: impl FnOnce(&Bytes) -> Result<T, Error>,
        reference: impl FnOnce(&T) -> Option<&str>,
    ) -> Result<Answer<T>, Error> {
        let mut trail = Trail::begin(&self.inner, &call);
        let span = trail.span();
        async {
            let success = match run::run(&self.inner, &call, &mut trail, &mut sink).await {
                Ok(success) => success,
                Err(error) => return Err(trail.fail(error)),
            };
            match decode(&success.body) {
                Ok(value) => {
                    let call = trail.id();
                    let reference = sink.as_deref().map_or_else(|| reference(&value), AnswerSink::vendor_reference);
                    let attempts = trail.succeed(reference);
                    Ok(Answer { value, call, status: success.status, attempts, request_id: success.request_id })
                }
                Err(error) => {
                    let error = error.with_status(success.status, success.request_id).with_body(success.body);
                    Err(trail.fail(error))
                }
            }
        }
        .instrument(span)
        .await
    }
}

/// Decodes an answer. The message of `serde_json` may quote the answer, so only the place is taken
/// from it.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Data => "has another shape than the contract's",
            _ => "is not complete, valid JSON",
        };
        let message = format!("the answer {what} (line {line}, column {column}); its bytes are kept in the error");
        Error::new(ErrorKind::Decode, message)
    })
}
