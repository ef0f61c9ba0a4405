//! JSON with the vendor's own field names, so that what reads the vendor's answers reads these.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::item::{Coding, Failure, Outcome, Row};

#[derive(Serialize)]
struct Item<'a> {
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    #[serde(flatten)]
    coding: Option<Codes<'a>>,
}

#[derive(Serialize)]
struct Codes<'a> {
    final_code_assessments: &'a [Row],
    discarded_code_assessments: &'a [Row],
    #[serde(flatten)]
    runs: Runs<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Runs<'a> {
    One {
        run_id: Option<&'a str>,
    },
    /// One for each part; null for a part that failed.
    PerPart {
        run_ids: &'a [Option<String>],
    },
}

impl<'a> From<&'a Coding> for Codes<'a> {
    fn from(coding: &'a Coding) -> Self {
        let runs = if coding.split {
            Runs::PerPart { run_ids: &coding.runs }
        } else {
            Runs::One { run_id: coding.runs.first().and_then(Option::as_deref) }
        };
        Self { final_code_assessments: &coding.accepted, discarded_code_assessments: &coding.discarded, runs }
    }
}

/// Writes one object, without a line break.
pub(super) fn write(out: &mut impl Write, input: &str, outcome: &Outcome) -> io::Result<()> {
    let item = Item { input, error: outcome.failure(), coding: outcome.coding().map(Codes::from) };
    // Made whole first: an object that is cut by a serialisation error is worse than none.
    let text = serde_json::to_string(&item)?;
    out.write_all(text.as_bytes())
}
