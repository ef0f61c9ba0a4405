//! TLS: version 1.2 or newer, `ring` as the one provider, and the certificates that the operating system trusts.
//!
//! There is no setting that accepts an invalid certificate.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::Error;

/// The TLS settings for an HTTPS vendor.
pub(crate) fn verified() -> Result<ClientConfig, Error> {
    let refuse =
        || Error::configuration("TLS", "has no trusted certificate authorities; install the system's CA certificates");
    let config = versions()?.with_platform_verifier().map_err(|_| refuse())?.with_no_client_auth();
    Ok(config)
}

/// The settings for a plain loopback address: no authority is trusted, so a TLS connection could not even be made by mistake.
pub(crate) fn none() -> Result<ClientConfig, Error> {
    Ok(versions()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn versions() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| Error::configuration("TLS", "supports neither version 1.2 nor 1.3 in this build"))
}
