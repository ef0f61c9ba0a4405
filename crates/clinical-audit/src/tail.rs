//! Reads the end of an existing trail and decides where it goes on, or that it does not. An end that a crash left unfinished is closed
//! and stays; an end that does not verify is never continued, because what follows it would lend it credit.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::entry::Torn;
use crate::line::{self, LONGEST, VERSION};
use crate::{Error, ErrorKind, Head};

/// How much of the end is read, in bytes. Several lines of any length have room in it.
const WINDOW: u64 = 4 * LONGEST as u64;

/// Where a trail goes on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) head: Head,
    /// What closes an unfinished line, and is to be appended first.
    pub(crate) closing: Vec<u8>,
    pub(crate) length: u64,
}

pub(crate) fn read(mut file: &File) -> Result<End, Error> {
    let window = |file: &mut &File| -> io::Result<(u64, Vec<u8>)> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(WINDOW)))?;
        let mut bytes = Vec::new();
        file.take(WINDOW).read_to_end(&mut bytes)?;
        Ok((length, bytes))
    };
    let (length, bytes) = window(&mut file).map_err(|error| {
        Error::new(
            ErrorKind::Unusable,
            format!("could not be read: {error}; correct the permissions or check the disk"),
        )
    })?;
    let (head, closing) = decide(&bytes, length > WINDOW)?;
    Ok(End { head, closing, length })
}

fn damaged() -> Error {
    let reason = "does not verify at its end, or is not an audit trail; verify it, keep it, and begin a new file";
    Error::new(ErrorKind::Damaged, reason)
}

