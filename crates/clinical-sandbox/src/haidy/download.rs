//! Fetches documents and recordings by URL, from loopback only. The host has to be written as a loopback address or as
//! `localhost`, which is never looked up; nothing is sent anywhere else, no redirect is followed, and no answer above
//! 64 MiB or later than five seconds is taken. A reason never repeats the URL.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use super::source::{Content, Record};
use crate::loopback::{self, Place, Refused};

/// The largest file taken.
const MOST_BYTES: usize = 64 << 20;
/// Real time for one file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The place of a URL on loopback.
///
/// # Errors
///
/// Why it is not fetched, in words.
pub(super) fn allowed(url: &str) -> Result<Place, String> {
    loopback::place(url).map_err(|refused| match refused {
        Refused::Elsewhere => "the sandbox downloads from http URLs on loopback only".to_owned(),
        Refused::Unreadable => "the URL cannot be read".to_owned(),
    })
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
