//! Whatever is done to a trail of 200 lines is found, and the right line is named.

use clinical_audit::{ErrorKind, Finding, verify_reader};

use crate::support::{sha256, two_hundred};

fn lines() -> Vec<Vec<u8>> {
    two_hundred().0.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// The findings in these lines, given the head of the whole trail.
fn findings(lines: &[Vec<u8>]) -> Vec<Finding> {
    verify_reader(&lines.concat()[..], Some(&two_hundred().1)).unwrap().findings
}

#[track_caller]
fn first_line(lines: &[Vec<u8>], expected: usize) {
    let found = findings(lines);
    assert_eq!(found.first().and_then(Finding::line), Some(expected as u64), "{found:?}");
}

/// Changes one byte and expects that its line is named.
fn change(bytes: &mut [u8], at: usize, new: u8) {
    let old = std::mem::replace(&mut bytes[at], new);
    if new != old {
        let line = bytes[..at].split(|byte| *byte == b'\n').count();
        let found = verify_reader(&*bytes, None).unwrap().findings;
        let named = found.first().and_then(Finding::line);
        assert_eq!(named, Some(line as u64), "byte {at} from {old} to {new}: {found:?}");
    }
    bytes[at] = old;
}

#[test]
fn every_byte_of_a_short_trail_counts() {
    let mut bytes = lines()[..4].concat();
    for at in 0..bytes.len() {
        for new in [bytes[at] ^ 1, bytes[at] ^ 0x20, b'\n', b' ', b'"', 0, 0xff] {
            change(&mut bytes, at, new);
        }
    }
}

#[test]
fn a_line_feed_in_a_line_is_one_change_of_two_lines() {
    for line in [1, 100, 200] {
        let mut lines = lines();
        lines[line - 1][40] = b'\n';
        let first = line as u64;
        let expected = Finding::Changed { first, last: first + 1 };
        let found = findings(&lines);
        assert_eq!(found.first(), Some(&expected));
        assert_eq!(found.len(), if line == 200 { 2 } else { 1 }, "{found:?}");
    }
}

#[test]
fn any_byte_of_a_long_trail_counts() {
    let mut bytes = two_hundred().0.clone();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let at = random.usize(..bytes.len());
        change(&mut bytes, at, random.u8(..));
    }
    // The line feeds are few: all of them.
    for at in (0..bytes.len()).filter(|at| two_hundred().0[*at] == b'\n') {
        change(&mut bytes, at, b'x');
    }
}

#[test]
fn every_removal_is_found() {
    for gone in 1..=200 {
        let mut lines = lines();
        lines.remove(gone - 1);
        let (line, number) = (gone as u64, gone as u64);
        let expected = match gone {
            200 => Finding::CutOff { found: 199, expected: 200 },
            _ => Finding::Removed { line, from: number, to: number },
        };
        assert_eq!(findings(&lines), [expected]);
    }
}

#[test]
fn the_removal_of_several_lines_is_found() {
    let mut random = fastrand::Rng::with_seed(8);
    for _ in 0..100 {
        let from = random.usize(1..199);
        let to = random.usize(from + 1..200);
        let mut lines = lines();
        lines.drain(from - 1..to);
        let expected = Finding::Removed { line: from as u64, from: from as u64, to: to as u64 };
        assert_eq!(findings(&lines), [expected], "{from} to {to}");
    }
    for kept in [0, 1, 100, 199] {
        let found = findings(&lines()[..kept]);
        assert_eq!(found, [Finding::CutOff { found: kept as u64, expected: 200 }]);
        assert!(verify_reader(&lines()[..kept].concat()[..], None).unwrap().is_intact(), "a chain alone cannot tell");
    }
}

#[test]
fn every_swap_of_two_lines_is_found() {
    let swap = |first: usize, second: usize| {
        let mut lines = lines();
        lines.swap(first - 1, second - 1);
        let found = findings(&lines);
        let out_of_place = |line: usize, number: usize| Finding::OutOfPlace {
            line: line as u64,
            found: number as u64,
            expected: line as u64,
        };
        if second == first + 1 {
            assert_eq!(found, [out_of_place(first, second)]);
        } else {
            assert_eq!(found, [out_of_place(first, second), out_of_place(second, first)]);
        }
    };
    // All neighbours, many that touch the ends or the middle, and some of the rest.
    (2..=200).for_each(|other| swap(other - 1, other));
    for other in (3..=199).step_by(4) {
        swap(1, other);
        swap(other, 200);
        swap(100.min(other), 101.max(other));
    }
    swap(1, 200);
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..100 {
        let first = random.usize(1..200);
        swap(first, random.usize(first + 1..=200));
    }
}

#[test]
fn a_copy_is_found_wherever_it_is_put() {
    let mut random = fastrand::Rng::with_seed(10);
    for round in 0..200 {
        let from = random.usize(1..=200);
        // Once in four behind the original or at the end.
        let at = match round % 8 {
            0 => from + 1,
            1 => 201,
            _ => random.usize(1..=201),
        };
        let mut lines = lines();
        let copy = lines[from - 1].clone();
        lines.insert(at - 1, copy);
        // A copy before its original cannot be told from one behind it.
        first_line(&lines, if at == from { at + 1 } else { at });
    }
}

