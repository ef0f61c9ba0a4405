//! The attempts of one call as a table: how long the client waited, what came back, and what is known about delivery.

use std::time::Duration;

use omniscribe_codify::Attempt;

use crate::output::table;

/// The table of the attempts of a call.
pub(crate) fn table(attempts: &[Attempt], width: u16) -> String {
    let header = ["Attempt", "Waited", "Result", "Delivery", "Retry-After", "Took"];
    let mut table = table::new(width, &header, &[0, 1, 3, 4, 5]);
    for attempt in attempts {
        table.add_row([
            attempt.number.to_string(),
            seconds(attempt.waited),
            result(attempt),
            attempt.delivery.to_string(),
            attempt.retry_after.map_or_else(|| "-".to_owned(), seconds),
            format!("{} ms", attempt.elapsed.as_millis()),
        ]);
    }
    table.trim_fmt()
}

fn result(attempt: &Attempt) -> String {
    match (attempt.status, attempt.failure) {
        (Some(status), Some(kind)) => format!("HTTP {status}, {kind}"),
        (Some(status), None) => format!("HTTP {status}, answered"),
        (None, Some(kind)) => format!("no answer, {kind}"),
        (None, None) => "no answer".to_owned(),
    }
}

fn seconds(time: Duration) -> String {
    if time.is_zero() { "-".to_owned() } else { format!("{:.2} s", time.as_secs_f64()) }
}
