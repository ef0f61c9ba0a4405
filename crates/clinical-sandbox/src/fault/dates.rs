//! The three forms of an HTTP date (RFC 9110 section 5.6.7). The common one comes from `httpdate`; the two obsolete
//! ones are made from its parts, because clients must still read them.

use std::time::{Duration, SystemTime};

use super::RetryAfter;

/// The value of `Retry-After`, with dates counted from `now`.
pub(super) fn retry_after(hint: &RetryAfter, now: SystemTime) -> Option<String> {
    match hint {
        RetryAfter::Absent => None,
        RetryAfter::Seconds { seconds } => Some(seconds.to_string()),
        RetryAfter::ImfFixdate { seconds } => Some(httpdate::fmt_http_date(after(now, *seconds))),
        RetryAfter::Rfc850 { seconds } => Parts::of(after(now, *seconds)).map(|parts| parts.rfc850()),
        RetryAfter::Asctime { seconds } => Parts::of(after(now, *seconds)).map(|parts| parts.asctime()),
        RetryAfter::Raw { value } => Some(value.clone()),
    }
}

/// `httpdate` cannot write years above 9999, so a date that far is held there.
fn after(now: SystemTime, seconds: u64) -> SystemTime {
    const LAST: u64 = 253_402_300_799;
    let last = SystemTime::UNIX_EPOCH + Duration::from_secs(LAST);
    now.checked_add(Duration::from_secs(seconds)).filter(|at| *at < last).unwrap_or(last)
}

/// The pieces of `Sun, 06 Nov 1994 08:49:37 GMT`.
struct Parts {
    weekday: &'static str,
    day: String,
    month: String,
    year: String,
    time: String,
}

impl Parts {
    fn of(at: SystemTime) -> Option<Self> {
        let text = httpdate::fmt_http_date(at);
        let mut words = text.split_ascii_whitespace();
        let weekday = match words.next()?.get(..3)? {
            "Mon" => "Monday",
            "Tue" => "Tuesday",
            "Wed" => "Wednesday",
            "Thu" => "Thursday",
            "Fri" => "Friday",
            "Sat" => "Saturday",
            _ => "Sunday",
        };
        let mut word = || words.next().map(str::to_owned);
        Some(Self { weekday, day: word()?, month: word()?, year: word()?, time: word()? })
    }

    fn rfc850(&self) -> String {
        let century = self.year.len().saturating_sub(2);
        format!("{}, {}-{}-{} {} GMT", self.weekday, self.day, self.month, &self.year[century..], self.time)
    }

    fn asctime(&self) -> String {
        let day = self.day.strip_prefix('0').map_or_else(|| self.day.clone(), |digit| format!(" {digit}"));
        format!("{} {} {day} {} {}", &self.weekday[..3], self.month, self.time, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The date that RFC 9110 gives as its example of all three forms.
    fn example() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 10)
    }

    #[test]
    fn the_three_forms_are_those_of_the_rfc() {
        let write = |hint| retry_after(&hint, example()).unwrap();
        assert_eq!(write(RetryAfter::ImfFixdate { seconds: 10 }), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(write(RetryAfter::Rfc850 { seconds: 10 }), "Sunday, 06-Nov-94 08:49:37 GMT");
        assert_eq!(write(RetryAfter::Asctime { seconds: 10 }), "Sun Nov  6 08:49:37 1994");
    }

    #[test]
    fn every_form_is_read_back_by_an_independent_parser() {
        for seconds in [0, 86_400, 31_536_000, 1_000_000_000] {
            let forms =
                [RetryAfter::ImfFixdate { seconds }, RetryAfter::Rfc850 { seconds }, RetryAfter::Asctime { seconds }];
            for hint in forms {
                let text = retry_after(&hint, example()).unwrap();
                assert_eq!(httpdate::parse_http_date(&text).unwrap(), after(example(), seconds), "{text}");
            }
        }
    }

    #[test]
    fn an_absurd_date_is_held_at_the_last_year_that_can_be_written() {
        let text = retry_after(&RetryAfter::ImfFixdate { seconds: u64::MAX }, example()).unwrap();
        assert!(text.contains("9999"), "{text}");
    }
}
