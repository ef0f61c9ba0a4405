//! Notes and documents for tests. Synthetic, all of them.

use std::fmt::Write;

/// A note with conditions in it, one of them denied.
pub const NOTE: &str = "Paciente con diabetes mellitus tipo 2 en tratamiento con metformina. Niega dolor torácico.";

/// A complete answer in the contract's shape.
pub const ANSWER: &str = r#"{"final_code_assessments":[{"code":"E11.9","description":"Diabetes mellitus tipo 2 sin complicaciones","justification":"La nota la documenta.","confidence_percent":95.2},{"code":"Z79.84","description":"Uso prolongado de hipoglucemiantes orales","justification":"Metformina.","confidence_percent":98.1}],"discarded_code_assessments":[{"code":"R07.4","description":"Dolor torácico","justification":"Negado.","confidence_percent":12.3}],"run_id":"1ef8e0d4-7890-6b3c-8f90-abcdef123456"}"#;

/// Exactly `len` bytes that begin as a PDF does. Enough for every check that does not open the document.
pub fn pdf_of(len: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    // Every byte value occurs, so that an encoding mistake cannot hide.
    bytes.extend((0..=u8::MAX).cycle().take(len.saturating_sub(bytes.len())));
    bytes.truncate(len);
    bytes
}

/// A whole one-page PDF that says `text` (ASCII, no parentheses).
pub fn pdf_saying(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut table = String::new();
    for (number, object) in (1..).zip(&objects) {
        writeln!(table, "{:010} 00000 n ", pdf.len()).unwrap();
        write!(pdf, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let (start, size) = (pdf.len(), objects.len() + 1);
    write!(
        pdf,
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    pdf.into_bytes()
}

/// `len` bytes of UTF-8 without a border at which `len` could be off by one unnoticed: words and spaces.
pub fn note_of(len: usize) -> String {
    "tos seca ".chars().cycle().take(len - 1).chain(['.']).collect()
}
