//! Appends bytes to the file of a trail. What could not be written stays here, in order and to the byte, and goes first the next time: a
//! line that was cut by a full disk is finished when there is room again. Nothing is ever truncated or overwritten.

use std::io::{self, Write};

use crate::place::Place;
use crate::{Error, ErrorKind};

#[derive(Debug)]
pub(crate) struct Storage {
    place: Place,
    length: u64,
    pending: Vec<u8>,
    /// A failed fsync: what the file holds on disk is not known any more, and a second fsync may claim success.
    doubtful: Option<Error>,
}

impl Storage {
    /// `length` is that of the file at this moment.
    pub(crate) fn new(place: Place, length: u64) -> Self {
        Self { place, length, pending: Vec::new(), doubtful: None }
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// How many bytes are not written yet.
    pub(crate) fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Hands everything to the operating system.
    pub(crate) fn write(&mut self) -> Result<(), Error> {
        if let Some(error) = &self.doubtful {
            return Err(error.clone());
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        self.place.check(self.length)?;
        let mut done = 0;
        let result = loop {
            match (&self.place.file).write(&self.pending[done..]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => done += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
            if done >= self.pending.len() {
                break Ok(());
            }
        };
        self.length += done as u64;
        self.pending.drain(..done);
        result.map_err(|error: io::Error| {
            Error::new(
                ErrorKind::Write,
                format!("could not be written: {error}; make room or mend the disk, it is tried again with each call"),
            )
        })
    }

    /// Waits until everything that was written is on the disk.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        if let Some(error) = &self.doubtful {
            return Err(error.clone());
        }
        self.place.file.sync_data().map_err(|error| {
            let reason = format!("could not be made durable: {error}; check the disk and restart");
            let error = Error::new(ErrorKind::Write, reason);
            self.doubtful = Some(error.clone());
            error
        })
    }
}
