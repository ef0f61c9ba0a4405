//! The body of one attempt on its way out: produces the bytes, counts them, hashes them, and remembers when it last moved.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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

    fn touch(&self) {
        let now = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Release);
        self.started.store(true, Ordering::Release);
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
    Closed(FileFacts),
    // A mutex only because the compiler needs the body to be `Sync`; it is never contended.
    Opening(
        Mutex<Pin<Box<dyn Future<Output = Result<tokio::fs::File, FileProblem>> + Send>>>,
        u64,
    ),
    Open {
        file: tokio::fs::File,
        left: u64,
        piece: Vec<u8>,
    },
}

impl std::fmt::Debug for SendBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendBody")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl SendBody {
    pub(crate) fn open(body: &Body, progress: Arc<Progress>) -> Self {
        let parts = match &body.0 {
            Content::Empty => Parts::Done,
            Content::Json(bytes) => Parts::Last(bytes.clone()),
            Content::JsonWithFile {
                before,
                file,
                after,
            } => Parts::File {
                before: before.clone(),
                file: match file.memory() {
                    Some(content) => FileReader::Memory(content.clone()),
                    None => FileReader::Closed(file.clone()),
                },
                after: after.clone(),
            },
        };
        Self {
            parts,
            left: body.len(),
            digest: digest::Context::new(&digest::SHA256),
            progress,
        }
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
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FileProblem>> {
        loop {
            match self {
                Self::Memory(content) => {
                    let piece = content.split_to(content.len().min(PIECE));
                    return Poll::Ready(Ok((!piece.is_empty()).then(|| encode(&piece))));
                }
                Self::Closed(facts) => {
                    let left = facts.len();
                    *self = Self::Opening(Mutex::new(Box::pin(facts.clone().open())), left);
                }
                Self::Opening(opening, left) => {
                    let opening = opening.get_mut().unwrap_or_else(PoisonError::into_inner);
                    let file = ready!(opening.as_mut().poll(cx))?;
                    *self = Self::Open {
                        file,
                        left: *left,
                        piece: Vec::with_capacity(PIECE),
                    };
                }
                Self::Open { file, left, piece } => {
                    if *left == 0 && piece.is_empty() {
                        return Poll::Ready(Ok(None));
                    }
                    ready!(fill(file, piece, left, cx))?;
                    let encoded = encode(piece);
                    piece.clear();
                    return Poll::Ready(Ok(Some(encoded)));
                }
            }
        }
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
        ready!(polled).map_err(|error: io::Error| FileProblem::Unreadable(error.kind()))?;
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
        this.progress.touch();
        match ready!(this.next_piece(cx)) {
            Ok(Some(piece)) => {
                this.progress.touch();
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
