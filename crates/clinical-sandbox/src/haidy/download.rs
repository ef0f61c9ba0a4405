//! Fetches documents and recordings by URL, from loopback only. The host has to be written as a loopback address or as
//! `localhost`, which is never looked up; nothing is sent anywhere else, no redirect is followed, and no answer above
//! 64 MiB or later than five seconds is taken. A reason never repeats the URL.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use super::source::{Content, Record};

/// The largest file taken.
const MOST_BYTES: usize = 64 << 20;
/// Real time for one file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a URL that may be fetched leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    address: SocketAddr,
    authority: String,
    path: String,
}

/// The place of a URL on loopback.
///
/// # Errors
///
/// Why it is not fetched, in words.
pub(super) fn allowed(url: &str) -> Result<Place, String> {
    let not_loopback = || "the sandbox downloads from http URLs on loopback only".to_owned();
    let uri: Uri = url.parse().map_err(|_| "the URL cannot be read".to_owned())?;
    if uri.scheme_str() != Some("http") {
        return Err(not_loopback());
    }
    let authority = uri.authority().ok_or_else(not_loopback)?;
    // A name or a password in front of the host is no part of any public URL.
    if authority.as_str().contains('@') {
        return Err(not_loopback());
    }
    let ip = loopback(authority.host()).ok_or_else(not_loopback)?;
    let port = match authority.port_u16() {
        None if authority.as_str() != authority.host() => return Err("the URL cannot be read".to_owned()),
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

/// Fetches every URL among the records, in order. It blocks, so it runs on a thread that may.
///
/// # Errors
///
/// Why the first that failed did.
pub(super) fn all(records: &[Record]) -> Result<Vec<Bytes>, String> {
    let Ok(runtime) = Handle::try_current() else {
        return Err("the sandbox is stopping".to_owned());
    };
    let urls = records.iter().filter_map(|record| match &record.content {
        Content::Url(url) => Some(url),
        _ => None,
    });
    urls.map(|url| runtime.block_on(fetch(&allowed(url)?))).collect()
}

async fn fetch(place: &Place) -> Result<Bytes, String> {
    match tokio::time::timeout(PATIENCE, get(place)).await {
        Ok(fetched) => fetched,
        Err(_) => Err(format!("Connection timeout after {}s", PATIENCE.as_secs())),
    }
}

async fn get(place: &Place) -> Result<Bytes, String> {
    let broken = |_| "the connection broke".to_owned();
    let stream =
        TcpStream::connect(place.address).await.map_err(|_| "the connection could not be opened".to_owned())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let request = Request::get(&place.path)
        .header(header::HOST, &place.authority)
        .body(Empty::<Bytes>::new())
        .map_err(|_| "the URL cannot be read".to_owned())?;
    let exchange = async {
        let answer = sender.send_request(request).await.map_err(broken)?;
        if answer.status() != StatusCode::OK {
            return Err(format!("the server answered {}", answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
        body.map(http_body_util::Collected::to_bytes)
            .map_err(|_| format!("the file did not arrive whole, or is above {MOST_BYTES} bytes"))
    };
    tokio::pin!(exchange, connection);
    // The connection moves the bytes of the exchange; its end before the exchange's is told by the exchange.
    tokio::select! {
        biased;
        ended = &mut exchange => ended,
        _ = &mut connection => exchange.await,
    }
}
