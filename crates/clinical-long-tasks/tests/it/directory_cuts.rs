//! Every prefix of every journal: what a crash or a power failure leaves of the last line is never taken for less than was done.

use clinical_long_tasks::{AnswerHead, ClaimEnd, DirectoryStore, Key, ResultStore as _, State, Terminal};

use crate::store_support::{Kept, entry, granted, orphan, state, token, wish};

/// What is done next to a task in this state.
#[derive(Debug, Clone, Copy)]
enum Step {
    Claim,
    Head,
    End(ClaimEnd),
    Reopen,
}

const ENDS: [(ClaimEnd, State); 8] = [
    (ClaimEnd::InProgress, State::Waiting),
    (ClaimEnd::NotConsumed, State::Waiting),
    (ClaimEnd::Partial, State::Partial),
    (ClaimEnd::PossiblyLost, State::PossiblyLost),
    (ClaimEnd::Gone, State::Gone),
    (ClaimEnd::Stored(Terminal::Done), State::Stored(Terminal::Done)),
    (ClaimEnd::Stored(Terminal::Failed), State::Stored(Terminal::Failed)),
    (ClaimEnd::Stored(Terminal::Unread), State::Stored(Terminal::Unread)),
];

/// All contents that a journal may have while `before` becomes `after`: one ends in the middle of what the other adds.
fn between(before: &[u8], after: &[u8]) -> Vec<Vec<u8>> {
    let common = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (longer, shorter) = if before.len() > after.len() { (before, after) } else { (after, before) };
    assert_eq!(common, shorter.len(), "a line is added or taken back, and never rewritten");
    let mut contents: Vec<Vec<u8>> = (common..=longer.len()).map(|end| longer[..end].to_vec()).collect();
    // After a power failure zeros may stand where data was to come.
    contents.extend((common..longer.len()).map(|end| {
        let mut holed = longer[..end].to_vec();
        holed.resize(longer.len(), 0);
        holed
    }));
    contents
}

/// Puts a journal into the place of the entry's own, and looks what another process would make of it.
#[track_caller]
fn look(kept: &Kept, store: &DirectoryStore, key: Key, journal: &[u8], possible: &[State]) {
    // Moved away and not overwritten: the file itself stays the one that a claim under way has open.
    let aside = kept.folder(key).join("aside");
    std::fs::rename(kept.journal(key), &aside).unwrap();
    std::fs::write(kept.journal(key), journal).unwrap();
    let found = state(store, key);
    assert!(possible.contains(&found), "{found:?} of {:?}", String::from_utf8_lossy(journal));
    std::fs::remove_file(kept.journal(key)).unwrap();
    std::fs::rename(&aside, kept.journal(key)).unwrap();
}

#[test]
fn no_prefix_of_a_journal_says_less_than_was_done() {
    for seed in 0..12 {
        let mut random = fastrand::Rng::with_seed(seed);
        let kept = Kept::new();
        let (store, other) = (kept.open(), kept.open());
        let token = token("task");
        let key = token.key();
        granted(&store, &token).end(ClaimEnd::InProgress).unwrap();
        let (mut truth, mut claim, mut begun) = (State::Waiting, None, false);
        for _ in 0..14 {
            let step = match truth {
                State::Waiting => Step::Claim,
                State::Claiming if !begun && random.bool() => Step::Head,
                State::Claiming => {
                    // A result that is kept is the end of the story, so it comes late.
                    let ends = if random.u8(..6) == 0 { 8 } else { 5 };
                    Step::End(ENDS[random.usize(..ends)].0)
                }
                State::Stored(_) => break,
                _ => Step::Reopen,
            };
            let before = std::fs::read(kept.journal(key)).unwrap();
            let next = match step {
                Step::Claim => {
                    claim = Some(granted(&store, &token));
                    begun = false;
                    State::Claiming
                }
                Step::Head => {
                    let claim = claim.as_mut().unwrap();
                    claim.begins(&AnswerHead::new(200, Some("line\nfeed \"quoted\"".to_owned()), Some(9))).unwrap();
                    claim.write(b"some body").unwrap();
                    begun = true;
                    State::Claiming
                }
                Step::End(end) => {
                    claim.take().unwrap().end(end).unwrap();
                    ENDS.iter().find(|(one, _)| *one == end).unwrap().1
                }
                Step::Reopen => {
                    store.reopen(key).unwrap();
                    State::Waiting
                }
            };
            let after = std::fs::read(kept.journal(key)).unwrap();
            for journal in between(&before, &after) {
                look(&kept, &other, key, &journal, &[truth, next]);
            }
            // When the call has returned, nothing of it is in doubt.
            look(&kept, &other, key, &after, &[next]);
            truth = next;
        }
    }
}

#[test]
fn an_unfinished_line_is_cut_off_before_the_next_is_written() {
    let kept = Kept::new();
    let store = kept.open();
    let token = token("task");
    let key = token.key();
    let journal = kept.journal(key);
    granted(&store, &token).end(ClaimEnd::PossiblyLost).unwrap();
    let whole = std::fs::read(&journal).unwrap();
    for torn in [&b"{\"event\":\"reopened\",\"time\":\"20"[..], b"\0\0\0", b"{}", &[b'x'; 500]] {
        std::fs::write(&journal, [&whole, torn].concat()).unwrap();
        assert_eq!(state(&store, key), State::PossiblyLost);
        store.reopen(key).unwrap();
        let reopened = std::fs::read(&journal).unwrap();
        std::fs::write(&journal, [&reopened, torn].concat()).unwrap();
        let claim = granted(&store, &token);
        assert_eq!((state(&store, key), wish(&store, &token)), (State::Claiming, "busy"));
        drop(claim);
        let claiming = std::fs::read(&journal).unwrap();
        assert!(claiming.starts_with(&reopened) && claiming.ends_with(b"\n"));
        std::fs::write(&journal, [&claiming, torn].concat()).unwrap();
        orphan(&store, key).claim.end(ClaimEnd::Gone).unwrap();
        assert_eq!(state(&store, key), State::Gone);
    }
}

#[test]
fn many_answers_in_progress_leave_a_journal_of_no_bytes_and_no_other_file() {
    let kept = Kept::new();
    let store = kept.open();
    let token = token("task");
    for _ in 0..100 {
        let mut claim = granted(&store, &token);
        claim.begins(&AnswerHead::new(200, None, None)).unwrap();
        claim.write(b"{\"status\":\"QUEUED\"}").unwrap();
        claim.end(ClaimEnd::InProgress).unwrap();
    }
    assert_eq!(std::fs::read(kept.journal(token.key())).unwrap(), b"");
    assert_eq!(crate::store_support::names(&kept.folder(token.key())), ["journal", "lock", "token.json"]);
    assert_eq!(entry(&store, token.key()).bytes, 0);
}

/// After a power failure the record of a claim may be there again that was taken back, or the bytes of an answer gone that was
/// coming. Neither is mistaken for the other: each claim has a file of its own.
#[test]
fn what_an_earlier_claim_left_is_never_taken_for_what_a_later_one_got() {
    let kept = Kept::new();
    let store = kept.open();
    let token = token("task");
    let key = token.key();
    let mut claim = granted(&store, &token);
    claim.write(b"{\"status\":\"QUEUED\"}").unwrap();
    let part = kept.file(key, "part-");
    let left = std::fs::read(&part).unwrap();
    claim.end(ClaimEnd::InProgress).unwrap();
    drop(granted(&store, &token));
    std::fs::write(&part, left).unwrap();
    let orphan = orphan(&store, key);
    assert_eq!((orphan.head, &*orphan.bytes), (None, &b""[..]));
}
