//! For users of `jiff`.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};

use super::{Clock, DateParts, point};
use crate::primitives::{Date, DateTime, Instant, Time};

impl Date {
    /// The day; `None` if it is not there, or not in the calendar.
    #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
    pub fn to_jiff(&self) -> Option<civil::Date> {
        day(self.parts()?)
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Self::new(day.to_string())
    }
}

impl DateTime {
    /// The point in time, with its zone; `None` if the text is no point in time, such as `2024-02`. A leap second is the second before it, as jiff has
    /// none.
    #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
    pub fn to_jiff(&self) -> Option<jiff::Zoned> {
        zoned(self.as_str()?)
    }
}

impl From<jiff::Timestamp> for DateTime {
    fn from(time: jiff::Timestamp) -> Self {
        Self::new(time.to_string())
    }
}

impl Instant {
    /// The point in time, with its zone.
    #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
    pub fn to_jiff(&self) -> Option<jiff::Zoned> {
        zoned(self.as_str()?)
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(time: jiff::Timestamp) -> Self {
        Self::new(time.to_string())
    }
}

impl Time {
    /// The time of day.
    #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
    pub fn to_jiff(&self) -> Option<civil::Time> {
        let (clock, rest) = super::clock(self.as_str()?)?;
        if rest.is_empty() { time(clock) } else { None }
    }
}

fn day(parts: DateParts) -> Option<civil::Date> {
    let (month, day) = (i8::try_from(parts.month?).ok()?, i8::try_from(parts.day?).ok()?);
    civil::Date::new(i16::try_from(parts.year).ok()?, month, day).ok()
}

fn time(clock: Clock) -> Option<civil::Time> {
    let part = |number: u8| i8::try_from(number).ok();
    let nanosecond = i32::try_from(clock.nanosecond).ok()?;
    civil::Time::new(part(clock.hour)?, part(clock.minute)?, part(clock.second.min(59))?, nanosecond).ok()
}

fn zoned(text: &str) -> Option<jiff::Zoned> {
    let (parts, clock, ahead) = point(text)?;
    let local = civil::DateTime::from_parts(day(parts)?, time(clock)?);
    local.to_zoned(TimeZone::fixed(Offset::from_seconds(ahead).ok()?)).ok()
}