/// `cut`: the bytes begin somewhere in a line.
fn decide(bytes: &[u8], cut: bool) -> Result<(Head, Vec<u8>), Error> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let mut rest = lines.pop().unwrap_or_default();
    // Whole but for its line feed.
    let unended = line::check(rest).is_some();
    if unended {
        lines.push(std::mem::take(&mut rest));
    }
    let mut last = if cut { None } else { Some(Head::EMPTY) };
    let mut torn: Option<&[u8]> = None;
    for bytes in lines.into_iter().skip(usize::from(cut)) {
        let Some(sealed) = line::check(bytes) else {
            // One line may be unfinished, if the next one closes it.
            if torn.replace(bytes).is_some() {
                return Err(damaged());
            }
            continue;
        };
        if sealed.fields.v != VERSION {
            let reason = "is of a newer format; use the version of the program that wrote it";
            return Err(Error::new(ErrorKind::Version, reason));
        }
        let follows = last.is_none_or(|last| sealed.fields.seq == last.seq + 1 && sealed.prev == last.hash);
        let closes = match torn.take() {
            Some(fragment) => sealed.closes(&Torn::of(fragment)),
            None => sealed.fields.kind != line::Kind::Torn || last.is_none(),
        };
        if !follows || !closes {
            return Err(damaged());
        }
        last = Some(sealed.head());
    }
    let last = last.ok_or_else(damaged)?;
    let next = last.seq.saturating_add(1);
    let closing = |fragment| line::closing(&last, &Torn::of(fragment)).map_err(|_| damaged());
    match torn {
        None if unended => Ok((last, b"\n".to_vec())),
        None if rest.is_empty() => Ok((last, Vec::new())),
        None if line::may_be_torn(rest, next) => {
            let (text, head) = closing(rest)?;
            Ok((head, [b"\n", &text[..], b"\n"].concat()))
        }
        // The line that was to close an unfinished one is unfinished itself.
        Some(fragment) if !rest.is_empty() && line::may_be_torn(fragment, next) => {
            let (text, head) = closing(fragment)?;
            let missing = text.strip_prefix(rest).ok_or_else(damaged)?;
            Ok((head, [missing, b"\n"].concat()))
        }
        _ => Err(damaged()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, Lost};

    /// Lines that follow each other, and the head of the last.
    fn lines(count: u64) -> (Vec<u8>, Head) {
        let (mut bytes, mut head) = (Vec::new(), Head::EMPTY);
        for records in 0..count {
            let (line, next) = line::seal(&head, &Entry::Lost(Lost::now(records))).unwrap();
            bytes.extend([&line[..], b"\n"].concat());
            head = next;
        }
        (bytes, head)
    }

    #[test]
    fn a_trail_goes_on_after_its_last_line() {
        assert_eq!(decide(b"", false).unwrap(), (Head::EMPTY, Vec::new()));
        let (bytes, head) = lines(3);
        assert_eq!(decide(&bytes, false).unwrap(), (head, Vec::new()));
        assert_eq!(decide(&bytes[9..], true).unwrap(), (head, Vec::new()));
    }

    #[test]
    fn wherever_a_crash_cuts_the_last_line_or_the_line_that_closes_it_the_trail_goes_on() {
        let (bytes, _) = lines(3);
        let second = lines_end(&bytes, 2);
        for cut in second + 1..bytes.len() {
            let mut file = bytes[..cut].to_vec();
            let (head, closing) = decide(&file, false).unwrap();
            let whole = [&file[..], &closing].concat();
            assert_eq!(decide(&whole, false).unwrap(), (head, Vec::new()), "cut at {cut}");
            assert_eq!(head.seq, 3);
            // The same again, in the middle of the closing text. Its line feed alone leaves a line that looks changed.
            for again in 2..closing.len() {
                file.truncate(cut);
                file.extend_from_slice(&closing[..again]);
                let (second_head, missing) = decide(&file, false).unwrap();
                assert_eq!((second_head, [&file[..], &missing].concat()), (head, whole.clone()), "{cut}, {again}");
            }
        }
    }

    #[test]
    fn zeros_of_a_power_failure_are_an_unfinished_line() {
        let (bytes, _) = lines(2);
        for keep in [0, 10, 40] {
            let file = [&bytes[..lines_end(&bytes, 1) + keep], &[0; 100]].concat();
            assert_eq!(decide(&file, false).unwrap().0.seq, 2, "{keep}");
        }
    }

    #[test]
    fn no_single_byte_of_the_end_can_be_changed_without_notice() {
        let (bytes, head) = lines(3);
        for at in 0..bytes.len() {
            for new in [b'\n', b'0', b'"', 0, bytes[at] ^ 1] {
                let mut file = bytes.clone();
                file[at] = new;
                let refused = decide(&file, false).is_err();
                assert!(refused || new == bytes[at], "byte {at} as {new}");
            }
        }
        assert_eq!(decide(&bytes, false).unwrap().0, head);
    }

    #[test]
    fn lines_at_the_end_that_do_not_belong_together_are_damage() {
        let (bytes, head) = lines(2);
        let torn = Torn::of(b"{\"v\":1,");
        let after = |head: &Head, entry: &Entry| [&line::seal(head, entry).unwrap().0[..], b"\n"].concat();
        let lost = Entry::Lost(Lost::now(1));
        let refused = |more: &[&[u8]]| decide(&[&bytes, &more.concat()[..]].concat(), false).is_err();
        assert!(!refused(&[&after(&head, &lost)]));
        assert!(refused(&[&after(&Head { seq: 3, ..head }, &lost)]), "a number is missing");
        assert!(refused(&[&after(&Head { hash: [1; 32], ..head }, &lost)]), "another line before it");
        let closing = after(&head, &Entry::Torn(torn));
        assert!(!refused(&[b"{\"v\":1,\n", &closing]));
        assert!(refused(&[b"{\"v\":1;\n", &closing]), "another unfinished line");
        assert!(refused(&[&closing]), "no unfinished line");

        // What closes a line that was never the beginning of one closes nothing, and is no excuse.
        let odd = line::closing(&head, &Torn::of(b"hello")).unwrap().0;
        assert!(refused(&[b"hello\n", &odd[..50]]));
        let whole = [&bytes[..], b"hello\n", &odd[..50]].concat();
        let found = crate::verify_reader(&whole[..], None).unwrap().findings;
        assert_eq!(found, [crate::Finding::Changed { first: 3, last: 4 }]);
    }

    #[test]
    fn what_is_not_a_trail_is_not_touched() {
        for text in ["hello", "hello\n", "{}", "{}\n", "{\"v\":1,\"seq\":2,\"kind\":\"", "\n"] {
            assert_eq!(decide(text.as_bytes(), false).unwrap_err().kind(), ErrorKind::Damaged, "{text}");
        }
        assert_eq!(decide(&[b'x'; 100], true).unwrap_err().kind(), ErrorKind::Damaged);
    }

    fn lines_end(bytes: &[u8], count: usize) -> usize {
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(count - 1).unwrap().0 + 1
    }
}
