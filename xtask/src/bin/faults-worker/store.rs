//! The real store, with a place to die before and after everything that is asked of it. It changes nothing of what the engine sees, unless it is told to
//! be a bad store.

use std::sync::Arc;

use bytes::Bytes;
use clinical_long_tasks::{
    AnswerHead, Claim, ClaimEnd, Claiming, DirectoryStore, Entry, Key, Origin, Orphan, ResultStore, StoreError,
    Submission, TaskToken,
};
use xtask::faults::point::Point;
use xtask::faults::wire::{Line, Sabotage};

use crate::deaths::Deaths;
use crate::pipe::Pipe;

/// The store of the client.
pub(crate) struct WatchedStore {
    pub(crate) inner: DirectoryStore,
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) deaths: Deaths,
    pub(crate) sabotage: Option<Sabotage>,
}

impl WatchedStore {
    fn between<T>(&self, begins: Point, ends: Point, work: impl FnOnce(&DirectoryStore) -> T) -> T {
        between(&self.deaths, (begins, ends), || work(&self.inner))
    }

    fn watched(&self, claim: Box<dyn Claim>) -> Box<dyn Claim> {
        Box::new(WatchedClaim {
            inner: claim,
            pipe: self.pipe.clone(),
            deaths: self.deaths.clone(),
            sabotage: self.sabotage,
        })
    }
}

fn between<T>(deaths: &Deaths, (begins, ends): (Point, Point), work: impl FnOnce() -> T) -> T {
    deaths.pass(begins);
    let done = work();
    deaths.pass(ends);
    done
}

impl ResultStore for WatchedStore {
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError> {
        let inner = self.between(Point::IntendBegins, Point::IntendEnds, |store| store.intend(origin))?;
        Ok(Box::new(WatchedSubmission {
            inner,
            store: self.inner.clone(),
            deaths: self.deaths.clone(),
            sabotage: self.sabotage,
        }))
    }

    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError> {
        Ok(match self.between(Point::ClaimBegins, Point::ClaimEnds, |store| store.claim(token))? {
            Claiming::Granted(claim) => {
                self.pipe.say(&Line::Claims { task: token.task().to_owned() });
                Claiming::Granted(self.watched(claim))
            }
            other => other,
        })
    }

    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError> {
        let orphan = self.between(Point::TakeOverBegins, Point::TakeOverEnds, |store| store.take_over(key))?;
        Ok(orphan.map(|Orphan { claim, token, head, bytes, .. }| Orphan::new(self.watched(claim), token, head, bytes)))
    }

    fn reopen(&self, key: Key) -> Result<(), StoreError> {
        self.between(Point::ReopenBegins, Point::ReopenEnds, |store| store.reopen(key))
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.between(Point::LookBegins, Point::LookEnds, DirectoryStore::entries)
    }

    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError> {
        self.between(Point::LookBegins, Point::LookEnds, |store| store.entry(key))
    }

    fn read(&self, key: Key) -> Result<Bytes, StoreError> {
        self.between(Point::LookBegins, Point::LookEnds, |store| store.read(key))
    }

    fn remove(&self, key: Key) -> Result<(), StoreError> {
        self.inner.remove(key)
    }

    fn place(&self) -> Option<String> {
        self.inner.place()
    }
}

struct WatchedSubmission {
    inner: Box<dyn Submission>,
    store: DirectoryStore,
    deaths: Deaths,
    sabotage: Option<Sabotage>,
}

impl Submission for WatchedSubmission {
    fn created(self: Box<Self>, token: &TaskToken) -> Result<(), StoreError> {
        let Self { inner, store, deaths, sabotage } = *self;
        let done = between(&deaths, (Point::CreatedBegins, Point::CreatedEnds), || inner.created(token));
        if sabotage == Some(Sabotage::ForgetEntry) {
            store.remove(token.key())?;
        }
        done
    }

    fn keep(self: Box<Self>, account: &[u8]) -> Result<(), StoreError> {
        let Self { inner, deaths, .. } = *self;
        between(&deaths, (Point::CreatedBegins, Point::CreatedEnds), || inner.keep(account))
    }

    fn not_created(self: Box<Self>) -> Result<(), StoreError> {
        let Self { inner, deaths, .. } = *self;
        between(&deaths, (Point::NotCreatedBegins, Point::NotCreatedEnds), || inner.not_created())
    }
}

struct WatchedClaim {
    inner: Box<dyn Claim>,
    pipe: Arc<Pipe>,
    deaths: Deaths,
    sabotage: Option<Sabotage>,
}

impl Claim for WatchedClaim {
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError> {
        between(&self.deaths, (Point::HeadBegins, Point::HeadEnds), || self.inner.begins(head))
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        if self.sabotage == Some(Sabotage::ForgetBytes) {
            return Ok(());
        }
        self.deaths.pass(Point::WriteBegins);
        self.inner.write(piece)?;
        self.pipe.say(&Line::Wrote);
        self.deaths.pass(Point::WriteEnds);
        Ok(())
    }

    fn end(self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError> {
        let Self { inner, deaths, .. } = *self;
        between(&deaths, (Point::EndBegins, Point::EndEnds), || inner.end(end))
    }
}
