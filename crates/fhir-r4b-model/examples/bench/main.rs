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

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use documents::Set;
use fhir_r4b_model::{Resource, json};
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

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

/// One way of doing one kind of work on all documents of a set, in seconds.
type Work<'a> = (&'static str, &'static str, Box<dyn Fn() -> Result<f64, Failure> + 'a>);

fn measure(set: &Set, samples: usize) -> Result<(), Failure> {
    let typed: Vec<Resource> = each(set, |document| Ok(json::from_slice(document)?))?;
    let untyped: Vec<Value> = each(set, |document| Ok(serde_json::from_slice(document)?))?;
    let works: Vec<Work<'_>> = vec![
        ("model", "parse", Box::new(|| timed_each(set, |document| Ok(json::from_slice::<Resource>(document)?)))),
        ("value", "parse", Box::new(|| timed_each(set, |document| Ok(serde_json::from_slice::<Value>(document)?)))),
        ("serde", "parse", Box::new(|| timed_each(set, |document| Ok(serde_json::from_slice::<Resource>(document)?)))),
        ("model", "write", Box::new(|| timed(&typed, |resource| Ok(json::to_vec(resource))))),
        ("value", "write", Box::new(|| timed(&untyped, |value| Ok(serde_json::to_vec(value)?)))),
    ];
    let mut taken: Vec<Vec<f64>> = works.iter().map(|_| Vec::new()).collect();
    for _ in 0..samples {
        // In turns, so that a disturbance of the machine meets all.
        for ((_, _, work), taken) in works.iter().zip(&mut taken) {
            taken.push(work()?);
        }
    }
    for ((way, quantity, _), seconds) in works.iter().zip(taken) {
        let line = serde_json::json!({"set": set.name, "bytes": set.bytes(), "way": way, "quantity": quantity, "seconds": seconds});
        println!("{line}");
    }
    Ok(())
}

fn each<T>(set: &Set, read: impl Fn(&[u8]) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    set.documents.iter().map(|document| read(document)).collect()
}

/// Reads each document and lets go of it, which is part of the cost.
fn timed_each<T>(set: &Set, read: impl Fn(&[u8]) -> Result<T, Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for document in &set.documents {
        black_box(read(black_box(document))?);
    }
    Ok(start.elapsed().as_secs_f64())
}

fn timed<T>(values: &[T], write: impl Fn(&T) -> Result<Vec<u8>, Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for value in values {
        black_box(write(black_box(value))?);
    }
    Ok(start.elapsed().as_secs_f64())
}
