//! A credential that the program itself replaces while calls are under way. Watches nothing and
//! asks nobody.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use super::{Credential, CredentialSource, Scheme};
use crate::{BoxFuture, Error};

/// A secret that can be replaced at any time. Clones share it: give one to the client and keep the
/// other.
///
/// An attempt under way keeps the secret it began with; every later attempt, also of a call that is
/// waiting to try again, sends the new one.
///
/// ```
/// use clinical_http::credential::{ReplaceableCredential, Scheme};
///
/// let key = ReplaceableCredential::new(Scheme::header_key("x-api-key")?, "first-key")?;
/// let for_the_client = key.clone();
/// key.replace("second-key")?;
/// # Ok::<(), clinical_http::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReplaceableCredential {
    scheme: Scheme,
    current: Arc<Mutex<Credential>>,
}

impl ReplaceableCredential {
    /// Starts with this secret, as generation 1.
    ///
    /// # Errors
    ///
    /// As [`Scheme::credential`].
    pub fn new(scheme: Scheme, secret: impl Into<SecretString>) -> Result<Self, Error> {
        let current = Arc::new(scheme.credential(secret)?.with_generation(1).into());
        Ok(Self { scheme, current })
    }

    /// Sends this secret from now on, and returns its generation: one more than before, or the same
    /// if the secret is. May be called from any thread, with or without a runtime; it waits for
    /// nothing. A call that meets a 401 asks for the secret once, at that moment: replace it before
    /// the vendor ends the old one.
    ///
    /// # Errors
    ///
    /// As [`Scheme::credential`]; the old secret then stays.
    pub fn replace(&self, secret: impl Into<SecretString>) -> Result<u64, Error> {
        let next = self.scheme.credential(secret)?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = current.renewed(next);
        Ok(current.generation())
    }
}

impl CredentialSource for ReplaceableCredential {
    /// # Cancel safety
    ///
    /// Safe: it is ready at once.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(std::future::ready(Ok(current)))
    }
}
