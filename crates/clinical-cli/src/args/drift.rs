//! The arguments of `clinical drift`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

/// Shows what a payload has that this version does not name: places and types, never values
///
/// One line for each: `POINTER: what (JSON type)`, where what is an unknown field, an unknown value of a list, another type than expected, or a
/// field that is missing. Nothing is sent, and no value is shown, so that the lines can go into a ticket; names of fields are shown.
/// Ends with 0 if there is nothing, and with 1 if there is, or if the payload cannot be read.
#[derive(Debug, clap::Args)]
pub(crate) struct DriftArgs {
    /// What the payload should be; the names beginning with New are requests in files
    #[arg(value_name = "TYPE", value_parser = PossibleValuesParser::new(crate::drift::names()))]
    pub(crate) name: String,

    /// The payload, one JSON document; `-` is stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}
