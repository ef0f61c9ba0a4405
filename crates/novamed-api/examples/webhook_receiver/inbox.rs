//! The events, in a file: a line for each, on the disk before the vendor hears that it was received. It knows which events it has, also after
//! a restart, and takes no repeat.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use fs4::FileExt;
use serde::{Deserialize, Serialize};

pub(crate) const FILE: &str = "inbox.jsonl";

#[derive(Serialize, Deserialize)]
pub(crate) struct Line {
    /// By which repeats are recognised; some events have none.
    pub(crate) key: Option<String>,
    /// As it came: what this version cannot read, a later one can.
    pub(crate) body: String,
}

pub(crate) struct Inbox {
    file: File,
    /// Of the whole lines. What is behind it was never answered with 200.
    length: u64,
    known: HashSet<String>,
}

impl Inbox {
    /// Opens the inbox in this folder, or makes it, for this user only and for one process at a time.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join(FILE))?;
        FileExt::try_lock(&file)
            .map_err(|_| io::Error::other("another receiver uses this folder; give another one"))?;
        sync_names(folder)?;
        let mut inbox = Self { file, length: 0, known: HashSet::new() };
        inbox.read()?;
        Ok(inbox)
    }

    fn read(&mut self) -> io::Result<()> {
        let mut lines = BufReader::new(&self.file);
        // As bytes: a line that was cut off may end inside a character.
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            let read: Line = serde_json::from_slice(&line).map_err(|_| {
                io::Error::new(ErrorKind::InvalidData, format!("the inbox is damaged at byte {}; mend it", self.length))
            })?;
            self.known.extend(read.key);
            self.length += line.len() as u64;
            line.clear();
        }
        Ok(())
    }

    /// In bytes: so much of the file are whole events.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Stores an event; it is on the disk when this returns. `false` for a repeat, which is there already.
    pub(crate) fn store(&mut self, key: Option<String>, body: &str) -> io::Result<bool> {
        if key.as_ref().is_some_and(|key| self.known.contains(key)) {
            return Ok(false);
        }
        let line = Line { key, body: body.to_owned() };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        // Whatever a crash or a full disk has left half written is cut off first.
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        self.length += text.len() as u64;
        self.known.extend(line.key);
        Ok(true)
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_names(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))),
    }
}

/// A file is safe when its name is. Only Unix lets a program ask for it.
fn sync_names(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
