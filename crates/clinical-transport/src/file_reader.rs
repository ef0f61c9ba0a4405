//! A file on its way into a request: read in pieces, each handed out as base64. The last piece
//! comes only if the file is still the one that was inspected. A request whose file changed is
//! thereby never complete, which a vendor can see (RFC 9112, section 8).

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncRead, BufReader, ReadBuf};

use crate::BoxFuture;
use crate::file::{FileFacts, FileProblem};

/// How much of a file goes into one piece of the body: a multiple of three, so that no piece needs
/// padding but the last, and small enough that the pieces an HTTP library queues up stay far below
/// a megabyte.
pub(crate) const PIECE: usize = 12 * 1024;

/// How much is asked of the disk at a time. Each time costs a hop to another thread, so it is
/// several pieces.
const READ: usize = 5 * PIECE;

pub(crate) enum FileReader {
    Memory(Bytes),
    /// Not the first file of a request: opened when its turn comes, so that many files need no more memory than one.
    Waiting(FileFacts),
    Opening(Mutex<BoxFuture<'static, Result<FileReader, FileProblem>>>),
    Open {
        file: BufReader<File>,
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

impl FileReader {
    pub(crate) async fn open(facts: &FileFacts) -> Result<Self, FileProblem> {
        if let Some(content) = facts.memory() {
            return Ok(Self::Memory(content.clone()));
        }
        Ok(Self::Open {
            file: BufReader::with_capacity(READ, facts.open().await?),
            facts: facts.clone(),
            left: facts.len(),
            piece: Vec::with_capacity(PIECE),
        })
    }

    /// Makes sure that the file is still the one that was inspected, and leaves it closed until its turn comes.
    pub(crate) async fn open_later(facts: &FileFacts) -> Result<Self, FileProblem> {
        if facts.memory().is_some() {
            return Self::open(facts).await;
        }
        facts.open().await?;
        Ok(Self::Waiting(facts.clone()))
    }

    pub(crate) fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FileProblem>> {
        loop {
            match self {
                Self::Memory(content) => {
                    let piece = content.split_to(content.len().min(PIECE));
                    return Poll::Ready(Ok((!piece.is_empty()).then(|| encode(&piece))));
                }
                Self::Waiting(facts) => {
                    let facts = facts.clone();
                    *self = Self::Opening(Mutex::new(Box::pin(async move { Self::open(&facts).await })));
                }
                Self::Opening(opening) => {
                    let opening = opening.get_mut().unwrap_or_else(PoisonError::into_inner);
                    *self = ready!(opening.as_mut().poll(cx))?;
                }
                Self::Open { file, left, piece, .. } => {
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
            Self::Open { file, facts, piece, .. } => {
                Self::Checking { check: Mutex::new(Box::pin(async move { facts.check(file.get_ref()).await })), piece }
            }
            other => other,
        };
    }
}

/// Reads until the piece is full or the expected end of the file is reached. What was read stays in
/// `piece` while the disk is waited for.
fn fill(
    file: &mut BufReader<File>,
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
