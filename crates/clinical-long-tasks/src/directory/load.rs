//! An entry as its folder tells it, without changing anything.

use std::io;

use super::disk::refused;
use super::folder::{Contents, Folder, Owner};
use super::lock::{Looking, look};
use crate::{Entry, State, StoreError};

/// What is known of an entry; `None` if there is none.
pub(super) fn load(folder: &Folder) -> io::Result<Option<Entry>> {
    let Some(mut contents) = folder.contents()? else { return Ok(None) };
    let mut busy = false;
    if matches!(contents.state(), State::Submitting | State::Claiming | State::Damaged) {
        match look(&folder.lock())? {
            Looking::Busy => busy = true,
            // Nobody has it now, so what it says now is what the last one left.
            _free @ Looking::Free { .. } => match folder.contents()? {
                None => return Ok(None),
                Some(settled) => contents = settled,
            },
        }
    }
    let mut entry = entry(folder, &contents)?;
    entry.busy = busy;
    Ok(Some(entry))
}

/// An entry of these contents, held by nobody.
pub(super) fn entry(folder: &Folder, contents: &Contents) -> io::Result<Entry> {
    let mut entry = Entry::new(folder.key, contents.state());
    if let Some(owner) = &contents.owner {
        entry.origin = Some(owner.origin().clone());
        entry.token = owner.token().cloned();
    }
    entry.bytes = folder.kept(contents)?.map_or(0, |(_, bytes)| bytes);
    let head = contents.history.as_ref().and_then(|history| history.head.as_ref());
    entry.request_id = head.and_then(|head| head.request_id.clone());
    Ok(entry)
}

/// The entry that a claim leaves, which its owner still holds.
pub(super) fn entry_of(folder: &Folder, owner: &Owner) -> Result<Entry, StoreError> {
    let contents = folder.contents().map_err(|error| refused("read an entry", &error))?;
    let contents = contents.filter(|contents| contents.owner.as_ref() == Some(owner));
    let contents = contents.ok_or_else(|| StoreError::new("lost an entry while it was in use; look who removed it"))?;
    entry(folder, &contents).map_err(|error| refused("read an entry", &error))
}
