//! The directory of a store: where it is, that it can be used, and the leftovers of a crash in it. It never changes a directory
//! that is not its own.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clinical_http::audit::CallId;
use etcetera::BaseStrategy as _;

use super::disk::{make_directory, refused, sync_directory, write_new};
use super::folder::{GONE, NEW, discard};
use crate::StoreError;

/// A folder that is being filled is finished within seconds. One that is older belongs to a process that died.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// The directory for results of this user.
pub(super) fn default_path() -> Result<PathBuf, StoreError> {
    let strategy = etcetera::choose_base_strategy()
        .map_err(|_| StoreError::new("finds no home directory; give the path of a directory"))?;
    let base = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    Ok(base.join("clinical-clients").join("results"))
}

/// Makes the directory if it is not there, and tries whether it can be used.
pub(super) fn open(path: &Path) -> Result<PathBuf, StoreError> {
    if path.metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(StoreError::new("is to be in a directory, and there is a file; give the path of a directory"));
    }
    if path.symlink_metadata().is_ok()
        && path.metadata().is_err_and(|error| error.kind() != ErrorKind::PermissionDenied)
    {
        return Err(StoreError::new("is to be where a link leads nowhere; correct the link, or give another path"));
    }
    let cannot = |error: io::Error| refused("open its directory", &error);
    make(path).map_err(cannot)?;
    // From here on it stays where it is, whatever becomes of the working directory.
    let root = path.canonicalize().map_err(cannot)?;
    let trial = root.join(format!("{NEW}{}", CallId::draw()));
    write_new(&trial, b"").and_then(|()| std::fs::remove_file(&trial)).map_err(cannot)?;
    tidy(&root);
    Ok(root)
}

/// Makes a directory and its parents, each for this user only, and durable.
fn make(path: &Path) -> io::Result<()> {
    if path.as_os_str().is_empty() {
        return Err(io::Error::new(ErrorKind::NotFound, "the path is empty"));
    }
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make(parent)?;
    }
    match make_directory(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    sync_directory(parent.unwrap_or(Path::new(".")))
}

/// Deletes what was given up already, and what a process that died left half made. Neither hinders anybody, so a failure is none.
fn tidy(root: &Path) {
    let Ok(items) = std::fs::read_dir(root) else { return };
    for item in items.flatten() {
        let name = item.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(GONE) || name.starts_with(NEW) && is_forgotten(&item.path()) {
            let _ = discard(&item.path());
        }
    }
}

fn is_forgotten(path: &Path) -> bool {
    let made = path.symlink_metadata().and_then(|metadata| metadata.modified());
    made.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age > FORGOTTEN))
}
