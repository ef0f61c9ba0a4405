//! Closed lists of the vendor's that may grow: documented values plus whatever else comes, which goes through unchanged.

macro_rules! open {
    ($($(#[$about:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $wire:literal),+ $(,)? })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$note])* #[doc = concat!("`", $wire, "`")] $variant,)+
            /// One that the vendor does not document, by its name on the wire.
            Other(String),
        }

        impl $name {
            /// The name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                match name {
                    $($wire => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[cfg(feature = "schema")]
        impl clinical_drift::schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
                clinical_drift::open_list([$($wire),+])
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer).map(|name| Self::from(name.as_str()))
            }
        }
    )+};
}

open! {
    /// A patient's sex, which the vendor calls gender. 2025-12 has no `unknown`.
    Gender {
        /// Male:
        Male = "male",
        /// Female:
        Female = "female",
        /// Other than these:
        Diverse = "other",
        /// Not known:
        Unknown = "unknown",
    }

    /// Whom a prescription is for. The vendor serves veterinarians too.
    Species {
        /// Human:
        Human = "human",
        /// Dogs:
        Canine = "canine",
        /// Cats:
        Feline = "feline",
        /// Horses:
        Equine = "equine",
        /// Birds:
        Avian = "avian",
        /// Another mammal:
        OtherMammal = "mammal - other",
        /// Reptiles:
        Reptilian = "reptilian",
        /// Pigs:
        Swine = "swine",
    }

    /// What a contact is.
    ContactKind {
        /// An address for electronic mail:
        Email = "email",
        /// A telephone:
        Phone = "phone",
        /// A web page:
        Url = "url",
        /// A number for text messages:
        Sms = "sms",
        /// A fax:
        Fax = "fax",
    }

    /// Whether a patient is treated at present.
    PatientStatus {
        /// Is:
        Active = "active",
        /// Is not:
        Inactive = "inactive",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_goes_through_unchanged_and_the_documented_ones_are_known() {
        for name in
            ["human", "canine", "feline", "equine", "avian", "mammal - other", "reptilian", "swine", "bovine", ""]
        {
            let species = Species::from(name);
            assert_eq!(species.as_str(), name);
            assert_eq!(matches!(species, Species::Other(_)), ["bovine", ""].contains(&name), "{name}");
        }
        assert_eq!(Gender::from("other"), Gender::Diverse);
        assert_eq!(Gender::from("OTHER"), Gender::Other("OTHER".to_owned()));
    }
}
