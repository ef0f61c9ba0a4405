//! A credential that is fetched: from a token endpoint, a vault, a helper. However many calls need
//! it, one fetch is under way at a time, and it belongs to no call: dropping calls neither loses
//! nor repeats it. Remembers no failure beyond those who waited for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use super::flight::{Flight, Waiting, landed};
use super::{Credential, CredentialSource, Scheme};
use crate::{BoxFuture, Clock, Error, ErrorKind, SystemClock};

/// How long after a failed fetch the next one ahead of time is made, and after a fetch for a refusal
/// the next one for a refusal; where there is no secret to send, it is always fetched at once.
const AGAIN: Duration = Duration::from_secs(5);

/// What a fetch brings: a secret, and for how long it is valid. `Debug` does not show the secret.
#[derive(Debug)]
pub struct Fetched {
    secret: SecretString,
    validity: Option<Duration>,
}

impl Fetched {
    /// A secret that is valid until it is refused.
    pub fn new(secret: impl Into<SecretString>) -> Self {
        Self { secret: secret.into(), validity: None }
    }

    /// For how long the secret is valid: the `expires_in` of RFC 6749, section 5.1, in seconds
    /// there. Counted from the start of the fetch, which is the safe side. Zero is a secret for
    /// those who waited for it alone.
    #[must_use]
    pub fn valid_for(mut self, validity: Duration) -> Self {
        self.validity = Some(validity);
        self
    }
}

/// A secret that a closure fetches when it is first needed, ahead of its expiry, and after the
/// vendor refused it. Clones share it.
///
/// - All who need it wait for the same fetch and share its outcome, also its failure. The next to
///   ask after a failure fetches again.
/// - In the last 60 s of its validity (the [`margin`](Self::margin), at most half of the validity)
///   the secret is renewed in the background, and nobody waits. If that fails, the secret serves on
///   until it expires, and the next try is made after 5 s.
/// - A fetch runs as a task of its own, at most 30 s (the [`fetch_limit`](Self::fetch_limit));
///   tasks need a tokio runtime.
/// - A 401 makes one fetch, and in the 5 s after it further ones make none. A fetched secret that is
///   the same as before is the same generation: it is not sent again to that call, and serves on.
///
/// ```
/// use clinical_http::credential::{CredentialSource, Fetched, RefreshingCredential, Scheme};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// let fetches = Arc::new(AtomicU64::new(0));
/// let counted = Arc::clone(&fetches);
/// let source = RefreshingCredential::new(Scheme::bearer(), move || {
///     let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
///     // Ask the token endpoint here; report trouble with `Error::credentials`.
///     async move { Ok(Fetched::new(format!("token-{number}")).valid_for(Duration::from_secs(3_600))) }
/// });
///
/// // Nothing is fetched before the first need, and two who need it at once share one fetch.
/// assert_eq!(fetches.load(Ordering::Relaxed), 0);
/// let (one, other) = tokio::join!(source.current(), source.current());
/// assert_eq!((one?.generation(), other?.generation(), fetches.load(Ordering::Relaxed)), (1, 1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct RefreshingCredential {
    scheme: Scheme,
    margin: Duration,
    limit: Duration,
    clock: Arc<dyn Clock>,
    fetch: Arc<dyn Fn() -> BoxFuture<'static, Result<Fetched, Error>> + Send + Sync>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    flight: Flight<Outcome>,
    early_from: Duration,
    /// Whether the vendor refused what is held, and no fetch has brought a secret since.
    refused: bool,
    heard_from: Duration,
}

struct Held {
    credential: Credential,
    /// When to renew it, and when it ends.
    limits: Option<(Duration, Duration)>,
}

type Outcome = Result<Credential, Arc<Error>>;

