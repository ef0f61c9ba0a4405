//! For users of `chrono`.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};

use super::{Clock, DateParts, point};
use crate::primitives::{Date, DateTime, Instant, Time};

impl Date {
    /// The day; `None` if it is not there, or not in the calendar.
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    pub fn to_chrono(&self) -> Option<NaiveDate> {
        day(self.parts()?)
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self::new(day.format("%Y-%m-%d").to_string())
    }
}

impl DateTime {
    /// The point in time, with its zone; `None` if the text is no point in time, such as `2024-02`. A leap second is chrono's: a second 59 with more
    /// than a billion nanoseconds.
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    pub fn to_chrono(&self) -> Option<chrono::DateTime<FixedOffset>> {
        zoned(self.as_str()?)
    }
}

impl From<chrono::DateTime<FixedOffset>> for DateTime {
    fn from(time: chrono::DateTime<FixedOffset>) -> Self {
        Self::new(time.to_rfc3339())
    }
}

impl Instant {
    /// The point in time, with its zone.
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    pub fn to_chrono(&self) -> Option<chrono::DateTime<FixedOffset>> {
        zoned(self.as_str()?)
    }
}

impl From<chrono::DateTime<FixedOffset>> for Instant {
    fn from(time: chrono::DateTime<FixedOffset>) -> Self {
        Self::new(time.to_rfc3339())
    }
}

impl Time {
    /// The time of day.
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    pub fn to_chrono(&self) -> Option<NaiveTime> {
        let (clock, rest) = super::clock(self.as_str()?)?;
        if rest.is_empty() { time(clock) } else { None }
    }
}

fn day(parts: DateParts) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::from(parts.year), u32::from(parts.month?), u32::from(parts.day?))
}

fn time(clock: Clock) -> Option<NaiveTime> {
    let leap = u32::from(clock.second == 60);
    let second = u32::from(clock.second) - leap;
    let nanosecond = clock.nanosecond + leap * 1_000_000_000;
    NaiveTime::from_hms_nano_opt(u32::from(clock.hour), u32::from(clock.minute), second, nanosecond)
}

fn zoned(text: &str) -> Option<chrono::DateTime<FixedOffset>> {
    let (parts, clock, ahead) = point(text)?;
    let local = NaiveDateTime::new(day(parts)?, time(clock)?);
    FixedOffset::east_opt(ahead)?.from_local_datetime(&local).single()
}