#[test]
fn a_foreign_line_is_found() {
    for at in 1..=200 {
        let mut lines = lines();
        lines.insert(at - 1, b"{\"v\":1,\"seq\":7,\"kind\":\"record\"}\n".to_vec());
        assert_eq!(findings(&lines), [Finding::Inserted { first: at as u64, last: at as u64 }]);
    }
    let mut lines = lines();
    lines.splice(
        50..50,
        std::iter::repeat_n(vec![b'x'; 300_000], 3).map(|mut line| {
            line.push(b'\n');
            line
        }),
    );
    assert_eq!(findings(&lines), [Finding::Inserted { first: 51, last: 53 }]);
}

/// The line with other words and a hash that fits them.
fn forged(line: &[u8]) -> Vec<u8> {
    let line = String::from_utf8(line.to_vec()).unwrap().replace("canary-doctor", "dr_somebody");
    let (head, _) = line.rsplit_once(",\"hash\":\"").unwrap();
    format!("{head},\"hash\":\"{}\"}}\n", sha256(head.as_bytes())).into_bytes()
}

#[test]
fn a_line_that_was_forged_with_its_hash_is_betrayed_by_the_next_one_or_by_the_head() {
    for at in 1..=200 {
        let mut lines = lines();
        lines[at - 1] = forged(&lines[at - 1]);
        let expected = match at {
            200 => Finding::Replaced { line: 200 },
            _ => Finding::Unlinked { line: at as u64 + 1 },
        };
        assert_eq!(findings(&lines), [expected]);
    }
}

#[test]
fn a_trail_that_was_forged_from_a_line_to_its_end_is_betrayed_by_the_head_alone() {
    let mut lines = lines();
    let mut prev = None;
    for line in &mut lines[150..] {
        let text = String::from_utf8(line.clone()).unwrap();
        let (start, _) = text.rsplit_once(",\"prev\":\"").unwrap();
        let (_, old) = text.split_once(",\"prev\":\"").unwrap();
        let prev_hash = prev.unwrap_or_else(|| old[..64].to_owned());
        let text = format!("{start},\"prev\":\"{prev_hash}\",\"hash\":\"\"}}");
        *line = forged(text.as_bytes());
        prev = Some(String::from_utf8_lossy(&line[line.len() - 67..line.len() - 3]).into_owned());
    }
    assert!(verify_reader(&lines.concat()[..], None).unwrap().is_intact());
    assert_eq!(findings(&lines), [Finding::Replaced { line: 200 }]);
}

#[test]
fn the_head_of_an_earlier_day_still_holds_when_the_trail_has_grown() {
    let early = verify_reader(&lines()[..50].concat()[..], None).unwrap().head;
    let whole = verify_reader(&two_hundred().0[..], Some(&early)).unwrap();
    assert!(whole.is_intact(), "{:?}", whole.findings);
    assert_eq!(whole.head, two_hundred().1);
}

#[test]
fn an_empty_trail_is_intact_and_the_last_thing_left_of_one_is_not() {
    let report = verify_reader(&b""[..], None).unwrap();
    assert!(report.is_intact() && report.lines == 0 && report.head.seq() == 0 && report.first.is_none());
    assert_eq!(findings(&[]), [Finding::CutOff { found: 0, expected: 200 }]);
    let none = verify_reader(&two_hundred().0[..], Some(&report.head)).unwrap();
    assert!(none.is_intact(), "every trail begins with nothing");
}

#[test]
fn a_newer_format_is_not_judged() {
    let head = "{\"v\":2,\"seq\":1,\"kind\":\"opening\",\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"";
    let line = format!("{head},\"hash\":\"{}\"}}\n", sha256(head.as_bytes()));
    assert_eq!(verify_reader(line.as_bytes(), None).unwrap_err().kind(), ErrorKind::Version);
}

#[test]
fn an_opening_that_names_no_server_is_read_and_a_forged_name_is_cut() {
    let first = String::from_utf8(lines()[0].clone()).unwrap();
    let named = r#""server":"https://vendor.example:443","#;
    assert!(first.contains(named), "{first}");
    let long = format!(r#""server":"{}","#, "x".repeat(10_000));
    for (instead, server) in [("", None), (r#""server":null,"#, None), (&*long, Some("x".repeat(300)))] {
        let line = forged(first.replace(named, instead).as_bytes());
        let report = verify_reader(&line[..], None).unwrap();
        assert!(report.is_intact(), "{:?}", report.findings);
        assert_eq!((report.unfinished.len(), &report.unfinished[0].server), (1, &server));
    }
}

#[test]
fn a_report_counts_calls_and_times() {
    let report = verify_reader(&two_hundred().0[..], None).unwrap();
    assert_eq!((report.lines, report.openings, report.records), (200, 100, 100));
    let start = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
    assert_eq!(report.first, Some(start));
    assert!(report.last >= report.first);
    let without_records: Vec<_> = lines().into_iter().step_by(2).collect();
    let report = verify_reader(&without_records.concat()[..], None).unwrap();
    assert_eq!(report.unfinished.iter().map(|call| call.line).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
    assert!(!report.is_intact());
}
