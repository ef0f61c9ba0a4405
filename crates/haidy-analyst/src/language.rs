//! The language of what the vendor writes into a result.

/// In which language the vendor words a result. What the texts that are sent are written in does not matter.
///
/// ```
/// use haidy_analyst::Language;
///
/// assert_eq!(Language::from("de"), Language::German);
/// assert_eq!(Language::from("rm").as_str(), "rm");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// `en`
    English,
    /// `de`
    German,
    /// `fr`
    French,
    /// `it`
    Italian,
    /// One that the vendor does not document, by its name on the wire.
    Other(String),
}

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for Language {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Language".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        clinical_drift::open_list([Self::English, Self::German, Self::French, Self::Italian].iter().map(Self::as_str))
    }
}

impl Language {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Italian => "it",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Language {
    fn from(name: &str) -> Self {
        match name {
            "en" => Self::English,
            "de" => Self::German,
            "fr" => Self::French,
            "it" => Self::Italian,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn every_name_goes_through_unchanged_and_the_documented_ones_are_known() {
        for name in ["en", "de", "fr", "it", "es", "de-CH", "DE", ""] {
            let language = Language::from(name);
            assert_eq!(language.as_str(), name);
            assert_eq!(matches!(language, Language::Other(_)), !["en", "de", "fr", "it"].contains(&name), "{name}");
        }
    }
}
