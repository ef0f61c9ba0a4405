//! TLS: version 1.2 or newer, `ring` as the one provider, the operating system's authorities and
//! those the user adds; and what a failed handshake means.
//!
//! There is no setting that accepts an invalid certificate.
//!
//! A server says why it ends a handshake with an alert (RFC 8446, section 6.2). Which one it sends
//! to a client without a certificate, or with one that it does not like, differs between servers,
//! so alerts about certificates are read in the light of whether there was one to show. After a
//! failed handshake nothing of a request has left, but for one case: in TLS 1.3 the client is
//! finished before the server has judged its certificate (RFC 8446, section 2), and may be sending
//! by then.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::sign::SingleCertAndKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, InvalidMessage, PeerIncompatible, RootCertStore, WantsVerifier,
};
use rustls_platform_verifier::Verifier;

use crate::transport::Failure;
use crate::{Connection, Error};

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The TLS settings for an HTTPS vendor.
pub(crate) fn verified(connection: &Connection) -> Result<ClientConfig, Error> {
    let refuse = |rule| Error::configuration("TLS", rule);
    let roots = connection.roots.clone();
    let verifier: Arc<dyn ServerCertVerifier> = if connection.only_these_roots {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots);
        WebPkiServerVerifier::builder_with_provider(store.into(), provider())
            .build()
            .map_err(|_| refuse("is to trust only the given authorities and none is given; add one"))?
    } else {
        Arc::new(Verifier::new_with_extra_roots(roots, provider()).map_err(|_| {
            refuse("has no trusted certificate authorities; install the system's CA certificates or add one")
        })?)
    };
    // "Dangerous" is the library's word for any verifier given as a value; both of these verify everything.
    let config = versions()?.dangerous().with_custom_certificate_verifier(verifier);
    Ok(match &connection.identity {
        Some(identity) => config.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.clone()))),
        None => config.with_no_client_auth(),
    })
}

/// The settings for a plain loopback address: no authority is trusted, so a TLS connection could
/// not even be made by mistake.
pub(crate) fn none() -> Result<ClientConfig, Error> {
    Ok(versions()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn versions() -> Result<rustls::ConfigBuilder<ClientConfig, WantsVerifier>, Error> {
    ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| Error::configuration("TLS", "supports neither version 1.2 nor 1.3 in this build"))
}

/// What a failed handshake means. `identified`: whether there is a client certificate to show.
pub(crate) fn failure(error: &rustls::Error, identified: bool) -> Failure {
    use AlertDescription as Alert;
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(problem) => certificate_failure(problem),
        Tls::AlertReceived(Alert::ProtocolVersion)
        | Tls::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => Failure::TlsVersion,
        Tls::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA,
        ) => {
            // Servers differ in what they say to a client that shows none.
            if identified { Failure::TlsIdentityRefused } else { Failure::TlsIdentityRequired }
        }
        // A signature that the server could not verify: that of our certificate, since we signed nothing else.
        Tls::AlertReceived(Alert::DecryptError) if identified => Failure::TlsIdentityRefused,
        Tls::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity | Alert::AccessDenied) => {
            Failure::TlsRefused
        }
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => Failure::TlsNotSpoken,
        _ => Failure::Tls,
    }
}

fn certificate_failure(problem: &CertificateError) -> Failure {
    use CertificateError as Cert;
    match problem {
        // Two authorities may bear the same name: an old one and its successor, say. Then the signature tells them apart.
        Cert::UnknownIssuer | Cert::BadSignature => Failure::TlsUnknownAuthority,
        Cert::Expired | Cert::ExpiredContext { .. } => Failure::TlsExpired,
        Cert::NotValidYet | Cert::NotValidYetContext { .. } => Failure::TlsNotYetValid,
        Cert::NotValidForName | Cert::NotValidForNameContext { .. } => Failure::TlsWrongName,
        _ => Failure::TlsCertificate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificates_fault_is_named() {
        use CertificateError as Cert;
        let table = [
            (Cert::UnknownIssuer, Failure::TlsUnknownAuthority),
            (Cert::BadSignature, Failure::TlsUnknownAuthority),
            (Cert::Expired, Failure::TlsExpired),
            (Cert::NotValidYet, Failure::TlsNotYetValid),
            (Cert::NotValidForName, Failure::TlsWrongName),
            (Cert::Revoked, Failure::TlsCertificate),
            (Cert::BadEncoding, Failure::TlsCertificate),
        ];
        for (problem, expected) in table {
            let error = rustls::Error::InvalidCertificate(problem);
            assert_eq!(failure(&error, false), expected, "{error}");
        }
        assert_eq!(failure(&rustls::Error::DecryptError, false), Failure::Tls);
    }

    #[test]
    fn an_alert_is_read_in_the_light_of_whether_we_showed_a_certificate() {
        use AlertDescription as Alert;
        let of = |alert, identified| failure(&rustls::Error::AlertReceived(alert), identified);
        for alert in [
            Alert::CertificateRequired,
            Alert::BadCertificate,
            Alert::UnsupportedCertificate,
            Alert::CertificateRevoked,
            Alert::CertificateExpired,
            Alert::CertificateUnknown,
            Alert::UnknownCA,
        ] {
            assert_eq!(of(alert, false), Failure::TlsIdentityRequired, "{alert:?}");
            assert_eq!(of(alert, true), Failure::TlsIdentityRefused, "{alert:?}");
        }
        for alert in [Alert::HandshakeFailure, Alert::InsufficientSecurity, Alert::AccessDenied] {
            assert_eq!(of(alert, true), Failure::TlsRefused, "{alert:?}");
        }
        assert_eq!(of(Alert::ProtocolVersion, true), Failure::TlsVersion);
        assert_eq!(of(Alert::DecryptError, true), Failure::TlsIdentityRefused);
        assert_eq!(of(Alert::DecryptError, false), Failure::Tls);
        assert_eq!(of(Alert::InternalError, true), Failure::Tls);
    }
}
