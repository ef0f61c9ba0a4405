//! The body of one attempt on its way out: produces the bytes, counts them, hashes them, and remembers when it last moved.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use ring::digest;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Instant;

use crate::body::{Body, Content};
use crate::file::{FileFacts, FileProblem};
use crate::guard::later;
use crate::{BoxFuture, Error};

/// How much of a file is read at a time: a multiple of three, so that no piece needs padding but the last, and small enough that the
/// pieces an HTTP library queues up stay far below a megabyte.
const PIECE: usize = 12 * 1024;

/// How far the body of an attempt has come. Shared with the body itself, which the transport owns.
#[derive(Debug)]
pub(crate) struct Progress {
    origin: Instant,
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

impl Progress {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            origin: Instant::now(),
            moved: AtomicU64::new(0),
            started: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            status: AtomicU16::new(0),
            sent: AtomicU64::new(0),
            digest: OnceLock::new(),
            problem: Mutex::new(None),
        })
    }

    /// Whether the transport has begun to take the body. HTTP/1.1 connections ask for the body's first piece before they write the head,
    /// so `false` means that nothing of this request was written.
    pub(crate) fn started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    /// The head of the answer has come.
    pub(crate) fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Release);
    }

    /// The status of the answer, once its head has come.
    pub(crate) fn status(&self) -> Option<u16> {
        Some(self.status.load(Ordering::Acquire)).filter(|status| *status != 0)
    }

    /// Bytes handed to the transport.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// SHA-256 of the body, once all of it was handed over.
    pub(crate) fn digest(&self) -> Option<[u8; 32]> {
        self.digest.get().copied()
    }

    /// What went wrong with the file, if that is what ended the attempt.
    pub(crate) fn problem(&self) -> Option<FileProblem> {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the upload counts as stalled if nothing moves until then; `None` while there is nothing to wait for (not started, or complete).
    pub(crate) fn stalls_at(&self, stall: Duration) -> Option<Instant> {
        if !self.started() || self.finished.load(Ordering::Acquire) {
            return None;
        }
        Some(later(
            self.origin + Duration::from_nanos(self.moved.load(Ordering::Acquire)),
            stall,
        ))
    }

    /// The transport asks for the body. Only the first time counts as movement: a connection may ask again whenever it is woken.
    fn asked(&self) {
        if !self.started() {
            self.moved();
            self.started.store(true, Ordering::Release);
        }
    }

    fn moved(&self) {
        let now = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Release);
    }
}

/// The body of one attempt, for a [`Transport`](crate::transport::Transport) to write out. Its length is exact.
pub struct SendBody {
    parts: Parts,
    left: u64,
    digest: digest::Context,
    progress: Arc<Progress>,
}

enum Parts {
    Done,
    Last(Bytes),
    File {
        before: Bytes,
        file: FileReader,
        after: Bytes,
    },
}

enum FileReader {
    Memory(Bytes),
    Open {
        file: tokio::fs::File,
        facts: FileFacts,
        left: u64,
        piece: Vec<u8>,
    },
    /// The last piece is read and is handed out only if the file is still the one that was inspected.
    Checking {
        // A mutex only because the compiler needs the body to be `Sync`; it is never contended.
        check: Mutex<BoxFuture<'static, Result<(), FileProblem>>>,
        piece: Vec<u8>,
    },
    Done,
}

impl std::fmt::Debug for SendBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendBody")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl SendBody {
    /// Opens the body for one attempt. A file is opened here, before there is a connection, so that a file that is missing or has
    /// changed ends the call with nothing sent.
    pub(crate) async fn open(body: &Body, progress: Arc<Progress>) -> Result<Self, Error> {
        let parts = match &body.0 {
            Content::Empty => Parts::Done,
            Content::Json(bytes) => Parts::Last(bytes.clone()),
            Content::JsonWithFile {
                before,
                file,
                after,
            } => Parts::File {
                before: before.clone(),
                file: FileReader::open(file)
                    .await
                    .map_err(|problem| problem.into_error(file.field()))?,
                after: after.clone(),
            },
        };
        Ok(Self {
            parts,
            left: body.len(),
            digest: digest::Context::new(&digest::SHA256),
            progress,
        })
    }

    /// How many bytes have not been taken yet.
    pub fn remaining(&self) -> u64 {
        self.left
    }

    pub(crate) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    fn next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FileProblem>> {
        loop {
            match &mut self.parts {
                Parts::Done => return Poll::Ready(Ok(None)),
                Parts::Last(bytes) => {
                    let bytes = std::mem::take(bytes);
                    self.parts = Parts::Done;
                    return Poll::Ready(Ok(Some(bytes)));
                }
                Parts::File {
                    before,
                    file,
                    after,
                } => {
                    if !before.is_empty() {
                        return Poll::Ready(Ok(Some(std::mem::take(before))));
                    }
                    match ready!(file.poll_piece(cx))? {
                        Some(piece) => return Poll::Ready(Ok(Some(piece))),
                        None => self.parts = Parts::Last(std::mem::take(after)),
                    }
                }
            }
        }
    }
}

