//! The flags of `clinical codify`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Connection, EXIT_CODES};

/// Codes notes and PDFs, one answer for each
///
/// Inputs fail one by one: what is wrong with one of them stops no other. At least one FILE or --pdf is needed.
///
/// ndjson and csv are written in the order in which results come in, each at once: kill -9 loses only what was on its way.
/// json and table are in the order of the inputs: a result waits for all before it, and kill -9 loses what waits, too.
/// After Ctrl-C, SIGHUP, SIGQUIT and SIGTERM every input is reported.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct CodifyArgs {
    /// Notes in UTF-8, at most 51,200 bytes each (see --split); `-` is stdin
    ///
    /// A file that is named .pdf or that starts with %PDF- is sent as a PDF of its own.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// A PDF of at most 5 MiB: alone, or together with exactly one note; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf: Option<PathBuf>,

    /// fast, balanced (the vendor's default), high-quality, or the name of a model made for you
    #[arg(long, value_name = "M")]
    pub(crate) model: Option<String>,

    /// The doctor's reference (x-doctor), 1 to 256 visible ASCII characters; required in production
    #[arg(long, value_name = "ID")]
    pub(crate) doctor: Option<String>,

    /// The patient's reference (x-patient), 1 to 256 visible ASCII characters
    #[arg(long, value_name = "ID")]
    pub(crate) patient: Option<String>,

    /// Show only accepted codes with at least this confidence, in percent (0 to 100)
    #[arg(long, value_name = "N", value_parser = percent, allow_hyphen_values = true)]
    pub(crate) min_confidence: Option<f64>,

    /// How results are written to stdout
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,

    /// Split notes that are too long at paragraph or sentence borders, and merge the results
    ///
    /// Each assessment then says its `part` (from 0) and all `parts` that agree, and each result has `run_ids` instead
    /// of `run_id`. Each part is billed as a note, and what only the whole note tells can be missed.
    #[arg(long)]
    pub(crate) split: bool,

    /// Clean the text before it is sent: line ends, invisible characters, repeated spaces and empty lines
    #[arg(long)]
    pub(crate) clean: bool,

    /// Also print what the vendor wrote about a failure, on stderr; it may quote the note
    #[arg(long)]
    pub(crate) details: bool,

    /// Keep answers that cannot be used in this folder, which is made if it is missing; they are billed all the same
    ///
    /// What was received of an answer that was not understood or was cut goes to DIR/NUMBER-NAME.answer, where NUMBER is
    /// that of the input, from 1. No file is overwritten, and on Unix only you may read them: they are
    /// patients' data.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep_answers: Option<PathBuf>,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    ///
    /// Two JSON lines for each call, chained by hash, with the references of doctor and patient. See `clinical audit verify`.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,

    /// How many inputs are on their way at the same time (1 to 32)
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) in_flight: u8,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading, in the order of the inputs; failures are on stderr
    Table,
    /// One array in the order of the inputs, the vendor's field names
    Json,
    /// One object per line as soon as it is known, the vendor's field names
    Ndjson,
    /// One row per code (RFC 4180), an input's rows as soon as they are known; failures are on stderr
    Csv,
}

impl Format {
    /// Whether results wait for those of the inputs before them: an array and a page for people have an order, while a line
    /// or a row names its input and is safer written at once.
    pub(crate) fn is_in_order(self) -> bool {
        matches!(self, Self::Table | Self::Json)
    }
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "give a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn confidence_is_a_number_from_0_to_100() {
        for good in ["0", "100", "95.2", "1e1"] {
            assert!(percent(good).is_ok(), "{good}");
        }
        for bad in ["-0.1", "100.1", "NaN", "inf", "-inf", "", "eighty", "95,2"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
    }
}
