//! Reads the body of an answer: up to a cap, and not longer silent than the stall limit.

use std::future::poll_fn;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use crate::guard::{Expired, later};
use crate::transport::{Failure, ResponseBody};

/// How the reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// All of it is there.
    Whole,
    /// There is more than the cap; what is there is exactly the cap.
    Capped,
    /// It broke off.
    Lost(Failure),
    /// It took too long.
    Expired(Expired),
}

/// Reads until the end, the cap, a failure or a limit. Whatever came is returned in every case.
pub(crate) async fn capped(
    mut body: ResponseBody,
    cap: usize,
    end: Instant,
    stall: Duration,
) -> (Bytes, End) {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let ended = loop {
        let silent = later(Instant::now(), stall);
        let frame =
            match timeout_at(end.min(silent), poll_fn(|cx| body.as_mut().poll_frame(cx))).await {
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => break End::Lost(error.failure),
                Ok(None) => break End::Whole,
                Err(_) if silent < end => break End::Expired(Expired::Stall),
                Err(_) => break End::Expired(Expired::Attempt),
            };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let room = cap - first.len() - rest.len();
        let piece = data.slice(..data.len().min(room));
        // Most answers come in one piece: that one is kept as it is and not copied.
        if first.is_empty() {
            first = piece;
        } else {
            rest.extend_from_slice(&piece);
        }
        if data.len() > room {
            break End::Capped;
        }
    };
    if rest.is_empty() {
        return (first, ended);
    }
    let mut whole = BytesMut::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&rest);
    (whole.freeze(), ended)
}
