//! Results in the memory of this process, for callers who accept that they are lost with it. It keeps the rules of the other store, but
//! for the one that matters: nothing of it outlives the process.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

use crate::{
    AnswerHead, Claim, ClaimEnd, Claiming, Entry, Key, Origin, Orphan, ResultStore, State, StoreError, Submission,
    TaskToken,
};

/// Keeps tasks and results in memory; clones share them. What is kept stays until it is [removed](ResultStore::remove) or the last
/// clone is dropped, also after it was read.
#[derive(Clone, Default)]
pub struct VolatileStore {
    kept: Arc<Mutex<HashMap<Key, Kept>>>,
}

/// What is kept of an entry.
struct Kept {
    state: State,
    /// Whether a submission or a claim has it.
    held: bool,
    owner: Owner,
    head: Option<AnswerHead>,
    /// Of the claim under way, or the last one.
    came: BytesMut,
    /// Of an earlier claim that ended uncertain.
    earlier: Option<Bytes>,
}

/// Whose an entry is. Small, because there may be many.
enum Owner {
    Submission(Box<Origin>),
    Task(TaskToken),
}

impl Kept {
    fn new(state: State, owner: Owner) -> Self {
        Self { state, held: false, owner, head: None, came: BytesMut::new(), earlier: None }
    }

    fn waiting(token: &TaskToken) -> Self {
        Self::new(State::Waiting, Owner::Task(token.clone()))
    }

    fn origin(&self) -> &Origin {
        match &self.owner {
            Owner::Submission(origin) => origin,
            Owner::Task(token) => token.origin(),
        }
    }

    fn token(&self) -> Option<&TaskToken> {
        match &self.owner {
            Owner::Submission(_) => None,
            Owner::Task(token) => Some(token),
        }
    }

    fn bytes(&self) -> &[u8] {
        match &self.earlier {
            Some(earlier) if self.came.is_empty() && !matches!(self.state, State::Stored(_)) => earlier,
            _ => &self.came,
        }
    }

    fn entry(&self, key: Key) -> Entry {
        let mut entry = Entry::new(key, self.state);
        entry.busy = self.held;
        entry.origin = Some(self.origin().clone());
        entry.token = self.token().cloned();
        entry.bytes = self.bytes().len() as u64;
        entry.request_id = self.head.as_ref().and_then(|head| head.request_id.clone());
        entry
    }

    fn same_submission(&self, token: &TaskToken) -> Result<(), StoreError> {
        if self.origin().submission == token.origin().submission {
            return Ok(());
        }
        Err(StoreError::new(
            "has an entry of another submission with the same task id; use the token of that entry, or remove it first",
        ))
    }
}

impl std::fmt::Debug for VolatileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VolatileStore").field("entries", &self.kept().len()).finish_non_exhaustive()
    }
}

impl VolatileStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry that this process has; nobody else may have removed it.
    fn with<T>(&self, key: Key, work: impl FnOnce(&mut Kept) -> T) -> Result<T, StoreError> {
        self.kept().get_mut(&key).map(work).ok_or_else(missing)
    }

    fn hold(&self, key: Key) -> Held {
        Held { store: self.clone(), key }
    }
}

fn missing() -> StoreError {
    StoreError::new("has no such entry; list the entries for their keys")
}

fn in_use() -> StoreError {
    StoreError::new("has this entry in use; wait until it is not")
}

impl ResultStore for VolatileStore {
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError> {
        let key = Key::of_submission(&origin.submission);
        match self.kept().entry(key) {
            Slot::Occupied(_) => {
                return Err(StoreError::new("knows this submission already; submit with an origin of its own"));
            }
            Slot::Vacant(slot) => {
                slot.insert(Kept::new(State::Submitting, Owner::Submission(Box::new(origin.clone())))).held = true;
            }
        }
        Ok(Box::new(VolatileSubmission(self.hold(key))))
    }

    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError> {
        let key = token.key();
        let mut all = self.kept();
        let kept = all.entry(key).or_insert_with(|| Kept::waiting(token));
        if kept.held {
            return Ok(Claiming::Busy);
        }
        kept.same_submission(token)?;
        match kept.state {
            State::Waiting => {
                (kept.state, kept.held, kept.head) = (State::Claiming, true, None);
                drop(all);
                Ok(Claiming::Granted(Box::new(VolatileClaim { held: self.hold(key), begun: false, over: false })))
            }
            State::Claiming => Ok(Claiming::Orphaned),
            _ => Ok(Claiming::Ended(Box::new(kept.entry(key)))),
        }
    }

    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError> {
        let mut all = self.kept();
        let Some(kept) = all.get_mut(&key).filter(|kept| kept.state == State::Claiming && !kept.held) else {
            return Ok(None);
        };
        let Some(token) = kept.token().cloned() else { return Ok(None) };
        kept.held = true;
        let (head, bytes) = (kept.head.clone(), Bytes::copy_from_slice(&kept.came));
        drop(all);
        let claim = VolatileClaim { held: self.hold(key), begun: true, over: true };
        Ok(Some(Orphan::new(Box::new(claim), token, head, bytes)))
    }

