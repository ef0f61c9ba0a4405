//! The second half of the demo: a rate limit and a broken connection on one note, and the note coded once all the same.

use std::time::Duration;

use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox, SandboxError};
use omniscribe_codify::Attempt;
use omniscribe_codify::http_core::{Event, Observer};

use crate::demo::{client, examples, line};
use crate::exit::Stop;
use crate::output::attempts;
use crate::output::table::Settings;
use crate::style;

/// What the sandbox asks the client to wait.
const HINT: Duration = Duration::from_secs(2);

/// Tells what the client does while it does it.
struct Narrator;

impl Observer for Narrator {
    fn on_event(&self, event: Event<'_>) {
        if let Event::Waiting { delay, asked_by_vendor, .. } = event {
            let why = if asked_by_vendor { "because the vendor asked for it" } else { "before the next attempt" };
            // If stdout is gone, the next checked write says so.
            let _ = line(format_args!("   waiting {:.1} s {why} ...", delay.as_secs_f64()));
        }
    }
}

/// Whether the note was coded, after the wait that was asked for, and processed exactly once.
pub(super) async fn show(sandbox: &Sandbox) -> Result<bool, Stop> {
    let Some((name, request)) = examples::note() else {
        return Err(Stop::failed("there is no example note"));
    };
    line(format_args!(
        "2. Coding {name} again. This time the vendor answers the first attempt with 429 and Retry-After: {}, and breaks the\n   \
         connection of the second.\n",
        HINT.as_secs()
    ))?;
    // Counting starts anew, so that the numbers below are those of this one call.
    sandbox.reset();
    plan(sandbox).map_err(|error| Stop::failed(error.to_string()))?;
    let codify = client(sandbox, Narrator)?;
    let answer = match codify.codify(&request).await {
        Ok(answer) => answer,
        Err(error) => {
            style::error(format_args!("{name}: {error}"));
            return Ok(false);
        }
    };
    let seen = sandbox.journal().attempts_on("codify").len();
    let processed = sandbox.ledger().processed("codify");
    line(format_args!(
        "\n{}\n\nThe sandbox saw {seen} attempts and processed the note {}. The answer has {} accepted codes.\n",
        attempts::table(&answer.attempts, Settings::of_stdout(true).width),
        if processed == 1 { "once".to_owned() } else { format!("{processed} times") },
        answer.final_code_assessments.len(),
    ))?;
    Ok(seen == 3 && processed == 1 && waited_as_asked(&answer.attempts))
}

fn plan(sandbox: &Sandbox) -> Result<(), SandboxError> {
    let limit = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: HINT.as_secs() });
    sandbox.inject(Fault::new(limit).on("codify").nth(1))?;
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).on("codify").nth(2))
}

fn waited_as_asked(attempts: &[Attempt]) -> bool {
    attempts.len() == 3 && attempts[1].waited >= HINT
}
