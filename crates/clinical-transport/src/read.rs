//! Reads the body of an answer: up to a cap, and not longer silent than the stall limit.
//!
//! What came is always handed back, because an answer may be one that cannot be had again. Whoever is
//! at the cap has exactly that many bytes, wherever the pieces ended.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use crate::guard::{Expired, within};
use crate::later;
use crate::transport::{Failure, ResponseBody};

/// How the reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All of it is there.
    Whole,
    /// There is more than the cap; what is there is exactly the cap.
    Capped,
    /// It broke off.
    Lost(Failure),
    /// It took too long.
    Expired(Expired),
}

/// Reads until the end, the cap (in bytes), a failure or a limit: `end`, or a silence of `stall`. Whatever came is returned in
/// every case.
///
/// # Cancel safety
///
/// Dropped, what came is lost.
pub async fn capped(body: ResponseBody, cap: usize, end: Instant, stall: Duration) -> (Bytes, End) {
    let mut got = Got::default();
    let take = |data: Bytes| {
        let room = cap - got.len();
        got.add(data.slice(..data.len().min(room)));
        if data.len() > room { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let ended = pieces(body, take, end, stall).await;
    (got.into_bytes(), ended)
}

/// Hands out piece by piece what comes, in the step in which it came, until the end, a refusal by `take`, a failure or a limit:
/// `end`, or a silence of `stall`.
///
/// # Cancel safety
///
/// Dropped, what came has been handed out.
pub async fn pieces(
    mut body: ResponseBody,
    mut take: impl FnMut(Bytes) -> ControlFlow<()>,
    end: Instant,
    stall: Duration,
) -> End {
    loop {
        let mut limit = Expired::Attempt;
        let until = || {
            let silent = later(Instant::now(), stall);
            if silent < end {
                limit = Expired::Stall;
            }
            end.min(silent)
        };
        let frame = match within(until, poll_fn(|cx| body.as_mut().poll_frame(cx))).await {
            Some(Some(Ok(frame))) => frame,
            Some(Some(Err(error))) => break End::Lost(error.failure),
            Some(None) => break End::Whole,
            None => break End::Expired(limit),
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if take(data).is_break() {
            break End::Capped;
        }
    }
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
        self.joined.extend_from_slice(&std::mem::take(&mut self.only));
        self.joined.extend_from_slice(&piece);
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() { self.only } else { self.joined.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body::Frame;

    use super::*;
    use crate::Delivery;
    use crate::transport::TransportError;

    const SECOND: Duration = Duration::from_secs(1);
    const BROKEN: TransportError = TransportError { failure: Failure::Interrupted, delivery: Delivery::ResponseLost };

    /// Plays frames, then does what `after` says.
    struct Played {
        frames: VecDeque<Frame<Bytes>>,
        after: Poll<Option<TransportError>>,
    }

    impl http_body::Body for Played {
        type Data = Bytes;
        type Error = TransportError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
            match self.frames.pop_front() {
                Some(frame) => Poll::Ready(Some(Ok(frame))),
                None => self.after.map(|error| error.map(Err)),
            }
        }
    }

    async fn read(pieces: &[&'static [u8]], after: Poll<Option<TransportError>>, cap: usize) -> (Bytes, End) {
        let frames = pieces.iter().map(|piece| Frame::data(Bytes::from_static(piece)));
        let frames = frames.collect();
        let end = Instant::now() + SECOND * 9;
        capped(Box::pin(Played { frames, after }), cap, end, SECOND * 2).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_cap_cuts_at_the_byte_wherever_the_pieces_end() {
        let splits: [&[&[u8]]; 6] = [
            &[b"abcdef"],
            &[b"abc", b"def"],
            &[b"", b"abcde", b"", b"f"],
            &[b"a", b"b", b"c", b"d", b"e", b"f"],
            &[b"abcd", b"ef"],
            &[b"abcde", b"f", b""],
        ];
        for pieces in splits {
            for cap in 0..=8 {
                let (got, ended) = read(pieces, Poll::Ready(None), cap).await;
                let expected = if cap < 6 { End::Capped } else { End::Whole };
                assert_eq!(ended, expected, "{pieces:?} cap {cap}");
                assert_eq!(got, b"abcdef"[..cap.min(6)], "{pieces:?} cap {cap}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_is_kept_however_it_ends() {
        let broken = Poll::Ready(Some(BROKEN));
        for (after, expected) in
            [(broken, End::Lost(Failure::Interrupted)), (Poll::Pending, End::Expired(Expired::Stall))]
        {
            assert_eq!(read(&[], after, 9).await, (Bytes::new(), expected));
            let (got, ended) = read(&[b"ab", b"c"], after, 9).await;
            assert_eq!((&got[..], ended), (&b"abc"[..], expected));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_the_attempt_comes_before_a_longer_stall_limit() {
        let played = || Played { frames: VecDeque::new(), after: Poll::Pending };
        for (end, stall, expected) in [(3, 5, Expired::Attempt), (5, 3, Expired::Stall), (4, 4, Expired::Attempt)] {
            let began = Instant::now();
            let (_, ended) = capped(Box::pin(played()), 9, began + SECOND * end, SECOND * stall).await;
            assert_eq!(ended, End::Expired(expected));
            assert_eq!(began.elapsed().as_secs(), u64::from(end.min(stall)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn trailers_are_passed_over() {
        let trailers = http::HeaderMap::new();
        let frames = [Frame::data(Bytes::from_static(b"ab")), Frame::trailers(trailers)];
        let played = Played { frames: frames.into(), after: Poll::Ready(None) };
        let end = Instant::now() + SECOND;
        let (got, ended) = capped(Box::pin(played), 2, end, SECOND).await;
        assert_eq!((&got[..], ended), (&b"ab"[..], End::Whole));
    }
}
