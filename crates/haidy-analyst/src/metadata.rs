//! Who the patient is, as far as the vendor could tell from the records.

use crate::Fields;
use crate::json::open_object;

/// A patient's gender, as the vendor names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gender {
    /// `male`
    Male,
    /// `female`
    Female,
    /// `other`
    Diverse,
    /// `unknown`
    Unknown,
    /// Another word of the vendor's.
    Other(String),
}

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for Gender {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Gender".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        clinical_drift::open_list([Self::Male, Self::Female, Self::Diverse, Self::Unknown].iter().map(Self::as_str))
    }
}

impl Gender {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Diverse => "other",
            Self::Unknown => "unknown",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Gender {
    fn from(name: &str) -> Self {
        match name {
            "male" => Self::Male,
            "female" => Self::Female,
            "other" => Self::Diverse,
            "unknown" => Self::Unknown,
            other => Self::Other(other.to_owned()),
        }
    }
}

open_object!(
    /// Who the patient is, read off the records. `Debug` shows nothing of it.
    pub PatientMetadata {
        name: String = "name",
        gender: String = "gender" of Gender,
        birthday: String = "birthday",
    }
);

impl PatientMetadata {
    /// The full name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The gender.
    pub fn gender(&self) -> Option<Gender> {
        self.gender.as_deref().map(Gender::from)
    }

    /// The birthday as it came: the vendor documents a date and shows a date with a time.
    pub fn birthday(&self) -> Option<&str> {
        self.birthday.as_deref()
    }

    /// The date of the birthday, `YYYY-MM-DD`, whichever form it came in; `None` if it begins with no date. A time and its zone are left
    /// aside: a birthday is a day in a calendar and no moment.
    pub fn birth_date(&self) -> Option<&str> {
        let birthday = self.birthday()?;
        let (date, rest) = birthday.split_at_checked(10)?;
        let shape = date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        (shape && (rest.is_empty() || rest.starts_with(['T', 't', ' ']))).then_some(date)
    }

    /// What else the vendor sent.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for PatientMetadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatientMetadata([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::decode;

    #[test]
    fn a_birthday_is_a_day_in_either_form() {
        let table = [
            ("1990-01-01", Some("1990-01-01")),
            ("1990-01-01T00:00:00Z", Some("1990-01-01")),
            ("1990-01-01t23:59:59+14:00", Some("1990-01-01")),
            ("1990-01-01 00:00", Some("1990-01-01")),
            ("1990-01", None),
            ("1990-01-011", None),
            ("01.01.1990", None),
            ("1990/01/01", None),
            ("19900101T0", None),
            ("199é-01-01", None),
            ("", None),
        ];
        for (birthday, date) in table {
            let metadata: PatientMetadata = decode(&format!(r#"{{"birthday":"{birthday}"}}"#)).unwrap();
            assert_eq!((metadata.birthday(), metadata.birth_date()), (Some(birthday), date));
        }
        assert_eq!(PatientMetadata::default().birth_date(), None);
    }

    #[test]
    fn a_gender_goes_through_unchanged() {
        for (name, known) in
            [("male", true), ("female", true), ("other", true), ("unknown", true), ("Male", false), ("", false)]
        {
            let gender = Gender::from(name);
            assert_eq!((gender.as_str(), !matches!(gender, Gender::Other(_))), (name, known));
        }
    }
}
