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
