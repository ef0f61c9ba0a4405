//! The first half of the demo: every example coded through the real client, a few at a time, one table for each.

use std::collections::BTreeMap;
use std::io;

use clinical_sandbox::Sandbox;

use crate::demo::{client, examples, line};
use crate::exit::Stop;
use crate::output::item::Coding;
use crate::output::table;
use crate::progress::Progress;
use crate::style;

const IN_FLIGHT: usize = 4;

/// Whether each example got an answer, and at least one of them a code.
pub(super) async fn show(sandbox: &Sandbox) -> Result<bool, Stop> {
    let count = examples::requests().count();
    line(format_args!("1. Coding the {count} example notes and PDFs, {IN_FLIGHT} at a time.\n"))?;
    let progress = Progress::new(count);
    let codify = client(sandbox, progress.clone())?;
    let mut outcomes = codify.codify_many(
        examples::requests().enumerate().map(|(number, (name, request))| ((number, name), request)),
        IN_FLIGHT,
    );
    let mut results = BTreeMap::new();
    while let Some(outcome) = outcomes.next().await {
        progress.done_one();
        results.insert(outcome.key, outcome.result);
    }
    progress.clear();
    let settings = table::Settings { all_reasons: false, ..table::Settings::of_stdout(true) };
    let (mut answered, mut accepted, mut discarded) = (0, 0, 0);
    for ((_, name), result) in results {
        match result {
            Ok(answer) => {
                let coding = Coding::of_response(&answer);
                table::write(&mut io::stdout().lock(), &settings, name, &coding)?;
                answered += 1;
                accepted += coding.accepted.len();
                discarded += coding.discarded.len();
            }
            Err(error) => style::error(format_args!("{name}: {error}")),
        }
    }
    line(format_args!(
        "{answered} of {count} have an answer: {accepted} codes accepted, {discarded} discarded with the reason.\n"
    ))?;
    Ok(answered == count && accepted > 0)
}
