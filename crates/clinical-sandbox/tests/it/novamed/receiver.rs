//! A receiver of webhooks on loopback that answers by a plan, and tells what it was called with.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a call is answered with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Say {
    Status(u16),
    /// Nothing, while the connection stays open.
    Nothing,
    /// The head and half of the body.
    Half,
    /// An end of the connection.
    End,
}

/// One call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Came {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    came: Arc<Mutex<Vec<Came>>>,
    count: watch::Receiver<usize>,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// Answers the first calls by the plan, and those after it with 200.
    pub(crate) async fn start(plan: impl Into<Vec<Say>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?a=b", listener.local_addr().unwrap());
        let (came, plan) = (Arc::new(Mutex::new(Vec::new())), plan.into());
        let (sender, count) = watch::channel(0);
        let noted = Arc::clone(&came);
        let serving = tokio::spawn(async move {
            let mut open = Vec::new();
            for number in 0_usize.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let call = read(&mut stream).await;
                noted.lock().unwrap().push(call);
                let say = plan.get(number).copied().unwrap_or(Say::Status(200));
                answer(&mut stream, say).await;
                sender.send_replace(number + 1);
                if matches!(say, Say::Nothing | Say::Half) {
                    open.push(stream);
                }
            }
        });
        Self { url, came, count, serving }
    }

    /// Everything that has come so far.
    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// Waits for so many calls.
    pub(crate) async fn calls(&self, count: usize) -> Vec<Came> {
        self.count.clone().wait_for(|seen| *seen >= count).await.unwrap();
        self.came()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Came {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut came = Came { head, body: Vec::new() };
    let length = came.header("content-length").map_or(0, |length| length.parse().unwrap());
    came.body = vec![0; length];
    stream.read_exact(&mut came.body).await.unwrap();
    came
}

async fn answer(stream: &mut TcpStream, say: Say) {
    let text = match say {
        Say::Status(status) => {
            format!("HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\n{{}}")
        }
        Say::Half => "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{".to_owned(),
        Say::Nothing | Say::End => return,
    };
    stream.write_all(text.as_bytes()).await.unwrap();
}
