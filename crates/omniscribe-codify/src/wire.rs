//! The request as the vendor's contract writes it.

use clinical_http::{Body, Error as HttpError, FileFacts};
use serde::Serialize;

use crate::CodifyRequest;

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    medical_note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdf_file: Option<PdfFile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Model>"))]
    model: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct PdfFile<'a> {
    r#type: &'static str,
    source_type: &'static str,
    data: &'a str,
    mime_type: &'static str,
    filename: &'a str,
}

/// The body of a request that was checked; `facts` are those of its PDF.
pub(crate) fn body(request: &CodifyRequest, facts: Option<FileFacts>) -> Result<Body, HttpError> {
    match (request.pdf_ref(), facts) {
        (Some(pdf), Some(facts)) => Body::json_with_file(facts, |data| {
            let pdf_file = PdfFile {
                r#type: "file",
                source_type: "base64",
                data,
                mime_type: "application/pdf",
                filename: pdf.name(),
            };
            write(request, Some(pdf_file))
        }),
        _ => write(request, None),
    }
}

fn write(request: &CodifyRequest, pdf_file: Option<PdfFile<'_>>) -> Result<Body, HttpError> {
    Body::json(&Wire { medical_note: request.note_text(), pdf_file, model: request.model_name() })
}
