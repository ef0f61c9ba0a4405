//! How connections are made: whom to trust, who we are, and through which proxy.
//!
//! What is given is read and checked at once, so that a wrong file is named where it was given.
//! Nothing here makes trust weaker: there is no way to accept a certificate that does not verify,
//! and nothing is taken from the environment.

use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{Error, tls};

/// How connections to the vendor are made. By default: the authorities that the operating system
/// trusts, no client certificate, no proxy.
///
/// Certificates are always verified, and the server must speak TLS 1.2 or 1.3. `Debug` counts
/// certificates and shows the proxy's address, and neither key nor password.
///
/// All of it concerns HTTPS. A vendor at a plain `http://` address, which is always on this
/// machine, is connected to directly and without TLS, whatever is set here.
///
/// ```
/// use clinical_transport::Connection;
///
/// # fn set_up() -> Result<Connection, clinical_transport::Error> {
/// let connection = Connection::new()
///     .add_root_file("/etc/hospital/authority.pem")?
///     .identity_files("/etc/hospital/client.pem", "/etc/hospital/client-key.pem")?
///     .proxy("http://proxy.hospital.example:3128")?;
/// # Ok(connection)
/// # }
/// # assert!(set_up().is_err());
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Connection {
    pub(crate) roots: Vec<CertificateDer<'static>>,
    pub(crate) only_these_roots: bool,
    pub(crate) identity: Option<Arc<CertifiedKey>>,
    proxy: Option<Url>,
    proxy_credentials: Option<(String, SecretString)>,
}

