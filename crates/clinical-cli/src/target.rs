//! Where a result is written to: stdout or a file. A file is replaced as a whole, and only when there is something to put into it;
//! whether that will be possible is tried before anything is sent.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use haidy_analyst::http_core::audit::CallId;

use crate::exit::Stop;

/// Where a result is written to.
#[derive(Debug)]
pub(crate) enum Target {
    Stdout,
    /// A file that is made or replaced.
    File(PathBuf),
    /// Something that is no file, such as a pipe or a device: it is written to as it is.
    Device(PathBuf),
}

impl Target {
    /// Looks whether the place can be written to; `-` is stdout.
    pub(crate) fn open(path: &Path) -> Result<Self, Stop> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        let refuse = |why: String| Stop::usage(format!("--out: {why} (nothing was sent)"));
        let target = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => return Err(refuse("is a directory; give the path of a file".into())),
            // Behind a link the file itself is replaced, and not the link.
            Ok(metadata) if metadata.is_file() => {
                Self::File(path.canonicalize().map_err(|error| refuse(cannot(&error)))?)
            }
            Ok(_) => Self::Device(path.to_owned()),
            Err(_) => Self::File(path.to_owned()),
        };
        if let Self::File(path) = &target {
            let (file, trial) = beside(path).map_err(|error| refuse(cannot(&error)))?;
            drop(file);
            let _ = std::fs::remove_file(trial);
        }
        Ok(target)
    }

    /// Whether this is the file at `path`.
    pub(crate) fn is(&self, path: &Path) -> bool {
        matches!(self, Self::File(target) if path.canonicalize().is_ok_and(|path| path == *target))
    }

    /// Writes a result, durable if it goes to a file.
    pub(crate) fn write(&self, pieces: &[&[u8]]) -> io::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                pieces.iter().try_for_each(|piece| out.write_all(piece))?;
                out.flush()
            }
            Self::Device(path) => {
                let mut device = OpenOptions::new().write(true).open(path)?;
                pieces.iter().try_for_each(|piece| device.write_all(piece))
            }
            Self::File(path) => {
                let (mut file, new) = beside(path)?;
                let written = pieces
                    .iter()
                    .try_for_each(|piece| file.write_all(piece))
                    .and_then(|()| file.sync_all())
                    .and_then(|()| std::fs::rename(&new, path))
                    .and_then(|()| sync_folder(path));
                if written.is_err() {
                    let _ = std::fs::remove_file(&new);
                }
                written
            }
        }
    }
}

fn cannot(error: &io::Error) -> String {
    format!("no file can be made there ({}); give a path that may be written to", error.kind())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file in the same folder, for this user only.
fn beside(path: &Path) -> io::Result<(File, PathBuf)> {
    if path.file_name().is_none() {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    let new = folder(path).join(format!(".clinical-{}", CallId::draw()));
    Ok((create(&new)?, new))
}

/// A new file for this user only; an existing one is an error.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Makes the names in a folder durable. Only Unix lets a program ask for it.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        std::fs::write(&path, "of an earlier run, and longer").unwrap();
        let target = Target::open(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"of an earlier run, and longer");
        target.write(&[b"new", b"\n"]).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_the_file_behind_it_is_replaced_for_this_user_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.json"), folder.path().join("b.json"));
        std::fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        Target::open(&link).unwrap().write(&[b"new"]).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let full = Path::new("/dev/full");
        let error = Target::open(full).unwrap().write(&[b"x"]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(full.metadata().unwrap().file_type().is_char_device());
    }

    #[test]
    fn what_cannot_be_written_to_is_refused_in_advance() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("missing/out.json")] {
            let stop = Target::open(&path).unwrap_err();
            assert_eq!(stop.exit.code(), 2);
            assert!(stop.sentence.unwrap().starts_with("--out: "));
        }
    }
}
