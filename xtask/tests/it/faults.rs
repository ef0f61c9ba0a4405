//! The judge of `cargo xtask faults` has to find what is wrong with a client that is made wrong on purpose: one that cannot fail proves nothing.

use std::path::Path;

use xtask::faults::wire::Sabotage;
use xtask::faults::{Suite, Tally, play};

fn played(suite: Suite, schedules: u64, sabotage: Option<Sabotage>) -> Tally {
    play(suite, 1, schedules, Path::new(env!("CARGO_BIN_EXE_faults-worker")), sabotage).unwrap()
}

fn sabotaged(suite: Suite, schedules: u64, sabotage: Sabotage) -> Tally {
    let tally = played(suite, schedules, Some(sabotage));
    assert!(!tally.is_clean());
    tally
}

#[test]
fn a_client_that_repeats_claims_is_found_to_duplicate() {
    assert!(sabotaged(Suite::Claims, 60, Sabotage::RepeatClaims).duplicated > 0);
}

#[test]
fn a_client_that_submits_again_is_found_to_duplicate() {
    assert!(sabotaged(Suite::Submissions, 60, Sabotage::Resubmit).duplicated > 0);
}

#[test]
fn a_store_that_forgets_bytes_is_found_to_lose() {
    assert!(sabotaged(Suite::Claims, 10, Sabotage::ForgetBytes).lost > 0);
}

#[test]
fn a_store_that_loses_an_entry_is_found_to_lose() {
    assert!(sabotaged(Suite::Submissions, 10, Sabotage::ForgetEntry).lost > 0);
}

#[test]
fn a_client_that_says_not_consumed_at_a_venture_is_found_to_explain_nothing() {
    assert!(sabotaged(Suite::Claims, 40, Sabotage::Lie).unexplained > 0);
}

#[test]
fn a_client_that_keeps_quiet_about_what_is_uncertain_is_found_to_explain_nothing() {
    assert!(sabotaged(Suite::Claims, 40, Sabotage::Silence).unexplained > 0);
}

#[test]
fn the_real_client_loses_nothing_and_does_nothing_twice() {
    for suite in [Suite::Claims, Suite::Submissions] {
        let tally = played(suite, 30, None);
        assert!(tally.is_clean(), "{tally}");
        // It was not spared.
        assert!(tally.schedules == 30 && tally.never().len() < 25, "{tally}");
        assert!(tally.of("end", "stored") > 0 && tally.of("end", "submission unknown") > 0, "{tally}");
    }
}

#[test]
fn a_client_that_sends_creates_of_unknown_outcome_again_is_found_to_duplicate() {
    assert!(sabotaged(Suite::Creates, 150, Sabotage::RepeatUnknown).duplicated > 0);
}

#[test]
fn a_client_that_sends_creates_again_after_503_or_408_is_found_to_explain_nothing() {
    assert!(sabotaged(Suite::Creates, 150, Sabotage::RepeatRefused).unexplained > 0);
}

#[test]
fn a_log_that_lets_everything_pass_is_found_to_duplicate_and_nothing_else() {
    let tally = sabotaged(Suite::Creates, 60, Sabotage::IgnoreLog);
    assert_eq!((tally.lost, tally.unexplained), (0, 0), "{tally}");
}

#[test]
fn a_client_that_says_not_created_where_nobody_knows_is_found_to_lose() {
    assert!(sabotaged(Suite::Creates, 150, Sabotage::DenyUnknown).lost > 0);
}

#[test]
fn a_client_that_takes_unknown_creates_off_the_record_is_found_to_lose() {
    assert!(sabotaged(Suite::Creates, 150, Sabotage::ReleaseUnknown).lost > 0);
}

#[test]
fn the_real_client_creates_nothing_twice_and_denies_nothing() {
    let tally = played(Suite::Creates, 400, None);
    assert!(tally.is_clean(), "{tally}");
    // It was not spared: connections that were never there, answers that never came, callers that left, processes that died.
    assert_eq!(tally.schedules, 400);
    for (kind, name) in [
        ("create", "created, processed"),
        ("create", "created, processed, several attempts"),
        ("create", "connect, not processed, several attempts"),
        ("create", "duplicate, not processed"),
        ("create", "left by its caller, processed"),
        ("create", "its process died, not processed"),
        ("unknown outcome", "a connection that broke off, reset_before_response, processed"),
        ("unknown outcome", "a connection that broke off, reset_before_response, not processed"),
        ("unknown outcome", "no answer in time, no_answer, processed"),
        ("on record", "created"),
        ("on record", "uncertain"),
        ("on record", "nothing"),
    ] {
        assert!(tally.of(kind, name) > 0, "never {kind}: {name}\n{tally}");
    }
}
