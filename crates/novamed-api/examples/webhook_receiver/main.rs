//! A receiver of webhooks that loses no event and minds no repeat.
//!
//! It checks the key, writes the event to the disk, answers 200, and only then acts on it. So it answers in time whatever acting costs, and an
//! event that was answered survives a crash at any point: what was not acted on yet is, after a restart. There is no shutdown to get right;
//! kill it as you like.
//!
//! ```text
//! NOVAMED_WEBHOOK_SECRET=... cargo run -p novamed-api --example webhook_receiver
//! ```
//!
//! It listens on this machine alone and speaks plain HTTP, while the vendor calls HTTPS addresses only: put it behind the proxy that holds
//! your certificate. `RECEIVER_DIR` is its folder (default `novamed-events`), `RECEIVER_PORT` its port (default 8080).

#![allow(clippy::print_stdout, clippy::print_stderr)]

pub(crate) mod board;
pub(crate) mod inbox;

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use novamed_api::Environment;
use novamed_api::webhook::{BODY_LIMIT, ParseError, Receiver};

use self::inbox::Inbox;

/// The vendor waits for 5 s.
const TIME: Duration = Duration::from_secs(4);

struct App {
    receiver: Receiver,
    inbox: Mutex<Inbox>,
    /// Tells the worker how long the inbox is.
    worker: Sender<u64>,
}

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::var_os("RECEIVER_DIR").unwrap_or_else(|| "novamed-events".into()));
    let port = std::env::var("RECEIVER_PORT").map_or(Ok(8080), |port| port.parse())?;

    let receiver = Receiver::from_env(Environment::Development)?;
    let inbox = Inbox::open(&folder)?;
    let worker = board::start(&folder, inbox.length())?;
    let app = Arc::new(App { receiver, inbox: Mutex::new(inbox), worker });

    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/novamed", post(receive)).with_state(app)).await?;
    Ok(())
}

/// The vendor sends again after anything but 200, at most four times: 200 is for what is on the disk, and for nothing else.
async fn receive(State(app): State<Arc<App>>, request: Request) -> StatusCode {
    tokio::time::timeout(TIME, take(app, request)).await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}

async fn take(app: Arc<App>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    // Before the body is read: who is not the vendor gets no memory.
    if let Err(error) = app.receiver.check(&head.headers) {
        return refusal(error);
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let key = match app.receiver.parse(&head.headers, &body) {
        Ok(notification) => notification.dedup_key().map(ToString::to_string),
        Err(error) => return refusal(error),
    };
    // The disk may be slow. If the time is over it writes on, and the repeat finds the event there.
    match tokio::task::spawn_blocking(move || store(&app, key, &body)).await {
        Ok(Ok(())) => StatusCode::OK,
        Ok(Err(error)) => {
            eprintln!("an event could not be stored, and the vendor was told so: {error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn store(app: &App, key: Option<String>, body: &Bytes) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut inbox = app.inbox.lock().unwrap_or_else(PoisonError::into_inner);
    if inbox.store(key, std::str::from_utf8(body)?)? {
        // Without a worker the event is acted on after the next start.
        let _ = app.worker.send(inbox.length());
    }
    Ok(())
}

/// What to answer. The vendor's support may ask why; the error says it without a word of the event.
fn refusal(error: ParseError) -> StatusCode {
    eprintln!("refused: {error}");
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST)
}
