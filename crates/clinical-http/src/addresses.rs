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
        let mut url = self.without_query(call.operation());
        if !call.query_ref().is_empty() {
            url.query_pairs_mut().extend_pairs(call.query_ref());
        }
        url
    }

    fn without_query(&self, operation: &Operation) -> Url {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = known.iter().find(|(path, _)| *path == operation.path()) {
            return url.clone();
        }
        let url = self.base.join(operation.path());
        known.push((operation.path(), url.clone()));
        url
    }
}
