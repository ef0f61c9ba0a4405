//! Who may send: the check of the key, which takes as long for a wrong one as for a right one.

use std::ffi::OsString;
use std::fmt;

use clinical_drift::{Drift, Finding};
use clinical_http::Error as HttpError;
use http::HeaderMap;
use ring::digest;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::{Choice, ConstantTimeEq as _};

use super::error::{ParseError, ParseErrorKind};
use super::{Event, Notification};
use crate::{API_KEY_VAR, Environment, Error, schema};

/// The variable of the environment that holds the webhook key, as the vendor's guide calls it.
pub const SECRET_VAR: &str = "NOVAMED_WEBHOOK_SECRET";

const HEADER: &str = "x-api-key";

/// Checks and reads what is sent to a webhook's address. It keeps hashes of its keys, not the keys.
///
/// What the vendor sends as key is not settled: its guide speaks of a secret that no endpoint hands out, an older page had the partner's own API
/// key there. Ask the vendor, or give both.
#[derive(Clone)]
pub struct Receiver {
    keys: Vec<[u8; 32]>,
    drift: Drift,
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl Receiver {
    /// For one key.
    ///
    /// # Errors
    ///
    /// [`Credentials`](clinical_http::ErrorKind::Credentials): the key is empty, or cannot be in a header; an empty one would let everybody in.
    pub fn new(key: impl Into<SecretString>) -> Result<Self, Error> {
        Self { keys: Vec::new(), drift: Drift::new() }.also(key)
    }

    /// Takes a further key as well, as long as the vendor changes from one to the other.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn also(mut self, key: impl Into<SecretString>) -> Result<Self, Error> {
        let key = key.into();
        let key = key.expose_secret().as_bytes();
        if key.is_empty() || !key.iter().all(u8::is_ascii_graphic) {
            let rule = "must be one or more visible ASCII characters; give it as the vendor did";
            return Err(HttpError::credentials("webhook key", rule).into());
        }
        self.keys.push(hash(key));
        Ok(self)
    }

    /// With the key in `NOVAMED_WEBHOOK_SECRET`; without that the API key, as the client's
    /// [`from_env`](crate::NovaMedBuilder::from_env) finds it for this environment. White space around it is taken away.
    ///
    /// # Errors
    ///
    /// No such variable is set, or the first that is holds no key.
    pub fn from_env(environment: Environment) -> Result<Self, Error> {
        Self::from_variables(environment, |name| std::env::var_os(name))
    }

    fn from_variables(environment: Environment, value: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let names = [SECRET_VAR, environment.key_var(), API_KEY_VAR];
        let found = names.into_iter().find_map(|name| Some((name, value(name)?)));
        let Some((name, value)) = found else {
            return Err(
                HttpError::credentials(SECRET_VAR, "is not set; set it to the key that the vendor sends").into()
            );
        };
        let value = value.into_string().map(SecretString::from);
        let receiver = value.ok().and_then(|value| Self::new(value.expose_secret().trim()).ok());
        receiver.ok_or_else(|| HttpError::credentials(name, "holds no key; set it as the vendor gave it").into())
    }

    /// Whether the request bears one of the keys, before its body is read. [`parse`](Self::parse) checks it, too.
    ///
    /// # Errors
    ///
    /// [`WrongKey`](ParseErrorKind::WrongKey): answer 401.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ParseError> {
        let wrong = ParseError::new(ParseErrorKind::WrongKey);
        let mut values = headers.get_all(HEADER).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(wrong);
        };
        // Hashes are of one length, and all of them are compared, so that time tells neither how much of a key is right nor which.
        let given = hash(value.as_bytes());
        let is_right = self.keys.iter().fold(Choice::from(0), |is_right, key| is_right | key.ct_eq(&given));
        if bool::from(is_right) { Ok(()) } else { Err(wrong) }
    }

    /// Checks the key and reads the event.
    ///
    /// Unknown events, unknown fields and unexpected data are no errors, because after an error the vendor would send the same again: such
    /// an event is [`Unknown`](super::Event::Unknown), with its data.
    ///
    /// # Errors
    ///
    /// Answer [`ParseError::status`]: 401 for a wrong key, which is checked first; 413 or 400 for what cannot be an event.
    pub fn parse(&self, headers: &HeaderMap, body: &[u8]) -> Result<Notification, ParseError> {
        self.check(headers)?;
        let notification = Notification::from_stored(body)?;
        self.count(notification.event(), body);
        Ok(notification)
    }

    /// What the events had that this version does not know: places and JSON types, never values. Shared by clones.
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    fn count(&self, event: &Event, body: &[u8]) {
        let name = match event {
            Event::ShipmentCreated(_) | Event::ShipmentCancelled(_) => "ShipmentEvent",
            Event::PractitionerActivated(_) => "PractitionerEvent",
            // Of an unknown event its name is the news; what is in it nobody knows.
            Event::Unknown(_) => return self.drift.record("Event", [Finding::unknown_value("/event_name")]),
            _ => "OrderEvent",
        };
        schema::count(&self.drift, name, body);
    }
}

fn hash(key: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, key).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(receiver: &Receiver, key: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, key.parse().unwrap());
        receiver.check(&headers).is_ok()
    }

    #[test]
    fn the_key_comes_from_the_webhook_s_own_variable_then_the_environment_s_then_the_general_one() {
        let all = |name: &str| Some(OsString::from(format!(" {name}\n")));
        let without = |gone: &'static [&str]| move |name: &str| all(name).filter(|_| !gone.contains(&name));
        let development = Environment::Development;
        let found = Receiver::from_variables(development, all).unwrap();
        assert!(takes(&found, SECRET_VAR) && !takes(&found, API_KEY_VAR));
        let found = Receiver::from_variables(development, without(&[SECRET_VAR])).unwrap();
        assert!(takes(&found, crate::DEV_API_KEY_VAR) && !takes(&found, crate::PROD_API_KEY_VAR));
        let found = Receiver::from_variables(Environment::Production, without(&[SECRET_VAR])).unwrap();
        assert!(takes(&found, crate::PROD_API_KEY_VAR));
        let found = Receiver::from_variables(development, without(&[SECRET_VAR, crate::DEV_API_KEY_VAR])).unwrap();
        assert!(takes(&found, API_KEY_VAR));
        let nothing = Receiver::from_variables(development, |_| None).unwrap_err().to_string();
        assert!(nothing.starts_with("NOVAMED_WEBHOOK_SECRET is not set; set it to the key"), "{nothing}");
        // What is set and empty is a mistake, and not a reason to take another key.
        let empty = Receiver::from_variables(development, |_| Some(OsString::from(" "))).unwrap_err().to_string();
        assert!(empty.starts_with("NOVAMED_WEBHOOK_SECRET holds no key"), "{empty}");
    }
}
