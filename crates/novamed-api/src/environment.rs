//! The vendor's two environments, and the variables that its samples read.

use clinical_http::credential::Scheme;

use crate::Error;

/// The variable with the API key, as in the vendor's guide.
pub const API_KEY_VAR: &str = "NOVAMED_API_KEY";

/// The variable with the key for development; it comes before [`API_KEY_VAR`] there.
pub const DEV_API_KEY_VAR: &str = "NOVAMED_DEV_API_KEY";

/// The variable with the key for production; it comes before [`API_KEY_VAR`] there.
pub const PROD_API_KEY_VAR: &str = "NOVAMED_PROD_API_KEY";

/// The variable with the clinic, as in the vendor's guide.
pub const CLINIC_ID_VAR: &str = "NOVAMED_CLINIC_ID";

/// Which of the vendor's environments a client is for. Each has its own keys, its own pace and its own rule about patients' data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// For integration work, with invented data only: the vendor allows no protected health information there. 100 requests a minute.
    Development,
    /// For real work, under a Business Associate Agreement. 60 requests a minute.
    Production,
}

impl Environment {
    pub(crate) fn key_var(self) -> &'static str {
        match self {
            Self::Development => DEV_API_KEY_VAR,
            Self::Production => PROD_API_KEY_VAR,
        }
    }

    /// Documented, for all endpoints together.
    pub(crate) fn requests_per_minute(self) -> u32 {
        match self {
            Self::Development => 100,
            Self::Production => 60,
        }
    }

    /// How a key is sent here; one that names the other environment is not.
    pub(crate) fn scheme(self) -> Result<Scheme, Error> {
        let scheme = Scheme::header_key("x-api-key")?;
        Ok(match self {
            Self::Development => scheme.refusing(
                "prod_",
                "is a key for production and the client is for development; use the key that begins with dev_",
            ),
            Self::Production => scheme.refusing(
                "dev_",
                "is a key for development and the client is for production; use the key that begins with prod_",
            ),
        })
    }
}
