//! What the tests of HTTPS share: a sandbox behind TLS, clients with a connection of their own, and a proxy that opens tunnels.

use std::sync::{Arc, Mutex};

use clinical_http::testing::JumpingClock;
use clinical_http::{Connection, RetryPolicy};
use clinical_sandbox::{Issued, Sandbox, Tls};
use omniscribe_codify::CodifyBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::clients::for_sandbox;

/// A sandbox behind TLS.
pub async fn sandbox(tls: Tls) -> Sandbox {
    Sandbox::builder().seed(7).tls(tls).start().await.unwrap()
}

/// What a sandbox behind TLS gives out.
pub fn issued(sandbox: &Sandbox) -> &Issued {
    sandbox.issued().unwrap()
}

/// Trusts this sandbox's authority and nobody else.
pub fn only(sandbox: &Sandbox) -> Connection {
    Connection::new().add_root_pem(issued(sandbox).authority_pem()).unwrap().only_these_roots()
}

/// Settings of a client that makes one attempt over this connection.
pub fn once(sandbox: &Sandbox, connection: Connection) -> CodifyBuilder {
    for_sandbox(sandbox, &JumpingClock::new()).http(|http| http.connection(connection).retry(RetryPolicy::never()))
}

/// What a proxy does with a request for a tunnel.
#[derive(Debug, Clone, Copy)]
pub enum Manner {
    /// Opens it.
    Open,
    /// Opens it to whoever says this in `Proxy-Authorization`; others get 407.
    OpenTo(&'static str),
    /// Answers with these bytes and closes.
    Say(&'static [u8]),
}

/// A proxy on this machine that knows `CONNECT` and nothing else. It stops when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
    relaying: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.relaying.abort();
    }
}

impl Proxy {
    /// Starts on a free port.
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&heads);
        let relaying = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(relay(stream, manner, Arc::clone(&heard)));
            }
        });
        Self { address, heads, relaying }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.address
    }

    /// Every head it was sent.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn relay(mut client: TcpStream, manner: Manner, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = client.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    heads.lock().unwrap().push(head.clone());
    let refusal: &[u8] = match manner {
        Manner::Open => b"",
        Manner::OpenTo(known) if head.contains(&format!("roxy-Authorization: {known}\r\n")) => b"",
        Manner::OpenTo(_) => b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n",
        Manner::Say(bytes) => bytes,
    };
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split_once(' ')).map(|(target, _)| target);
    let Some(target) = target.filter(|_| refusal.is_empty()) else {
        let _ = client.write_all(refusal).await;
        return;
    };
    let mut vendor = TcpStream::connect(target).await.unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut client, &mut vendor).await;
}
