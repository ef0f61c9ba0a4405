//! What a task is called in a store: a name that any file system takes, made from the vendor's identifier, which may be anything.

use std::fmt::Write as _;
use std::str::FromStr;

use ring::digest;

use crate::TokenError;

/// The name of an entry in a [`ResultStore`](crate::ResultStore): 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 16]);

impl Key {
    /// Of a task: the same on every machine, so that two processes that wait for one task meet in the store.
    pub(crate) fn of_task(vendor: &str, server: &str, task: &str) -> Self {
        Self::of(&["task", vendor, server, task])
    }

    /// Of a submission whose task is not known yet.
    pub(crate) fn of_submission(submission: &str) -> Self {
        Self::of(&["submission", submission])
    }

    fn of(parts: &[&str]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut key = [0; 16];
        key.copy_from_slice(&context.finish().as_ref()[..16]);
        Self(key)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Key {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let refuse = || TokenError::new("has no usable key; 32 hexadecimal digits are expected");
        let mut key = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return Err(refuse());
        }
        for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| refuse())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| refuse())?;
        }
        let key = Self(key);
        let mut spelt = String::new();
        // Writing to a String cannot fail. The one spelling is the one that is written: `+f` is a number, too.
        let _ = write!(spelt, "{key}");
        if spelt == text { Ok(key) } else { Err(refuse()) }
    }
}
