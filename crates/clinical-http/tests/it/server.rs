//! A raw listener on loopback: tests write and break bytes by hand, so that nothing between them and the client is polite.

use std::net::SocketAddr;

use clinical_http::credential::StaticCredential;
use clinical_http::testing::MemoryAudit;
use clinical_http::{BaseUrl, Client, ClientBuilder, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{TOKEN, VENDOR};

/// A whole answer that decodes, on a connection that stays open.
pub(crate) const OK: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 18\r\n\r\n{\"run_id\":\"run-1\"}";

pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// One request as it was on the wire.
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// The value of a header field, if it is there exactly once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.head.lines().skip(1).filter_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.next().filter(|_| found.next().is_none())
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { listener, address }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let base = BaseUrl::parse(&format!("http://{}", self.address)).unwrap();
        Client::builder(&VENDOR, base).credential(StaticCredential::bearer(TOKEN).unwrap()).seed(7)
    }

    /// A client that makes one attempt, and its audit records.
    pub(crate) fn once(&self) -> (Client, MemoryAudit) {
        let audit = MemoryAudit::new();
        let client = self.builder().retry(RetryPolicy::never()).audit(audit.clone());
        (client.build().unwrap(), audit)
    }

    pub(crate) async fn accept(&self) -> TcpStream {
        self.listener.accept().await.unwrap().0
    }

    /// Whether somebody has connected who was not accepted yet.
    pub(crate) fn has_a_visitor(self) -> bool {
        let listener = self.listener.into_std().unwrap();
        listener.set_nonblocking(true).unwrap();
        listener.accept().is_ok()
    }
}

/// Reads a head, and no byte of the body.
pub(crate) async fn read_head(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Reads a whole request.
pub(crate) async fn read_request(socket: &mut TcpStream) -> Heard {
    let mut heard = Heard { head: read_head(socket).await, body: Vec::new() };
    let length = heard.field("content-length").map_or(0, |text| text.parse().unwrap());
    heard.body.resize(length, 0);
    socket.read_exact(&mut heard.body).await.unwrap();
    heard
}

/// Closes a connection with a reset.
pub(crate) fn reset(socket: TcpStream) {
    socket.set_zero_linger().unwrap();
    drop(socket);
}

/// Accepts once, reads one whole request, answers with these bytes, then closes or resets.
pub(crate) async fn answer_and(server: &Server, bytes: &[u8], end: fn(TcpStream)) {
    let mut socket = server.accept().await;
    read_request(&mut socket).await;
    socket.write_all(bytes).await.unwrap();
    socket.flush().await.unwrap();
    end(socket);
}
