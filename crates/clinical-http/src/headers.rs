//! The header fields of a request. Their order and number are the same for every attempt of a call,
//! and no caller adds one: a field that is not declared by the vendor's crate cannot leak anything.
//! Those that carry a secret or a reference are marked sensitive, so that the HTTP library does not
//! log them.

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue};

use crate::credential::Credential;
use crate::settings::Settings;
use crate::{Call, Effect, Error};

pub(crate) fn headers(client: &Settings, call: &Call, credential: Option<&Credential>) -> Result<HeaderMap, Error> {
    // One more than there ever are: a map that is full when the HTTP library looks into it grows first.
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(USER_AGENT, client.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if !call.body_ref().is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if call.operation().effect() == Effect::ReadOnce {
        // What can be had once is stored as it comes: nothing may stand between the bytes and their reader.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    if let Some(credential) = credential {
        let (name, value) = credential.header()?;
        headers.insert(name, value);
    }
    let context = call.context_ref();
    for (name, id) in client.audit_headers.iter().zip([context.doctor_id(), context.patient_id()]) {
        if let (Some(name), Some(id)) = (name, id) {
            let mut value = HeaderValue::from_str(id.expose())
                .map_err(|_| Error::invalid("audit header", "cannot be sent as an HTTP field value"))?;
            value.set_sensitive(true);
            if headers.insert(name, value).is_some() {
                return Err(Error::configuration(
                    "credential header",
                    "is the field of the doctor's or the patient's reference; use the field that the vendor names",
                ));
            }
        }
    }
    Ok(headers)
}
