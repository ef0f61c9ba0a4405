//! Credentials: secrets that become one request header, and the sources they come from.
//!
//! Each credential carries a generation, so that a 401 discards only the credential that was sent and not the one that replaced it
//! meanwhile. Secrets are held by `secrecy`, marked sensitive in the header, and never printed.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

use crate::{BoxFuture, Error};

/// Fields that frame or describe a request: a secret in one of them would break the request, or change what it means.
const RESERVED: [&str; 11] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A secret and the header it goes into. `Debug` shows the header's name and the generation only.
#[derive(Clone)]
pub struct Credential {
    header: HeaderName,
    scheme: Option<&'static str>,
    secret: SecretString,
    generation: u64,
}

impl Credential {
    /// `Authorization: Bearer <token>` (RFC 6750).
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials) if the token is empty or holds anything but visible ASCII characters.
    pub fn bearer(token: impl Into<SecretString>) -> Result<Self, Error> {
        Self::checked(AUTHORIZATION, Some("Bearer"), token.into())
    }

    /// `<name>: <key>`, for vendors that take an API key in a header of their own (`x-api-key`).
    ///
    /// # Errors
    ///
    /// As [`bearer`](Self::bearer); [`Configuration`](crate::ErrorKind::Configuration) if `name` is not a header name, or one that HTTP or
    /// this client sets itself (`Host`, `Content-Length` and the like).
    pub fn header_key(name: &str, key: impl Into<SecretString>) -> Result<Self, Error> {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::configuration("credential header", "is not a valid HTTP field name"))?;
        if RESERVED.contains(&header.as_str()) {
            return Err(Error::configuration(
                "credential header",
                "is a field that HTTP itself or this client sets; use the field that the vendor names",
            ));
        }
        Self::checked(header, None, key.into())
    }

    fn checked(header: HeaderName, scheme: Option<&'static str>, secret: SecretString) -> Result<Self, Error> {
        let text = secret.expose_secret();
        if text.is_empty() {
            return Err(Error::credentials("token", "is empty; set it to the token that the vendor issued"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let rule = "contains a space, line break or non-ASCII character; copy the token again, without quotes";
            return Err(Error::credentials("token", rule));
        }
        Ok(Self { header, scheme, secret, generation: 0 })
    }

    /// The same credential as the given generation. A source counts up whenever it hands out another secret.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// Which edition of the secret this is.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        let secret = self.secret.expose_secret();
        let value = match self.scheme {
            Some(scheme) => HeaderValue::try_from(format!("{scheme} {secret}")),
            None => HeaderValue::from_str(secret),
        };
        let mut value = value.map_err(|_| Error::credentials("token", "cannot be sent as an HTTP field value"))?;
        value.set_sensitive(true);
        Ok((self.header.clone(), value))
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("header", &self.header)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Where credentials come from. Asked before every attempt, so a source that fetches anything must cache it.
pub trait CredentialSource: Send + Sync + 'static {
    /// The credential to send now.
    ///
    /// # Errors
    ///
    /// An error ends the call, and this attempt is not made. Make it with [`Error::credentials`].
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the caller drops the call or the total deadline passes; a source that fetches something must bear it.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>>;

    /// The vendor answered 401 to this generation. The source should drop it if it is still the current one; the call is sent again, once, if
    /// [`current`](Self::current) then returns another generation.
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

/// A credential that does not change.
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

impl CredentialSource for StaticCredential {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

#[cfg(test)]
mod tests {
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
    }
}
