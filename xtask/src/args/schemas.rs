//! The arguments of `cargo xtask schema`.

use std::path::PathBuf;

use lexopt::prelude::*;

use super::Task;
use crate::schema::Mode;
use crate::schema::verdict::Direction;

pub(super) fn parse(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let mode = match parser.next()? {
        None => return Ok(Task::Schema(Mode::Write)),
        Some(Long("check")) => Mode::Check,
        Some(Long("release")) => Mode::Release,
        Some(Value(name)) if name == "compare" => return compare(parser),
        Some(Value(name)) if name == "drift" => Mode::Drift {
            name: parser.value().map_err(|_| "drift needs a type and a file")?.string()?,
            file: parser.value().map_err(|_| "drift needs a type and a file")?.into(),
        },
        Some(other) => return Err(other.unexpected()),
    };
    match parser.next()? {
        None => Ok(Task::Schema(mode)),
        Some(other) => Err(other.unexpected()),
    }
}

fn compare(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let (mut files, mut direction) = (Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("direction") => {
                let name = parser.value()?.string()?;
                let named = Direction::named(&name);
                direction = Some(named.ok_or_else(|| format!("there is no direction '{name}': give reads or writes"))?);
            }
            Value(file) => files.push(PathBuf::from(file)),
            other => return Err(other.unexpected()),
        }
    }
    let direction = direction.ok_or("compare needs --direction reads or --direction writes")?;
    let [old, new] = <[PathBuf; 2]>::try_from(files).map_err(|_| "compare needs two files")?;
    Ok(Task::Schema(Mode::Compare { old, new, direction }))
}
