//! The way a secret goes into a request: which header field, and what stands before it there.
//! Decides also what a secret may look like. Knows nothing of where secrets come from; every source
//! is given a scheme.

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

use super::Credential;
use crate::Error;

/// Fields that frame or describe a request: a secret in one of them would break the request, or
/// change what it means.
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

/// How a vendor takes its secret: as a bearer token, or as a key in a header field of its own.
///
/// No scheme puts a secret into the address, which proxies and servers log (RFC 6750, section 5.3),
/// and none sends a password with every request.
///
/// ```
/// use clinical_http::credential::Scheme;
///
/// let key = Scheme::header_key("x-api-key")?;
/// assert!(key.credential("key-from-the-vendor").is_ok());
/// assert_eq!(key.credential("a key has no spaces").unwrap_err().field(), Some("token"));
/// # Ok::<(), clinical_http::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    header: HeaderName,
    prefix: &'static str,
    refused: Option<(&'static str, &'static str)>,
}

impl Scheme {
    /// `Authorization: Bearer <token>` (RFC 6750).
    pub const fn bearer() -> Self {
        Self { header: AUTHORIZATION, prefix: "Bearer ", refused: None }
    }

    /// `<name>: <key>`, for vendors that take an API key in a header field of their own
    /// (`x-api-key`).
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if `name` is not a header name, or one
    /// that HTTP or this client sets itself (`Host`, `Content-Length` and the like).
    pub fn header_key(name: &str) -> Result<Self, Error> {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::configuration("credential header", "is not a valid HTTP field name"))?;
        if RESERVED.contains(&header.as_str()) {
            let rule = "is a field that HTTP itself or this client sets; use the field that the vendor names";
            return Err(Error::configuration("credential header", rule));
        }
        Ok(Self { header, prefix: "", refused: None })
    }

    /// The same, refusing every secret that begins like this, from whatever source it comes: a key of another
    /// environment. `rule` completes the sentence "`token` ..." and says what to do.
    #[must_use]
    pub const fn refusing(mut self, beginning: &'static str, rule: &'static str) -> Self {
        self.refused = Some((beginning, rule));
        self
    }

    /// A credential of this scheme, of generation 0.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials) if the secret is empty or holds anything but
    /// visible ASCII characters.
    pub fn credential(&self, secret: impl Into<SecretString>) -> Result<Credential, Error> {
        self.named("token", secret.into())
    }

    /// The same, with the setting that the secret comes from, for the error.
    pub(super) fn named(&self, setting: &'static str, secret: SecretString) -> Result<Credential, Error> {
        self.checked(secret).map_err(|rule| Error::credentials(setting, rule))
    }

    /// The same, with the rule that the secret breaks instead of an error.
    pub(super) fn checked(&self, secret: SecretString) -> Result<Credential, &'static str> {
        let text = secret.expose_secret();
        if text.is_empty() {
            return Err("is empty; set it to the token that the vendor issued");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("contains a space, line break or non-ASCII character; copy the token again, without quotes");
        }
        if let Some((_, rule)) = self.refused.filter(|(beginning, _)| text.starts_with(beginning)) {
            return Err(rule);
        }
        Ok(Credential::new(self.clone(), secret))
    }

    pub(super) fn field(&self, secret: &SecretString) -> Result<(HeaderName, HeaderValue), Error> {
        let value = HeaderValue::try_from([self.prefix, secret.expose_secret()].concat());
        let mut value = value.map_err(|_| Error::credentials("token", "cannot be sent as an HTTP field value"))?;
        value.set_sensitive(true);
        Ok((self.header.clone(), value))
    }
}
