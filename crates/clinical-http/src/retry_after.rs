//! `Retry-After` (RFC 9110, section 10.2.3): seconds or an HTTP-date, read leniently, trusted
//! carefully.
//!
//! A date is corrected by the clock difference to the server: its distance is taken from the same
//! answer's `Date` header, and only without one from the local wall clock. What cannot be read is
//! ignored. Of several lines the longest wait counts.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// The wait that the vendor asks for, or `None` if there is no readable hint. A date in the past is
/// a wait of zero; a number of seconds too large for the type is the largest one.
pub(crate) fn hint(headers: &HeaderMap, wall: SystemTime) -> Option<Duration> {
    let mut server_now = None;
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|line| {
            let text = line.to_str().ok()?.trim();
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
            }
            let now = *server_now.get_or_insert_with(|| date(headers, wall).unwrap_or(wall));
            Some(moment(text, now)?.duration_since(now).unwrap_or_default())
        })
        .max()
}

/// The vendor's clock as seconds of Unix time: the answer's `Date`, or ours.
pub(crate) fn server_seconds(headers: &HeaderMap, wall: SystemTime) -> u64 {
    let now = date(headers, wall).unwrap_or(wall);
    now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn date(headers: &HeaderMap, wall: SystemTime) -> Option<SystemTime> {
    moment(headers.get(DATE)?.to_str().ok()?.trim(), wall)
}

/// An HTTP-date (RFC 9110, section 5.6.7). The library reads all three forms, but knows no leap
/// second, and no century but those of today.
fn moment(text: &str, now: SystemTime) -> Option<SystemTime> {
    const YEAR: u64 = 31_556_952;
    let leap = Duration::from_secs(text.contains(":60 ").into());
    let text = text.replacen(":60 ", ":59 ", 1);
    let at = if let [date, month, rest] = text.splitn(3, '-').collect::<Vec<_>>()[..] {
        // Two digits of a year: of the years that have them and fit the weekday, the last that is not more than 50 years ahead.
        let (weekday, day) = date.split_once("day, ")?;
        let weekday = weekday.get(..3)?;
        let century = (1970 + now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / YEAR) / 100;
        let latest = now.checked_add(Duration::from_secs(50 * YEAR))?;
        let read = |century| httpdate::parse_http_date(&format!("{weekday}, {day} {month} {century}{rest}")).ok();
        [century + 1, century, century - 1].into_iter().filter_map(read).find(|at| *at <= latest)?
    } else {
        httpdate::parse_http_date(&text).ok()?
    };
    at.checked_add(leap)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 12:00:00 UTC, a Sunday.
    const NOON: &str = "Sun, 22 Nov 2026 12:00:00 GMT";

    fn ask(lines: &[&str], date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(RETRY_AFTER, line.parse().unwrap());
        }
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        // The local clock is a day off on purpose: it must not matter where the server sends its own.
        let wall = httpdate::parse_http_date(NOON).unwrap() + Duration::from_secs(86_400);
        hint(&headers, wall)
    }

    #[test]
    fn reads_every_form_and_ignores_the_rest() {
        let seconds = |n| Some(Duration::from_secs(n));
        let table: &[(&[&str], Option<&str>, Option<Duration>)] = &[
            (&[], None, None),
            (&["0"], None, seconds(0)),
            (&["2"], None, seconds(2)),
            (&[" 120 "], None, seconds(120)),
            (&["99999999999999999999999999"], None, seconds(u64::MAX)),
            // The three date forms of RFC 9110, section 5.6.7, against the server's own clock.
            (&["Sun, 22 Nov 2026 12:00:07 GMT"], Some(NOON), seconds(7)),
            (&["Sunday, 22-Nov-26 12:00:08 GMT"], Some(NOON), seconds(8)),
            (&["Sun Nov 22 12:00:09 2026"], Some(NOON), seconds(9)),
            (&["Sun, 22 Nov 2026 11:00:00 GMT"], Some(NOON), seconds(0)),
            (&["  Sun, 22 Nov 2026 12:00:07 GMT "], Some("Sunday, 22-Nov-26 12:00:00 GMT"), seconds(7)),
            (&["Sun, 22 Nov 2026 12:00:07 GMT"], Some(" Sun Nov 22 12:00:05 2026 "), seconds(2)),
            // A leap second, in each form and as the server's own time.
            (&["Sun, 22 Nov 2026 12:00:60 GMT"], Some(NOON), seconds(60)),
            (&["Sunday, 22-Nov-26 12:00:60 GMT"], Some(NOON), seconds(60)),
            (&["Sun Nov 22 12:00:60 2026"], Some(NOON), seconds(60)),
            (&["Sun, 22 Nov 2026 12:01:02 GMT"], Some("Sun, 22 Nov 2026 12:00:60 GMT"), seconds(2)),
            (&["Sun, 22 Nov 2026 12:00:61 GMT"], Some(NOON), None),
            (&["Sun, 22 Nov 2026 12:60:00 GMT"], Some(NOON), None),
            (&["Sun, 22 Nov 2026 60:60:60 GMT"], Some(NOON), None),
            // Two digits of a year: 50 years ahead is the future, more is the past.
            (&["Friday, 22-Nov-75 12:00:00 GMT"], Some(NOON), seconds(1_546_300_800)),
            (&["Friday, 20-Nov-76 12:00:00 GMT"], Some(NOON), seconds(1_577_750_400)),
            (&["Sunday, 22-Nov-76 12:00:00 GMT"], Some(NOON), None),
            (&["Saturday, 22-Nov-75 12:00:00 GMT"], Some(NOON), seconds(0)),
            (&["Saturday, 20-Nov-76 12:00:00 GMT"], Some(NOON), seconds(0)),
            (&["Tuesday, 22-Nov-77 12:00:00 GMT"], Some(NOON), seconds(0)),
            (&["Monday, 22-Nov-77 12:00:00 GMT"], Some(NOON), None),
            (&["Sunday, 22-Nov-26 12:00:08 GMT"], Some("Sunday, 22-Nov-26 12:00:00 GMT"), seconds(8)),
            // Not the day it says, not a day at all, another zone, another form.
            (&["Mon, 22 Nov 2026 12:00:07 GMT"], Some(NOON), None),
            (&["Monday, 22-Nov-26 12:00:07 GMT"], Some(NOON), None),
            (&["Tue, 31 Feb 2026 12:00:07 GMT"], Some(NOON), None),
            (&["Sun, 22 Nov 2026 12:00:07 CET"], Some(NOON), None),
            (&["Sun, 22-Nov-26 12:00:07 GMT"], Some(NOON), None),
            (&["Sunday, 22-Nov-2026 12:00:07 GMT"], Some(NOON), None),
            (&["2026-11-22T12:00:07Z"], Some(NOON), None),
            (&["--"], Some(NOON), None),
            (&["day, 1-1-"], Some(NOON), None),
            (&["Fri, 31 Dec 9999 23:59:60 GMT"], Some(NOON), seconds(251_606_952_000)),
            (&["Friday, 01-Jan-00 00:00:03 GMT"], Some("Thu, 31 Dec 2099 23:59:58 GMT"), seconds(5)),
            (&["Friday, 01-Jan-00 00:00:00 GMT"], Some("Wed, 01 Jul 2099 00:00:00 GMT"), seconds(15_897_600)),
            (&["Thursday, 31-Dec-99 23:59:58 GMT"], Some("Fri, 01 Jan 2100 00:00:03 GMT"), seconds(0)),
            (&["Saturday, 22-Nov-10 12:00:00 GMT"], Some("Fri, 22 Nov 2080 12:00:00 GMT"), seconds(946_598_400)),
            // No Date, or one that cannot be read: the local clock decides.
            (&["Mon, 23 Nov 2026 12:00:05 GMT"], None, seconds(5)),
            (&["Mon, 23 Nov 2026 12:00:05 GMT"], Some("soon"), seconds(5)),
            // Junk is no hint.
            (&["-1"], None, None),
            (&["+5"], None, None),
            (&["1.5"], None, None),
            (&["2s"], None, None),
            (&["2, 3"], None, None),
            (&[""], None, None),
            (&["tomorrow"], None, None),
            // Of several lines the longest readable one counts.
            (&["3", "11", "junk"], None, seconds(11)),
        ];
        for (lines, date, expected) in table {
            assert_eq!(ask(lines, *date), *expected, "{lines:?} with Date {date:?}");
        }
    }

    #[test]
    fn a_line_of_bytes_that_are_not_ascii_is_ignored() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, http::HeaderValue::from_bytes(&[0xff, b'2']).unwrap());
        assert_eq!(hint(&headers, SystemTime::now()), None);
    }
}
