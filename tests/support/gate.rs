//! A server that holds every request until the test says what becomes of it. Raw TCP: what it hands out is what was on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

/// The server. Dropping it closes the listener and every connection.
#[derive(Debug)]
pub struct Gate {
    url: String,
    connections: Arc<AtomicUsize>,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
    accepting: JoinHandle<()>,
}

/// A whole request, waiting for its answer.
#[derive(Debug)]
pub struct Arrival {
    /// Request line and header fields, as they came.
    pub head: String,
    /// The body, as it came.
    pub body: Vec<u8>,
    reply: oneshot::Sender<Vec<u8>>,
}

impl Arrival {
    /// Answers with a status and a JSON body.
    pub fn answer(self, status: &str, body: &str) {
        let length = body.len();
        let text =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        // A client that has gone meanwhile is no fault of the server's.
        let _ = self.reply.send(text.into_bytes());
    }

    /// Closes the connection without a byte of an answer.
    pub fn cut(self) {
        drop(self.reply);
    }
}

impl Gate {
    /// Starts on a free port of this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, arrivals) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let accepting = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(stream, sender.clone()));
            }
        });
        Self { url, connections, arrivals, accepting }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The next request that has arrived whole.
    pub async fn next(&mut self) -> Arrival {
        self.arrivals.recv().await.unwrap()
    }

    /// Closes the listener and every connection, and returns once they are closed.
    pub async fn stop(mut self) {
        self.accepting.abort();
        // The task ends by being cancelled, and its connections with it.
        let _ = (&mut self.accepting).await;
    }

    /// The next request of a call that is under way; a call that ends without one fails the test at once.
    pub async fn next_of<T>(&mut self, call: &mut JoinHandle<T>) -> Arrival {
        tokio::select! {
            biased;
            arrival = self.next() => arrival,
            _ = call => panic!("the call ended and nothing came"),
        }
    }

    /// Runs work that must not send anything here; a request that arrives meanwhile fails the test at once.
    pub async fn unasked<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            arrival = self.next() => panic!("{}", arrival.head),
        }
    }

    /// A request that has arrived already, if there is one.
    pub fn arrived(&mut self) -> Option<Arrival> {
        self.arrivals.try_recv().ok()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // The connections are owned by this task and go with it.
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, arrivals: mpsc::UnboundedSender<Arrival>) {
    let mut buffer = Vec::new();
    while let Some((head, body)) = request(&mut stream, &mut buffer).await {
        let (reply, answer) = oneshot::channel();
        if arrivals.send(Arrival { head, body, reply }).is_err() {
            return;
        }
        let Ok(answer) = answer.await else { return };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, Vec<u8>)> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer.drain(..end).collect()).ok()?;
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer.drain(..length).collect();
    Some((head, body))
}