    fn reopen(&self, key: Key) -> Result<(), StoreError> {
        self.with(key, |kept| match kept.state {
            _ if kept.held => Err(in_use()),
            state if state.is_uncertain() => {
                let came = std::mem::take(&mut kept.came);
                if !came.is_empty() {
                    kept.earlier = Some(came.freeze());
                }
                kept.state = State::Waiting;
                Ok(())
            }
            _ => Err(StoreError::new(
                "opens only an entry that is partial, possibly_lost, gone or unread to one more claim",
            )),
        })?
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let mut entries: Vec<Entry> = self.kept().iter().map(|(key, kept)| kept.entry(*key)).collect();
        entries.sort_by_key(|entry| (entry.origin.as_ref().map(|origin| origin.started), entry.key));
        Ok(entries)
    }

    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError> {
        Ok(self.kept().get(&key).map(|kept| kept.entry(key)))
    }

    fn read(&self, key: Key) -> Result<Bytes, StoreError> {
        self.with(key, |kept| match kept.bytes() {
            [] if !matches!(kept.state, State::Stored(_)) => {
                Err(StoreError::new("has nothing of an answer in this entry"))
            }
            bytes => Ok(Bytes::copy_from_slice(bytes)),
        })?
    }

    fn remove(&self, key: Key) -> Result<(), StoreError> {
        match self.kept().entry(key) {
            Slot::Occupied(slot) if slot.get().held => Err(in_use()),
            Slot::Occupied(slot) => {
                slot.remove();
                Ok(())
            }
            Slot::Vacant(_) => Ok(()),
        }
    }

    fn place(&self) -> Option<String> {
        None
    }
}

/// An entry that is held until this is dropped.
struct Held {
    store: VolatileStore,
    key: Key,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.store.with(self.key, |kept| kept.held = false);
    }
}

struct VolatileSubmission(Held);

impl Submission for VolatileSubmission {
    fn created(self: Box<Self>, token: &TaskToken) -> Result<(), StoreError> {
        let mut all = self.0.store.kept();
        let kept = all.entry(token.key());
        kept.or_insert_with(|| Kept::waiting(token)).same_submission(token)?;
        all.remove(&self.0.key);
        Ok(())
    }

    fn keep(self: Box<Self>, account: &[u8]) -> Result<(), StoreError> {
        self.0.store.with(self.0.key, |kept| kept.came.extend_from_slice(account))
    }

    fn not_created(self: Box<Self>) -> Result<(), StoreError> {
        self.0.store.kept().remove(&self.0.key);
        Ok(())
    }
}

struct VolatileClaim {
    held: Held,
    begun: bool,
    /// It was taken over: its answer is over.
    over: bool,
}

impl Claim for VolatileClaim {
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.begun, true) {
            return Err(StoreError::new(
                "was told twice that one answer begins; report this as a fault of the program",
            ));
        }
        self.held.store.with(self.held.key, |kept| kept.head = Some(head.clone()))
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        if self.over {
            return Err(StoreError::new("takes no more of this answer, because a piece of it was lost before"));
        }
        self.held.store.with(self.held.key, |kept| kept.came.extend_from_slice(piece))
    }

    fn end(self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError> {
        let key = self.held.key;
        self.held.store.with(key, |kept| {
            kept.state = match end {
                ClaimEnd::InProgress | ClaimEnd::NotConsumed => {
                    (kept.came, kept.head) = (BytesMut::new(), None);
                    State::Waiting
                }
                ClaimEnd::Stored(terminal) => State::Stored(terminal),
                ClaimEnd::Partial => State::Partial,
                ClaimEnd::PossiblyLost => State::PossiblyLost,
                ClaimEnd::Gone => State::Gone,
            };
            let mut entry = kept.entry(key);
            // It is free as soon as this returns, and not before: somebody else may take it then.
            entry.busy = false;
            entry
        })
    }
}
