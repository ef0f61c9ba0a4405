//! The vendor's address, checked once: HTTPS, or plain HTTP to this machine.

use std::net::IpAddr;

use url::{Host, Url};

use crate::Error;

/// The address below which a vendor's operations live.
///
/// Accepted are `https://` and, for loopback addresses only (`127.0.0.0/8`, `::1`, `localhost`),
/// `http://`. A user name, password, query or fragment is refused. A trailing `/` and a trailing
/// `/v1` are dropped, because vendors print their address with and without them while operations
/// carry the version themselves. A path before that stays: a vendor may live below one.
///
/// `localhost` is taken at its word (RFC 6761, section 6.3): names below it and addresses of the
/// local network are not this machine. `Debug` shows the address, which by these rules holds no
/// secret.
///
/// ```
/// use clinical_transport::BaseUrl;
///
/// # fn main() -> Result<(), clinical_transport::Error> {
/// let base = BaseUrl::parse("https://codify.hospital.example/sofia/v1/")?;
/// assert_eq!(base.join("/v1/codify").as_str(), "https://codify.hospital.example/sofia/v1/codify");
///
/// // Patients' data does not go over a network in the clear, also not over the hospital's own.
/// assert!(BaseUrl::parse("http://10.0.0.5:8080").is_err());
/// assert!(BaseUrl::parse("http://127.0.0.1:8080")?.is_loopback());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a trailing slash and without a version segment.
    url: Url,
}

impl BaseUrl {
    /// Checks and normalises an address. White space around it is dropped; within it, it is
    /// refused. Nothing is resolved or connected to.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) with the rule that was broken. The
    /// address itself is not repeated.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |rule: &'static str| Error::configuration("base URL", rule);
        let text = text.trim();
        // The URL standard drops tabs and line breaks without a word; here they are a sign of a bad copy.
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(refuse("contains a space, tab or line break; copy the address again"));
        }
        let mut url = Url::parse(text).map_err(|_| refuse("is not a URL; use a form such as https://host.example"))?;
        let host = url.host().ok_or_else(|| refuse("has no host; use a form such as https://host.example"))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => {
                return Err(refuse("uses plain HTTP to a host that is not this machine; use https://"));
            }
            _ => return Err(refuse("has a scheme other than https; use https://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("contains a user name or password; give the credential separately"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("contains a query or fragment; end it after the path"));
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url })
    }

    /// Whether the address is on this machine (`127.0.0.0/8`, `::1`, `localhost`).
    pub fn is_loopback(&self) -> bool {
        self.url.host().is_some_and(|host| is_loopback(&host))
    }

    /// The address of an operation. `path` starts with `/` and is appended as it is; what may not
    /// stand in a path, a `?` included, is percent-encoded.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        match self.url.path().trim_end_matches('/') {
            "" => url.set_path(path),
            prefix => url.set_path(&format!("{prefix}{path}")),
        }
        url
    }

    /// Whether it is HTTPS; otherwise it is a plain loopback address.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// The host, without brackets or port.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    /// The port, the default of the scheme if none was given.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// The origin (RFC 6454: scheme, host, port) of a redirect's target, relative to this address:
    /// all that may be said of it, because its path and query may hold what the request held.
    /// `None` if it has no host or cannot be read.
    pub fn origin_of(&self, location: &str) -> Option<String> {
        let target = self.url.join(location).ok()?;
        target.has_host().then(|| target.origin().ascii_serialization())
    }
}

impl std::fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BaseUrl").field(&self.url.as_str()).finish()
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_or_version_changes_nothing() {
        let table = [
            ("https://codify.example", "https://codify.example/v1/codify"),
            ("https://codify.example/", "https://codify.example/v1/codify"),
            ("https://codify.example/v1", "https://codify.example/v1/codify"),
            ("https://codify.example/v1/", "https://codify.example/v1/codify"),
            ("https://codify.example//v1//", "https://codify.example/v1/codify"),
            (" https://codify.example ", "https://codify.example/v1/codify"),
            ("https://codify.example/sofia/v1/", "https://codify.example/sofia/v1/codify"),
            ("https://codify.example:8443/tenant", "https://codify.example:8443/tenant/v1/codify"),
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/codify"),
            ("http://[::1]:8080", "http://[::1]:8080/v1/codify"),
            ("http://localhost", "http://localhost/v1/codify"),
        ];
        for (given, expected) in table {
            assert_eq!(BaseUrl::parse(given).unwrap().join("/v1/codify").as_str(), expected, "{given}");
        }
    }

    #[test]
    fn what_is_unsafe_is_refused_with_the_rule_and_without_the_address() {
        let table = [
            ("http://codify.example", "plain HTTP"),
            ("http://10.0.0.5/v1", "plain HTTP"),
            ("http://127.0.0.1.codify.example", "plain HTTP"),
            ("http://localhost.codify.example", "plain HTTP"),
            ("http://[::ffff:10.0.0.1]", "plain HTTP"),
            ("ftp://codify.example", "scheme"),
            ("https://user:secret@codify.example", "user name"),
            ("https://codify.example/?key=secret", "query"),
            ("https://codify.example/#secret", "fragment"),
            ("https://codify.example\nsecret", "line break"),
            ("https://codify.example/a b", "space"),
            ("codify.example", "not a URL"),
            ("", "not a URL"),
            ("mailto:secret@codify.example", "no host"),
        ];
        for (given, rule) in table {
            let text = BaseUrl::parse(given).unwrap_err().to_string();
            assert!(text.contains(rule), "{given}: {text}");
            assert!(!text.contains("secret") && !text.contains("codify.example"), "{text}");
            assert!(text.ends_with("(nothing was sent)"), "{text}");
        }
    }

    #[test]
    fn of_a_redirect_target_only_the_origin_is_told() {
        let base = BaseUrl::parse("https://codify.example/v1").unwrap();
        let origin = |location| base.origin_of(location);
        assert_eq!(origin("https://evil.example/steal?patient=1").as_deref(), Some("https://evil.example"));
        assert_eq!(origin("/login?patient=1").as_deref(), Some("https://codify.example"));
        assert_eq!(origin("//evil.example:99/x").as_deref(), Some("https://evil.example:99"));
        assert_eq!(origin("data:text/plain,secret"), None);
    }

    #[test]
    fn the_host_of_an_ipv6_address_has_no_brackets_and_the_address_keeps_them() {
        let base = BaseUrl::parse("http://[::1]:8080/api").unwrap();
        assert_eq!((base.host(), base.port(), base.scheme()), ("::1", 8080, "http"));
        assert_eq!(base.join("/v1/work").as_str(), "http://[::1]:8080/api/v1/work");
    }
}
