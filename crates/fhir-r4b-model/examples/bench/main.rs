//! Times reading and writing against `serde_json::Value`, in one process and in turns. `cargo xtask bench fhir` runs it and the
//! example `bench-counts`, and makes a report of what they print.
//!
//! ```sh
//! cargo run --release --example bench -- FOLDER [quick]
//! cargo run --release --example bench -- FOLDER write OTHER-FOLDER
//! ```
//!
//! The second writes the documents that are measured, so that other programs can be measured with them.

// A program talks on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod documents;
mod patients;
mod turns;

use std::hint::black_box;
use std::path::Path;

use documents::Set;
use fhir_r4b_model::{Resource, json};
use serde_json::Value;
use turns::{Failure, Way};

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder of the examples")?;
    let mode = arguments.next();
    if mode.as_deref() == Some("write") {
        return write(Path::new(&folder), Path::new(&arguments.next().ok_or("name the folder to write to")?));
    }
    let quick = mode.is_some();
    for set in documents::sets(Path::new(&folder), quick)? {
        measure(&set, if quick { 3 } else { 9 })?;
    }
    Ok(())
}

fn write(examples: &Path, folder: &Path) -> Result<(), Failure> {
    for set in documents::sets(examples, false)? {
        let folder = folder.join(set.name.replace(' ', "-"));
        std::fs::create_dir_all(&folder)?;
        for (place, document) in set.documents.iter().enumerate() {
            std::fs::write(folder.join(format!("{place:04}.json")), document)?;
        }
    }
    Ok(())
}

/// One line of the result for each way of doing each work on the documents of a set.
fn measure(set: &Set, rounds: usize) -> Result<(), Failure> {
    let documents = &set.documents;
    let slices = turns::slices(documents.iter().map(Vec::len));
    let mut lines = vec![("model", "parse"), ("value", "parse"), ("serde", "parse")];
    let ways: [Way<'_>; 3] = [
        reading(documents, |document| Ok(json::from_slice::<Resource>(document)?)),
        reading(documents, |document| Ok(serde_json::from_slice::<Value>(document)?)),
        reading(documents, |document| Ok(serde_json::from_slice::<Resource>(document)?)),
    ];
    let mut taken = turns::in_turns(&slices, &ways, rounds)?;
    // What is written is without space, whatever was read.
    if set.is_minified() {
        let typed: Vec<Resource> = each(set, |document| Ok(json::from_slice(document)?))?;
        let untyped: Vec<Value> = each(set, |document| Ok(serde_json::from_slice(document)?))?;
        lines.extend([("model", "write"), ("value", "write"), ("serde", "write")]);
        let ways: [Way<'_>; 3] = [
            writing(&typed, |resource| Ok(json::to_vec(resource))),
            writing(&untyped, |value| Ok(serde_json::to_vec(value)?)),
            writing(&typed, |resource| Ok(serde_json::to_vec(resource)?)),
        ];
        taken.extend(turns::in_turns(&slices, &ways, rounds)?);
    }
    for ((way, quantity), seconds) in lines.iter().zip(taken) {
        let line = serde_json::json!({"set": set.name, "bytes": set.bytes(), "way": way, "quantity": quantity, "seconds": seconds});
        println!("{line}");
    }
    Ok(())
}

fn each<T>(set: &Set, read: impl Fn(&[u8]) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    set.documents.iter().map(|document| read(document)).collect()
}

/// Reads each document and lets go of it, which is part of the cost.
fn reading<'a, T>(documents: &'a [Vec<u8>], read: impl Fn(&[u8]) -> Result<T, Failure> + 'a) -> Way<'a> {
    Box::new(move |slice| {
        for document in &documents[slice] {
            black_box(read(black_box(document))?);
        }
        Ok(())
    })
}

fn writing<'a, T>(values: &'a [T], write: impl Fn(&T) -> Result<Vec<u8>, Failure> + 'a) -> Way<'a> {
    Box::new(move |slice| {
        for value in &values[slice] {
            black_box(write(black_box(value))?);
        }
        Ok(())
    })
}
