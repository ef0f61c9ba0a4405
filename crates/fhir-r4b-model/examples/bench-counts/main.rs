//! Counts what reading leaves on the heap, and how often it asks for memory, against `serde_json::Value`. It is a program beside
//! `bench`, because counting costs time that belongs to neither.

// A program talks on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "../bench/documents.rs"]
mod documents;
#[path = "../bench/patients.rs"]
mod patients;

use std::alloc::System;
use std::path::Path;

use fhir_r4b_model::{Resource, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder of the examples")?;
    for set in documents::sets(Path::new(&folder), arguments.next().is_some())? {
        let tell = |way: &str, read: &dyn Fn(&[u8]) -> Result<Counts, Failure>| -> Result<(), Failure> {
            let (mut live, mut allocations) = (0, 0);
            for document in &set.documents {
                let found = read(document)?;
                live += found.live;
                allocations += found.allocations;
            }
            let counts = serde_json::json!({"set": set.name, "bytes": set.bytes(), "way": way, "live_bytes": live, "allocations": allocations});
            println!("{counts}");
            Ok(())
        };
        tell("model", &|document| counted(|| Ok(json::from_slice::<Resource>(document)?)))?;
        tell("value", &|document| counted(|| Ok(serde_json::from_slice::<serde_json::Value>(document)?)))?;
    }
    Ok(())
}

struct Counts {
    live: usize,
    allocations: usize,
}

fn counted<T>(read: impl FnOnce() -> Result<T, Failure>) -> Result<Counts, Failure> {
    let region = Region::new(HEAP);
    let value = read()?;
    let change = region.change();
    drop(value);
    // The growth of a reallocation is counted among the allocated bytes.
    let live = change.bytes_allocated - change.bytes_deallocated;
    Ok(Counts { live, allocations: change.allocations + change.reallocations })
}
