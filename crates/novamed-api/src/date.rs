//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use clinical_http::Error as HttpError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

const RULE: &str = "must be a day of the calendar, written YYYY-MM-DD; correct it";

/// A day of the Gregorian calendar, without time and time zone: `YYYY-MM-DD` (RFC 3339, full-date), years 0001 to 9999.
///
/// ```
/// use novamed_api::Date;
///
/// let date: Date = "1985-03-15".parse()?;
/// assert_eq!(date, Date::new(1985, 3, 15)?);
/// assert!("1985-02-29".parse::<Date>().is_err());
/// # Ok::<(), novamed_api::Error>(())
/// ```
///
/// `Debug` does not print it, because a date of birth is a patient's; `Display` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

impl Date {
    /// A day by its numbers: month and day from 1.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, Error> {
        Self::checked(year, month, day).ok_or_else(|| HttpError::invalid("date", RULE).into())
    }

    fn checked(year: u16, month: u8, day: u8) -> Option<Self> {
        let month = time::Month::try_from(month).ok()?;
        let year = Some(year).filter(|year| (1..=9999).contains(year))?;
        time::Date::from_calendar_date(year.into(), month, day).ok().map(Self)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = text.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return None;
        }
        Self::checked(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text).ok_or_else(|| HttpError::invalid("date", RULE).into())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Date(..)")
    }
}

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        clinical_drift::schemars::json_schema!({"type": "string", "format": "date"})
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(RULE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_in_one_form_are_dates() {
        for text in ["1985-03-15", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "1985-3-15",
            "1985-02-29",
            "0000-01-01",
            "1985-13-01",
            "1985-03-15T00:00:00Z",
            "+985-03-15",
            "15/03/1985",
            "１985-03-15",
        ] {
            let error = text.parse::<Date>().unwrap_err();
            assert_eq!(error.field(), Some("date"), "{text}");
        }
    }
}
