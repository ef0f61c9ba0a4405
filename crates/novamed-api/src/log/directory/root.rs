//! The directory of a log: where it is, that it is this user's alone to change, and the parts that it is divided into. It never changes a
//! directory that is not its own.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::disk::{make_directory, refused, sync_directory, write};
use crate::log::LogError;

/// The keys are spread over these by their first digit.
pub(super) const PARTS: &str = "0123456789abcdef";

/// The directory of this user.
pub(super) fn default_path() -> Result<PathBuf, LogError> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|_| LogError::new("it finds no home directory; give the path of a directory"))?;
    let base = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(base.join("clinical-clients").join("novamed-submissions"))
}

/// Makes the directory if it is not there, and tries whether it can be used.
pub(super) fn open(path: &Path) -> Result<PathBuf, LogError> {
    let cannot = |error: io::Error| refused("open its directory", &error);
    make(path).map_err(cannot)?;
    is_own(path)?;
    // From here on it stays where it is, whatever becomes of the working directory.
    let root = path.canonicalize().map_err(cannot)?;
    for part in PARTS.chars() {
        let part = root.join(part.to_string());
        match make_directory(&part) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => is_own(&part)?,
            made => made.map_err(cannot)?,
        }
    }
    let trial = root.join(".trial");
    write(&trial, b"").map_err(cannot)?;
    match std::fs::remove_file(&trial) {
        // Another process that opens the log at this moment has removed it.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        removed => removed.map_err(cannot)?,
    }
    // Also what another process has made and not synced yet.
    sync_directory(&root).map_err(cannot)?;
    Ok(root)
}

/// Makes a directory and its parents, each for this user only, and durable.
fn make(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() {
        return Err(io::Error::new(ErrorKind::NotFound, "the path is empty"));
    }
    if path.symlink_metadata().is_ok() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        if !parent.is_dir() {
            make(parent)?;
        }
    }
    match make_directory(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => made?,
    }
    sync_directory(parent.unwrap_or(Path::new(".")))
}

/// Who can swap the directory, or write into it, decides what counts as sent.
fn is_own(path: &Path) -> Result<(), LogError> {
    let metadata = path.symlink_metadata().map_err(|error| refused("open its directory", &error))?;
    if metadata.is_symlink() {
        return Err(LogError::new("it is to be in a directory, and there is a link; give the path that it leads to"));
    }
    if !metadata.is_dir() {
        return Err(LogError::new("it is to be in a directory, and there is a file; give the path of a directory"));
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o022 != 0 {
        return Err(LogError::new(
            "others may write in its directory; take that right away (chmod go-w), or give another path",
        ));
    }
    Ok(())
}
