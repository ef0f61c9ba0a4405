//! The `pdf_file` object: base64, size, header, and the text of its pages. The contract has checked the fields before.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::Value;

use super::refuse;
use crate::coding::pdf;
use crate::reply::Reply;
use crate::switches::{SizeUnit, Switches};

/// The text of the PDF.
pub(super) fn text(pdf_file: &Value, switches: &Switches) -> Result<String, Reply> {
    let bad = |details: &str| refuse(StatusCode::UNPROCESSABLE_ENTITY, details);
    let data = pdf_file["data"].as_str().unwrap_or_default();
    let Ok(bytes) = STANDARD.decode(data) else {
        return Err(bad("pdf_file.data must be standard base64 with padding"));
    };
    let most = match switches.size_unit {
        SizeUnit::Binary => 5 * 1024 * 1024,
        SizeUnit::Decimal => 5_000_000,
    };
    if bytes.len() > most {
        let details = format!("pdf_file.data must have at most {most} bytes after decoding");
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, &details));
    }
    if !bytes.starts_with(b"%PDF-") {
        return Err(bad("pdf_file.data is not a PDF: it does not begin with %PDF-"));
    }
    pdf::text(&bytes).map_err(|_| bad("pdf_file.data begins like a PDF but cannot be read as one"))
}
