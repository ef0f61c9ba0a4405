//! NDJSON: one resource in each line, as bulk exports have them. A line that cannot be read does not end the reading, and no more than one line is
//! held in memory.

use std::fmt;
use std::io::{self, BufRead};
use std::marker::PhantomData;

use super::{Error, FromJson, ReadOptions};

/// Reads the resources of an NDJSON stream, one after the other.
///
/// ```
/// use fhir_r4b_model::{Patient, json};
///
/// let text = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n";
/// let patients: Vec<Patient> = json::lines(text.as_bytes()).collect::<Result<_, _>>()?;
/// assert_eq!(patients.len(), 2);
/// # Ok::<(), fhir_r4b_model::json::StreamError>(())
/// ```
pub fn lines<T: FromJson, R: BufRead>(input: R) -> Lines<T, R> {
    ReadOptions::new().lines(input)
}

impl ReadOptions {
    /// Reads the resources of an NDJSON stream, one after the other, with these options for each of them.
    pub fn lines<T: FromJson, R: BufRead>(self, input: R) -> Lines<T, R> {
        Lines { input, options: self, line: Vec::new(), number: 0, ended: false, kind: PhantomData }
    }
}

/// The resources of an NDJSON stream; see [`lines`]. Empty lines are passed over. After an error of the input it ends; after a line that could not be
/// read it goes on.
pub struct Lines<T, R> {
    input: R,
    options: ReadOptions,
    line: Vec<u8>,
    number: usize,
    ended: bool,
    kind: PhantomData<fn() -> T>,
}

impl<T: FromJson, R: BufRead> Iterator for Lines<T, R> {
    type Item = Result<T, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.line.clear();
            self.number += 1;
            match self.input.read_until(b'\n', &mut self.line) {
                Ok(0) => self.ended = true,
                Ok(_) if self.line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let read = self.options.from_slice(&self.line);
                    return Some(read.map_err(|error| StreamError::Json { place: self.number, error }));
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(StreamError::Io(error)));
                }
            }
        }
        None
    }
}

impl<T, R> fmt::Debug for Lines<T, R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Lines(line {})", self.number)
    }
}

/// Why a stream could not be read on.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// The input failed.
    Io(io::Error),
    /// A part of it could not be read.
    Json {
        /// Which: the line of NDJSON, from 1; the entry of a bundle, from 0.
        place: usize,
        /// Why. Its byte position is that within the part.
        error: Error,
    },
}

impl fmt::Display for StreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(formatter, "the input failed: {error}"),
            Self::Json { place, error } => write!(formatter, "part {place}: {error}"),
        }
    }
}

impl std::error::Error for StreamError {}
