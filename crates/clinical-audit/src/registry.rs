//! One writer per file in a process: whoever opens a trail that is open already, by whatever name, gets the writer that is there. Two
//! writers would give two lines the same number.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};

use crate::place::{Identity, Place};
use crate::queue::{Job, Queue};
use crate::storage::Storage;
use crate::writer::Writer;
use crate::{Error, ErrorKind, tail};

static WRITERS: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    identity: Identity,
    handle: Weak<Handle>,
    queue: Arc<Queue>,
}

/// Holds a writer's thread. The last clone ends it, and waits until all is written.
pub(crate) struct Handle {
    pub(crate) queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.push(Job::Close { reply: None });
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

/// The writer of this file: the one that is there, or a new one. The lock is held all the while, so that of two who open a file at the
/// same time one gets the other's writer. The thread of a writer never takes it.
pub(crate) fn writer(path: &Path, sync: bool) -> Result<Arc<Handle>, Error> {
    let mut writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
    let (place, made) = Place::open(path)?;
    if let Some(entry) = writers.iter().find(|entry| entry.identity == place.identity) {
        let handle = entry.handle.upgrade().filter(|_| !entry.queue.is_closing());
        if let Some(handle) = handle {
            return Ok(handle);
        }
        // It was closed, or its last clone is being dropped this moment.
        entry.queue.wait_for_end();
    }
    writers.retain(|entry| entry.handle.strong_count() > 0 && entry.identity != place.identity);
    place.lock()?;
    if made && sync {
        place.sync_folder()?;
    }
    let identity = place.identity.clone();
    let handle = Arc::new(start(place)?);
    writers.push(Entry { identity, handle: Arc::downgrade(&handle), queue: Arc::clone(&handle.queue) });
    Ok(handle)
}

fn start(place: Place) -> Result<Handle, Error> {
    let end = tail::read(&place.file)?;
    let queue = Arc::<Queue>::default();
    let storage = Storage::new(place, end.length);
    let mut writer = Writer::new(storage, end.head, &end.closing, Arc::clone(&queue));
    writer.start()?;
    let thread = thread::Builder::new().name("clinical-audit".to_owned()).spawn(move || writer.run());
    let thread = thread.map_err(|error| {
        Error::new(ErrorKind::Unusable, format!("could not be given a thread: {error}; raise the limit of threads"))
    })?;
    Ok(Handle { queue, thread: Mutex::new(Some(thread)) })
}
