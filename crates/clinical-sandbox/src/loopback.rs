//! The guard in front of every call that the sandbox makes: to `http` URLs on loopback and nowhere else. The host has to be
//! written as a loopback address or as `localhost`, which is never looked up. It calls nothing itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::Uri;

/// Where a URL that may be called leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    /// For the `Host` header, as it was written.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) path: String,
}

/// Why a URL is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no URL.
    Unreadable,
    /// It is not plain HTTP, or does not lead to loopback.
    Elsewhere,
}

/// The place of a URL on loopback.
///
/// # Errors
///
/// Why it is not called.
pub(crate) fn place(url: &str) -> Result<Place, Refused> {
    let uri: Uri = url.parse().map_err(|_| Refused::Unreadable)?;
    if uri.scheme_str() != Some("http") {
        return Err(Refused::Elsewhere);
    }
    let authority = uri.authority().ok_or(Refused::Elsewhere)?;
    // A name or a password in front of the host is no part of any public URL.
    if authority.as_str().contains('@') {
        return Err(Refused::Elsewhere);
    }
    let ip = loopback(authority.host()).ok_or(Refused::Elsewhere)?;
    let port = match authority.port_u16() {
        None if authority.as_str() != authority.host() => return Err(Refused::Unreadable),
        None => 80,
        Some(port) => port,
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    Ok(Place { address: SocketAddr::new(ip, port), authority: authority.as_str().to_owned(), path })
}

/// The address of a host that is written as loopback. No other spelling counts: no name with a dot behind it, no number
/// in another base, no IPv4 address inside an IPv6 one, no address that merely means "here".
fn loopback(host: &str) -> Option<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    if let Some(six) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return six.parse::<Ipv6Addr>().ok().filter(Ipv6Addr::is_loopback).map(IpAddr::V6);
    }
    host.parse::<Ipv4Addr>().ok().filter(Ipv4Addr::is_loopback).map(IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_in_its_three_spellings_is_called_with_path_and_query() {
        let found = place("http://localhost:8080/a?b=c").unwrap();
        assert_eq!((found.address.to_string(), found.path.as_str()), ("127.0.0.1:8080".to_owned(), "/a?b=c"));
        assert_eq!(place("http://[::1]:81/").unwrap().address.to_string(), "[::1]:81");
        assert_eq!(place("http://127.9.9.9").unwrap().address.to_string(), "127.9.9.9:80");
    }

    #[test]
    fn every_other_place_is_refused_whatever_it_is_dressed_up_as() {
        for url in [
            "https://127.0.0.1/",
            "http://example.com/",
            "http://localhost.:80/",
            "http://a.localhost/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://10.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://user@127.0.0.1/",
            "/etc/hostname",
        ] {
            assert_eq!(place(url), Err(Refused::Elsewhere), "{url}");
        }
        assert_eq!(place("not a url"), Err(Refused::Unreadable));
        assert_eq!(place("http://127.0.0.1:99999/"), Err(Refused::Unreadable));
    }
}
