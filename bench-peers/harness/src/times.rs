//! How long reading and writing takes.

use std::hint::black_box;

use serde_json::Value;

use crate::documents;
use crate::turns::{self, Way};
use crate::{Failure, Read, Write};

/// Times a crate and `serde_json::Value` in turns, over the documents of the folder on the command line.
///
/// # Errors
///
/// If a file cannot be read, or what was read cannot be written.
pub fn times<T>(read: Read<T>, write: Write<T>) -> Result<(), Failure> {
    let rounds = documents::arguments()?.1;
    let set = documents::set(read)?;
    let slices = turns::slices(set.documents.iter().map(Vec::len));
    let tell = |quantity, taken: Vec<Vec<f64>>| {
        for (way, seconds) in ["crate", "value"].into_iter().zip(taken) {
            println!(
                "{}",
                serde_json::json!({"set": set.name, "bytes": set.bytes(), "documents": set.documents.len(), "refused": set.refused,
                    "way": way, "quantity": quantity, "seconds": seconds})
            );
        }
    };
    // What is written is without space, whatever was read. It comes first, while the heap is in order.
    if set.name.ends_with("minified") {
        let values: Vec<Value> = set.documents.iter().map(|document| untyped(document)).collect::<Result<_, _>>()?;
        let typed: Vec<T> = set.documents.iter().map(|document| read(document)).collect::<Result<_, _>>()?;
        let ways: [Way<'_>; 2] = [writing(&typed, write), writing(&values, |value| Ok(serde_json::to_vec(value)?))];
        tell("write", turns::in_turns(&slices, &ways, rounds)?);
    }
    let ways: [Way<'_>; 2] = [reading(&set.documents, read), reading(&set.documents, untyped)];
    tell("parse", turns::in_turns(&slices, &ways, rounds)?);
    Ok(())
}

pub(crate) fn untyped(document: &[u8]) -> Result<Value, Failure> {
    Ok(serde_json::from_slice(document)?)
}

/// Reads each document and lets go of it, which is part of the cost.
fn reading<'a, T: 'a>(documents: &'a [Vec<u8>], read: Read<T>) -> Way<'a> {
    Box::new(move |slice| {
        for document in &documents[slice] {
            black_box(read(black_box(document))?);
        }
        Ok(())
    })
}

fn writing<T>(values: &[T], write: Write<T>) -> Way<'_> {
    Box::new(move |slice| {
        for value in &values[slice] {
            black_box(write(black_box(value))?);
        }
        Ok(())
    })
}
