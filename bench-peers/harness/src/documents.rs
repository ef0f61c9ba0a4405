//! A set of documents: a folder. A crate is measured with what it can read; how many it refuses is told.

use std::fs;
use std::path::PathBuf;

use crate::{Failure, Read};

/// The folder, as it was named on the command line, and how many rounds are wanted.
pub(crate) fn arguments() -> Result<(PathBuf, usize), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().ok_or("name the folder with the documents")?;
    let rounds = arguments.next().map_or(Ok(9), |rounds| rounds.to_string_lossy().parse())?;
    Ok((folder.into(), rounds))
}

/// Documents that are measured together.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) documents: Vec<Vec<u8>>,
    /// How many the crate could not read; they are not among the documents.
    pub(crate) refused: usize,
}

impl Set {
    pub(crate) fn bytes(&self) -> usize {
        self.documents.iter().map(Vec::len).sum()
    }
}

/// The set that is measured. It has a process to itself: a heap that others have been in is slower, and not the same for all.
pub(crate) fn set<T>(read: Read<T>) -> Result<Set, Failure> {
    let folder = arguments()?.0;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().replace('-', " ");
    let mut set = Set { name, documents: Vec::new(), refused: 0 };
    for path in files(&folder)? {
        let document = fs::read(path)?;
        if read(&document).is_ok() {
            set.documents.push(document);
        } else {
            set.refused += 1;
        }
    }
    Ok(set)
}

/// The files of a folder, sorted.
pub(crate) fn files(folder: &std::path::Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    files.sort();
    Ok(files)
}
