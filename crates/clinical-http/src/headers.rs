//! The header fields of a request. Their order and number are the same for every attempt of a call.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::credential::Credential;
use crate::settings::Settings;
use crate::{Call, Error};

pub(crate) fn headers(client: &Settings, call: &Call, credential: Option<&Credential>) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(USER_AGENT, client.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if !call.body_ref().is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(credential) = credential {
        let (name, value) = credential.header()?;
        headers.insert(name, value);
    }
    let audit = [
        (client.vendor.doctor_header(), call.context_ref().doctor_id()),
        (client.vendor.patient_header(), call.context_ref().patient_id()),
    ];
    for (name, id) in audit {
        if let (Some(name), Some(id)) = (name, id) {
            let mut value = HeaderValue::from_str(id.expose())
                .map_err(|_| Error::invalid(name, "cannot be sent as an HTTP field value"))?;
            value.set_sensitive(true);
            let header = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Error::configuration(name, "is not a valid HTTP field name"))?;
            headers.insert(header, value);
        }
    }
    Ok(headers)
}
