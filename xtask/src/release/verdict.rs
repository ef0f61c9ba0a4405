//! What changed since the last release, asked of both who can tell: the interface of the libraries, and the schemas of the wire. The worse
//! counts. Neither is asked before there is a release to compare with.

use anyhow::{Context as _, Result};

use super::Change;
use crate::git::Tag;
use crate::schema::verdict::Verdict;
use crate::{api, schema};

/// The worst change since a release, after printing what each said.
///
/// # Errors
///
/// If one of them cannot be asked: a verdict that lacks a voice would allow too small a step.
pub(super) fn since(tag: &Tag) -> Result<Change> {
    let api = api::since(tag)?;
    let schemas = schemas()?;
    println!("  schemas of the wire: {schemas}");
    Ok(api.max(schemas))
}

/// What `cargo xtask schema --check` says. Asked in this process: another one would look for the workspace anew, and might find another.
fn schemas() -> Result<Change> {
    let verdict = schema::run(&schema::Mode::Check).context("the schemas of the wire were not compared")?;
    Ok(of_verdict(verdict))
}

fn of_verdict(verdict: Verdict) -> Change {
    match verdict {
        Verdict::Compatible => Change::None,
        Verdict::Review => Change::Addition,
        Verdict::Breaking => Change::Breaking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_person_is_at_least_an_addition() {
        let changes = [Verdict::Compatible, Verdict::Review, Verdict::Breaking].map(of_verdict);
        assert_eq!(changes, [Change::None, Change::Addition, Change::Breaking]);
    }
}
