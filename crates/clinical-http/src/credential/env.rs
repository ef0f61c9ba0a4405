//! A credential from an environment variable. Never falls back to anything else if the variable is
//! missing.

use std::env::VarError;
use std::sync::{Mutex, PoisonError};

use super::{Credential, CredentialSource, Scheme};
use crate::{BoxFuture, Error};

type Read = fn(&'static str) -> Result<String, VarError>;

/// A secret from an environment variable, without the white space around it. Read when it is built,
/// and again before the next attempt after the vendor refused it. If the value is then the same, it
/// serves on until the next refusal.
///
/// A running process's environment changes only from within, so a rotation by somebody else needs a
/// restart; use [`FileCredential`](super::FileCredential) where that matters. The environment is
/// also readable by other processes of the same user, and inherited by child processes.
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
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    credential: Credential,
    refused: bool,
}

impl EnvCredential {
    /// Reads the variable `name`.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable, if it is not set, is
    /// blank, or is not made of visible ASCII characters. After a refusal the calls themselves end
    /// with that error.
    pub fn new(scheme: Scheme, name: &'static str) -> Result<Self, Error> {
        Self::read_with(scheme, name, std::env::var)
    }

    fn read_with(scheme: Scheme, name: &'static str, read: Read) -> Result<Self, Error> {
        let credential = look(&scheme, name, read)?.with_generation(1);
        Ok(Self { scheme, name, read, current: Current { credential, refused: false }.into() })
    }

    fn now(&self) -> Result<Credential, Error> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.refused {
            current.credential = current.credential.renewed(look(&self.scheme, self.name, self.read)?);
            // Also if the value is the same: the vendor may accept it again, and its next 401 asks again.
            current.refused = false;
        }
        Ok(current.credential.clone())
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
    /// # Cancel safety
    ///
    /// Safe: it is ready at once.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(std::future::ready(self.now()))
    }

    fn rejected(&self, generation: u64) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.refused |= current.credential.generation() == generation;
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::ErrorKind;

    /// Stands for the process's environment, which a test cannot change without `unsafe`.
    static VARIABLE: Mutex<Result<String, VarError>> = Mutex::new(Err(VarError::NotPresent));

    fn set(value: Result<&str, VarError>) {
        *VARIABLE.lock().unwrap() = value.map(str::to_owned);
    }

    fn source() -> Result<EnvCredential, Error> {
        EnvCredential::read_with(Scheme::bearer(), "VENDOR_TOKEN", |_| VARIABLE.lock().unwrap().clone())
    }

    /// One test, because there is one variable.
    #[tokio::test]
    async fn the_variable_is_read_when_built_and_after_a_refusal_and_named_when_it_cannot_be_used() {
        let unusable = [
            (Err(VarError::NotPresent), "is not set"),
            (Ok(""), "is not set"),
            (Ok(" \n"), "is not set"),
            (Ok("canary token"), "contains a space"),
            (Ok("\"canary\u{201d}"), "contains a space, line break or non-ASCII"),
            (Err(VarError::NotUnicode(OsString::from("canary"))), "is not valid UTF-8"),
        ];
        for (value, rule) in unusable.clone() {
            set(value);
            let error = source().unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, Some("VENDOR_TOKEN")));
            assert!(error.to_string().starts_with(&format!("VENDOR_TOKEN {rule}")), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
        set(Ok(" one\n"));
        let source = source().unwrap();
        let now = || async { source.current().await.map(|it| (it.generation(), it.secret.expose_secret().to_owned())) };
        assert_eq!(now().await.unwrap(), (1, "one".to_owned()));
        set(Ok("two"));
        assert_eq!(now().await.unwrap(), (1, "one".to_owned()), "read again before it was refused");
        source.rejected(1);
        assert_eq!(now().await.unwrap(), (2, "two".to_owned()));
        source.rejected(1);
        set(Ok("three"));
        assert_eq!(now().await.unwrap(), (2, "two".to_owned()), "a late 401 to the old one");
        source.rejected(2);
        set(Ok("two"));
        assert_eq!(now().await.unwrap().0, 2, "the same value is the same generation");
        for (value, _) in unusable.clone() {
            set(value);
            assert_eq!(now().await.unwrap().0, 2, "the value was found again, so it serves until the next refusal");
        }
        source.rejected(2);
        for (value, _) in unusable {
            set(value);
            assert_eq!(now().await.unwrap_err().kind(), ErrorKind::Credentials);
        }
        set(Ok("three"));
        assert_eq!(now().await.unwrap(), (3, "three".to_owned()), "looked for until it is there");
    }
}
