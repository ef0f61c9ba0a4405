//! The two endpoints of the vendor's older page. New programs use [`Haidy::structure_fhir`].

use std::path::PathBuf;

use bytes::Bytes;
use clinical_http::{Body, Call, CallContext, Effect, Error as HttpError, FileSource, Method, Operation, Sensitive};
use serde::Serialize;

use crate::{Bundle, Error, Haidy, Task, record, wire};

pub(crate) const FILES: Operation = Operation::new(
    "structure_documents_fhir_base64",
    Method::Post,
    "/v2/structure/documents/fhir/base64",
    Effect::Unsafe,
);

pub(crate) const URLS_NAME: &str = "structure_documents_fhir_urls";

const CONTENT: &str = "files[].file_base64";

/// A file with its name. Mind that a name may tell who the patient is. `Debug` shows neither name nor content.
#[derive(Debug, Clone)]
pub struct LegacyFile {
    name: Sensitive<String>,
    content: FileSource,
}

impl LegacyFile {
    /// A file in memory.
    pub fn bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { name: Sensitive::new(name.into()), content: FileSource::bytes(CONTENT, content) }
    }

    /// A file on disk, streamed.
    pub fn path(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { name: Sensitive::new(name.into()), content: FileSource::path(CONTENT, path) }
    }
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireFiles<'a> {
    files: Vec<WireFile<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireFile<'a> {
    file_name: &'a str,
    file_base64: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireUrls<'a> {
    file_urls: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    current_fhir_bundle: Option<&'a str>,
}

/// Begins to make a Bundle of files (`POST /v2/structure/documents/fhir/base64`).
///
/// # Delivery
///
/// As [`Haidy::structure`].
///
/// # Errors
///
/// As [`Haidy::structure`]; the vendor answers 400 to what it cannot read here.
///
/// # Cancel safety
///
/// As [`Haidy::structure`].
#[deprecated(note = "the vendor asks to use structure_fhir instead")]
pub async fn files_to_fhir_base64(
    haidy: &Haidy,
    files: impl IntoIterator<Item = LegacyFile>,
) -> Result<Task<Bundle>, Error> {
    let files: Vec<LegacyFile> = files.into_iter().collect();
    if files.is_empty() {
        return Err(HttpError::invalid("files", "is empty; give at least one file").into());
    }
    let mut facts = Vec::new();
    for (number, file) in (1..).zip(&files) {
        let name = file.name.expose();
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            let rule = format!("of file {number} is empty or has control characters; give a plain file name");
            return Err(HttpError::invalid("files[].file_name", rule).into());
        }
        let found = file.content.inspect().await?;
        if found.is_empty() {
            return Err(HttpError::invalid(CONTENT, format!("of file {number} is an empty file; leave it out")).into());
        }
        facts.push(found);
    }
    let body = wire::with_files(facts, |places| {
        let files = files.iter().zip(places);
        let files = files.map(|(file, place)| WireFile { file_name: file.name.expose(), file_base64: place }).collect();
        Body::json(&WireFiles { files })
    })?;
    haidy.submit(Call::new(&FILES), &FILES, CallContext::new(), body, Vec::new()).await
}

/// The endpoint that takes addresses. No document of the vendor's gives its path, so the caller does.
///
/// ```
/// use haidy_analyst::legacy::UrlsEndpoint;
///
/// static URLS: UrlsEndpoint = UrlsEndpoint::new("/v2/the/path/that/the/vendor/told/you");
/// # let _ = &URLS;
/// ```
#[derive(Debug)]
pub struct UrlsEndpoint(Operation);

impl UrlsEndpoint {
    /// The path below the base URL, beginning with `/v2/`. It is shown in logs.
    pub const fn new(path: &'static str) -> Self {
        Self(Operation::new(URLS_NAME, Method::Post, path, Effect::Unsafe))
    }

    pub(crate) fn operation(&self) -> &Operation {
        &self.0
    }
}

/// Begins to make a Bundle of documents that the vendor downloads, or to add them to an earlier Bundle.
///
/// # Delivery
///
/// As [`Haidy::structure`].
///
/// # Errors
///
/// As [`Haidy::structure`]; the vendor answers 400 to what it cannot read here.
///
/// # Cancel safety
///
/// As [`Haidy::structure`].
#[deprecated(note = "the vendor asks to use structure_fhir instead")]
pub async fn urls_to_fhir(
    haidy: &Haidy,
    endpoint: &'static UrlsEndpoint,
    file_urls: &[String],
    current_fhir_bundle: Option<&Bundle>,
) -> Result<Task<Bundle>, Error> {
    if file_urls.is_empty() {
        return Err(HttpError::invalid("file_urls", "is empty; give at least one address").into());
    }
    for (number, url) in (1..).zip(file_urls) {
        record::check_url(url).map_err(|rule| HttpError::invalid("file_urls[]", format!("number {number} {rule}")))?;
    }
    if !endpoint.operation().path().starts_with('/') {
        return Err(HttpError::invalid("path", "does not begin with /; give the path below the base URL").into());
    }
    let current_fhir_bundle = current_fhir_bundle.map(Bundle::as_json);
    let body = Body::json(&WireUrls { file_urls, current_fhir_bundle })?;
    haidy.submit(Call::new(endpoint.operation()), endpoint.operation(), CallContext::new(), body, Vec::new()).await
}

#[cfg(test)]
#[path = "legacy_tests.rs"]
mod tests;
