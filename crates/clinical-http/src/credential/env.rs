//! A credential from an environment variable. Never falls back to anything else if the variable is missing.

use std::env::VarError;
use std::sync::{Mutex, PoisonError};

use super::{Credential, CredentialSource, Refused, Scheme};
use crate::{BoxFuture, Error};

type Read = fn(&'static str) -> Result<String, VarError>;

/// A secret from an environment variable, without the white space around it. Read when it is built, and again before the next attempts after
/// the vendor refused it.
///
/// ```
/// use clinical_http::credential::{EnvCredential, Scheme};
///
/// let error = EnvCredential::new(Scheme::bearer(), "NO_SUCH_TOKEN").unwrap_err();
/// assert_eq!(error.field(), Some("NO_SUCH_TOKEN"));
/// ```
#[derive(Debug)]
pub struct EnvCredential {
    scheme: Scheme,
    name: &'static str,
    read: Read,
    refused: Refused,
    current: Mutex<Credential>,
}

impl EnvCredential {
    /// Reads the variable `name`.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable, if it is not set, is blank, or is not made of visible ASCII
    /// characters. After a refusal the calls themselves end with that error.
    pub fn new(scheme: Scheme, name: &'static str) -> Result<Self, Error> {
        Self::read_with(scheme, name, |name| std::env::var(name))
    }

    fn read_with(scheme: Scheme, name: &'static str, read: Read) -> Result<Self, Error> {
        let current = look(&scheme, name, read)?.with_generation(1).into();
        Ok(Self { scheme, name, read, refused: Refused::default(), current })
    }
}

fn look(
    scheme: &Scheme,
    name: &'static str,
    read: fn(&'static str) -> Result<String, VarError>,
) -> Result<Credential, Error> {
    match read(name) {
        Ok(value) if !value.trim().is_empty() => scheme.named(name, value.trim().into()),
        Err(VarError::NotUnicode(_)) => Err(Error::credentials(name, "is not valid UTF-8; set it again")),
        _ => Err(Error::credentials(name, "is not set; set it to the token that the vendor gave you")),
    }
}

impl CredentialSource for EnvCredential {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if self.refused.covers(&current) {
            match look(&self.scheme, self.name, self.read) {
                Ok(next) => *current = current.renewed(next),
                Err(error) => return Box::pin(std::future::ready(Err(error))),
            }
        }
        Box::pin(std::future::ready(Ok(current.clone())))
    }

    fn rejected(&self, generation: u64) {
        self.refused.mark(generation);
    }
}
