//! What comes back of a folder's documents: kept if the JSON is the same to the digit, altered if not, refused if it could not be read.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::compare::difference;
use crate::documents::{arguments, files};
use crate::{Failure, Read, Write};

/// Reads and writes each file of the folder on the command line, and prints what was not kept and the sums.
///
/// # Errors
///
/// If a file cannot be read.
pub fn keeps<T>(read: Read<T>, write: Write<T>) -> Result<(), Failure> {
    // Each panic is told as one line below.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut kept, mut altered, mut refused) = (0, 0, 0);
    for path in files(&arguments()?.0)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".json") || name == "package.json" || name == ".index.json" {
            continue;
        }
        let original = fs::read(&path)?;
        match catch_unwind(AssertUnwindSafe(|| read(&original).map(|resource| write(&resource)))) {
            Err(_) => {
                refused += 1;
                println!("refused: {name}: a panic");
            }
            Ok(Err(error)) => {
                refused += 1;
                println!("refused: {name}: {error}");
            }
            Ok(Ok(written)) => match written.and_then(|written| difference(&original, &written)) {
                Ok(None) => kept += 1,
                Ok(Some(at)) => {
                    altered += 1;
                    println!("altered: {name}: {at}");
                }
                Err(error) => {
                    altered += 1;
                    println!("altered: {name}: what is written is not JSON: {error}");
                }
            },
        }
    }
    println!("{}", serde_json::json!({"kept": kept, "altered": altered, "refused": refused}));
    Ok(())
}
