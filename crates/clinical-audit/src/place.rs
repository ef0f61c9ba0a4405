//! Which file a trail is: opens or makes it, tells two files apart whatever they are called, and locks it against other processes.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind};

/// What makes a file the same file under every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Identity {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "the same call on every system")]
    fn of(metadata: &Metadata, _path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        Ok(Self((metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    fn of(_metadata: &Metadata, path: &Path) -> io::Result<Self> {
        path.canonicalize().map(Self)
    }
}

/// A file that was opened for appending, and where it is.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) file: File,
    path: PathBuf,
    pub(crate) identity: Identity,
}

/// A child process that is being started holds copies of all files for a moment, and closing ours would leave the lock to it: it is
/// given up explicitly. That of another opening of the same file is not touched.
impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs4::FileExt::unlock(&self.file);
    }
}

impl Place {
    /// Opens the file, or makes it: readable for this user only. The flag tells whether it was made.
    pub(crate) fn open(path: &Path) -> Result<(Self, bool), Error> {
        let unusable = |error: io::Error| {
            Error::new(
                ErrorKind::Unusable,
                format!("could not be opened: {error}; correct the path or the permissions"),
            )
        };
        let existing = path.metadata();
        if existing.as_ref().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Error::new(ErrorKind::Unusable, "is not a regular file; give the path of a file"));
        }
        let made = existing.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.read(true).append(true).create(true).open(path).map_err(unusable)?;
        let metadata = file.metadata().map_err(unusable)?;
        // What a link pointed to at the start stays the place: a link that is turned elsewhere does not move the trail.
        let path = path.canonicalize().map_err(unusable)?;
        let identity = Identity::of(&metadata, &path).map_err(unusable)?;
        Ok((Self { file, path, identity }, made))
    }

    /// Keeps other processes out for as long as the file is open, also after a crash of this one.
    pub(crate) fn lock(&self) -> Result<(), Error> {
        match fs4::FileExt::try_lock(&self.file) {
            Ok(()) => Ok(()),
            Err(fs4::TryLockError::WouldBlock) => Err(Error::new(
                ErrorKind::InUse,
                "is in use by another process; stop that one, or give each process a file of its own",
            )),
            Err(fs4::TryLockError::Error(error)) => {
                let reason = format!("could not be locked: {error}; keep it on a file system that has locks");
                Err(Error::new(ErrorKind::Unusable, reason))
            }
        }
    }

    /// Makes the name of a new file as durable as its content.
    pub(crate) fn sync_folder(&self) -> Result<(), Error> {
        if !cfg!(unix) {
            return Ok(());
        }
        let folder =
            self.path.parent().map_or(Ok(()), |folder| File::open(folder).and_then(|folder| folder.sync_all()));
        folder.map_err(|error| {
            Error::new(ErrorKind::Write, format!("could not be made durable: {error}; check the disk"))
        })
    }

    /// Checks that the path still leads to this file, and that nobody else wrote to it: it must have this length.
    pub(crate) fn check(&self, length: u64) -> Result<(), Error> {
        let displaced = |reason: &'static str| Err(Error::new(ErrorKind::Displaced, reason));
        let Ok(metadata) = self.path.metadata() else {
            return displaced("was moved or deleted while it was in use; put it back, or restart with a new file");
        };
        if Identity::of(&metadata, &self.path).ok().as_ref() != Some(&self.identity) {
            return displaced("was replaced while it was in use; put it back, or restart with a new file");
        }
        if metadata.len() != length {
            return displaced("was changed by somebody else while it was in use; keep it, and restart with a new file");
        }
        Ok(())
    }
    /// A place that no trail can have, for tests: a device.
    #[cfg(test)]
    pub(crate) fn of_device(path: &str) -> Self {
        let path = PathBuf::from(path);
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let identity = Identity::of(&path.metadata().unwrap(), &path).unwrap();
        Self { file, path, identity }
    }
}
