//! A server of bytes: it reads each request whole, counts it, writes what it was given, and closes the connection. So a test says to the
//! byte what comes back, and knows how often the client has asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The server. Dropping it closes the listener and every connection.
#[derive(Debug)]
pub struct Raw {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Raw {
    /// Starts on a free port of this machine. Each connection gets the next of these answers, the last one for ever; an empty one closes the
    /// connection without a byte.
    pub async fn start(answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut answers: VecDeque<Vec<u8>> = answers.into_iter().map(Into::into).collect();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let accepting = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let answer =
                    if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }.unwrap_or_default();
                open.spawn(serve(stream, answer, Arc::clone(&kept)));
            }
        });
        Self { url, requests, accepting }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests that came whole, head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A whole answer, after which the connection is closed.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let fields: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{fields}\r\n{body}").into_bytes()
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>, requests: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read(&mut stream).await else { return };
    requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    // A client that has gone meanwhile is no fault of the server's.
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
    // Until the client has closed too: with bytes unread a close would be a reset, and take the answer with it.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut taken = Vec::new();
    loop {
        let head = taken.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&taken[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if taken.len() >= head + length.unwrap_or(0) {
                return String::from_utf8(taken).ok();
            }
        }
        if stream.read_buf(&mut taken).await.ok()? == 0 {
            return None;
        }
    }
}
