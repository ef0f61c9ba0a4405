//! What to do about a failure of the client, in the words of this command: the library speaks of its own settings, and here these are flags
//! and variables.

use crate::route::{PROXY_PASSWORD_VAR, PROXY_USER_VAR};

/// The client's sentence with the flag or variable that helps.
pub(crate) fn sentence(error: &impl std::fmt::Display) -> String {
    let proxy = format!("set {PROXY_USER_VAR} and {PROXY_PASSWORD_VAR}");
    let table = [
        ("add it to the connection", "trust it with --ca-file"),
        ("give the connection an identity", "give one with --client-cert and --client-key"),
        ("set the proxy's user and password", &*proxy),
    ];
    let text = error.to_string();
    table.into_iter().fold(text, |text, (library, command)| text.replace(library, command))
}
