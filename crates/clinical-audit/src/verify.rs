//! Reads a trail from its start and says what is wrong with it and where. It changes nothing, needs no more memory than the longest line
//! and the calls that are open, and repeats nobody's reference.

pub(crate) mod finding;
pub(crate) mod lines;
pub(crate) mod report;
pub(crate) mod sequence;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::line::{self, VERSION};
use crate::verify::lines::Lines;
use crate::verify::report::Counting;
use crate::verify::sequence::Sequence;
use crate::{Error, ErrorKind, Head, Report};

/// Reads the trail in a file; see [`verify_reader`]. The file is not locked: of a trail that is being written, the last line may be seen
/// as unfinished.
///
/// # Errors
///
/// As [`verify_reader`], and [`Unusable`](ErrorKind::Unusable) if the file cannot be opened or is not a regular file: a device such as
/// `/dev/null` would look like an empty trail. A file without a line is intact and has [`lines`](Report::lines) 0; whether that is as it
/// should be only an expected head tells.
pub fn verify(path: impl AsRef<Path>, expected: Option<&Head>) -> Result<Report, Error> {
    let path = path.as_ref();
    // Asked before it is opened: to open a pipe would wait for somebody who writes.
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(Error::new(ErrorKind::Unusable, "is not a regular file; give the path of a file"));
    }
    verify_reader(File::open(path).map_err(unreadable)?, expected)
}

/// Reads a whole trail. `expected` is a head that was kept elsewhere: without it nobody can tell whether lines at the end were cut off,
/// or the whole trail was replaced.
///
/// What is wrong with the trail is in the report; see [`Report::is_intact`].
///
/// # Errors
///
/// [`Unusable`](ErrorKind::Unusable) if it cannot be read, [`Version`](ErrorKind::Version) if it is of a newer format.
pub fn verify_reader(reader: impl Read, expected: Option<&Head>) -> Result<Report, Error> {
    let mut lines = Lines::new(reader);
    let (mut sequence, mut counting) = (Sequence::new(expected.copied()), Counting::default());
    while let Some(piece) = lines.next().map_err(unreadable)? {
        counting.line();
        match piece.bytes.and_then(line::check) {
            Some(sealed) if sealed.fields.v == VERSION => {
                counting.sealed(piece.number, &sealed.fields);
                sequence.sealed(piece.number, &sealed);
            }
            Some(_) => {
                let reason = "is of a newer format; use the version of the program that wrote it";
                return Err(Error::new(ErrorKind::Version, reason));
            }
            None if piece.ended => sequence.broken(piece.number, piece.bytes),
            None => sequence.unfinished(piece.number, piece.bytes),
        }
    }
    Ok(counting.report(sequence.end()))
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
fn unreadable(error: io::Error) -> Error {
    Error::new(ErrorKind::Unusable, format!("could not be read: {error}; correct the path or the permissions"))
}
