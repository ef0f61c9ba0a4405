//! A request as it would be sent, for people to look at.

use std::fmt;

use bytes::Bytes;
use clinical_http::{BaseUrl, Error as HttpError, ErrorKind, Sensitive};

use crate::Error;
use crate::request::Written;

/// A request that was not sent. The key is not in it; the body is a patient's and has to be asked for.
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// `POST` or `DELETE`.
    pub method: &'static str,
    /// Scheme, host, path and query.
    pub url: Sensitive<String>,
    /// Names and values of the header fields that matter, in the order in which they are documented; the key's value is hidden.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body, as its bytes would be.
    pub body: Option<Sensitive<Bytes>>,
}

impl Preview {
    pub(crate) fn new(base: &BaseUrl, written: &Written) -> Result<Self, Error> {
        let mut url = base.join(written.operation.path());
        if let Some((name, value)) = &written.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let body = written.body.as_ref().map(serde_json::to_vec).transpose();
        let body =
            body.map_err(|_| HttpError::new(ErrorKind::InvalidInput, "the request cannot be written as JSON"))?;
        let mut headers = vec![("x-api-key", "(hidden)")];
        if body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        headers.push(("Accept", "application/json"));
        Ok(Self {
            method: written.operation.method().as_str(),
            url: Sensitive::new(url.into()),
            headers,
            body: body.map(|body| Sensitive::new(body.into())),
        })
    }
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("method", &self.method).finish_non_exhaustive()
    }
}
