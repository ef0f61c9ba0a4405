//! The client: the vendor's two operations and what this crate declares about them.

use bytes::Bytes;
use clinical_drift::Drift;
use clinical_http::{Call, Client, Effect, Method, Operation, Sensitive, Stats, Vendor};

use crate::{Answer, CodifyBuilder, CodifyRequest, CodifyResponse, Error, Limits, wire};

pub(crate) const VENDOR: Vendor = Vendor::new("omniscribe").audit_headers("x-doctor", "x-patient");

/// Coding a note again changes nothing at the vendor but the bill, so it may be repeated after an unknown outcome. Of the 4xx the vendor
/// asks to repeat 429 only.
const CODIFY: Operation =
    Operation::new("codify", Method::Post, "/v1/codify", Effect::Idempotent).never_repeat_on(&[408, 425]);

const HEALTH: Operation =
    Operation::new("health", Method::Get, "/v1/health", Effect::Safe).never_repeat_on(&[408, 425]);

/// A client of the Omniscribe Codify API. Cloning is cheap, and clones share connections.
#[derive(Debug, Clone)]
pub struct Codify {
    http: Client,
    limits: Limits,
    doctor_required: bool,
    drift: Drift,
}

/// What the vendor's health check answered. The vendor documents no more than that it exists.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Health {
    /// The status (2xx).
    pub status: u16,
    /// The body, in whatever form the vendor sends.
    pub body: Sensitive<Bytes>,
}

impl Codify {
    /// Starts the settings of a client.
    pub fn builder() -> CodifyBuilder {
        CodifyBuilder::default()
    }

    /// A client with address and token from `OMNISCRIBE_API_URL` and `OMNISCRIBE_API_TOKEN`, the names in the vendor's samples.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable that is missing; otherwise as
    /// [`CodifyBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env()?.build()
    }

    pub(crate) fn new(http: Client, limits: Limits, doctor_required: bool) -> Self {
        Self { http, limits, doctor_required, drift: Drift::new() }
    }

    /// The size limits that requests are checked against.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How full the limits are that all clones of this client share: requests in flight, cool-down, retry budget.
    pub fn stats(&self) -> Stats {
        self.http.stats()
    }

    /// What the answers to all clones of this client had that this version does not know: places and JSON types, never values. The vendor's
    /// errors count, too; an answer that is of another form altogether is an error of its own and does not.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    /// Makes all checks that [`codify`](Codify::codify) makes before it sends: sizes, the PDF's header, references, that there is something
    /// to code.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) or [`TooLarge`](crate::ErrorKind::TooLarge), naming field and rule. Nothing is sent
    /// in any case.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn check(&self, request: &CodifyRequest) -> Result<(), Error> {
        self.prepare(request).await.map(|_| ())
    }

    /// Codes a note, a PDF, or both (`POST /v1/codify`).
    ///
    /// The vendor may think for up to ten minutes. A 429, any 5xx but 501 and 505, and a broken connection are tried again, at most three times. So
    /// is, once, a 401 whose token has been replaced by a newer one since. No other status is.
    ///
    /// # Delivery
    ///
    /// On success the vendor has coded the note, once or, if an earlier attempt ended [`Unknown`](crate::Delivery::Unknown), possibly more than
    /// once: coding again changes nothing but the bill. On an error see [`Error::delivery`].
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) and [`TooLarge`](crate::ErrorKind::TooLarge) before anything is sent; otherwise any
    /// [`ErrorKind`](crate::ErrorKind). The request is borrowed, so it is still there to be corrected or sent again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the vendor may still code and bill the note.
    pub async fn codify(&self, request: &CodifyRequest) -> Result<Answer<CodifyResponse>, Error> {
        let call = self.prepare(request).await?;
        match self.http.send::<CodifyResponse>(call).await {
            Ok(answer) => {
                self.drift.record("CodifyResponse", answer.drift());
                Ok(answer)
            }
            Err(error) => {
                let error = Error::from(error);
                error.count_drift(&self.drift);
                Err(error)
            }
        }
    }

    /// Asks whether the vendor's service is up (`GET /v1/health`).
    ///
    /// # Delivery
    ///
    /// Changes nothing at the vendor.
    ///
    /// # Errors
    ///
    /// Any answer but a success is an error.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn health(&self) -> Result<Health, Error> {
        let answer = self.http.send_raw(Call::new(&HEALTH)).await?;
        Ok(Health { status: answer.status, body: answer.value })
    }

    async fn prepare(&self, request: &CodifyRequest) -> Result<Call, Error> {
        request.check(&self.limits)?;
        let context = request.context(self.doctor_required)?;
        let facts = match request.pdf_ref() {
            Some(pdf) => Some(pdf.check(&self.limits).await?),
            None => None,
        };
        let body = wire::body(request, facts)?;
        Ok(Call::new(&CODIFY).context(context).body(body))
    }
}
