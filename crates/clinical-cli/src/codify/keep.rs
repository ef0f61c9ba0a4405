//! Keeps answers that were received and could not be used, because they are billed all the same: not understood, or cut. They
//! are patients' data, so they go to files that only this user may read, never to a stream; nothing is ever overwritten.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::exit::Stop;
use crate::output::item::{Outcome, Unusable};
use crate::plain::plain;
use crate::style;

/// How many characters of an input's name are part of the file name; the longest UTF-8 form stays below 255 bytes.
const NAME: usize = 48;

/// How many files with the same name there may be before it is given up.
const SAME_NAME: u32 = 1_000;

/// Where answers are kept, if they are.
#[derive(Debug)]
pub(super) struct Keep {
    folder: Option<PathBuf>,
}

impl Keep {
    /// Makes the folder if it is missing, readable for this user only, and proves that files can be made in it: that must not
    /// turn out when there is an answer to lose.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, Stop> {
        if let Some(folder) = folder {
            prepare(folder).map_err(|error| {
                Stop::usage(format!(
                    "--keep-answers: no file can be made in that folder ({}); give a folder that may be written to (nothing was sent)",
                    error.kind()
                ))
            })?;
        }
        Ok(Self { folder: folder.map(Path::to_owned) })
    }

    /// Keeps what came for an input, counted from 1, and says on stderr where; or says how it could be kept.
    pub(super) fn outcome(&self, number: usize, input: &str, outcome: &Outcome) {
        let Some(failure) = outcome.failure() else {
            return;
        };
        for answer in &failure.unusable {
            let (name, size) = (plain(input), answer.bytes.expose().len());
            let Some(folder) = &self.folder else {
                style::say(format_args!(
                    "{name}: {size} bytes of an answer that cannot be used were received and are gone; --keep-answers DIR would keep them on the next run"
                ));
                continue;
            };
            match write(folder, &stem(number, input, answer), answer) {
                Ok(path) => style::say(format_args!(
                    "{name}: {size} bytes of an answer that cannot be used are kept in {}",
                    plain(&path.display().to_string())
                )),
                Err(error) => style::error(format_args!(
                    "{name}: {size} bytes of an answer that cannot be used could not be kept: {}",
                    error.kind()
                )),
            }
        }
    }
}

fn prepare(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    let probe = folder.join(format!(".clinical-{}", std::process::id()));
    create(&probe)?;
    std::fs::remove_file(probe)
}

/// A new file for this user only; an existing one is an error.
fn create(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

fn write(folder: &Path, stem: &str, answer: &Unusable) -> io::Result<PathBuf> {
    let mut copy = 1;
    loop {
        // What an earlier run kept stays.
        let path = folder.join(match copy {
            1 => format!("{stem}.answer"),
            _ => format!("{stem}.{copy}.answer"),
        });
        match create(&path) {
            Ok(mut file) => {
                file.write_all(answer.bytes.expose())?;
                file.sync_all()?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && copy < SAME_NAME => {
                copy += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The file's name without its ending: the number, the last part of the input's name, and the part of a split note.
fn stem(number: usize, input: &str, answer: &Unusable) -> String {
    let name = match input {
        "-" => "stdin".into(),
        _ => Path::new(input).file_name().unwrap_or_default().to_string_lossy(),
    };
    let is_plain = |letter: char| letter.is_alphanumeric() || ".-_".contains(letter);
    let name: String = name.chars().take(NAME).map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    match answer.part {
        None => format!("{number}-{name}"),
        Some(part) => format!("{number}-{name}.part{part}"),
    }
}

#[cfg(test)]
mod tests {
    use omniscribe_codify::Sensitive;

    use super::*;

    fn answer(part: Option<usize>) -> Unusable {
        Unusable { part, bytes: Sensitive::new(b"{\"run".to_vec()) }
    }

    #[test]
    fn a_file_name_is_safe_and_short_whatever_the_input_is_called() {
        let long = format!("{}.txt", "ñ".repeat(300));
        for (input, expected) in [
            ("../a b\u{1b}[2J.txt", "3-a_b__2J.txt".to_owned()),
            ("-", "3-stdin".to_owned()),
            ("..", "3-".to_owned()),
            (&long, format!("3-{}", "ñ".repeat(48))),
        ] {
            assert_eq!(stem(3, input, &answer(None)), expected);
        }
        assert_eq!(stem(1, "a.txt", &answer(Some(2))), "1-a.txt.part2");
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let first = write(folder.path(), "1-a", &answer(None)).unwrap();
        std::fs::write(&first, "of an earlier run").unwrap();
        let second = write(folder.path(), "1-a", &answer(None)).unwrap();
        assert!(second.ends_with("1-a.2.answer"));
        assert_eq!(std::fs::read(&first).unwrap(), b"of an earlier run");
        assert_eq!(std::fs::read(&second).unwrap(), b"{\"run");
    }
}
