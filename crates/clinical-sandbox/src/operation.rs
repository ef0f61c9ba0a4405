//! What the sandbox needs to know of a vendor's operation, and the table of all of them. A vendor is a module with a
//! list of operations; nothing else of the sandbox changes when one is added.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::journal::AttemptHandle;
use crate::reply::Reply;
use crate::state::State;
use crate::switches::Switches;

/// One operation of a vendor.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in faults, journal, ledger and contract.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// The path. A segment in braces is a parameter; everything else is compared as it stands.
    pub(crate) path: &'static str,
    /// Bodies above so many bytes are not kept.
    pub(crate) most_body: u64,
    /// An error in the vendor's own shape, with the seconds to wait where they are known and the shape has a place.
    pub(crate) refuse: fn(&Switches, StatusCode, &str, Option<u64>) -> Reply,
    /// The task that a request names, for the journal.
    pub(crate) task: fn(&Received) -> Option<String>,
    /// Checks a request, and may take its body apart. It processes nothing: that is what the returned work does.
    pub(crate) check: fn(&Arc<State>, &mut Received) -> Result<Work, Reply>,
}

/// The parameters of a path, by the names in the template.
pub(crate) type Params = Vec<(&'static str, String)>;

/// A request that has arrived whole. No `Debug`: it holds a patient's text.
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    /// The part of the target behind `?`, as it came.
    pub(crate) query: Option<String>,
    /// What stood in the path for its parameters, decoded.
    pub(crate) params: Params,
    /// The attempt it arrived by.
    pub(crate) attempt: AttemptHandle,
    /// The body; `None` when it is no JSON, or larger than the sandbox keeps.
    pub(crate) json: Option<Value>,
    /// The body was larger than the sandbox keeps.
    pub(crate) too_large: bool,
    /// SHA-256 of operation and canonical content.
    pub(crate) fingerprint: String,
}

/// An accepted request, ready to be processed.
pub(crate) struct Work {
    /// Whether processing it has an effect that the ledger counts.
    pub(crate) counts: bool,
    /// Does it and answers.
    pub(crate) run: Box<dyn FnOnce() -> Reply + Send>,
}

impl Received {
    /// A parameter of the path; empty when the template has none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The first value of a parameter of the query, decoded.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    Operation(&'static Operation, Params),
    /// The path exists, with these methods.
    OtherMethod(String),
    Unknown,
}

fn all() -> impl Iterator<Item = &'static Operation> {
    crate::omniscribe::OPERATIONS.iter().chain(&crate::haidy::OPERATIONS).chain(&crate::novamed::OPERATIONS)
}

/// The names of all operations.
pub(crate) fn names() -> Vec<&'static str> {
    all().map(|operation| operation.name).collect()
}

/// The parameters of a path that has the form of the template.
fn matched(template: &'static str, path: &str) -> Option<Params> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut params = Params::new();
    loop {
        let (wanted, given) = match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(given)) => (wanted, given),
            _ => return None,
        };
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !given.is_empty() => {
                params.push((name, percent_decode_str(given).decode_utf8().ok()?.into_owned()));
            }
            None if wanted == given => {}
            _ => return None,
        }
    }
}

/// Finds the operation for a method and a path.
pub(crate) fn route(method: &str, path: &str) -> Route {
    let mut others = Vec::new();
    for operation in all() {
        let Some(params) = matched(operation.path, path) else {
            continue;
        };
        if operation.method == method {
            return Route::Operation(operation, params);
        }
        others.push(operation.method);
    }
    if others.is_empty() { Route::Unknown } else { Route::OtherMethod(others.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: &str = "/carriers/{carrierId}/services";

    #[test]
    fn a_parameter_is_one_segment_that_is_not_empty_and_is_decoded() {
        let found = |path| matched(SERVICES, path).map(|params| params[0].1.clone());
        assert_eq!(found("/carriers/se-1/services").as_deref(), Some("se-1"));
        assert_eq!(found("/carriers/a%2Fb%20%C3%B1/services").as_deref(), Some("a/b ñ"));
        for path in [
            "/carriers//services",
            "/carriers/a/b/services",
            "/carriers/a/services/",
            "/carriers/a",
            "/carriers/a/Services",
            "/carriers/%ff/services",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_without_parameters_is_compared_as_it_stands() {
        assert_eq!(matched("/v1/codify", "/v1/codify"), Some(Params::new()));
        for path in ["/v1/codify/", "/v1/%63odify", "//v1/codify", "/v1/Codify"] {
            assert_eq!(matched("/v1/codify", path), None, "{path}");
        }
    }
}