impl RefreshingCredential {
    /// Fetches with this closure, as late as the first call needs it.
    ///
    /// What the closure's error says is shown, so it must not hold a secret; its kind and its hint
    /// of how long to wait become those of the calls that need the secret.
    pub fn new<F, Fut>(scheme: Scheme, fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Fetched, Error>> + Send + 'static,
    {
        Self {
            scheme,
            margin: Duration::from_secs(60),
            limit: Duration::from_secs(30),
            clock: Arc::new(SystemClock::new()),
            fetch: Arc::new(move || Box::pin(fetch())),
            state: Arc::default(),
        }
    }

    /// How long before its expiry the secret is renewed: 60 s by default; more than half of the
    /// validity counts as half. With zero it is renewed only when it has expired, and calls then
    /// wait for it.
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// How long a fetch may take, by tokio's clock: 30 s by default. Calls that wait for it may
    /// give up earlier, by their own total.
    pub fn fetch_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The clock that validity is measured with, for tests. Give it before the first fetch: what is
    /// held was measured with the old one.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret, if it may be sent, or else the fetch to wait for.
    fn look(&self) -> Result<Credential, Waiting<Outcome>> {
        let mut state = self.state();
        let now = self.clock.now();
        let held = state.held.as_ref().filter(|_| !state.refused);
        let (credential, renew_at) = match held {
            Some(Held { credential, limits: None }) => (credential.clone(), Duration::MAX),
            Some(Held { credential, limits: Some((renew, end)) }) if now < *end => (credential.clone(), *renew),
            _ => return Err(self.join(&mut state, now)),
        };
        if now >= renew_at.max(state.early_from) {
            self.join(&mut state, now);
        }
        Ok(credential)
    }

    /// The fetch under way, or a new one.
    fn join(&self, state: &mut State, now: Duration) -> Waiting<Outcome> {
        if let Some(waiting) = state.flight.under_way() {
            return waiting;
        }
        let (flight, waiting) = state.flight.begin();
        let source = self.clone();
        tokio::spawn(async move {
            let fetched = tokio::time::timeout(source.limit, async { (source.fetch)().await }).await;
            let late = |_| Err(Error::new(ErrorKind::Timeout, "the fetch took longer than its limit"));
            let outcome = source.settle(now, fetched.unwrap_or_else(late));
            flight.send_replace(Some(outcome));
        });
        waiting
    }

    fn settle(&self, began: Duration, fetched: Result<Fetched, Error>) -> Outcome {
        let made = fetched.and_then(|Fetched { secret, validity }| {
            let limits = validity.map(|validity| {
                let end = began.saturating_add(validity);
                (end.saturating_sub(self.margin.min(validity / 2)), end)
            });
            Ok((self.scheme.named("fetched token", secret)?, limits))
        });
        let mut state = self.state();
        let again = self.clock.now().saturating_add(AGAIN);
        match made {
            Ok((next, limits)) => {
                // Also if it is the same: the vendor may accept it again, and its next 401 asks again.
                if std::mem::take(&mut state.refused) {
                    state.heard_from = again;
                }
                let credential = match state.held.take() {
                    Some(held) => held.credential.renewed(next),
                    None => next.with_generation(1),
                };
                state.held = Some(Held { credential: credential.clone(), limits });
                Ok(credential)
            }
            Err(error) => {
                state.early_from = again;
                Err(Arc::new(error))
            }
        }
    }
}

/// The failure of a fetch, as each of those who waited for it is told. Not the error itself: the
/// delivery, the status and the body of another request would be taken for those of the call.
fn retold(error: &Error) -> Error {
    let text = error.to_string();
    let reason = text.rsplit_once(" (").map_or(text.as_str(), |(reason, _delivery)| reason);
    let message = format!("no credential could be fetched: {reason}");
    Error::new(error.kind(), message).with_retry_after(error.retry_after())
}

impl CredentialSource for RefreshingCredential {
    /// # Errors
    ///
    /// With the kind and the hint of the fetch's own error, as "no credential could be fetched";
    /// `Timeout` if the fetch took longer than its limit; `Credentials` if it panicked, or brought
    /// what cannot be a secret.
    ///
    /// # Cancel safety
    ///
    /// Safe at every point: the fetch goes on without the caller, and the next one finds it or what
    /// it brought.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            let flight = match self.look() {
                Ok(credential) => return Ok(credential),
                Err(flight) => flight,
            };
            match landed(flight).await {
                Some(outcome) => outcome.map_err(|error| retold(&error)),
                None => {
                    Err(Error::credentials("credential", "could not be fetched: the fetch was broken off; try again"))
                }
            }
        })
    }

    fn rejected(&self, generation: u64) {
        let mut state = self.state();
        let is_held = state.held.as_ref().is_some_and(|held| held.credential.generation() == generation);
        state.refused |= is_held && self.clock.now() >= state.heard_from;
    }
}

impl std::fmt::Debug for RefreshingCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshingCredential")
            .field("scheme", &self.scheme)
            .field("margin", &self.margin)
            .field("fetch_limit", &self.limit)
            .finish_non_exhaustive()
    }
}
