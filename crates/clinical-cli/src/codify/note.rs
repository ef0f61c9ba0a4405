//! From the bytes of a file to the text of a note, or to one sentence about what is wrong. The file's name is not part of
//! the sentence, and no byte of its content is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use omniscribe_codify::Error;
use omniscribe_codify::http_core::Error as HttpError;

/// The field of the vendor's contract that errors name.
pub(crate) const NOTE: &str = "medical_note";

/// More than this is read of nothing: far beyond every limit of the vendor, and still small enough for memory. A note
/// between the vendor's limit and this one can be split.
const MOST: u64 = 16 * 1024 * 1024;

/// Reads a file.
pub(crate) fn read_file(field: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
    let unreadable = |error: io::Error| unreadable(field, &error);
    let file = File::open(path).map_err(unreadable)?;
    // Opening a directory works on Unix, and reading from it would give a less helpful error.
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(self::unreadable(field, &io::ErrorKind::IsADirectory.into()));
    }
    read(field, file)
}

/// Reads a reader to its end.
pub(crate) fn read(field: &'static str, reader: impl Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    reader.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(field, &error))?;
    if bytes.len() as u64 > MOST {
        let rule = format!("has more than {MOST} bytes, which is never read; give a smaller file");
        return Err(HttpError::too_large(field, rule).into());
    }
    Ok(bytes)
}

pub(crate) fn unreadable(field: &'static str, error: &io::Error) -> Error {
    let rule = match error.kind() {
        io::ErrorKind::NotFound => "does not exist; check the path".into(),
        io::ErrorKind::PermissionDenied => "may not be read; check its permissions".into(),
        io::ErrorKind::IsADirectory => "is a directory; give the path of a file".into(),
        kind => format!("could not be read ({kind}); give a readable file"),
    };
    HttpError::invalid(field, rule).into()
}

/// The text of a note. A byte-order mark of UTF-8 is dropped.
pub(crate) fn text(field: &'static str, bytes: Vec<u8>) -> Result<String, Error> {
    let refuse = |rule: String| Err(HttpError::invalid(field, rule).into());
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return refuse("is UTF-16; convert it first, for example with: iconv -f UTF-16 -t UTF-8".into());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => refuse(format!(
            "is not UTF-8 from byte {} on; if it is Latin-1 or Windows-1252, convert it first, for example with: iconv -f WINDOWS-1252 -t UTF-8",
            error.utf8_error().valid_up_to() + 1
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_other_than_utf_8_is_named_and_no_byte_of_it_shown() {
        let latin1 = text(NOTE, b"Hipertensi\xf3n arterial".to_vec()).unwrap_err().to_string();
        assert!(latin1.contains("byte 11 on") && latin1.contains("WINDOWS-1252"), "{latin1}");
        assert!(!latin1.contains("Hipertensi"), "{latin1}");
        let utf16 = text(NOTE, b"\xff\xfeH\0".to_vec()).unwrap_err().to_string();
        assert!(utf16.contains("UTF-16"), "{utf16}");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_note() {
        assert_eq!(text(NOTE, "\u{feff}año".into()).unwrap(), "año");
        assert_eq!(text(NOTE, "año".into()).unwrap(), "año");
    }

    #[test]
    fn reading_ends_at_the_cap() {
        let error = read(NOTE, io::repeat(b'a')).unwrap_err().to_string();
        assert!(error.contains("more than 16777216 bytes"), "{error}");
    }
}
