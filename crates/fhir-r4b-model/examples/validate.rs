//! Validates every JSON file in a folder, prints the errors (with `warnings` the warnings too), and says how many are without an error:
//!
//! ```sh
//! cargo run --release --features validate --example validate -- FOLDER [warnings]
//! ```

// A program talks on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};

use fhir_r4b_model::Resource;
use fhir_r4b_model::issue::Severity;
use fhir_r4b_model::json::{self, ReadOptions};
use fhir_r4b_model::validate::Validate as _;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().ok_or("name a folder with JSON files")?;
    let warnings = arguments.next().is_some();
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files)?;
    files.sort();
    let (mut valid, mut invalid) = (0, 0);
    for path in files {
        let bytes = fs::read(&path)?;
        let resource: Resource = match json::from_slice(&bytes) {
            Ok(resource) => resource,
            Err(error) => {
                invalid += 1;
                println!("{}: not read: {error}", path.display());
                continue;
            }
        };
        let issues = resource.validate();
        let errors = issues.iter().any(|issue| issue.severity == Severity::Error);
        let strict = ReadOptions::new().strict().from_slice::<Resource>(&bytes);
        assert_eq!(strict.is_err(), errors, "strict reading and validation differ");
        for issue in issues.iter().filter(|issue| warnings || issue.severity == Severity::Error) {
            println!("{}: {issue}", path.display());
        }
        if errors {
            invalid += 1;
        } else {
            valid += 1;
        }
    }
    println!("valid={valid} invalid={invalid}");
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let npm = path.file_name().is_some_and(|name| name == "package.json" || name == ".index.json");
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") && !npm {
            files.push(path);
        }
    }
    Ok(())
}
