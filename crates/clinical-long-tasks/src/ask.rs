//! One question after a task: the claim is on record before it goes out, what comes is stored as it comes, and whatever happens is named.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use clinical_http::{AnswerSink, BoxFuture, Delivery, Error, ErrorKind, Sensitive};

use crate::tasks::Inner;
use crate::{
    AnswerHead, Claim, ClaimEnd, Claimed, Claiming, Entry, Fate, Reading, State, Status, StoreError, TaskError,
    TaskErrorKind, TaskToken, Terminal,
};

/// What a question brought.
pub(crate) enum Asked {
    /// The task runs.
    InProgress(Status),
    /// The last answer; it is in the store.
    Ended(Box<Claimed>),
    /// It did not reach the vendor, or was turned away: it may be asked again.
    TurnedAway(Error),
    /// Somebody else is asking.
    Busy,
}

/// Asks once. Run it detached: dropped, it leaves a claim that only recovery can end.
pub(crate) async fn ask(inner: &Arc<Inner>, token: &TaskToken) -> Result<Asked, TaskError> {
    let error = |kind| TaskError::new(kind, Some(token.clone()));
    let call = inner.protocol.ask(token).map_err(|cause| error(TaskErrorKind::NotConsumed).caused_by(cause))?;
    let mut sink = ClaimSink {
        inner,
        token,
        state: Before::Nothing,
        claim: None,
        kept: BytesMut::new(),
        received: 0,
        failed: None,
    };
    // The waits between questions are the watcher's: here a claim would stand open meanwhile.
    let sent = inner.client.send_into(call.once(), &mut sink).await;
    let ClaimSink { state, claim, kept, received, failed, .. } = sink;
    let Some(claim) = claim else {
        return not_begun(inner, token, state, sent.err()).await;
    };
    let kept = kept.freeze();
    let came = Came { claim, overflow: received > kept.len() as u64, kept, received, failed };
    match sent {
        Ok(_) => came.whole(inner, token).await,
        Err(cause) => came.broken(inner, token, cause).await,
    }
}

/// What the store knows before anything is asked: the last answer, or why there will be none.
pub(crate) async fn look(inner: &Arc<Inner>, token: &TaskToken) -> Result<Option<Claimed>, TaskError> {
    let key = token.key();
    let of_store = |error| TaskError::unsettled(error, token);
    let mut entry = inner.blocking(move |store| store.entry(key)).await.map_err(of_store)?;
    if entry.as_ref().is_some_and(|entry| entry.state == State::Claiming && !entry.busy) {
        crate::recovery::settle(inner, key).await.map_err(of_store)?;
        entry = inner.blocking(move |store| store.entry(key)).await.map_err(of_store)?;
    }
    match entry {
        None => Ok(None),
        Some(entry) if matches!(entry.state, State::Waiting | State::Claiming) => Ok(None),
        Some(entry) => read(inner, token, entry).await.map(Some),
    }
}

/// The question did not go out.
async fn not_begun(
    inner: &Arc<Inner>,
    token: &TaskToken,
    state: Before,
    cause: Option<Error>,
) -> Result<Asked, TaskError> {
    match (state, cause) {
        (Before::Ended(entry), _) => read(inner, token, *entry).await.map(|claimed| Asked::Ended(Box::new(claimed))),
        (Before::Busy, _) => Ok(Asked::Busy),
        (Before::Orphaned, _) => {
            let settled = crate::recovery::settle(inner, token.key()).await;
            settled.map_err(|error| TaskError::unsettled(error, token))?;
            // What the dead process left has a state now; the next question meets it.
            Ok(Asked::Busy)
        }
        (Before::Failed(error), _) => Err(TaskError::store(error, Some(token.clone()))),
        (Before::Nothing, Some(cause)) => turned_away(token, cause),
        // There is no answer without a request, and no request without a claim.
        (Before::Nothing, None) => Err(TaskError::new(TaskErrorKind::PossiblyLost, Some(token.clone()))),
    }
}

/// Nothing was taken. Whether it makes sense to ask again depends on why.
fn turned_away(token: &TaskToken, cause: Error) -> Result<Asked, TaskError> {
    use ErrorKind::{Connect, Interrupted, Throttled, Timeout, Unavailable};
    // A credential that was replaced meanwhile: the next question carries the new one.
    let renewed = cause.kind() == ErrorKind::Credentials && cause.delivery() == Delivery::Refused;
    match cause.kind() {
        Connect | Throttled | Timeout | Unavailable | Interrupted => Ok(Asked::TurnedAway(cause)),
        _ if renewed => Ok(Asked::TurnedAway(cause)),
        _ => Err(TaskError::new(TaskErrorKind::NotConsumed, Some(token.clone())).caused_by(cause)),
    }
}

