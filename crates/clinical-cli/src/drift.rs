//! `clinical drift TYPE FILE`: what a payload has that its type does not name. It shows no value and sends nothing.

use std::io::{self, Read, Write};
use std::path::Path;

use clinical_drift::Shape;

use crate::args::DriftArgs;
use crate::exit::{Exit, Stop};
use crate::plain::plain;
use crate::style;

/// More than any vendor answers; a file that was named by mistake must not fill the memory.
const LONGEST: u64 = 256 * 1024 * 1024;

fn schemas() -> impl Iterator<Item = (&'static str, &'static str)> {
    [omniscribe_codify::schema::READS, haidy_analyst::schema::READS, novamed_api::schema::READS]
        .into_iter()
        .flatten()
        .copied()
}

/// The names of all types.
pub(crate) fn names() -> Vec<&'static str> {
    schemas().map(|(name, _)| name).collect()
}

pub(crate) fn run(args: &DriftArgs) -> Result<Exit, Stop> {
    let file = plain(&args.file.display().to_string());
    let bytes = read(&args.file).map_err(|error| Stop::failed(format!("{file} cannot be read: {error}")))?;
    let schema = schemas().find(|(name, _)| *name == args.name).map(|(_, schema)| schema);
    let unusable = || Stop::failed(format!("{}: this version has no schema that it could be held against", args.name));
    let shape = Shape::parse(schema.ok_or_else(unusable)?).map_err(|_| unusable())?;
    let found = shape.drift(&bytes).map_err(|error| Stop::failed(format!("{file}: {error}")))?;
    if found.is_empty() {
        style::say(format_args!("{file}: {} names all of it", args.name));
        return Ok(Exit::Ok);
    }
    let mut out = io::stdout().lock();
    for finding in &found {
        writeln!(out, "{finding}")?;
    }
    out.flush()?;
    Ok(Exit::SomeFailed)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::other("it is larger than 256 MiB"));
    }
    Ok(bytes)
}
