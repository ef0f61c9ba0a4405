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
    let mut got = Got::default();
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
        let room = cap - got.len();
        got.add(data.slice(..data.len().min(room)));
        if data.len() > room {
            break End::Capped;
        }
    };
    (got.into_bytes(), ended)
}

/// What has come. Most answers come in one piece: that one is kept as it is and not copied.
#[derive(Default)]
struct Got {
    only: Bytes,
    joined: BytesMut,
}

impl Got {
    fn len(&self) -> usize {
        self.only.len() + self.joined.len()
    }

    fn add(&mut self, piece: Bytes) {
        if self.len() == 0 {
            self.only = piece;
            return;
        }
        // From the second piece on everything is in one growing buffer.
        self.joined
            .extend_from_slice(&std::mem::take(&mut self.only));
        self.joined.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() {
            self.only
        } else {
            self.joined.freeze()
        }
    }
}