impl FileReader {
    async fn open(facts: &FileFacts) -> Result<Self, FileProblem> {
        if let Some(content) = facts.memory() {
            return Ok(Self::Memory(content.clone()));
        }
        Ok(Self::Open {
            file: facts.open().await?,
            facts: facts.clone(),
            left: facts.len(),
            piece: Vec::with_capacity(PIECE),
        })
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FileProblem>> {
        loop {
            match self {
                Self::Memory(content) => {
                    let piece = content.split_to(content.len().min(PIECE));
                    return Poll::Ready(Ok((!piece.is_empty()).then(|| encode(&piece))));
                }
                Self::Open {
                    file, left, piece, ..
                } => {
                    ready!(fill(file, piece, left, cx))?;
                    if *left == 0 {
                        self.start_check();
                        continue;
                    }
                    let encoded = encode(piece);
                    piece.clear();
                    return Poll::Ready(Ok(Some(encoded)));
                }
                Self::Checking { check, piece } => {
                    let check = check.get_mut().unwrap_or_else(PoisonError::into_inner);
                    ready!(check.as_mut().poll(cx))?;
                    let encoded = encode(piece);
                    *self = Self::Done;
                    return Poll::Ready(Ok((!encoded.is_empty()).then_some(encoded)));
                }
                Self::Done => return Poll::Ready(Ok(None)),
            }
        }
    }
}

impl FileReader {
    fn start_check(&mut self) {
        *self = match std::mem::replace(self, Self::Done) {
            Self::Open {
                file, facts, piece, ..
            } => Self::Checking {
                check: Mutex::new(Box::pin(async move { facts.check(&file).await })),
                piece,
            },
            other => other,
        };
    }
}

/// Reads until the piece is full or the expected end of the file is reached. What was read stays in `piece` while the disk is waited for.
fn fill(
    file: &mut tokio::fs::File,
    piece: &mut Vec<u8>,
    left: &mut u64,
    cx: &mut Context<'_>,
) -> Poll<Result<(), FileProblem>> {
    while piece.len() < PIECE && *left > 0 {
        let had = piece.len();
        let want = (PIECE - had).min(usize::try_from(*left).unwrap_or(PIECE));
        piece.resize(had + want, 0);
        let mut window = ReadBuf::new(&mut piece[had..]);
        let polled = Pin::new(&mut *file).poll_read(cx, &mut window);
        let got = window.filled().len();
        piece.truncate(had + got);
        ready!(polled)?;
        if got == 0 {
            return Poll::Ready(Err(FileProblem::Changed));
        }
        *left -= got as u64;
    }
    Poll::Ready(Ok(()))
}

fn encode(piece: &[u8]) -> Bytes {
    STANDARD.encode(piece).into()
}

impl http_body::Body for SendBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        this.progress.asked();
        match ready!(this.next_piece(cx)) {
            Ok(Some(piece)) => {
                this.progress.moved();
                this.left = this.left.saturating_sub(piece.len() as u64);
                this.progress
                    .sent
                    .fetch_add(piece.len() as u64, Ordering::Relaxed);
                this.digest.update(&piece);
                if this.left == 0 {
                    let mut whole = [0; 32];
                    whole.copy_from_slice(this.digest.clone().finish().as_ref());
                    let _ = this.progress.digest.set(whole);
                    this.progress.finished.store(true, Ordering::Release);
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Ok(None) => Poll::Ready(None),
            Err(problem) => {
                this.parts = Parts::Done;
                *this
                    .progress
                    .problem
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(problem);
                Poll::Ready(Some(Err(BodyError(problem))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The file of a request could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[error("the file {0}")]
pub struct BodyError(FileProblem);
