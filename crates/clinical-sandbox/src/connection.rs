//! One connection, with TLS or without. hyper reads requests and writes ordinary answers; when a fault needs exact bytes, the service
//! ends with an error, hyper gives the stream back untouched, and a script is played on it. So no fault depends on
//! what an HTTP library would let pass.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::fault::script::{End, Script};
use crate::journal::Handshake;
use crate::pipeline::{self, Verdict};
use crate::state::State;
use crate::tls::Wire;

/// How long a connection may go on when the sandbox is told to stop, in real time: long enough for an answer that is
/// being written, short enough for a test.
const GRACE: Duration = Duration::from_secs(2);

/// Why the service gave the stream back. Never seen by a peer.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox takes the connection back")]
struct TakenBack;

/// Serves one connection to its end.
pub(crate) async fn serve(state: Arc<State>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let fault = state.faults.draw_connection();
    let number = state.journal.connection_opened(fault.as_ref().map(|fault| fault.kind().name().to_owned()));
    let closed = Closed { state: Arc::clone(&state), number };
    match &state.tls {
        _ if fault.is_some() => close(&state, stream).await,
        None => converse(&state, number, stream).await,
        Some(tls) => {
            let handshake = tokio::select! {
                ended = tls.accept(stream).into_fallible() => ended,
                () = state.stopped() => return,
            };
            let ended = if handshake.is_ok() { Handshake::Done } else { Handshake::Failed };
            state.journal.handshake(number, ended);
            match handshake {
                Ok(stream) => converse(&state, number, stream).await,
                // In an orderly way, so that a reset does not overtake the alert that says why.
                Err((_, stream)) => close(&state, stream).await,
            }
        }
    }
    drop(closed);
}

async fn close(state: &State, stream: TcpStream) {
    let script = Script::new(Vec::new(), End::Close);
    tokio::select! {
        () = script.run(stream, &state.clock, state.release()) => {}
        // A peer that never leaves must not hold a shutdown up.
        () = state.stopped() => {}
    }
}

async fn converse(state: &Arc<State>, number: (u64, u64), stream: impl Wire + Send + 'static) {
    let taken: Arc<Mutex<Option<Script>>> = Arc::default();
    let busy: Arc<AtomicBool> = Arc::default();
    let service = service_fn(|request: Request<Incoming>| {
        let (state, taken, busy) = (Arc::clone(state), Arc::clone(&taken), Arc::clone(&busy));
        Box::pin(async move {
            busy.store(true, Ordering::Relaxed);
            match pipeline::handle(&state, number, request).await {
                Verdict::Answer(reply) => {
                    busy.store(false, Ordering::Relaxed);
                    Ok::<Response<Full<Bytes>>, TakenBack>(reply.into_response(state.clock.calendar()))
                }
                Verdict::Raw(script) => {
                    *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(script);
                    Err(TakenBack)
                }
                Verdict::Gone => Err(TakenBack),
            }
        })
    });
    let mut connection = http1::Builder::new().max_buf_size(64 * 1024).serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(ended),
        () = state.stopped() => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        Pin::new(&mut connection).graceful_shutdown();
        let rest = poll_fn(|cx| connection.poll_without_shutdown(cx));
        tokio::time::timeout(GRACE, rest).await.unwrap_or(Ok(()))
    };
    if let Err(error) = ended {
        // While the service was busy the attempt is in the journal already; otherwise a head was begun and not ended.
        let begun = error.is_parse() || error.is_incomplete_message();
        if begun && !busy.load(Ordering::Relaxed) {
            drop(state.journal.attempt(number, "unknown", state.clock.now(), &HeaderMap::new()));
        }
    }
    let mut stream = connection.into_parts().io.into_inner();
    let script = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(script) = script {
        let (release, stopped, spoiled) = (state.release(), state.stopped(), script.spoiled);
        let released = async move {
            if spoiled {
                release.await;
            } else {
                stopped.await;
                tokio::time::sleep(GRACE).await;
            }
        };
        script.run(stream, &state.clock, released).await;
    } else {
        // TLS has an end of its own, without which an answer that is as long as the connection looks cut.
        let _ = tokio::time::timeout(GRACE, stream.shutdown()).await;
    }
}

/// Notes the end of a connection, also when its task is dropped.
struct Closed {
    state: Arc<State>,
    number: (u64, u64),
}

impl Drop for Closed {
    fn drop(&mut self) {
        self.state.journal.connection_closed(self.number);
    }
}
