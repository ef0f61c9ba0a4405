//! The addresses of a vendor's operations, made once each: joining an address costs more than all
//! else that is done for a small call.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use crate::{BaseUrl, Call, Operation};

pub(crate) struct Addresses {
    base: BaseUrl,
    /// The origin of the base, as the audit trail names it.
    server: Arc<str>,
    /// Few, so that a list is searched as fast as anything.
    known: Mutex<Vec<(&'static str, Url)>>,
}

impl Addresses {
    pub(crate) fn new(base: BaseUrl) -> Self {
        // From the URL itself, which keeps the brackets of IPv6: without them the port could be read as a part of the address.
        let (url, port) = (base.join(""), base.port());
        let server = format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default()).into();
        Self { base, server, known: Mutex::default() }
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(crate) fn server(&self) -> &Arc<str> {
        &self.server
    }

    pub(crate) fn of(&self, call: &Call) -> Url {
        let mut url = if call.path_values().is_empty() { self.fixed(call.operation()) } else { self.filled(call) };
        if !call.query_values().is_empty() {
            let pairs = call.query_values().iter().map(|(name, value)| (name, value.expose()));
            url.query_pairs_mut().extend_pairs(pairs);
        }
        url
    }

    /// Not kept: every value makes another address.
    fn filled(&self, call: &Call) -> Url {
        let mut url = self.base.join("");
        // A base that cannot be joined to is refused when it is parsed.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for segment in call.operation().path().split('/').skip(1) {
                let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                let value = name.and_then(|name| call.path_values().iter().find(|(known, _)| *known == name));
                segments.push(value.map_or(segment, |(_, value)| value.expose().as_ref()));
            }
        }
        url
    }

    fn fixed(&self, operation: &Operation) -> Url {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = known.iter().find(|(path, _)| *path == operation.path()) {
            return url.clone();
        }
        let url = self.base.join(operation.path());
        known.push((operation.path(), url.clone()));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effect, Method};

    #[test]
    fn a_place_in_the_path_is_filled_with_one_segment_below_the_base_whatever_the_value_holds() {
        const SERVICES: Operation = Operation::new("services", Method::Get, "/a/{carrierId}/services", Effect::Safe);
        for (base, value, address) in [
            ("https://vendor.example", "se-3818360", "https://vendor.example/a/se-3818360/services"),
            (
                "https://vendor.example/v/",
                "a/../b?c#d %",
                "https://vendor.example/v/a/a%2F..%2Fb%3Fc%23d%20%25/services",
            ),
        ] {
            let addresses = Addresses::new(BaseUrl::parse(base).unwrap());
            let call = Call::new(&SERVICES).path_parameter("carrierId", value);
            assert_eq!(addresses.of(&call).as_str(), address);
            let call = call.query("patientId", "8c2f&x=1");
            assert_eq!(addresses.of(&call).query(), Some("patientId=8c2f%26x%3D1"));
            assert!(!format!("{call:?}").contains("8c2f"), "{call:?}");
        }
    }
}
