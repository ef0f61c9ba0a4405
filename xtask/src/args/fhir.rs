//! The arguments of `cargo xtask fhir`.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::{Task, parse_check};

/// One task of `cargo xtask fhir`.
#[derive(Debug, PartialEq, Eq)]
pub enum FhirTask {
    /// Take the packages from the registry.
    Fetch,
    /// Write or check the generated types.
    Generate {
        /// Change nothing and fail if a file differs.
        check: bool,
    },
    /// Write or check the instances that the crate's tests use.
    Fixtures {
        /// Change nothing and fail if a file differs.
        check: bool,
    },
    /// Read and write examples, and compare.
    Conformance {
        /// Other examples than the official ones.
        folder: Option<PathBuf>,
        /// Also read them strictly.
        strict: bool,
    },
}

/// The task that the arguments after `fhir` name.
pub(super) fn parse(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let name = parser.value().map_err(|_| "fhir needs one of: fetch, generate, fixtures, conformance")?.string()?;
    let task = match name.as_str() {
        "generate" => FhirTask::Generate { check: parse_check(parser)? },
        "fixtures" => FhirTask::Fixtures { check: parse_check(parser)? },
        "fetch" => FhirTask::Fetch,
        "conformance" => return conformance(parser),
        _ => return Err(format!("there is no task 'fhir {name}'").into()),
    };
    match parser.next()? {
        None => Ok(Task::Fhir(task)),
        Some(other) => Err(other.unexpected()),
    }
}

fn conformance(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let (mut folder, mut strict) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("strict") if !strict => strict = true,
            Value(path) if folder.is_none() => folder = Some(PathBuf::from(path)),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Task::Fhir(FhirTask::Conformance { folder, strict }))
}