/// Reads what the store has of a task that ended.
pub(crate) async fn read(inner: &Arc<Inner>, token: &TaskToken, entry: Entry) -> Result<Claimed, TaskError> {
    let State::Stored(terminal) = entry.state else {
        return Err(TaskError::of_state(entry.state, token, entry.bytes));
    };
    if entry.bytes > inner.polling.most_in_memory() as u64 {
        return Err(TaskError::of_state(entry.state, token, entry.bytes));
    }
    let key = token.key();
    let bytes = inner.blocking(move |store| store.read(key)).await;
    let bytes = bytes.map_err(|error| TaskError::store(error, Some(token.clone())).fated(Fate::Kept))?;
    Ok(Claimed { token: token.clone(), terminal, bytes: Sensitive::new(bytes), entry })
}

/// What came, and the claim under which it came.
struct Came {
    claim: Box<dyn Claim>,
    kept: Bytes,
    /// There is more than what is kept in memory.
    overflow: bool,
    received: u64,
    /// The store refused a part of it.
    failed: Option<StoreError>,
}

impl Came {
    /// The answer is whole.
    async fn whole(self, inner: &Arc<Inner>, token: &TaskToken) -> Result<Asked, TaskError> {
        if self.received == 0 {
            // A success with nothing in it: an empty page of somebody in between, or a result that is gone.
            let cause = Error::new(ErrorKind::Decode, "the answer is empty").with_delivery(Delivery::ResponseLost);
            return self.lost(inner, token, cause).await;
        }
        let reading = if self.overflow { Reading::Unreadable } else { inner.protocol.read(&self.kept) };
        self.told(inner, token, reading).await
    }

    /// The answer is whole, and has been read.
    async fn told(self, inner: &Arc<Inner>, token: &TaskToken, reading: Reading) -> Result<Asked, TaskError> {
        match reading {
            Reading::InProgress(status) => {
                inner.count(&status);
                // If the end cannot be written, the claim counts as open, which the next question will find.
                let _ = self.end(inner, ClaimEnd::InProgress).await;
                Ok(Asked::InProgress(status))
            }
            Reading::Done(_) => self.stored(inner, token, Terminal::Done).await,
            Reading::Failed(_) => self.stored(inner, token, Terminal::Failed).await,
            Reading::Incomplete => {
                let cause = Error::new(ErrorKind::Decode, "the answer ends in the middle of its JSON");
                self.lost(inner, token, cause.with_delivery(Delivery::ResponseLost)).await
            }
            Reading::Unreadable => self.stored(inner, token, Terminal::Unread).await,
        }
    }

    /// There was no whole answer.
    async fn broken(mut self, inner: &Arc<Inner>, token: &TaskToken, cause: Error) -> Result<Asked, TaskError> {
        if let Some(reading) = self.take_in(inner, token, &cause) {
            return self.told(inner, token, reading).await;
        }
        if inner.protocol.is_gone(&cause) {
            let _ = self.end(inner, ClaimEnd::Gone).await;
            return Err(TaskError::new(TaskErrorKind::Gone, Some(token.clone())).caused_by(cause));
        }
        if !cause.may_have_been_processed() {
            let _ = self.end(inner, ClaimEnd::NotConsumed).await;
            return turned_away(token, cause);
        }
        // The framing was broken, but perhaps not what is inside: whole JSON has no more to come.
        if self.received > 0 && !self.overflow {
            if let reading @ (Reading::Done(_) | Reading::Failed(_) | Reading::InProgress(_)) =
                inner.protocol.read(&self.kept)
            {
                tracing::warn!("the answer's framing was broken and its content whole");
                return self.told(inner, token, reading).await;
            }
        }
        self.lost(inner, token, cause).await
    }

    /// Takes in the body of an answer that is no success, if it is an account of this very task: somebody in between may have changed the
    /// status, and the vendor has destroyed what it gave out.
    fn take_in(&mut self, inner: &Arc<Inner>, token: &TaskToken, cause: &Error) -> Option<Reading> {
        let body = cause.body().map(Sensitive::expose).filter(|_| self.received == 0)?;
        let name = token.task().as_bytes();
        if !body.windows(name.len()).any(|window| window == name) {
            return None;
        }
        let reading = inner.protocol.read(body);
        match reading {
            Reading::InProgress(_) | Reading::Done(_) | Reading::Failed(_) => {}
            Reading::Incomplete if cause.may_have_been_processed() => {}
            _ => return None,
        }
        let head = AnswerHead::new(cause.status().unwrap_or_default(), cause.request_id().map(str::to_owned), None);
        let _ = self.claim.begins(&head);
        self.failed = self.claim.write(body).err();
        (self.kept, self.received) = (body.clone(), body.len() as u64);
        Some(reading)
    }

    /// The result was taken, or may have been, and is not here as a whole.
    async fn lost(self, inner: &Arc<Inner>, token: &TaskToken, cause: Error) -> Result<Asked, TaskError> {
        let (end, kind) = match self.received {
            0 => (ClaimEnd::PossiblyLost, TaskErrorKind::PossiblyLost),
            _ => (ClaimEnd::Partial, TaskErrorKind::Partial),
        };
        let error = TaskError::new(kind, Some(token.clone())).caused_by(cause);
        let (kept, received, failed) = (self.kept.clone(), self.received, self.failed.clone());
        let ended = self.end(inner, end).await;
        // What the store does not have the caller gets.
        let in_store = ended.is_ok() && failed.is_none();
        let error = error.with_store(failed);
        Err(if in_store { error.received(received) } else { error.with_bytes(kept) })
    }

