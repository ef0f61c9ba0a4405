//! The few ways in which the log touches the disk: private files and directories, and contents and names made durable.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use fs4::FileExt;

use crate::log::LogError;

/// The sentence for something that the disk refused. An [`io::Error`] of the standard library names no path.
pub(super) fn refused(what: &str, error: &io::Error) -> LogError {
    let advice = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => "make room on the disk",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "let this user read and write there",
        _ => "check its directory and the disk",
    };
    LogError::new(format!("it could not {what}: {error}; {advice}"))
}

/// Restricts what the options create to this user.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a directory for this user only, which must not be there yet.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file with this content, durable but for its name.
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    note("sync file");
    Ok(())
}

/// Gives a file the name of another, in whose place it is from then on.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    note("rename");
    std::fs::rename(from, to)
}

/// Makes the names in a directory durable. Only Unix lets a program ask for it.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    note("sync directory");
    Ok(())
}

/// A lock of the operating system, which belongs to the opening of the file: it excludes other threads and other processes alike, and is
/// free again as soon as its holder is dead.
pub(super) struct Lock(File);

impl Lock {
    /// Waits for it: whoever holds it is gone after two writes.
    pub(super) fn take(path: &Path) -> io::Result<Self> {
        let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)?;
        loop {
            match FileExt::lock(&file) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                taken => return taken.map(|()| Self(file)),
            }
        }
    }
}

/// A child process that is being started holds copies of all files for a moment, and closing ours would leave the lock to it: it is
/// given up explicitly.
impl Drop for Lock {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.0);
    }
}

#[cfg(test)]
thread_local! {
    /// What reached the disk, in order.
    pub(super) static NOTED: std::cell::RefCell<Vec<&'static str>> = const { std::cell::RefCell::new(Vec::new()) };
}

#[cfg(test)]
fn note(what: &'static str) {
    NOTED.with_borrow_mut(|noted| noted.push(what));
}

#[cfg(not(test))]
fn note(_: &'static str) {}
