//! The sandbox behind HTTPS: an authority of its own, made when it starts, a server certificate that is as good or as bad as a test
//! wants it, and a client identity that the server accepts.
//!
//! Nothing here is a secret worth keeping: the authority lives as long as the sandbox, and nobody else trusts it. It offers TLS 1.2 and
//! 1.3 and nothing older, because the library below has nothing older.

mod issued;
mod mint;

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::SandboxError;
pub use issued::Issued;
use mint::Mint;

/// What the certificate that the server shows is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerCertificate {
    /// Valid for `127.0.0.1`, `::1` and `localhost`, for a month.
    #[default]
    Good,
    /// Its time was over yesterday.
    Expired,
    /// Its time begins tomorrow.
    NotYetValid,
    /// Valid for another name.
    WrongName,
    /// Signed by an authority that is not the one given out.
    OtherAuthority,
}

/// The settings of HTTPS, for [`SandboxBuilder::tls`](crate::SandboxBuilder::tls).
///
/// ```
/// # async fn test() -> Result<(), clinical_sandbox::SandboxError> {
/// use clinical_sandbox::{Sandbox, ServerCertificate, Tls};
///
/// let sandbox = Sandbox::builder().tls(Tls::new().certificate(ServerCertificate::Expired)).start().await?;
/// assert!(sandbox.url().starts_with("https://127.0.0.1:"));
/// // ... let a client trust `authority`, and see that it refuses the server all the same ...
/// let authority = sandbox.issued().map(|issued| issued.authority_pem());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Tls {
    certificate: ServerCertificate,
    demands_identity: bool,
    only_tls12: bool,
}

impl Tls {
    /// A good certificate, no client certificate wanted, TLS 1.2 and 1.3.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which certificate the server shows.
    pub fn certificate(mut self, certificate: ServerCertificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// Refuses clients without a certificate from the sandbox's authority; [`Issued`] has one.
    pub fn require_client_certificate(mut self) -> Self {
        self.demands_identity = true;
        self
    }

    /// Offers TLS 1.2 alone, in which a client learns within the handshake that its certificate is refused, and not after it.
    pub fn only_tls12(mut self) -> Self {
        self.only_tls12 = true;
        self
    }

    /// Makes the authority and all that it signs.
    pub(crate) fn set_up(self) -> Result<(TlsAcceptor, Issued), SandboxError> {
        // Nothing of it comes from the user, so a failure is one of this machine: no random numbers, a clock before 1970.
        self.make().map_err(|error| SandboxError::setting("tls", format!("could not be set up ({error})")))
    }

    fn make(self) -> Result<(TlsAcceptor, Issued), Box<dyn std::error::Error + Send + Sync>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions: &[_] = if self.only_tls12 { &[&TLS12] } else { &[&TLS13, &TLS12] };
        let config = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(versions)?;
        let mint = Mint::new("clinical-sandbox authority, for tests only")?;
        let config = if self.demands_identity {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(mint.authority().clone())?;
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build()?;
            config.with_client_cert_verifier(verifier)
        } else {
            config.with_no_client_auth()
        };
        let (certificate, key) = match self.certificate {
            ServerCertificate::OtherAuthority => {
                Mint::new("clinical-sandbox authority that is not given out")?.server(ServerCertificate::Good)?
            }
            other => mint.server(other)?,
        };
        let config = config.with_single_cert(vec![certificate], key.into())?;
        Ok((Arc::new(config).into(), Issued::new(&mint)?))
    }
}

/// A connection to a client, with or without TLS.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin {
    /// The TCP connection below.
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}
