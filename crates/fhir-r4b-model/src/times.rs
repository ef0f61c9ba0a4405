//! The calendar's view of `date`, `dateTime`, `instant` and `time`: taken from their text on demand, and never put back into it, so that reading a time
//! changes nothing. What a text leaves open, such as the day of `2024-02`, is not made up.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;

use crate::primitives::{Date, DateTime};

/// A year, perhaps with a month, perhaps with a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateParts {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31; whether the month has so many is not asked.
    pub day: Option<u8>,
}

impl Date {
    /// Year, month and day, as far as they are there; `None` if the text is no date.
    ///
    /// ```
    /// use fhir_r4b_model::primitives::Date;
    ///
    /// let date = Date::from("2024-02");
    /// let parts = date.parts().unwrap();
    /// assert_eq!((parts.year, parts.month, parts.day), (2024, Some(2), None));
    /// assert!(Date::from("02/2024").parts().is_none());
    /// ```
    pub fn parts(&self) -> Option<DateParts> {
        let (parts, rest) = date(self.as_str()?)?;
        rest.is_empty().then_some(parts)
    }
}

impl DateTime {
    /// Year, month and day, as far as they are there; `None` if the text does not begin with a date.
    pub fn date_parts(&self) -> Option<DateParts> {
        date(self.as_str()?).filter(|(_, rest)| rest.is_empty() || rest.starts_with('T')).map(|(parts, _)| parts)
    }
}

fn date(text: &str) -> Option<(DateParts, &str)> {
    let year = digits(text, 4)?;
    let mut parts = DateParts { year, month: None, day: None };
    let Some(rest) = text[4..].strip_prefix('-') else { return (year > 0).then_some((parts, &text[4..])) };
    parts.month = Some(in_range(digits(rest, 2)?, 1, 12)?);
    let Some(rest) = rest[2..].strip_prefix('-') else { return (year > 0).then_some((parts, &rest[2..])) };
    parts.day = Some(in_range(digits(rest, 2)?, 1, 31)?);
    (year > 0).then_some((parts, &rest[2..]))
}

/// A time of day.
#[cfg(any(feature = "chrono", feature = "jiff"))]
#[derive(Clone, Copy)]
struct Clock {
    hour: u8,
    minute: u8,
    /// 60 in a leap second.
    second: u8,
    /// What is finer than a nanosecond is left out.
    nanosecond: u32,
}

/// A whole point in time: its date, its time, and how many seconds its zone is ahead of UTC.
#[cfg(any(feature = "chrono", feature = "jiff"))]
fn point(text: &str) -> Option<(DateParts, Clock, i32)> {
    let (parts, rest) = date(text)?;
    let (clock, rest) = clock(rest.strip_prefix('T')?)?;
    if rest == "Z" {
        return Some((parts, clock, 0));
    }
    let ahead = match rest.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = in_range(digits(&rest[1..], 2)?, 0, 14)?;
    let minutes = in_range(digits(rest[3..].strip_prefix(':')?, 2)?, 0, 59)?;
    (rest.len() == 6).then_some((parts, clock, ahead * (i32::from(hours) * 3600 + i32::from(minutes) * 60)))
}

#[cfg(any(feature = "chrono", feature = "jiff"))]
fn clock(text: &str) -> Option<(Clock, &str)> {
    let hour = in_range(digits(text, 2)?, 0, 23)?;
    let rest = text[2..].strip_prefix(':')?;
    let minute = in_range(digits(rest, 2)?, 0, 59)?;
    let rest = rest[2..].strip_prefix(':')?;
    let second = in_range(digits(rest, 2)?, 0, 60)?;
    let rest = &rest[2..];
    let Some(fraction) = rest.strip_prefix('.') else {
        return Some((Clock { hour, minute, second, nanosecond: 0 }, rest));
    };
    let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let mut nanosecond: u32 = fraction[..length.min(9)].parse().ok()?;
    for _ in length..9 {
        nanosecond *= 10;
    }
    Some((Clock { hour, minute, second, nanosecond }, &fraction[length..]))
}

fn digits(text: &str, count: usize) -> Option<u16> {
    let digits = text.get(..count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn in_range(number: u16, least: u8, most: u8) -> Option<u8> {
    u8::try_from(number).ok().filter(|number| (least..=most).contains(number))
}
