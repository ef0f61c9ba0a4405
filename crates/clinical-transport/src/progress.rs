//! How far the body of one attempt has come: whether it was begun, how much was taken, when it last
//! moved, what went wrong. This is what delivery and the stall limit are judged from; it holds no
//! content.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::file::FileProblem;

/// How far the body of an attempt has come. Shared with the body itself, which the transport owns.
///
/// One for each attempt. It may be read at any time, from any thread, and is what an attempt that
/// was broken off is judged by: by then its future, and everything in it, is gone.
///
/// ```
/// use clinical_transport::{Body, Progress, SendBody};
/// use http_body::Body as _;
/// use std::pin::Pin;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_transport::Error> {
/// let body = Body::json("Asthma.")?;
/// let progress = Progress::new(true);
/// let mut open = SendBody::open(&body, progress.clone()).await?;
/// // Open, and still nothing was asked for: a failure now means that nothing was sent.
/// assert!(!progress.started());
///
/// // What a transport does until the body ends.
/// while std::future::poll_fn(|cx| Pin::new(&mut open).poll_frame(cx)).await.is_some() {}
/// assert_eq!((progress.started(), progress.sent()), (true, body.len()));
/// assert!(progress.digest().is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Progress {
    origin: Instant,
    hashed: bool,
    /// Nanoseconds since `origin` at the last movement.
    moved: AtomicU64,
    started: AtomicBool,
    finished: AtomicBool,
    /// The status of the answer once its head is there, before that 0.
    status: AtomicU16,
    sent: AtomicU64,
    digest: OnceLock<[u8; 32]>,
    problem: Mutex<Option<FileProblem>>,
}

/// A moment so far ahead; a limit of "for ever" must not overflow the clock, and ten years from now
/// are as good.
pub fn later(from: Instant, by: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(10 * 365 * 86_400);
    from + by.min(FAR)
}

impl Progress {
    /// Of a body that nobody has asked for yet. `hashed` asks for its [`digest`](Self::digest),
    /// which costs time for each byte. The attempt begins now, by tokio's clock.
    pub fn new(hashed: bool) -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            hashed,
            moved: AtomicU64::new(0),
            started: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            status: AtomicU16::new(0),
            sent: AtomicU64::new(0),
            digest: OnceLock::new(),
            problem: Mutex::new(None),
        })
    }

    /// When the attempt began: when this value was made.
    pub fn origin(&self) -> Instant {
        self.origin
    }

    pub(crate) fn is_hashed(&self) -> bool {
        self.hashed
    }

    /// Whether the transport has begun to take the body. HTTP/1.1 connections ask for the body's
    /// first piece before they write the head, so `false` means that nothing of this request was
    /// written.
    pub fn started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// Notes that the head of the answer has come, with this status.
    pub fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Release);
    }

    /// The status of the answer, once its head has come.
    pub fn status(&self) -> Option<u16> {
        Some(self.status.load(Ordering::Acquire)).filter(|status| *status != 0)
    }

    /// Bytes of the body handed to the transport. Some may still be in its buffers or the system's:
    /// this is the most that may have left.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// SHA-256 (FIPS 180-4) of the body as it goes over the wire, once all of it was handed over
    /// and if it was asked for. `None` for an empty body.
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.digest.get().copied()
    }

    /// What went wrong with the file, if that is what ended the attempt.
    pub fn problem(&self) -> Option<FileProblem> {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the upload counts as stalled if nothing moves until then; `None` while there is nothing
    /// to wait for (not started, or complete).
    pub fn stalls_at(&self, stall: Duration) -> Option<Instant> {
        if !self.started() || self.finished.load(Ordering::Acquire) {
            return None;
        }
        Some(later(self.origin + Duration::from_nanos(self.moved.load(Ordering::Acquire)), stall))
    }

    /// The transport asks for the body and has to wait for it. Only the first time counts as
    /// movement: a connection may ask again whenever it is woken.
    pub(crate) fn asked(&self) {
        if !self.started() {
            self.moved();
            self.started.store(true, Ordering::Release);
        }
    }

    fn moved(&self) {
        let now = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Release);
    }

    /// The transport took a piece.
    pub(crate) fn took(&self, bytes: usize) {
        self.moved();
        self.started.store(true, Ordering::Release);
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The transport took the last piece; `digest` is of the whole body.
    pub(crate) fn complete(&self, digest: Option<[u8; 32]>) {
        if let Some(digest) = digest {
            let _ = self.digest.set(digest);
        }
        self.finished.store(true, Ordering::Release);
    }

    /// The file could not be read to its end.
    pub(crate) fn failed(&self, problem: FileProblem) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }
}
