//! Makes certificates: an authority and what it signs. Keys are fresh each time and do not follow the seed, because a test that needs
//! the same key twice would be a test of the library below.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

use super::ServerCertificate;

const DAY: Duration = Duration::from_secs(86_400);

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Pair = (CertificateDer<'static>, PrivatePkcs8KeyDer<'static>);

/// An authority with its key.
pub(super) struct Mint {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Mint {
    pub(super) fn new(name: &str) -> Result<Self, Failure> {
        let mut params = named(name, Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.der().clone();
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    pub(super) fn authority(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    pub(super) fn server(&self, kind: ServerCertificate) -> Result<Pair, Failure> {
        let names: &[&str] = match kind {
            ServerCertificate::WrongName => &["codify.invalid"],
            _ => &["127.0.0.1", "::1", "localhost"],
        };
        let mut params = named("clinical-sandbox", names.iter().map(ToString::to_string).collect())?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = SystemTime::now();
        let (begin, end) = match kind {
            ServerCertificate::Expired => (now - DAY * 10, now - DAY),
            ServerCertificate::NotYetValid => (now + DAY, now + DAY * 10),
            _ => return self.sign(&params),
        };
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + begin.duration_since(SystemTime::UNIX_EPOCH)?;
        params.not_after = epoch + end.duration_since(SystemTime::UNIX_EPOCH)?;
        self.sign(&params)
    }

    pub(super) fn client(&self) -> Result<Pair, Failure> {
        let mut params = named("clinical-sandbox client", Vec::new())?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Result<Pair, Failure> {
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der())))
    }
}

/// Valid from yesterday for a month.
fn named(name: &str, alternatives: Vec<String>) -> Result<CertificateParams, Failure> {
    let mut params = CertificateParams::new(alternatives)?;
    params.distinguished_name.push(DnType::CommonName, name);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now - DAY;
    params.not_after = epoch + now + DAY * 30;
    Ok(params)
}
