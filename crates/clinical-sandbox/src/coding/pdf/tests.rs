use super::*;

#[test]
fn bytes_that_are_no_pdf_are_refused() {
    assert!(matches!(text(b""), Err(PdfError::NotPdf)));
    assert!(matches!(text(b"hello"), Err(PdfError::NotPdf)));
    assert!(matches!(text(b"%PDF-1.7\n"), Err(PdfError::NotPdf)));
}
