//! The settings of a connection: each wrong file, key and address is refused where it is given, with a sentence that says what to do and
//! repeats nothing of it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clinical_http::{Connection, Error, ErrorKind};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

/// Made for these tests; it opens nothing.
const RSA: &str = include_str!("rsa-key-for-tests.pem");

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        writeln!(text, "{}", std::str::from_utf8(line).unwrap()).unwrap();
    }
    text + "-----END " + label + "-----\n"
}

fn key_of(algorithm: &'static rcgen::SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).unwrap()
}

fn key() -> KeyPair {
    key_of(&PKCS_ECDSA_P256_SHA256)
}

/// A certificate for this key, by itself.
fn certificate(key: &KeyPair) -> String {
    let certificate = CertificateParams::new(vec!["client.example".to_owned()]).unwrap().self_signed(key).unwrap();
    pem("CERTIFICATE", certificate.der())
}

fn pkcs8(key: &KeyPair) -> String {
    pem("PRIVATE KEY", &key.serialize_der())
}

/// The key inside a PKCS#8 wrapper (RFC 5958): `SEQUENCE { version, algorithm, OCTET STRING { key } }`.
fn unwrapped(pkcs8: &[u8]) -> &[u8] {
    fn content(der: &[u8]) -> (&[u8], &[u8]) {
        let (length, head) = match der[1] {
            short @ ..=0x7f => (usize::from(short), 2),
            0x81 => (usize::from(der[2]), 3),
            // 0x82: no key here is longer.
            _ => (usize::from(u16::from_be_bytes([der[2], der[3]])), 4),
        };
        der[head..].split_at(length)
    }
    let (inside, _) = content(pkcs8);
    let (_version, rest) = content(inside);
    let (_algorithm, rest) = content(rest);
    content(rest).0
}

