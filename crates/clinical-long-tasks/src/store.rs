//! Where results are kept, and the record of who asked for them: what makes a result that can be read once safe to read.
//!
//! The order of writes is the point. What is about to be done is on the disk before it is done; what came is handed to the
//! operating system before anything else happens. So whoever opens the store after a crash knows of each task whether its
//! result may have been taken.
//!
//! All methods block: the engine calls them off the async threads, but for [`Claim::begins`] and [`Claim::write`].

use bytes::Bytes;

use crate::{Key, Origin, StoreError, TaskToken};

/// Keeps tasks and results. [`DirectoryStore`](crate::DirectoryStore) is the one for production.
///
/// An entry belongs to at most one caller at a time, in this process or another: a [`Submission`] or a [`Claim`] holds it, and
/// dropping either leaves it as uncertain as it is.
pub trait ResultStore: Send + Sync + 'static {
    /// Puts on durable record that a task is about to be submitted. Called before anything is sent.
    ///
    /// # Errors
    ///
    /// Nothing may be sent then.
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError>;

    /// Puts on durable record that the result of a task may be taken by the request that follows, unless it has been taken or
    /// may have been. A task that the store does not know yet (a token from elsewhere) gets an entry.
    ///
    /// # Errors
    ///
    /// Nothing may be sent then.
    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError>;

    /// Takes over an entry whose claim was not brought to an end because its process died. `None` if it has none, or if its
    /// process lives.
    ///
    /// # Errors
    ///
    /// The entry is damaged or cannot be read.
    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError>;

    /// Opens the entry of a task whose last claim ended uncertain ([`State::is_uncertain`]) to one more claim, because a person decided it. What
    /// came so far stays kept, and is found by [`read`](Self::read) until something newer replaces it.
    ///
    /// # Errors
    ///
    /// There is no such entry, or it is in another state.
    fn reopen(&self, key: Key) -> Result<(), StoreError>;

    /// All entries, the oldest first. An entry that cannot be read is listed as [`State::Damaged`] and hides no other.
    ///
    /// # Errors
    ///
    /// The store as a whole cannot be read.
    fn entries(&self) -> Result<Vec<Entry>, StoreError>;

    /// One entry.
    ///
    /// # Errors
    ///
    /// It is there and cannot be read.
    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError>;

    /// The vendor's answer with the result, as it came, byte for byte; of an entry that lost its end, what came.
    ///
    /// # Errors
    ///
    /// There is nothing, or it cannot be read.
    fn read(&self, key: Key) -> Result<Bytes, StoreError>;

    /// Forgets an entry and all that belongs to it.
    ///
    /// # Errors
    ///
    /// It is in use, or could not be removed. An entry that is not there is no error.
    fn remove(&self, key: Key) -> Result<(), StoreError>;

    /// Where results are kept, for people; `None` if they are lost with the process.
    fn place(&self) -> Option<String>;
}

/// A submission under way. Dropped, its outcome is on record as unknown.
pub trait Submission: Send {
    /// The vendor made a task: its token is durable before this returns.
    ///
    /// # Errors
    ///
    /// The token could not be written. It is still good: the caller has it.
    fn created(self: Box<Self>, token: &TaskToken) -> Result<(), StoreError>;

    /// Keeps the vendor's account of a task that nobody could name from it, so that a person can: [`ResultStore::read`] finds it. The outcome stays
    /// on record as unknown.
    ///
    /// # Errors
    ///
    /// It could not be written; the caller has it in the error.
    fn keep(self: Box<Self>, account: &[u8]) -> Result<(), StoreError>;

    /// The vendor made none, for certain: the record is forgotten.
    ///
    /// # Errors
    ///
    /// The record could not be removed. It will say that the outcome is unknown.
    fn not_created(self: Box<Self>) -> Result<(), StoreError>;
}

/// What became of the wish to claim.
#[non_exhaustive]
pub enum Claiming {
    /// The claim is on durable record; the request may go out.
    Granted(Box<dyn Claim>),
    /// The task has ended, in one way or the other; nothing may be asked of the vendor.
    Ended(Box<Entry>),
    /// Somebody else is asking at this moment.
    Busy,
    /// A process died while it was asking; see [`ResultStore::take_over`].
    Orphaned,
}

/// A claim whose process died, taken over, with what came until then.
#[non_exhaustive]
pub struct Orphan {
    /// To end it.
    pub claim: Box<dyn Claim>,
    /// Whose it is.
    pub token: TaskToken,
    /// The head of the answer, if it was seen.
    pub head: Option<AnswerHead>,
    /// What came of the answer.
    pub bytes: Bytes,
}

