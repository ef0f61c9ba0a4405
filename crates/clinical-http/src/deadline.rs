//! Deadlines: how long a call, an attempt, a connection and a silence may last. All are on by
//! default and all use monotonic time.

use std::time::Duration;

/// The four limits of a call.
///
/// | limit | default | what it bounds |
/// |---|---|---|
/// | `total` | 5 min | the whole call: waiting, every attempt, reading the answer |
/// | `attempt` | 60 s | one attempt, from connecting to the last byte of the answer |
/// | `connect` | 10 s | name resolution, TCP and TLS |
/// | `stall` | 30 s | no byte of a body moved, in either direction; the vendor's thinking time does not count |
///
/// An attempt never gets more than what is left of the total, and none is started with less than
/// 250 ms left.
///
/// A limit that passes is [`Timeout`](crate::ErrorKind::Timeout). What it means for delivery
/// depends on the moment: before the first byte of a request's body `NotSent`, after it `Unknown`,
/// within the answer to a success `ResponseLost`. A limit cannot be switched off; `Duration::MAX`
/// is accepted and means years.
///
/// A value holds only the limits that were set. Given to a [`ClientBuilder`](crate::ClientBuilder)
/// it changes those and leaves the others as the client had them: a vendor crate's long attempt
/// limit survives a caller who sets the total.
///
/// ```
/// # use clinical_http::testing::{ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Body, Call, Client, Effect, Method, Operation, Vendor};
/// use clinical_http::{Deadlines, Delivery, ErrorKind};
/// use std::time::Duration;
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const CREATE: Operation = Operation::new("create", Method::Post, "/v1/orders", Effect::Unsafe);
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://orders.example")?;
/// // A vendor that thinks for minutes: more for one attempt, and for the whole.
/// let patient = Deadlines::default().attempt(Duration::from_secs(600)).total(Duration::from_secs(1_800));
/// let client = Client::builder(&VENDOR, base).deadlines(patient)
/// #     .transport(ScriptedTransport::always(Step::silence()))
///     .build()?;
///
/// // It took the order and never answers: after ten minutes nobody knows whether the order was placed.
/// let error = client.send_raw(Call::new(&CREATE).body(Body::json("order")?)).await.unwrap_err();
/// assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::Unknown));
/// # assert_eq!(error.attempt_log()[0].elapsed.as_secs(), 600);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Deadlines {
    total: Option<Duration>,
    attempt: Option<Duration>,
    connect: Option<Duration>,
    stall: Option<Duration>,
}

/// Less than this left of the total, and no further attempt is started: it could not end well.
const LEAST: Duration = Duration::from_millis(250);

impl Deadlines {
    /// The longest a whole call may take, everything included: the audit trail's consent, waiting
    /// for the client's limits, fetching a credential, every attempt and every wait between. 5 min
    /// by default.
    #[must_use]
    pub fn total(mut self, limit: Duration) -> Self {
        self.total = Some(limit);
        self
    }

    /// The longest one attempt may take, from connecting to the last byte of the answer. 60 s by
    /// default, and never more than what is left of the total.
    #[must_use]
    pub fn attempt(mut self, limit: Duration) -> Self {
        self.attempt = Some(limit);
        self
    }

    /// The longest a connection may take to be ready: name resolution, TCP, proxy and TLS together.
    /// 10 s by default. When it passes, nothing was sent.
    #[must_use]
    pub fn connect(mut self, limit: Duration) -> Self {
        self.connect = Some(limit);
        self
    }

    /// The longest silence while a body is on its way, out or in. 30 s by default; less than 1 ms
    /// counts as 1 ms. Between the last byte of the request and the first of the answer only the
    /// attempt's limit holds.
    #[must_use]
    pub fn stall(mut self, limit: Duration) -> Self {
        self.stall = Some(limit);
        self
    }

    /// These limits, and where they are not set those of `base`.
    pub(crate) fn over(self, base: &Self) -> Self {
        Self {
            total: self.total.or(base.total),
            attempt: self.attempt.or(base.attempt),
            connect: self.connect.or(base.connect),
            stall: self.stall.or(base.stall),
        }
    }