#[track_caller]
fn assert_refused(outcome: Result<Connection, Error>, field: &str, rule: &str) {
    let error = outcome.expect_err(rule);
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{error}");
    let text = error.to_string();
    assert!(text.contains(rule) && text.contains("; "), "what is wrong, and what to do: {text}");
    assert!(!format!("{text} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn what_is_no_authority_is_refused_with_the_reason() {
    let key = key();
    let good = certificate(&key);
    let (damaged, _) = good.split_at(good.len() / 2);
    let table = [
        (String::new(), "holds no PEM certificate"),
        ("canary".to_owned(), "holds no PEM certificate"),
        (pem("X509 CRL", b"canary"), "holds no PEM certificate"),
        (damaged.to_owned(), "is damaged PEM"),
        (good.replace("\n-----END", "*\n-----END"), "is damaged PEM"),
        (pem("CERTIFICATE", b"canary"), "holds a certificate that is damaged"),
        (good.clone() + &pem("CERTIFICATE", b"canary"), "holds a certificate that is damaged"),
        (pkcs8(&key), "contains a private key"),
        (good.clone() + &pkcs8(&key), "contains a private key"),
        (pem("EC PRIVATE KEY", b"canary") + &good, "contains a private key"),
        (pem("RSA PRIVATE KEY", b"canary"), "contains a private key"),
    ];
    for (text, rule) in table {
        assert_refused(Connection::new().add_root_pem(text), "trusted authority", rule);
    }
    // As it is in a file that was exported as DER.
    let der = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    assert_refused(Connection::new().add_root_pem(der.der()), "trusted authority", "holds no PEM certificate");
    assert!(Connection::new().add_root_pem(good).is_ok());
}

#[test]
fn each_usual_form_of_a_key_is_taken() {
    let rsa = KeyPair::from_pkcs8_der_and_sign_algo(
        &STANDARD.decode(RSA.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap().into(),
        &rcgen::PKCS_RSA_SHA256,
    )
    .unwrap();
    let (p256, p384, ed) = (key(), key_of(&PKCS_ECDSA_P384_SHA384), key_of(&PKCS_ED25519));
    let parameters = pem("EC PARAMETERS", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let table = [
        (&p256, pkcs8(&p256)),
        (&p384, pkcs8(&p384)),
        (&ed, pkcs8(&ed)),
        (&rsa, RSA.to_owned()),
        (&p256, pem("EC PRIVATE KEY", unwrapped(&p256.serialize_der()))),
        (&p256, parameters + &pem("EC PRIVATE KEY", unwrapped(&p256.serialize_der()))),
        (&rsa, pem("RSA PRIVATE KEY", unwrapped(&rsa.serialize_der()))),
    ];
    for (number, (key, text)) in table.into_iter().enumerate() {
        let outcome = Connection::new().identity_pem(certificate(key), text);
        assert!(outcome.is_ok(), "{number}: {outcome:?}");
    }
}

#[test]
fn a_certificate_and_a_key_that_do_not_make_an_identity_are_refused_with_the_reason() {
    let (key, other) = (key(), key());
    let (good, good_key) = (certificate(&key), pkcs8(&key));
    let with = |chain: &str, key: &str| Connection::new().identity_pem(chain, key);
    let chain = "client certificate";
    assert_refused(with("", &good_key), chain, "holds no PEM certificate");
    assert_refused(with(&good_key, &good_key), chain, "holds no PEM certificate");
    assert_refused(with(&pem("CERTIFICATE", b"canary"), &good_key), chain, "holds a certificate that is damaged");
    let rules = [
        (String::new(), "holds no PEM private key"),
        ("canary".to_owned(), "holds no PEM private key"),
        (good.clone(), "holds no PEM private key"),
        (pem("ENCRYPTED PRIVATE KEY", b"canary"), "is encrypted"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----\n"
                .to_owned(),
            "is encrypted",
        ),
        (pem("PRIVATE KEY", b"canary"), "cannot be used"),
        (pkcs8(&other), "does not belong to the client certificate"),
        (RSA.to_owned(), "does not belong to the client certificate"),
    ];
    for (text, rule) in rules {
        assert_refused(with(&good, &text), "client key", rule);
    }
}

#[test]
fn the_first_certificate_of_a_chain_is_the_one_that_the_key_belongs_to() {
    let (key, authority) = (key(), key());
    let chain = certificate(&key) + &certificate(&authority);
    let upside_down = certificate(&authority) + &certificate(&key);
    assert!(Connection::new().identity_pem(chain, pkcs8(&key)).is_ok());
    let outcome = Connection::new().identity_pem(upside_down, pkcs8(&key));
    assert_refused(outcome, "client key", "does not belong to the client certificate");
}

#[test]
fn a_file_that_cannot_be_read_is_named_by_its_setting_and_not_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let key = key();
    std::fs::write(at("client.pem"), certificate(&key)).unwrap();
    std::fs::write(at("binary.pem"), [0x30, 0x82, 0xff]).unwrap();
    let missing = at("canary.pem");
    assert_refused(Connection::new().add_root_file(&missing), "trusted authority", "is not there");
    assert_refused(Connection::new().add_root_file(folder.path()), "trusted authority", "could not be read");
    assert_refused(Connection::new().identity_files(&missing, at("client.pem")), "client certificate", "is not there");
    assert_refused(Connection::new().identity_files(at("client.pem"), &missing), "client key", "is not there");
    let binary = Connection::new().identity_files(at("client.pem"), at("binary.pem"));
    assert_refused(binary, "client key", "is not text");
}

#[test]
fn a_proxy_is_an_http_address_and_nothing_more() {
    let table = [
        ("", "is not an address"),
        ("proxy.example", "is not an address"),
        ("proxy.example:3128", "is not an address"),
        ("http://", "is not an address"),
        ("http://proxy .example", "is not an address"),
        ("http://proxy.example:3128\n/", "is not an address"),
        ("https://proxy.example", "has a scheme other than http"),
        ("socks5://proxy.example", "has a scheme other than http"),
        ("http://canary@proxy.example", "contains a user name or password"),
        ("http://user:canary@proxy.example", "contains a user name or password"),
        ("https://user:canary@proxy.example", "contains a user name or password"),
        ("http://proxy.example/canary", "goes on after the port"),
        ("http://proxy.example?canary", "goes on after the port"),
        ("http://proxy.example#canary", "goes on after the port"),
    ];
    for (url, rule) in table {
        assert_refused(Connection::new().proxy(url), "proxy", rule);
    }
    for url in ["http://proxy.example:3128", " http://proxy.example:3128/ ", "http://10.0.0.1", "http://[::1]:8080"] {
        assert!(Connection::new().proxy(url).is_ok(), "{url}");
    }
}

#[test]
fn credentials_for_a_proxy_that_cannot_be_sent_are_refused() {
    let with = |user: &str, password: &str| Connection::new().proxy_credentials(user, password);
    assert_refused(with("", "canary"), "proxy user", "is empty or holds a colon");
    assert_refused(with("canary:b", "canary"), "proxy user", "is empty or holds a colon");
    assert_refused(with("canary\n", "canary"), "proxy credentials", "hold a control character");
    assert_refused(with("user", "canary\r\nx-header: y"), "proxy credentials", "hold a control character");
    assert!(with("user", "").is_ok() && with("usuario ñ", "con espacios : y más").is_ok());
}

#[test]
fn debug_tells_what_is_set_and_shows_none_of_it() {
    let key = key();
    let connection = Connection::new()
        .add_root_pem(certificate(&key))
        .and_then(|set| set.identity_pem(certificate(&key), pkcs8(&key)))
        .and_then(|set| set.proxy("http://proxy.example:3128"))
        .and_then(|set| set.proxy_credentials("canary", "canary"))
        .unwrap();
    assert_eq!(
        format!("{:?}", connection.only_these_roots()),
        "Connection { roots: 1, only_these_roots: true, identity: true, proxy: Some(\"http://proxy.example:3128/\"), .. }"
    );
}