    /// The last answer: durable, or handed to the caller with the reason.
    async fn stored(self, inner: &Arc<Inner>, token: &TaskToken, terminal: Terminal) -> Result<Asked, TaskError> {
        let (kept, overflow, received) = (self.kept.clone(), self.overflow, self.received);
        let unstored = |error, bytes: Bytes| {
            let fate = if overflow { Fate::Partial } else { Fate::Kept };
            Err(TaskError::store(error, Some(token.clone())).with_bytes(bytes).fated(fate))
        };
        if let Some(failed) = self.failed.clone() {
            // The store has less than came: it must not say that it has the answer.
            let _ = self.end(inner, ClaimEnd::Partial).await;
            return unstored(failed, kept);
        }
        match self.end(inner, ClaimEnd::Stored(terminal)).await {
            Err(error) => unstored(error, kept),
            Ok(_) if overflow => Err(TaskError::new(TaskErrorKind::TooLarge, Some(token.clone())).received(received)),
            Ok(entry) => {
                let bytes = Sensitive::new(kept);
                Ok(Asked::Ended(Box::new(Claimed { token: token.clone(), terminal, bytes, entry })))
            }
        }
    }

    async fn end(self, inner: &Arc<Inner>, end: ClaimEnd) -> Result<Entry, StoreError> {
        let claim = self.claim;
        inner.blocking(move |_| claim.end(end)).await
    }
}

/// Why there is no claim.
enum Before {
    Nothing,
    Ended(Box<Entry>),
    Busy,
    Orphaned,
    Failed(StoreError),
}

struct ClaimSink<'a> {
    inner: &'a Arc<Inner>,
    token: &'a TaskToken,
    state: Before,
    claim: Option<Box<dyn Claim>>,
    kept: BytesMut,
    received: u64,
    failed: Option<StoreError>,
}

impl AnswerSink for ClaimSink<'_> {
    fn before(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let token = self.token.clone();
            self.state = match self.inner.blocking(move |store| store.claim(&token)).await {
                Ok(Claiming::Granted(claim)) => {
                    self.claim = Some(claim);
                    return Ok(());
                }
                Ok(Claiming::Ended(entry)) => Before::Ended(entry),
                Ok(Claiming::Busy) => Before::Busy,
                Ok(Claiming::Orphaned) => Before::Orphaned,
                Err(error) => Before::Failed(error),
            };
            // Seen by nobody but the audit trail: nothing was sent, and the engine goes by the state.
            Err(Error::configuration("result store", "did not allow the question"))
        })
    }

    fn begins(&mut self, status: u16, request_id: Option<&str>, length: Option<u64>) {
        let head = AnswerHead::new(status, request_id.map(str::to_owned), length);
        if let Some(Err(error)) = self.claim.as_mut().map(|claim| claim.begins(&head)) {
            tracing::warn!("the head of an answer could not be noted: {error}");
        }
    }

    fn piece(&mut self, piece: Bytes) -> ControlFlow<()> {
        let room = usize::try_from(self.inner.polling.most_in_store() - self.received).unwrap_or(usize::MAX);
        let taken = piece.slice(..piece.len().min(room));
        // The store first: what has been handed to it no crash of this process can take away.
        if self.failed.is_none() {
            self.failed = self.claim.as_mut().and_then(|claim| claim.write(&taken).err());
        }
        self.received += taken.len() as u64;
        let fits = self.received <= self.inner.polling.most_in_memory() as u64;
        if fits {
            self.kept.extend_from_slice(&taken);
        } else if self.failed.is_none() {
            // The store has it all; memory lets go of it.
            self.kept = BytesMut::new();
        } else {
            // Neither memory nor store can take more.
            return ControlFlow::Break(());
        }
        if taken.len() < piece.len() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn vendor_reference(&self) -> Option<&str> {
        Some(self.token.task())
    }
}

/// What a claim of a dead process comes to, by what it left.
pub(crate) fn judge(inner: &Inner, head: Option<&AnswerHead>, bytes: &[u8]) -> ClaimEnd {
    if bytes.is_empty() {
        return ClaimEnd::PossiblyLost;
    }
    match inner.protocol.read(bytes) {
        Reading::InProgress(_) => ClaimEnd::InProgress,
        Reading::Done(_) => ClaimEnd::Stored(Terminal::Done),
        Reading::Failed(_) => ClaimEnd::Stored(Terminal::Failed),
        Reading::Unreadable if head.and_then(|head| head.length) == Some(bytes.len() as u64) => {
            ClaimEnd::Stored(Terminal::Unread)
        }
        Reading::Incomplete | Reading::Unreadable => ClaimEnd::Partial,
    }
}

/// The wait that the vendor asked for.
pub(crate) fn hint(error: &Error) -> Duration {
    error.retry_after().unwrap_or_default()
}
