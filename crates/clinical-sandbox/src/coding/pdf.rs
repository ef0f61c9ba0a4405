//! The text of a PDF, page by page, as a person would copy it: lines in the order in which the page draws them. It
//! refuses encrypted files and files above [`MAX_BYTES`], reads no pictures, and never trusts a size the file claims.

use lopdf::content::Content;
use lopdf::{Document, Encoding, LoadOptions, Object};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The largest file read, in bytes (16 MiB).
pub const MAX_BYTES: usize = 16 << 20;
/// The most pages read.
pub const MAX_PAGES: usize = 2_000;
/// The largest decompressed page, font table or object stream, in bytes (8 MiB).
pub const MAX_STREAM: usize = 8 << 20;
/// The most text given back, in bytes (4 MiB); what is behind is left out.
pub const MAX_TEXT: usize = 4 << 20;

/// Why a PDF has no text to give.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The bytes are no PDF, or too damaged to find the pages.
    #[error("the file is not a PDF that can be read")]
    NotPdf,
    /// The file asks for a password.
    #[error("the PDF is encrypted: send it without a password")]
    Encrypted,
    /// The file is above [`MAX_BYTES`] or has more than [`MAX_PAGES`] pages.
    #[error("the PDF is too large: at most {MAX_BYTES} bytes and {MAX_PAGES} pages are read")]
    TooLarge,
}

/// The text of every page, pages separated by a form feed. A scanned PDF without text gives `""`.
///
/// # Errors
///
/// [`PdfError`] when the bytes are no readable PDF, are encrypted, or are too large. A single page that cannot be
/// read counts as empty.
pub fn text(bytes: &[u8]) -> Result<String, PdfError> {
    if bytes.len() > MAX_BYTES {
        return Err(PdfError::TooLarge);
    }
    if !bytes.iter().take(1024).copied().collect::<Vec<u8>>().windows(5).any(|w| w == b"%PDF-") {
        return Err(PdfError::NotPdf);
    }
    // The library is careful, yet a panic on hostile bytes must not end a server.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(PdfError::NotPdf))
}

fn read(bytes: &[u8]) -> Result<String, PdfError> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|error| match error {
        lopdf::Error::InvalidPassword => PdfError::Encrypted,
        _ => PdfError::NotPdf,
    })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(PdfError::Encrypted);
    }
    let pages: Vec<_> = document.page_iter().take(MAX_PAGES + 1).collect();
    if pages.is_empty() {
        return Err(PdfError::NotPdf);
    }
    if pages.len() > MAX_PAGES {
        return Err(PdfError::TooLarge);
    }
    let mut out = String::new();
    for (number, page) in pages.into_iter().enumerate() {
        if number > 0 {
            out.push('\u{c}');
        }
        out.push_str(page_text(&document, page).trim());
        if out.len() > MAX_TEXT {
            break;
        }
    }
    if out.trim_matches(|c: char| c.is_whitespace()).is_empty() {
        out.clear();
    }
    Ok(out)
}

/// Where the text cursor stands, as far as lines matter.
struct Cursor {
    x: f32,
    y: f32,
    line: f32,
    leading: f32,
}

fn page_text(document: &Document, page: lopdf::ObjectId) -> String {
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| Some((name, font.get_font_encoding_with_limit(document, MAX_STREAM).ok()?)))
        .collect();
    let Ok(bytes) = document.get_page_content_with_limit(page, MAX_STREAM) else {
        return String::new();
    };
    let Ok(content) = Content::decode(&bytes) else {
        return String::new();
    };
    let mut out = String::new();
    let mut encoding = None;
    let mut cursor = Cursor { x: 0.0, y: 0.0, line: 0.0, leading: 0.0 };
    for operation in &content.operations {
        let number = |i: usize| operation.operands.get(i).and_then(|o| o.as_float().ok()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "BT" => (cursor.x, cursor.y) = (0.0, 0.0),
            "Tf" => {
                encoding =
                    operation.operands.first().and_then(|o| o.as_name().ok()).and_then(|name| encodings.get(name));
            }
            "TL" => cursor.leading = number(0),
            "Td" => moved(&mut cursor, number(0), number(1), &mut out),
            "TD" => {
                cursor.leading = -number(1);
                moved(&mut cursor, number(0), number(1), &mut out);
            }
            "T*" => {
                let down = -cursor.leading;
                moved(&mut cursor, 0.0, down, &mut out);
            }
            "Tm" => {
                let (dx, dy) = (number(4) - cursor.x, number(5) - cursor.y);
                moved(&mut cursor, dx, dy, &mut out);
            }
            "'" | "\"" => {
                let down = -cursor.leading;
                moved(&mut cursor, 0.0, down, &mut out);
                show(operation.operands.last(), encoding, &mut out);
            }
            "Tj" | "TJ" => show(operation.operands.first(), encoding, &mut out),
            _ => {}
        }
        if out.len() > MAX_TEXT {
            break;
        }
    }
    out
}

fn moved(cursor: &mut Cursor, dx: f32, dy: f32, out: &mut String) {
    cursor.x += dx;
    cursor.y += dy;
    let down = (cursor.line - cursor.y).abs();
    if down > 1.0 {
        // More than two usual lines apart: a new paragraph.
        let paragraph = down > 26.0 && !out.is_empty();
        let trimmed = out.trim_end_matches(' ').len();
        out.truncate(trimmed);
        out.push_str(if paragraph { "\n\n" } else { "\n" });
        cursor.line = cursor.y;
    } else if dx.abs() > 1.0 && !out.ends_with(char::is_whitespace) {
        out.push(' ');
    }
}

fn show(operand: Option<&Object>, encoding: Option<&Encoding<'_>>, out: &mut String) {
    match operand {
        Some(Object::String(bytes, _)) => match encoding.map(|e| Document::decode_text(e, bytes)) {
            Some(Ok(text)) => out.push_str(&text),
            _ => out.extend(bytes.iter().map(|&b| char::from(b))),
        },
        Some(Object::Array(parts)) => {
            for part in parts {
                match part {
                    Object::String(..) => show(Some(part), encoding, out),
                    // A large step to the right inside a line stands for a blank.
                    other if other.as_float().is_ok_and(|step| step < -180.0) && !out.ends_with(' ') => {
                        out.push(' ');
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
