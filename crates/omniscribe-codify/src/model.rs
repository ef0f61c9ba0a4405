//! The quality level of the vendor's model.

/// Which of the vendor's models codes the note. The vendor's default is [`Balanced`](Model::Balanced).
///
/// ```
/// use omniscribe_codify::Model;
///
/// assert_eq!(Model::from("high-quality"), Model::HighQuality);
/// assert_eq!(Model::from("our-own-model").as_str(), "our-own-model");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Model {
    /// `fast`: quickest, for large volumes.
    Fast,
    /// `balanced`: the vendor's default.
    Balanced,
    /// `high-quality`: slowest, for complex cases.
    HighQuality,
    /// A model made for one customer, by the name that the vendor gave it.
    Other(String),
}

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for Model {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Model".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        clinical_drift::open_list([Self::Fast, Self::Balanced, Self::HighQuality].iter().map(Self::as_str))
    }
}

impl Model {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::HighQuality => "high-quality",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Model {
    fn from(name: &str) -> Self {
        match name {
            "fast" => Self::Fast,
            "balanced" => Self::Balanced,
            "high-quality" => Self::HighQuality,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl std::fmt::Display for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Model;

    #[test]
    fn every_name_goes_through_unchanged() {
        for name in ["fast", "balanced", "high-quality", "cardiology-v3", "FAST"] {
            assert_eq!(Model::from(name).as_str(), name);
        }
        assert_eq!(Model::from("FAST"), Model::Other("FAST".to_owned()));
    }
}
