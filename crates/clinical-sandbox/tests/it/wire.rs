//! The raw client: writes bytes, reads to the end, and tells how the connection ended.

use std::fmt::Write as _;
use std::io::ErrorKind;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clinical_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The guide's sample note.
pub(crate) const NOTE: &str = "Paciente presenta Diabetes Mellitus tipo 2. Medicación actual: Metformina 500mg cada 12h, \
    Glipizida 5mg al día. Niveles de glucosa estables. Sin complicaciones. HbA1c: 6.8%.";

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// FIN.
    Closed,
    /// RST.
    Reset,
}

/// Everything that was read from a connection.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// One answer, its parts split by hand.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.head))
    }

    pub(crate) fn details(&self) -> String {
        self.json()["details"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) fn note(text: &str) -> Value {
    json!({ "medical_note": text })
}

pub(crate) fn pdf(bytes: &[u8]) -> Value {
    json!({"pdf_file": {
        "type": "file", "source_type": "base64", "data": STANDARD.encode(bytes),
        "mime_type": "application/pdf", "filename": "informe.pdf",
    }})
}

/// The bytes of a codify request on a connection that ends after it.
pub(crate) fn codify_bytes(token: &str, body: &[u8]) -> Vec<u8> {
    request("POST", "/v1/codify", &[("authorization", &format!("Bearer {token}"))], body)
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        head.push_str("content-type: application/json\r\n");
    }
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap()
}

/// Reads until the peer ends the connection.
pub(crate) async fn read_all(stream: &mut TcpStream) -> Read {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) => {
                return Read { bytes, end: End::Closed };
            }
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                return Read { bytes, end: End::Reset };
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Sends bytes on a fresh connection and reads all that comes back.
pub(crate) async fn exchange(sandbox: &Sandbox, bytes: &[u8]) -> Read {
    let mut stream = connect(sandbox).await;
    // The system reports a reset once: a writer that met it leaves nothing but an end for the reader.
    let cut = stream
        .write_all(bytes)
        .await
        .err()
        .is_some_and(|error| matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe));
    let read = read_all(&mut stream).await;
    Read { end: if cut { End::Reset } else { read.end }, ..read }
}

pub(crate) fn split(read: Read) -> Answer {
    let Read { bytes, end } = read;
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[at + 4..].to_vec(), end }
}

/// One codify call with the sandbox's token.
pub(crate) async fn codify(sandbox: &Sandbox, body: &Value) -> Answer {
    codify_raw(sandbox, body.to_string().as_bytes()).await
}

pub(crate) async fn codify_raw(sandbox: &Sandbox, body: &[u8]) -> Answer {
    split(exchange(sandbox, &codify_bytes(sandbox.token(), body)).await)
}

pub(crate) async fn call(sandbox: &Sandbox, method: &str, path: &str, body: &[u8]) -> Answer {
    split(exchange(sandbox, &request(method, path, &[], body)).await)
}

pub(crate) async fn start() -> Sandbox {
    Sandbox::builder().seed(7).manual_clock().start().await.unwrap()
}

/// Reads a head and nothing after it.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    head
}
