//! Credentials: secrets that become one request header, and the sources they come from.
//!
//! Each credential carries a generation, so that a 401 discards only the credential that was sent
//! and not the one that replaced it meanwhile. Secrets are held by `secrecy`, marked sensitive in
//! the header, and never printed.
//!
//! | where the secret is | source |
//! |---|---|
//! | in the program, for good | [`StaticCredential`] |
//! | in the program, which replaces it while it runs | [`ReplaceableCredential`] |
//! | in an environment variable | [`EnvCredential`] |
//! | in a file that something else rotates | [`FileCredential`] |
//! | behind a call, such as a token endpoint or a vault | [`RefreshingCredential`] |
//!
//! All of them send another secret as another generation, and so get one more attempt out of a call
//! that met a 401; a secret that did not change gets none.
//!
//! # How a rotation goes
//!
//! Nothing is interrupted: an attempt under way ends with the secret it began with, and the next one
//! asks its source again. Where vendors keep the old secret valid for a while, calls notice nothing.
//! Where they do not, a call that meets a 401 tells its source which generation was refused, asks it
//! again, and is sent once more, without a wait and outside the retry budget, if there is another
//! generation. That attempt is `Refused` and not `Answered`, so it holds for every effect: a server
//! that does not accept a credential has not acted on the request (RFC 9110, section 15.5.2).
//!
//! # What a secret may be
//!
//! Visible ASCII characters without spaces, one or more. That is a little more than the `token68` of
//! RFC 9110, section 11.2, and less than a field value allows: everything else has been a bad copy.
//! It is checked where the secret is given, and errors name the setting and never repeat the secret.

mod env;
mod file;
mod flight;
mod refreshing;
mod replaceable;
mod scheme;

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::{BoxFuture, Error};

pub use env::EnvCredential;
pub use file::FileCredential;
pub use refreshing::{Fetched, RefreshingCredential};
pub use replaceable::ReplaceableCredential;
pub use scheme::Scheme;

/// A secret and the scheme by which it is sent. `Debug` shows the scheme and the generation only,
/// and the memory of the secret is wiped when its last clone is dropped.
///
/// What a [`CredentialSource`] hands out. The copy of it in a request's header is marked sensitive,
/// so that the HTTP library does not print it either; that copy is not wiped.
#[derive(Clone)]
pub struct Credential {
    scheme: Scheme,
    secret: Arc<SecretString>,
    generation: u64,
}

impl Credential {
    /// `Authorization: Bearer <token>` (RFC 6750).
    ///
    /// # Errors
    ///
    /// As [`Scheme::credential`].
    pub fn bearer(token: impl Into<SecretString>) -> Result<Self, Error> {
        Scheme::bearer().credential(token)
    }

    /// `<name>: <key>`, for vendors that take an API key in a header of their own (`x-api-key`).
    ///
    /// # Errors
    ///
    /// As [`Scheme::header_key`] and [`Scheme::credential`].
    pub fn header_key(name: &str, key: impl Into<SecretString>) -> Result<Self, Error> {
        Scheme::header_key(name)?.credential(key)
    }

    fn new(scheme: Scheme, secret: SecretString) -> Self {
        Self { scheme, secret: Arc::new(secret), generation: 0 }
    }

    /// The same credential as the given generation (0 until it is set). A source counts up whenever
    /// it hands out another secret, and only then: a higher number with the same secret would send
    /// in vain what the vendor has just refused.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// Which edition of the secret this is. A higher number is a later one of the same source.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// `next` as the next generation, if its secret is another one. The same secret is the same
    /// generation: to send it again would be in vain.
    fn renewed(&self, next: Self) -> Self {
        if self.secret.expose_secret() == next.secret.expose_secret() {
            return self.clone();
        }
        next.with_generation(self.generation.saturating_add(1))
    }

    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        self.scheme.field(&self.secret)
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Where credentials come from. Asked before every attempt, so a source that fetches anything must
/// cache it.
///
/// The sources of this module cover most needs; [`RefreshingCredential`] takes any closure. A
/// source of your own looks like this:
///
/// ```
/// use clinical_http::credential::{Credential, CredentialSource};
/// use clinical_http::{BoxFuture, Error};
/// use std::sync::Mutex;
/// # use clinical_http::testing::{ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
///
/// /// Keys that were issued beforehand: the next one is used when the vendor refuses one.
/// struct Issued {
///     keys: Vec<&'static str>,
///     generation: Mutex<u64>,
/// }
///
/// impl CredentialSource for Issued {
///     fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
///         let generation = *self.generation.lock().unwrap();
///         let key = usize::try_from(generation).ok().and_then(|place| self.keys.get(place));
///         let made = key.ok_or_else(|| Error::credentials("keys", "are used up; ask the vendor for more"));
///         let made = made.and_then(|key| Credential::header_key("x-api-key", *key));
///         Box::pin(async move { Ok(made?.with_generation(generation)) })
///     }
///
///     fn rejected(&self, generation: u64) {
///         let mut current = self.generation.lock().unwrap();
///         // A late 401 to a key that is not in use any more changes nothing.
///         *current = (*current).max(generation + 1);
///     }
/// }
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const CREATE: Operation = Operation::new("create", Method::Post, "/v1/orders", Effect::Unsafe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://orders.example")?;
/// # let transport = ScriptedTransport::new([Step::answer(401, ""), Step::answer(201, "{}")]);
/// let issued = Issued { keys: vec!["first", "second"], generation: Mutex::default() };
/// let client = Client::builder(&VENDOR, base).credential(issued)
/// #     .transport(transport.clone())
///     .build()?;
/// // The first key meets a 401; the call is sent once more, with the second.
/// assert_eq!(client.send_raw(Call::new(&CREATE)).await?.attempts.len(), 2);
/// # assert_eq!(transport.requests()[1].headers["x-api-key"], "second");
/// # Ok(())
/// # }
/// ```
pub trait CredentialSource: Send + Sync + 'static {
    /// The credential to send now.
    ///
    /// # Errors
    ///
    /// An error ends the call, and this attempt is not made. Make it with [`Error::credentials`].
    /// Its text is shown to the caller and logged, so it must not hold the secret or a part of it.
    ///
    /// # Delivery
    ///
    /// Nothing of the attempt was sent when this runs. Earlier attempts of the same call keep their
    /// delivery.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the caller drops the call or the total deadline passes; a source
    /// that fetches something must bear it: no half-written state, and no refresh token used up
    /// without its successor being kept. A fetch in a task of its own, as [`RefreshingCredential`]
    /// has it, is not dropped with the call.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>>;

    /// The vendor answered 401 (RFC 9110, section 15.5.2) to this generation. The source should
    /// drop it if it is still the current one; the call is sent again, once, if
    /// [`current`](Self::current) then returns another generation.
    ///
    /// Calls under way together may each report the same generation, and late ones an old
    /// generation: neither may cost the secret that replaced it. By default nothing happens, which
    /// is right for a secret that the source cannot renew. Must return at once.
    fn rejected(&self, generation: u64) {
        let _ = generation;
    }
}

impl<S: CredentialSource + ?Sized> CredentialSource for Arc<S> {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        (**self).current()
    }

