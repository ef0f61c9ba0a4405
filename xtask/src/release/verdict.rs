//! What changed since the last release, asked of both who can tell: the interface of the libraries, and the schemas of the wire. The worse
//! counts. Neither is asked before there is a release to compare with.

use anyhow::{Result, bail};

use super::Change;
use crate::git::Tag;
use crate::{api, workspace};

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

/// `cargo xtask schema --check` tells by its exit code.
fn schemas() -> Result<Change> {
    let program = std::env::current_exe()?;
    let status = workspace::command(program).args(["schema", "--check"]).status()?;
    of_schemas(status.code())
}

fn of_schemas(code: Option<i32>) -> Result<Change> {
    match code {
        Some(0) => Ok(Change::None),
        Some(3) => Ok(Change::Addition),
        Some(4) => Ok(Change::Breaking),
        _ => bail!("the schemas of the wire were not compared: run `cargo xtask schema --check` and mend what it says"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_of_the_schemas_is_a_change_or_no_verdict() {
        let changes = [0, 3, 4].map(|code| of_schemas(Some(code)).unwrap());
        assert_eq!(changes, [Change::None, Change::Addition, Change::Breaking]);
        for failed in [Some(1), Some(2), Some(101), None] {
            assert!(of_schemas(failed).is_err(), "{failed:?}");
        }
    }
}