    fn total_limit(&self) -> Duration {
        self.total.unwrap_or(Duration::from_secs(300))
    }

    fn attempt_whole(&self) -> Duration {
        self.attempt.unwrap_or(Duration::from_secs(60))
    }

    pub(crate) fn connect_limit(&self) -> Duration {
        self.connect.unwrap_or(Duration::from_secs(10))
    }

    pub(crate) fn stall_limit(&self) -> Duration {
        // A limit of zero would have nothing to measure.
        self.stall.unwrap_or(Duration::from_secs(30)).max(Duration::from_millis(1))
    }

    /// What is left of the total when `spent` has passed.
    pub(crate) fn left(&self, spent: Duration) -> Duration {
        self.total_limit().saturating_sub(spent)
    }

    /// The time an attempt may take when `spent` of the total has passed, or `None` if too little
    /// is left to start one.
    pub(crate) fn attempt_limit(&self, spent: Duration) -> Option<Duration> {
        let left = self.left(spent);
        (left >= LEAST).then(|| self.attempt_whole().min(left))
    }

    /// Whether an attempt could still be made after waiting for `wait`.
    pub(crate) fn allows(&self, spent: Duration, wait: Duration) -> bool {
        self.left(spent.saturating_add(wait)) >= LEAST
    }
}

/// Shows what is in force, the defaults included.
impl std::fmt::Debug for Deadlines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deadlines")
            .field("total", &self.total_limit())
            .field("attempt", &self.attempt_whole())
            .field("connect", &self.connect_limit())
            .field("stall", &self.stall_limit())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_gets_its_limit_or_what_is_left() {
        let deadlines = Deadlines::default().total(Duration::from_secs(100)).attempt(Duration::from_secs(60));
        let at = |seconds| deadlines.attempt_limit(Duration::from_secs(seconds));
        assert_eq!(at(0), Some(Duration::from_secs(60)));
        assert_eq!(at(70), Some(Duration::from_secs(30)));
        assert_eq!(deadlines.attempt_limit(Duration::from_millis(99_750)), Some(LEAST));
        assert_eq!(deadlines.attempt_limit(Duration::from_millis(99_751)), None);
        assert_eq!(at(1_000), None);
    }

    #[test]
    fn a_wait_must_leave_room_for_an_attempt() {
        let deadlines = Deadlines::default().total(Duration::from_secs(10));
        assert!(deadlines.allows(Duration::from_secs(5), Duration::from_millis(4_750)));
        assert!(!deadlines.allows(Duration::from_secs(5), Duration::from_millis(4_751)));
        assert!(!deadlines.allows(Duration::from_secs(5), Duration::MAX));
    }

    #[test]
    fn what_is_not_set_stays_as_it_was() {
        let vendor = Deadlines::default().attempt(Duration::from_secs(600)).total(Duration::from_secs(1800));
        let caller = Deadlines::default().total(Duration::from_secs(700)).over(&vendor);
        assert_eq!(caller.attempt_limit(Duration::ZERO), Some(Duration::from_secs(600)));
        assert_eq!(caller.left(Duration::ZERO), Duration::from_secs(700));
        assert_eq!((caller.connect_limit(), caller.stall_limit()), (Duration::from_secs(10), Duration::from_secs(30)));
        let (connect, stall) = (Duration::from_secs(3), Duration::from_secs(4));
        let caller = Deadlines::default().connect(connect).over(&vendor.connect(stall).stall(stall));
        assert_eq!((caller.connect_limit(), caller.stall_limit()), (connect, stall));
        assert_eq!(caller.left(Duration::ZERO), Duration::from_secs(1800));
    }

    #[test]
    fn debug_shows_every_limit_in_force() {
        let shown = format!("{:?}", Deadlines::default().total(Duration::from_secs(7)));
        assert_eq!(shown, "Deadlines { total: 7s, attempt: 60s, connect: 10s, stall: 30s }");
    }
}