    fn rejected(&self, generation: u64) {
        (**self).rejected(generation);
    }
}

impl<S: CredentialSource + ?Sized> CredentialSource for Box<S> {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        (**self).current()
    }

    fn rejected(&self, generation: u64) {
        (**self).rejected(generation);
    }
}

/// A credential that does not change. A 401 to it is final: there is nothing else to send.
///
/// ```
/// use clinical_http::credential::StaticCredential;
///
/// // Checked when it is made: a key with a line break at its end is a bad copy, and is not sent.
/// let error = StaticCredential::header_key("x-api-key", "key-from-the-vendor\n").unwrap_err();
/// assert_eq!(error.field(), Some("token"));
/// assert!(!error.to_string().contains("key-from-the-vendor"));
/// ```
#[derive(Debug, Clone)]
pub struct StaticCredential(Credential);

impl StaticCredential {
    /// A fixed bearer token.
    ///
    /// # Errors
    ///
    /// As [`Credential::bearer`].
    pub fn bearer(token: impl Into<SecretString>) -> Result<Self, Error> {
        Credential::bearer(token).map(Self)
    }

    /// A fixed key in the named header.
    ///
    /// # Errors
    ///
    /// As [`Credential::header_key`].
    pub fn header_key(name: &str, key: impl Into<SecretString>) -> Result<Self, Error> {
        Credential::header_key(name, key).map(Self)
    }
}

impl From<Credential> for StaticCredential {
    fn from(credential: Credential) -> Self {
        Self(credential)
    }
}

impl CredentialSource for StaticCredential {
    /// # Cancel safety
    ///
    /// Safe: it is ready at once.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_token_that_cannot_be_one_is_refused_without_being_repeated() {
        for token in ["", " ", "abc def", "abc\n", "\"abc\" ", "tökén"] {
            let error = Credential::bearer(token).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(token.trim().is_empty() || !error.to_string().contains(token.trim()), "{error}");
        }
        for name in ["x api key", "", "Content-Length", "HOST", "expect"] {
            assert_eq!(Credential::header_key(name, "k").unwrap_err().kind(), ErrorKind::Configuration, "{name}");
        }
    }

    #[test]
    fn the_header_is_marked_sensitive_and_debug_shows_no_secret() {
        let bearer = Credential::bearer("s3cret").unwrap();
        let (name, value) = bearer.header().unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("authorization", "Bearer s3cret"));
        assert!(value.is_sensitive());
        let key = StaticCredential::header_key("X-Api-Key", "s3cret").unwrap();
        let (name, value) = key.0.header().unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("x-api-key", "s3cret"));
        assert!(value.is_sensitive());
        assert!(!format!("{bearer:?} {key:?} {value:?}").contains("s3cret"));
        let shown = format!("{:?}", bearer.with_generation(7));
        assert!(shown.contains("authorization") && shown.contains("generation: 7"), "{shown}");
    }

    #[tokio::test]
    async fn a_source_hears_of_a_refusal_through_any_pointer() {
        struct Source(AtomicU64);
        impl CredentialSource for Source {
            fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
                Box::pin(std::future::ready(Credential::bearer("s3cret")))
            }

            fn rejected(&self, generation: u64) {
                self.0.store(generation, Ordering::SeqCst);
            }
        }
        let source = Arc::new(Source(AtomicU64::new(0)));
        let boxed: Box<dyn CredentialSource> = Box::new(source.clone());
        let sent = boxed.current().await.unwrap().with_generation(2);
        boxed.rejected(2);
        assert_eq!(source.0.load(Ordering::SeqCst), 2);
        // A source that has nothing to drop need not listen.
        StaticCredential(sent).rejected(2);
    }
}
