//! The few ways in which the store touches the disk: private files and directories, and names made as durable as contents. It
//! never overwrites anything.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use crate::StoreError;

/// No file of an entry but an answer is longer, in bytes: a reader needs no more memory than this.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The sentence for something that the disk refused. An [`io::Error`] of the standard library names no path.
pub(super) fn refused(what: &str, error: &io::Error) -> StoreError {
    let advice = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => "make room on the disk",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "let this user read and write there",
        _ => "check the disk",
    };
    StoreError::new(format!("could not {what}: {error}; {advice}"))
}

/// Makes a file that must not be there yet, for this user only.
pub(super) fn create(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Restricts what the options create to this user.
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Makes a file with this content, durable but for its name.
pub(super) fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(content)?;
    sync(&file)
}

/// Makes a directory for this user only, which must not be there yet.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the content of a file durable, and its length.
pub(super) fn sync(file: &File) -> io::Result<()> {
    file.sync_data()?;
    #[cfg(all(test, target_os = "linux"))]
    super::power::synced(file);
    Ok(())
}

/// Makes the names in a directory durable. Only Unix lets a program ask for it.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    #[cfg(all(test, target_os = "linux"))]
    super::power::synced_directory(path);
    Ok(())
}

/// A small file, whole; `None` if it is not there.
pub(super) fn read_small(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > LONGEST => return Err(ErrorKind::FileTooLarge.into()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match std::fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether something has this name.
pub(super) fn is_there(path: &Path) -> io::Result<bool> {
    path.try_exists()
}