/// Without certificates, and without the user, password and key.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("roots", &self.roots.len())
            .field("only_these_roots", &self.only_these_roots)
            .field("identity", &self.identity.is_some())
            .field("proxy", &self.proxy.as_ref().map(Url::as_str))
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the authorities in a PEM text (RFC 7468) too: one or more `CERTIFICATE` sections, the
    /// operating system's authorities staying trusted. May be called again. For a hospital's own
    /// authority, or that of a proxy which opens TLS.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the text holds no certificate, a
    /// damaged one, or a private key.
    pub fn add_root_pem(mut self, pem: impl AsRef<[u8]>) -> Result<Self, Error> {
        self.roots.extend(certificates("trusted authority", pem.as_ref(), false)?);
        Ok(self)
    }

    /// As [`add_root_pem`](Self::add_root_pem), from a file. It is read now, blocking, and not again.
    ///
    /// # Errors
    ///
    /// As [`add_root_pem`](Self::add_root_pem), or if the file cannot be read.
    pub fn add_root_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        self.add_root_pem(read("trusted authority", path.as_ref())?)
    }

    /// Trusts only the authorities added here, and none of the operating system's. At least one
    /// must be added; if none is, making the client fails. A certificate that the vendor's
    /// authority did not issue is then refused, whoever else vouches for it.
    pub fn only_these_roots(mut self) -> Self {
        self.only_these_roots = true;
        self
    }

    /// Shows a client certificate to a server that asks for one. `chain` is PEM: the certificate,
    /// then the authorities between it and the one that the server knows, if any. `key` is the
    /// certificate's private key, not encrypted, in PKCS#8, SEC1 or PKCS#1 PEM: RSA, ECDSA on P-256
    /// or P-384, or Ed25519. Both may be in one text.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if one of them is missing, damaged or
    /// encrypted, or if they do not belong together. Whether the certificate is in date, the server
    /// says.
    pub fn identity_pem(mut self, chain: impl AsRef<[u8]>, key: impl Into<SecretString>) -> Result<Self, Error> {
        let chain = certificates("client certificate", chain.as_ref(), true)?;
        let refuse = |rule| Error::configuration("client key", rule);
        let pem: SecretString = key.into();
        let key = PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).map_err(|_| {
            refuse(if pem.expose_secret().contains("ENCRYPTED") {
                "is encrypted; decrypt it first, and protect the file instead"
            } else {
                "holds no PEM private key; give PKCS#8, SEC1 or PKCS#1 with its BEGIN and END lines"
            })
        })?;
        let identity = CertifiedKey::from_der(chain, key, &tls::provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                refuse("does not belong to the client certificate; give the key that the certificate was issued for")
            }
            _ => refuse("cannot be used; give an RSA, ECDSA P-256 or P-384, or Ed25519 key"),
        })?;
        self.identity = Some(Arc::new(identity));
        Ok(self)
    }

    /// As [`identity_pem`](Self::identity_pem), from files, which may be the same. They are read
    /// now, blocking, and not again.
    ///
    /// # Errors
    ///
    /// As [`identity_pem`](Self::identity_pem), or if a file cannot be read.
    pub fn identity_files(self, chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, Error> {
        let chain = read("client certificate", chain.as_ref())?;
        let key = String::from_utf8(read("client key", key.as_ref())?)
            .map_err(|_| Error::configuration("client key", "is not text; convert it to PEM"))?;
        self.identity_pem(chain, key)
    }

    /// Reaches the vendor through a proxy: `http://HOST:PORT`. It is asked for a tunnel (`CONNECT`,
    /// RFC 9110, section 9.3.6) and sees the vendor's host and port and nothing of what is said.
    /// Every HTTPS address goes through it, one on this machine included; a plain `http://` address
    /// never does. The proxies of the environment are never used.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if it is not such an address, or holds a
    /// user name or password.
    pub fn proxy(mut self, url: impl AsRef<str>) -> Result<Self, Error> {
        let refuse = |rule| Error::configuration("proxy", rule);
        let text = url.as_ref().trim();
        let url = Url::parse(text).ok().filter(|url| url.has_host() && !text.contains(char::is_whitespace));
        let url = url.ok_or_else(|| refuse("is not an address; use a form such as http://proxy.example:3128"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("contains a user name or password; give them as the proxy's credentials"));
        }
        if url.scheme() != "http" {
            return Err(refuse("has a scheme other than http; use a form such as http://proxy.example:3128"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("goes on after the port; use a form such as http://proxy.example:3128"));
        }
        self.proxy = Some(url);
        Ok(self)
    }

    /// Who we are to the proxy (Basic authentication, RFC 7617, which the proxy's side of the
    /// network can read). Only the proxy gets it, never the vendor.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if the user is empty or holds a colon, or
    /// either holds a control character.
    pub fn proxy_credentials(
        mut self,
        user: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Result<Self, Error> {
        let (user, password) = (user.into(), password.into());
        if user.is_empty() || user.contains(':') {
            return Err(Error::configuration("proxy user", "is empty or holds a colon; give the name alone"));
        }
        if user.chars().chain(password.expose_secret().chars()).any(char::is_control) {
            return Err(Error::configuration("proxy credentials", "hold a control character; copy them again"));
        }
        self.proxy_credentials = Some((user, password));
        Ok(self)
    }

    /// The proxy as the HTTP library wants it. `Proxy::https` leaves plain HTTP, and so every
    /// request that is not encrypted, alone.
    pub(crate) fn tunnel(&self) -> Result<Option<reqwest::Proxy>, Error> {
        let refuse = |rule| Error::configuration("proxy", rule);
        let Some(url) = &self.proxy else {
            let is_sane = self.proxy_credentials.is_none();
            return if is_sane { Ok(None) } else { Err(refuse("has credentials and no address; give its address")) };
        };
        let proxy = reqwest::Proxy::https(url.clone()).map_err(|_| refuse("cannot be used; check its address"))?;
        Ok(Some(match &self.proxy_credentials {
            Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
            None => proxy,
        }))
    }
}

/// The certificates of a PEM text, at least one. A private key beside them is passed over if it may
/// be there.
fn certificates(setting: &'static str, pem: &[u8], may_hold_key: bool) -> Result<Vec<CertificateDer<'static>>, Error> {
    use SectionKind::{Certificate, EcPrivateKey, PrivateKey, RsaPrivateKey};
    let refuse = |rule| Error::configuration(setting, rule);
    let mut found = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        match section.map_err(|_| refuse("is damaged PEM; export it again"))? {
            (Certificate, der) => {
                let certificate = CertificateDer::from(der);
                // Into a store that is forgotten: this only finds out whether it can be read.
                let read = RootCertStore::empty().add(certificate.clone());
                read.map_err(|_| refuse("holds a certificate that is damaged; export it again"))?;
                found.push(certificate);
            }
            (PrivateKey | RsaPrivateKey | EcPrivateKey, _) if !may_hold_key => {
                return Err(refuse("contains a private key, which must not be passed on; give the certificate only"));
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return Err(refuse("holds no PEM certificate; give a text with BEGIN CERTIFICATE and END CERTIFICATE lines"));
    }
    Ok(found)
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| {
        Error::configuration(
            setting,
            match error.kind() {
                std::io::ErrorKind::NotFound => "is not there; check the file's name",
                _ => "could not be read; check that it is a file that this user may read",
            },
        )
    })
}