impl Orphan {
    /// For stores.
    pub fn new(claim: Box<dyn Claim>, token: TaskToken, head: Option<AnswerHead>, bytes: Bytes) -> Self {
        Self { claim, token, head, bytes }
    }
}

/// What is known of an answer when its body begins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerHead {
    /// A success, 200 to 299.
    pub status: u16,
    /// The vendor's name of the request.
    pub request_id: Option<String>,
    /// How many bytes were announced.
    pub length: Option<u64>,
}

impl AnswerHead {
    /// The head of an answer.
    pub fn new(status: u16, request_id: Option<String>, length: Option<u64>) -> Self {
        Self { status, request_id, length }
    }
}

/// A claim under way: one request that may take the result. Dropped, it stays on record as not brought to an end.
pub trait Claim: Send {
    /// A success begins to arrive. Called at most once, on an async thread: it writes without waiting for the disk.
    ///
    /// # Errors
    ///
    /// It could not be noted. The body is kept all the same.
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError>;

    /// Takes a piece of the body: when this returns, the operating system has it, and a process that is killed loses nothing. Called
    /// on an async thread.
    ///
    /// # Errors
    ///
    /// The piece was not written. The engine keeps everything in memory, and hands it to its caller.
    fn write(&mut self, piece: &[u8]) -> Result<(), StoreError>;

    /// Ends the claim. Whatever of the result is kept is durable when this returns.
    ///
    /// # Errors
    ///
    /// The end could not be written. What was written stays; the claim counts as not brought to an end.
    fn end(self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError>;
}

/// How a claim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimEnd {
    /// The task runs; the body is an account of it, not a result, and is dropped.
    InProgress,
    /// The request did not reach the vendor, or was refused: nothing was taken.
    NotConsumed,
    /// The answer came whole and is the last one. It is kept.
    Stored(Terminal),
    /// The result was taken and only a part of it came. The part is kept.
    Partial,
    /// The result may have been taken, and nothing of it came.
    PossiblyLost,
    /// The vendor knows no such task: it was consumed by somebody else, has expired, or never was.
    Gone,
}

/// What a last answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Terminal {
    /// The result.
    Done,
    /// The vendor's account of why there is none.
    Failed,
    /// An answer that says neither; a person has to look at it.
    Unread,
}

/// How it stands with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// A submission is under way, or its outcome is unknown: the vendor may have made a task.
    Submitting,
    /// The task is known, and its result has not been taken.
    Waiting,
    /// Somebody is asking, or died while asking.
    Claiming,
    /// The last answer is kept.
    Stored(Terminal),
    /// A part of the result is kept; the rest is lost.
    Partial,
    /// The result may have been taken, and nothing of it came.
    PossiblyLost,
    /// The vendor does not know the task any more.
    Gone,
    /// The entry itself cannot be read.
    Damaged,
}

impl State {
    /// Whether a person may decide that the vendor is asked once more: the result may have been taken, or what came may be none.
    pub fn is_uncertain(self) -> bool {
        matches!(self, Self::Partial | Self::PossiblyLost | Self::Gone | Self::Stored(Terminal::Unread))
    }

    /// The name used in files and in machine-readable output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitting => "submitting",
            Self::Waiting => "waiting",
            Self::Claiming => "claiming",
            Self::Stored(Terminal::Done) => "done",
            Self::Stored(Terminal::Failed) => "failed",
            Self::Stored(Terminal::Unread) => "unread",
            Self::Partial => "partial",
            Self::PossiblyLost => "possibly_lost",
            Self::Gone => "gone",
            Self::Damaged => "damaged",
        }
    }
}

/// One task or submission in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name in the store.
    pub key: Key,
    /// How it stands.
    pub state: State,
    /// Whether a living process holds it at this moment.
    pub busy: bool,
    /// Where it came from; `None` if the entry is damaged.
    pub origin: Option<Origin>,
    /// The token; `None` for a submission whose task is not known.
    pub token: Option<TaskToken>,
    /// How many bytes of the result are kept.
    pub bytes: u64,
    /// The vendor's name of the last request, if it gave one.
    pub request_id: Option<String>,
}

impl Entry {
    /// An entry about which nothing more is known, for stores.
    pub fn new(key: Key, state: State) -> Self {
        Self { key, state, busy: false, origin: None, token: None, bytes: 0, request_id: None }
    }
}
