//! An end that a crash left in the middle of a line: kept, closed, reported, and no tampering.

use std::fs;

use clinical_audit::{Finding, verify, verify_reader};

use crate::support::{Trail, calls, follow_the_rule, sha256, two_hundred};

/// A trail that was cut in its tenth line, and went on. The bytes of the unfinished line, and all.
async fn torn() -> (Trail, Vec<u8>) {
    let trail = Trail::new();
    let end = line_ends(&two_hundred().0)[8];
    let fragment = two_hundred().0[end..end + 150].to_vec();
    fs::write(trail.path(), &two_hundred().0[..end + 150]).unwrap();
    let report = trail.intact();
    assert_eq!((report.torn.len(), report.lines, report.head.seq()), (1, 10, 9));
    assert_eq!((report.torn[0].line, report.torn[0].bytes, report.torn[0].closed), (10, 150, false));
    let audit = trail.open();
    calls(&audit, 2).await;
    audit.close().await.unwrap();
    (trail, fragment)
}

fn line_ends(bytes: &[u8]) -> Vec<usize> {
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect()
}

#[tokio::test]
async fn an_unfinished_line_stays_where_it_is_and_the_chain_goes_on_around_it() {
    let (trail, fragment) = torn().await;
    let report = trail.intact();
    assert_eq!((report.torn.len(), report.lines, report.head.seq()), (1, 15, 14));
    assert_eq!((report.torn[0].line, report.torn[0].bytes, report.torn[0].closed), (10, 150, true));
    let bytes = trail.bytes();
    let ends = line_ends(&bytes);
    assert_eq!(&bytes[ends[8]..ends[9] - 1], fragment);
    let closing: serde_json::Value = serde_json::from_slice(&bytes[ends[9]..ends[10]]).unwrap();
    assert_eq!((&closing["kind"], &closing["seq"], &closing["bytes"]), (&"torn".into(), &10.into(), &150.into()));
    assert_eq!(closing["sha256"], sha256(&fragment));
    // Without the unfinished line the rest is one chain.
    follow_the_rule(&[&bytes[..ends[8]], &bytes[ends[9]..]].concat());
}

#[tokio::test]
async fn an_unfinished_line_that_was_closed_can_be_neither_changed_nor_removed_nor_moved() {
    let (trail, _) = torn().await;
    let bytes = trail.bytes();
    let ends = line_ends(&bytes);
    for at in ends[8]..ends[9] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let report = verify_reader(&changed[..], None).unwrap();
        assert_eq!(report.findings.first().and_then(Finding::line), Some(10), "byte {at}: {:?}", report.findings);
    }
    let removed = [&bytes[..ends[8]], &bytes[ends[9]..]].concat();
    assert_eq!(verify_reader(&removed[..], None).unwrap().findings, [Finding::FragmentMissing { line: 10 }]);
    let marker_removed = [&bytes[..ends[9]], &bytes[ends[10]..]].concat();
    let found = verify_reader(&marker_removed[..], None).unwrap().findings;
    assert_eq!(found, [Finding::Changed { first: 10, last: 10 }]);
    // The line and what closes it, together.
    let both = [&bytes[..ends[8]], &bytes[ends[10]..]].concat();
    assert_eq!(verify_reader(&both[..], None).unwrap().findings, [Finding::Removed { line: 10, from: 10, to: 10 }]);
    let moved = [&bytes[..ends[7]], &bytes[ends[8]..ends[9]], &bytes[ends[7]..ends[8]], &bytes[ends[9]..]].concat();
    let found = verify_reader(&moved[..], None).unwrap().findings;
    assert_eq!(found.first().and_then(Finding::line), Some(9), "{found:?}");
}

#[tokio::test]
async fn wherever_a_crash_cuts_a_trail_it_is_torn_and_not_tampered_with_and_goes_on() {
    let (bytes, _) = two_hundred();
    let ends = line_ends(bytes);
    // A line that lacks nothing but its line feed is whole.
    let is_whole = |cut| ends.contains(&cut) || ends.contains(&(cut + 1));
    // Each place around the line feeds, and some between them.
    let near = |cut: usize| ends.iter().any(|end| cut.abs_diff(*end) <= 3);
    for cut in (ends[1]..ends[3]).filter(|cut| cut % 9 == 0 || near(*cut)) {
        let trail = Trail::new();
        fs::write(trail.path(), &bytes[..cut]).unwrap();
        let report = trail.intact();
        assert_eq!(report.torn.len(), usize::from(!is_whole(cut)), "cut at {cut}");
        drop(trail.open());
        let closed = trail.intact();
        assert_eq!(closed.torn.len(), report.torn.len());
        assert!(closed.torn.iter().all(|torn| torn.closed), "cut at {cut}");
        assert!(trail.bytes().starts_with(&bytes[..cut]), "something was deleted");
        // A second crash, while the closing line is written.
        let whole = trail.bytes();
        let cuts = [cut + 2, cut + 60, whole.len() - 2].into_iter();
        for again in cuts.filter(|again| !is_whole(cut) && *again < whole.len()) {
            fs::write(trail.path(), &whole[..again]).unwrap();
            let report = trail.intact();
            assert_eq!((report.torn.len(), report.torn[0].closed), (1, false), "cut at {cut} and {again}");
            drop(trail.open());
            assert_eq!(trail.bytes(), whole, "cut at {cut} and {again}");
        }
    }
}

#[test]
fn the_head_of_before_a_crash_is_still_found_after_it() {
    let trail = Trail::new();
    let (bytes, head) = two_hundred();
    fs::write(trail.path(), [bytes, &b"{\"v\":1,\"seq\":201,\"ki"[..]].concat()).unwrap();
    drop(trail.open());
    let report = verify(trail.path(), Some(head)).unwrap();
    assert!(report.is_intact() && report.head.seq() == 201, "{report:?}");
}

#[test]
fn of_very_many_unfinished_lines_the_first_thousand_are_listed_and_the_rest_is_counted() {
    let (mut trail, mut prev) = (String::new(), "0".repeat(64));
    for seq in 1..=1_002 {
        let fragment = format!("{{\"v\":1,\"seq\":{seq},\"kind\":\"rec");
        let (bytes, sha256_of_it) = (fragment.len(), sha256(fragment.as_bytes()));
        let head =
            format!(r#"{{"v":1,"seq":{seq},"kind":"torn","bytes":{bytes},"sha256":"{sha256_of_it}","prev":"{prev}""#);
        prev = sha256(head.as_bytes());
        trail = [&*trail, &fragment, "\n", &head, ",\"hash\":\"", &prev, "\"}\n"].concat();
        // And one at the end that nothing closes.
        let open = trail.clone() + "{\"v\":1,";
        let report = match seq {
            999 | 1_000 | 1_002 => verify_reader(open.as_bytes(), None).unwrap(),
            _ => continue,
        };
        assert!(report.is_intact() && report.head.seq() == seq, "{:?}", report.findings);
        assert_eq!((report.torn.len(), report.torn_left_out), (1_000, seq - 999));
        assert_eq!((report.torn[999].line, report.torn[999].closed), (1_999, seq > 999));
    }
}
