//! The sizes, one byte on either side of each limit.

use std::fmt::Write as _;

use clinical_sandbox::Sandbox;
use clinical_sandbox::switches::{NoteLength, SizeUnit, Switches};
use serde_json::json;

use crate::wire::{codify, codify_raw, note, pdf, start};

const MIB: usize = 1024 * 1024;

/// A readable one-page PDF, filled up with a comment to `length` bytes.
pub(crate) fn pdf_of(length: usize) -> Vec<u8> {
    let content = "BT /F1 12 Tf 72 720 Td (Diabetes mellitus tipo 2.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", number + 1).as_bytes());
    }
    let mut tail = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in &offsets {
        let _ = writeln!(tail, "{offset:010} 00000 n ");
    }
    let _ = write!(tail, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n", objects.len() + 1);
    // The offset of the table has as many digits as the file's length, which is known here.
    let end = |at: usize| format!("{tail}{at}\n%%EOF\n");
    let filling = length - file.len() - end(length).len();
    file.push(b'%');
    file.resize(file.len() + filling - 2, b'x');
    file.push(b'\n');
    let at = file.len();
    file.extend_from_slice(end(at).as_bytes());
    assert_eq!(file.len(), length);
    file
}

#[tokio::test]
async fn a_note_of_51_200_bytes_is_coded_and_one_byte_more_is_413() {
    let sandbox = start().await;
    let fits = "ñ".repeat(25_600);
    assert_eq!(codify(&sandbox, &note(&fits)).await.status, 200);
    let over = codify(&sandbox, &note(&format!("{fits}x"))).await;
    assert_eq!(over.status, 413);
    assert_eq!(over.details(), "medical_note must have at most 51200 bytes of UTF-8");
    assert_eq!(sandbox.ledger().processed("codify"), 1);
}

#[tokio::test]
async fn a_pdf_of_5_mib_is_coded_and_one_byte_more_is_413() {
    let sandbox = start().await;
    let answer = codify(&sandbox, &pdf(&pdf_of(5 * MIB))).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert!(String::from_utf8_lossy(&answer.body).contains("E11.9"));
    assert_eq!(codify(&sandbox, &pdf(&pdf_of(5 * MIB + 1))).await.status, 413);
}

#[tokio::test]
async fn a_note_and_a_pdf_are_coded_together() {
    let sandbox = start().await;
    let mut body = pdf(&pdf_of(2_000));
    body["medical_note"] = json!("Paciente con hipertensión arterial.");
    let answer = codify(&sandbox, &body).await;
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8_lossy(&answer.body).contains("E11.9"));
}

#[tokio::test]
async fn decimal_units_and_characters_move_the_limits() {
    let mut switches = Switches::default();
    switches.size_unit = SizeUnit::Decimal;
    let decimal = Sandbox::builder().switches(switches).start().await.unwrap();
    assert_eq!(codify(&decimal, &note(&"x".repeat(50_000))).await.status, 200);
    assert_eq!(codify(&decimal, &note(&"x".repeat(50_001))).await.status, 413);
    assert_eq!(codify(&decimal, &pdf(&pdf_of(5_000_000))).await.status, 200);
    assert_eq!(codify(&decimal, &pdf(&pdf_of(5_000_001))).await.status, 413);

    let mut switches = Switches::default();
    switches.note_length = NoteLength::Characters;
    let characters = Sandbox::builder().switches(switches).start().await.unwrap();
    assert_eq!(codify(&characters, &note(&"ñ".repeat(51_200))).await.status, 200);
    assert_eq!(codify(&characters, &note(&"ñ".repeat(51_201))).await.status, 413);
}

#[tokio::test]
async fn a_body_past_what_any_input_needs_is_read_to_its_end_and_refused() {
    let sandbox = start().await;
    let answer = codify_raw(&sandbox, &vec![b' '; 9 * MIB]).await;
    assert_eq!(answer.status, 413);
    assert_eq!(sandbox.journal().attempts[0].body_bytes, 9 * MIB as u64);
}
