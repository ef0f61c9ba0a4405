//! The thread that owns a trail: gives lines their numbers and hashes, and writes what has gathered in one go, so that many callers
//! share one fsync. An opening is answered when its line is where the caller wants it; a record is never answered.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::entry::{Entry, Lost, Record};
use crate::queue::{Job, Queue, Reply};
use crate::storage::Storage;
use crate::{Error, Head, line};

/// How many bytes of lines may wait for a disk that takes none. Records beyond that are counted as lost.
const MOST_WAITING: usize = 8 * 1024 * 1024;

pub(crate) struct Writer {
    storage: Storage,
    /// Of the last line that has a number, written or waiting.
    head: Head,
    queue: Arc<Queue>,
    /// How many records are among the lines that wait.
    waiting: u64,
    /// How many lost records the trail tells of.
    told: u64,
    /// Whether anybody wants lines on the disk.
    syncs: bool,
}

/// Marks the end, also if the thread panics: those who wait for it must not wait for ever.
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.set_ended();
    }
}

impl Writer {
    /// `closing`: the text that closes an unfinished line at the end of the file.
    pub(crate) fn new(mut storage: Storage, head: Head, closing: &[u8], queue: Arc<Queue>) -> Self {
        storage.append(closing);
        Self { storage, head, queue, waiting: 0, told: 0, syncs: false }
    }

    /// Writes what is there to write before the first call.
    pub(crate) fn start(&mut self) -> Result<(), Error> {
        self.storage.write()?;
        self.queue.set_head(self.head);
        Ok(())
    }

    /// Runs until the trail is closed.
    pub(crate) fn run(mut self) {
        let end = End(Arc::clone(&self.queue));
        let (result, replies) = loop {
            let jobs = self.queue.take();
            if let Some(ended) = self.batch(jobs) {
                break ended;
            }
        };
        if result.is_err() {
            self.queue.lose(self.waiting);
        }
        // The file first: whoever is told of the end may open it again at once.
        drop(self);
        drop(end);
        answer(replies, &result);
    }

    /// Does all jobs; a result and who is to be told if the trail was closed by one of them.
    fn batch(&mut self, jobs: VecDeque<Job>) -> Option<(Result<(), Error>, Vec<Reply>)> {
        // What could not be written before goes first. While that fails no call may begin, so no line says that one did.
        let mut result = self.write();
        let healthy = result.is_ok();
        let (mut sync_wanted, mut replies, mut closed) = (false, Vec::new(), None);
        for job in jobs {
            match job {
                Job::Opening { opening, sync, reply } => {
                    if healthy {
                        self.stage(&Entry::Opening(*opening));
                    }
                    sync_wanted |= sync;
                    replies.push(reply);
                }
                Job::Record { record, sync } => {
                    sync_wanted |= sync;
                    self.record(Record::from(&*record));
                }
                Job::Flush { sync, reply } => {
                    sync_wanted |= sync;
                    replies.push(reply);
                }
                Job::Close { reply } => {
                    sync_wanted |= self.syncs || reply.is_some();
                    closed = Some(reply);
                }
            }
        }
        self.syncs |= sync_wanted;
        if healthy {
            result = self.write();
        }
        if sync_wanted && result.is_ok() {
            result = self.storage.sync();
        }
        if let Some(reply) = closed {
            replies.extend(reply);
            return Some((result, replies));
        }
        answer(replies, &result);
        None
    }

    fn write(&mut self) -> Result<(), Error> {
        self.storage.write()?;
        self.waiting = 0;
        let lost = self.queue.lost();
        if lost > self.told {
            self.stage(&Entry::Lost(Lost::now(lost - self.told)));
            self.told = lost;
            self.storage.write()?;
        }
        self.queue.set_head(self.head);
        Ok(())
    }

    fn record(&mut self, record: Record) {
        if self.storage.waiting() < MOST_WAITING {
            self.waiting += 1;
            self.stage(&Entry::Record(Box::new(record)));
        } else {
            self.queue.lose(1);
        }
    }

    fn stage(&mut self, entry: &Entry) {
        // Text and numbers always have a JSON form; if ever one had not, its loss is told.
        let Ok((mut line, head)) = line::seal(&self.head, entry) else {
            return self.queue.lose(1);
        };
        line.push(b'\n');
        self.storage.append(&line);
        self.head = head;
    }
}

fn answer(replies: Vec<Reply>, result: &Result<(), Error>) {
    for reply in replies {
        // Whoever asked may have gone: a call can be dropped at any time.
        let _ = reply.send(result.clone());
    }
}

#[cfg(test)]
mod tests;
