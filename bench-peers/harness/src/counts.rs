//! What reading leaves on the heap, and how often it asks for memory. A program beside the one that times, because counting costs time.

use std::alloc::System;

use stats_alloc::{Region, StatsAlloc};

use crate::documents;
use crate::times::untyped;
use crate::{Failure, Read};

/// Counts for a crate and for `serde_json::Value`, over the documents of the folder on the command line. The heap is the program's.
///
/// # Errors
///
/// If a file cannot be read.
pub fn counts<T>(heap: &'static StatsAlloc<System>, read: Read<T>) -> Result<(), Failure> {
    let set = documents::set(read)?;
    let tell = |way, counted: &dyn Fn(&[u8]) -> Result<(usize, usize), Failure>| -> Result<(), Failure> {
        let (mut live, mut allocations) = (0, 0);
        for document in &set.documents {
            let (more, often) = counted(document)?;
            live += more;
            allocations += often;
        }
        println!(
            "{}",
            serde_json::json!({"set": set.name, "bytes": set.bytes(), "way": way, "live_bytes": live, "allocations": allocations})
        );
        Ok(())
    };
    tell("crate", &|document| counted(heap, || read(document)))?;
    tell("value", &|document| counted(heap, || untyped(document)))
}

/// Bytes that are left, and how often memory was asked for.
fn counted<T>(
    heap: &'static StatsAlloc<System>,
    read: impl FnOnce() -> Result<T, Failure>,
) -> Result<(usize, usize), Failure> {
    let region = Region::new(heap);
    let value = read()?;
    let change = region.change();
    drop(value);
    // The growth of a reallocation is counted among the allocated bytes.
    Ok((change.bytes_allocated - change.bytes_deallocated, change.allocations + change.reallocations))
}
