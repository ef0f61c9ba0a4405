//! Reads and writes every JSON file in a folder and says how many came back as they were: `kept` if the JSON is the same to
//! the digit, `altered` if not, `refused` if it could not be read. Try it with your own data:
//!
//! ```sh
//! cargo run --release --example conformance -- FOLDER
//! ```
//!
//! With the feature `validate` and `--strict` each file is read strictly as well: `invalid` names those that are refused then, with the first error, and
//! a last line counts them.
//!
//! With the feature `serde` each file is also read through `serde_json`, which has to give the same resource. The comparison uses `serde_json` and not
//! this crate's own reader, which is what is being tested.

// A program talks on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod files;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use fhir_r4b_model::{Resource, json};
use serde_json::value::RawValue;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, Failure> {
    let folder = std::env::args_os().nth(1).ok_or("name a folder with JSON files")?;
    let strict = std::env::args_os().nth(2).is_some_and(|option| option == "--strict");
    let (mut kept, mut altered, mut refused, mut invalid) = (0, 0, 0, 0);
    for path in files::below(Path::new(&folder))? {
        let original = match fs::read(&path) {
            Ok(original) => original,
            Err(error) => {
                refused += 1;
                println!("refused: {}: cannot be read: {error}", path.display());
                continue;
            }
        };
        match json::from_slice::<Resource>(&original) {
            Err(error) => {
                refused += 1;
                println!("refused: {}: {error}", path.display());
            }
            Ok(resource) => {
                if let Some(error) = if strict { strictly(&original)? } else { None } {
                    invalid += 1;
                    println!("invalid: {}: {error}", path.file_name().unwrap_or_default().to_string_lossy());
                }
                match alteration(&original, &resource)? {
                    None => kept += 1,
                    Some(what) => {
                        altered += 1;
                        println!("altered: {}: {what}", path.display());
                    }
                }
            }
        }
    }
    println!("kept={kept} altered={altered} refused={refused}");
    if strict {
        println!("invalid={invalid}");
    }
    Ok(kept > 0 && altered == 0 && refused == 0)
}

/// What differs from the original in what was read from it, if anything does.
fn alteration(original: &[u8], resource: &Resource) -> Result<Option<String>, Failure> {
    if resource.clone() != *resource {
        return Ok(Some("a clone differs".into()));
    }
    #[cfg(feature = "serde")]
    if serde_json::from_slice::<Resource>(original)? != *resource {
        return Ok(Some("it is another resource by way of serde".into()));
    }
    difference(std::str::from_utf8(original)?, &json::to_string(resource))
}

/// Why a strict reading refuses a file, if it does.
#[cfg(feature = "validate")]
#[allow(clippy::unnecessary_wraps)] // It fails without the feature.
fn strictly(original: &[u8]) -> Result<Option<String>, Failure> {
    let read = json::ReadOptions::new().strict().from_slice::<Resource>(original);
    Ok(read.err().map(|error| error.to_string()))
}

#[cfg(not(feature = "validate"))]
fn strictly(_: &[u8]) -> Result<Option<String>, Failure> {
    Err("--strict needs the feature `validate`: add `--features validate`".into())
}

/// The path of the first difference between two JSON values; numbers are compared by their text.
fn difference(left: &str, right: &str) -> Result<Option<String>, Failure> {
    let (left, right) = (left.trim(), right.trim());
    match (left.as_bytes().first(), right.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => {
            let left: BTreeMap<String, &RawValue> = serde_json::from_str(left)?;
            let right: BTreeMap<String, &RawValue> = serde_json::from_str(right)?;
            for (name, value) in &left {
                let Some(other) = right.get(name) else { return Ok(Some(format!(".{name} is gone"))) };
                if let Some(below) = difference(value.get(), other.get())? {
                    return Ok(Some(format!(".{name}{below}")));
                }
            }
            Ok(right.keys().find(|name| !left.contains_key(*name)).map(|name| format!(".{name} is new")))
        }
        (Some(b'['), Some(b'[')) => {
            let left: Vec<&RawValue> = serde_json::from_str(left)?;
            let right: Vec<&RawValue> = serde_json::from_str(right)?;
            if left.len() != right.len() {
                return Ok(Some(" has another length".into()));
            }
            for (place, (value, other)) in left.iter().zip(&right).enumerate() {
                if let Some(below) = difference(value.get(), other.get())? {
                    return Ok(Some(format!("[{place}]{below}")));
                }
            }
            Ok(None)
        }
        (Some(b'"'), Some(b'"')) => {
            let same = serde_json::from_str::<String>(left)? == serde_json::from_str::<String>(right)?;
            Ok((!same).then(|| " is another string".into()))
        }
        _ => Ok((left != right).then(|| " is another value".into())),
    }
}
