//! `Retry-After` through the client: what is read of it is what is on record, and what is waited for.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{Backoff, Deadlines, Delivery, ErrorKind, Jitter, RetryPolicy};

use crate::support::{IDEMPOTENT, builder, millis, ok, seconds, send};

/// The time of the jumping clock at its start; 2026-01-01 was a Thursday.
const OURS: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
/// The waits without a hint.
const BACKOFF: Duration = seconds(2);

/// Plays a 503 with these fields and then a success. Returns the hint that was read and how long the client waited, or `None` if it did not.
async fn asked(lines: &[&str], date: Option<&str>) -> (Option<Duration>, Option<Duration>) {
    let mut step = lines.iter().fold(Step::answer(503, "busy"), |step, line| step.header("retry-after", line));
    if let Some(date) = date {
        step = step.header("date", date);
    }
    let transport = ScriptedTransport::new([step, ok()]);
    let clock = JumpingClock::new();
    let exact = Backoff::new(BACKOFF, BACKOFF, Jitter::AtLeastPercent(100));
    let policy = RetryPolicy::default().transient(exact).throttle(exact);
    // So long that only the policy's five minutes decide what is too long to wait for.
    let deadlines = Deadlines::default().total(seconds(3_600));
    let client = builder(&transport).clock(clock.clone()).retry(policy).deadlines(deadlines).build().unwrap();
    let outcome = send(&client, &IDEMPOTENT).await;
    let waited: Duration = clock.sleeps().iter().sum();
    match outcome {
        Ok(answer) => {
            let [first, second] = &answer.attempts[..] else { panic!("{answer:?}") };
            assert_eq!(second.waited, waited);
            // A 503 with a hint was turned away; without one nobody knows.
            let (delivery, kind) = match first.retry_after {
                Some(_) => (Delivery::Refused, ErrorKind::Throttled),
                None => (Delivery::Unknown, ErrorKind::Unavailable),
            };
            assert_eq!((first.delivery, first.failure), (delivery, Some(kind)), "{lines:?}");
            (first.retry_after, Some(waited))
        }
        Err(error) => {
            assert_eq!(
                (error.kind(), error.attempts(), waited),
                (ErrorKind::Throttled, 1, Duration::ZERO),
                "{lines:?}"
            );
            assert_eq!(error.retry_after(), error.attempt_log()[0].retry_after);
            (error.retry_after(), None)
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_form_is_read_and_waited_for_and_the_rest_is_ignored() {
    const AHEAD: Option<&str> = Some("Fri, 02 Jan 2026 00:00:00 GMT");
    const BEHIND: Option<&str> = Some("Wed, 31 Dec 2025 00:00:00 GMT");
    let some = |n| Some(seconds(n));
    let table: &[(&[&str], Option<&str>, Option<Duration>)] = &[
        (&["0"], None, some(0)),
        (&["7"], None, some(7)),
        (&["007"], None, some(7)),
        (&["  7\t"], None, some(7)),
        (&["300"], None, some(300)),
        // Longer than the client waits for: not waited at all, and told.
        (&["301"], None, some(301)),
        (&["86400"], None, some(86_400)),
        (&["18446744073709551615"], None, some(u64::MAX)),
        (&["99999999999999999999999999999999"], None, some(u64::MAX)),
        // The three forms of a date, by our clock.
        (&["Thu, 01 Jan 2026 00:00:09 GMT"], None, some(9)),
        (&["Thursday, 01-Jan-26 00:00:09 GMT"], None, some(9)),
        (&["Thu Jan  1 00:00:09 2026"], None, some(9)),
        (&["Wed, 31 Dec 2025 23:59:59 GMT"], None, some(0)),
        (&["Thu, 01 Jan 2026 00:05:01 GMT"], None, some(301)),
        // The vendor's clock is a day ahead, or a day behind, or ours is: its own date tells.
        (&["Fri, 02 Jan 2026 00:00:09 GMT"], AHEAD, some(9)),
        (&["Wed, 31 Dec 2025 00:00:09 GMT"], BEHIND, some(9)),
        (&["Friday, 02-Jan-26 00:00:09 GMT"], AHEAD, some(9)),
        (&["Wed Dec 31 00:00:09 2025"], BEHIND, some(9)),
        (&["Thu, 01 Jan 2026 00:00:09 GMT"], AHEAD, some(0)),
        (&["9"], AHEAD, some(9)),
        // A date of its own that nobody can read is none.
        (&["Thu, 01 Jan 2026 00:00:09 GMT"], Some("now"), some(9)),
        (&["Thu, 01 Jan 2026 00:00:09 GMT"], Some(""), some(9)),
        (&["Thu, 01 Jan 2026 00:00:09 GMT"], Some("Fri, 01 Jan 2026 00:00:00 GMT"), some(9)),
        // A leap second.
        (&["Wed, 31 Dec 2025 23:59:60 GMT"], Some("Wed, 31 Dec 2025 23:59:55 GMT"), some(5)),
        // Two digits of a year, on both sides of 50 years.
        (&["Wednesday, 01-Jan-75 00:00:00 GMT"], None, some(0)),
        (&["Tuesday, 01-Jan-75 00:00:00 GMT"], None, some(1_546_300_800)),
        (&["Saturday, 01-Jan-77 00:00:00 GMT"], None, some(0)),
        (&["Friday, 01-Jan-77 00:00:00 GMT"], None, None),
        // Several lines: the longest that can be read.
        (&["3", "11"], None, some(11)),
        (&["11", "3"], None, some(11)),
        (&["junk", "3", "-9"], None, some(3)),
        (&["3", "Thu, 01 Jan 2026 00:00:09 GMT"], None, some(9)),
        (&["12", "Thu, 01 Jan 2026 00:00:09 GMT"], None, some(12)),
        (&["1", "400"], None, some(400)),
        // Junk.
        (&[], None, None),
        (&[""], None, None),
        (&["   "], None, None),
        (&["-1"], None, None),
        (&["-0"], None, None),
        (&["+5"], None, None),
        (&["1.5"], None, None),
        (&["1e3"], None, None),
        (&["0x10"], None, None),
        (&["5s"], None, None),
        (&["5 6"], None, None),
        (&["3, 11"], None, None),
        (&["\"5\""], None, None),
        (&["soon"], None, None),
        (&["Thu, 01 Jan 2026 00:00:09"], None, None),
        (&["Thu, 01 Jan 2026 00:00:09 +0100"], None, None),
        (&["Fri, 01 Jan 2026 00:00:09 GMT"], None, None),
        (&["Thu, 32 Jan 2026 00:00:09 GMT"], None, None),
        (&["2026-01-01T00:00:09Z"], None, None),
    ];
    for (lines, date, expected) in table {
        let (read, waited) = asked(lines, *date).await;
        assert_eq!(read, *expected, "{lines:?} with Date {date:?}");
        let place = format!("{lines:?} with Date {date:?}: waited {waited:?}");
        match read {
            // Without a hint the back-off, and nothing on top.
            None => assert_eq!(waited, Some(BACKOFF), "{place}"),
            Some(hint) if hint > seconds(300) => assert_eq!(waited, None, "{place}"),
            // Never less than was asked for, nor than the back-off; a little more, by chance.
            Some(hint) => {
                let (least, most) = (hint.max(BACKOFF), hint.max(BACKOFF) + millis(100));
                assert!(waited.is_some_and(|waited| waited >= least && waited <= most), "{place}");
            }
        }
    }
    assert_eq!(asked(&[OURS], None).await.0, Some(Duration::ZERO), "the clock of this table starts at {OURS}");
}
