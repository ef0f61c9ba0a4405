//! A claim on an entry of the directory. Everything that is needed to keep an answer is open before the request goes out: a process
//! that has run out of files finds out while nothing is lost.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};

use clinical_http::audit::CallId;

use super::disk::{create, is_there, refused, sync, sync_directory};
use super::folder::{Folder, Owner, length};
use super::journal::{End, History, Journal, Line, now};
use super::load;
use super::lock::Lock;
use crate::{AnswerHead, Claim, ClaimEnd, Entry, StoreError};

pub(super) struct DirectoryClaim {
    folder: Folder,
    owner: Owner,
    name: String,
    claim_at: u64,
    journal: Journal,
    /// `None` for a claim that was taken over: its answer is over.
    part: Option<File>,
    begun: bool,
    /// A piece was not written. What would be written behind it would make a result that never was.
    short: bool,
    // Given up last.
    _lock: Lock,
}

impl DirectoryClaim {
    /// Puts a claim on record; it is durable when this returns.
    pub(super) fn begin(folder: Folder, owner: Owner, history: &History, lock: Lock) -> Result<Self, StoreError> {
        let cannot = |error: io::Error| refused("note that a result is about to be asked for", &error);
        let name = CallId::draw().to_string();
        let mut journal = Journal::open(&folder.journal(), history.whole).map_err(cannot)?;
        let part = create(&folder.part(&name)).map_err(cannot)?;
        if let Err(error) = journal.add(&Line::Claim { name: name.clone(), time: now() }, true) {
            let _ = std::fs::remove_file(folder.part(&name));
            return Err(cannot(error));
        }
        let claim_at = history.whole;
        Ok(Self { folder, owner, name, claim_at, journal, part: Some(part), begun: false, short: false, _lock: lock })
    }

    /// Takes the last claim on record over.
    pub(super) fn take_over(folder: Folder, owner: Owner, history: &History, lock: Lock) -> Result<Self, StoreError> {
        let journal = Journal::open(&folder.journal(), history.whole);
        let journal = journal.map_err(|error| refused("open its record", &error))?;
        let name = history.claims.last().cloned().unwrap_or_default();
        let claim_at = history.claim_at;
        Ok(Self { folder, owner, name, claim_at, journal, part: None, begun: true, short: false, _lock: lock })
    }

    /// What came of the answer until its process died.
    pub(super) fn came(&self) -> io::Result<Vec<u8>> {
        for path in [self.folder.answer(&self.name), self.folder.part(&self.name)] {
            match std::fs::read(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                read => return read,
            }
        }
        Ok(Vec::new())
    }

    /// Nothing was taken: the claim is taken off the record, which a crash may undo, and what came is no result.
    fn withdraw(&mut self) -> io::Result<()> {
        self.journal.withdraw(self.claim_at)?;
        // A part that stays behind is nobody's, for no claim on record has its name.
        self.part = None;
        let _ = std::fs::remove_file(self.folder.part(&self.name));
        Ok(())
    }

    /// Makes the answer a whole one: its bytes are on the disk before it has the name of a whole one.
    fn keep(&mut self) -> io::Result<u64> {
        let (part, answer) = (self.folder.part(&self.name), self.folder.answer(&self.name));
        // A process that died between this and the line that says it has done it already.
        if self.part.is_some() || !is_there(&answer)? {
            self.sync_part()?;
            std::fs::rename(part, &answer)?;
        }
        sync_directory(self.folder.path())?;
        Ok(answer.metadata()?.len())
    }

    /// What came in part stays under the name of a part; a file of no bytes is none.
    fn keep_part(&mut self) -> io::Result<u64> {
        let part = self.folder.part(&self.name);
        let length = length(&part)?;
        match length {
            Some(0) => drop(std::fs::remove_file(part)),
            Some(_) => {
                self.sync_part()?;
                sync_directory(self.folder.path())?;
            }
            None => {}
        }
        Ok(length.unwrap_or(0))
    }

    fn sync_part(&mut self) -> io::Result<()> {
        match self.part.take() {
            Some(part) => sync(&part),
            // Windows flushes only what is open for writing.
            None => sync(&OpenOptions::new().write(true).open(self.folder.part(&self.name))?),
        }
    }

    fn conclude(&mut self, how: End, bytes: u64) -> io::Result<()> {
        self.journal.add(&Line::End { how, bytes, time: now() }, true)
    }
}

impl Claim for DirectoryClaim {
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError> {
        if std::mem::replace(&mut self.begun, true) {
            return Err(StoreError::new(
                "was told twice that one answer begins; report this as a fault of the program",
            ));
        }
        self.journal.add(&Line::head(head), false).map_err(|error| refused("note that an answer begins", &error))
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        let Some(part) = self.part.as_mut().filter(|_| !self.short) else {
            return Err(StoreError::new("takes no more of this answer, because a piece of it was lost before"));
        };
        part.write_all(piece).map_err(|error| {
            self.short = true;
            refused("write a piece of an answer", &error)
        })
    }

    fn end(mut self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError> {
        let uncertain = |claim: &mut Self, how| claim.keep_part().and_then(|bytes| claim.conclude(how, bytes));
        let ended = match end {
            ClaimEnd::InProgress | ClaimEnd::NotConsumed => self.withdraw(),
            ClaimEnd::Stored(_) if self.short => {
                return Err(StoreError::new("has only a part of this answer; save the answer elsewhere"));
            }
            ClaimEnd::Stored(terminal) => self.keep().and_then(|bytes| self.conclude(terminal.into(), bytes)),
            ClaimEnd::Partial => uncertain(&mut self, End::Partial),
            ClaimEnd::PossiblyLost => uncertain(&mut self, End::PossiblyLost),
            ClaimEnd::Gone => uncertain(&mut self, End::Gone),
        };
        ended.map_err(|error| refused("note how a claim ended", &error))?;
        load::entry_of(&self.folder, &self.owner)
    }
}
