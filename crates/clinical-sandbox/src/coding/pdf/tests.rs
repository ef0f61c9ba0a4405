use super::*;
use lopdf::{Stream, dictionary};

fn pages(contents: &[&[u8]]) -> Document {
    let mut document = Document::with_version("1.5");
    let root = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids: Vec<Object> = Vec::new();
    for content in contents {
        let content = document.add_object(Stream::new(dictionary! {}, content.to_vec()));
        let page = dictionary! { "Type" => "Page", "Parent" => root, "Contents" => content, "Resources" => resources };
        kids.push(document.add_object(page).into());
    }
    let tree = dictionary! { "Type" => "Pages", "Count" => i64::try_from(kids.len()).expect("few"), "Kids" => kids };
    document.objects.insert(root, Object::Dictionary(tree));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    document.trailer.set("Root", catalog);
    document
}

fn saved(mut document: Document, compressed: bool) -> Vec<u8> {
    if compressed {
        document.compress();
    }
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("written to memory");
    bytes
}

#[test]
fn accents_pages_and_compressed_streams_are_read() {
    let one: &[u8] = b"BT /F1 11 Tf 50 700 Td (Neumon\xeda en ni\xf1o) Tj ET";
    let two: &[u8] = b"BT /F1 11 Tf 50 700 Td [(Ping\xfci) -20 (no)] TJ 0 -14 Td (otra l\xednea) Tj ET";
    for compressed in [false, true] {
        assert_eq!(
            text(&saved(pages(&[one, two]), compressed)).expect("a PDF"),
            "Neumonía en niño\u{c}Pingüino\notra línea"
        );
    }
}

#[test]
fn columns_of_one_line_stay_on_one_line() {
    let table: &[u8] =
        b"BT /F1 11 Tf 1 0 0 1 50 700 Tm (HbA1c) Tj 1 0 0 1 200 700 Tm (9,4) Tj 1 0 0 1 50 686 Tm (Sodio) Tj ET";
    assert_eq!(text(&saved(pages(&[table]), false)).expect("a PDF"), "HbA1c 9,4\nSodio");
}

#[test]
fn a_page_without_text_gives_an_empty_text() {
    assert_eq!(text(&saved(pages(&[b"0 0 100 100 re f", b""]), true)).expect("a PDF"), "");
}

#[test]
fn bytes_that_are_no_pdf_are_refused() {
    for bytes in [&b""[..], b"hello", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", &[0; 4096]] {
        assert!(matches!(text(bytes), Err(PdfError::NotPdf)));
    }
}

#[test]
fn five_mebibytes_of_noise_after_the_header_are_refused() {
    let mut state = 7_u32;
    let mut noise = b"%PDF-1.7\n".to_vec();
    noise.extend((0..5 << 20).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    }));
    assert!(text(&noise).is_err());
}

#[test]
fn a_file_above_the_limit_is_refused_unread() {
    assert!(matches!(text(&vec![b'%'; MAX_BYTES + 1]), Err(PdfError::TooLarge)));
}

#[test]
fn a_truncated_or_changed_file_never_panics() {
    let whole = saved(pages(&[b"BT /F1 11 Tf 50 700 Td (Tos) Tj ET"]), true);
    for length in 0..whole.len() {
        let _ = text(&whole[..length]);
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let _ = text(&changed);
    }
}

#[test]
fn a_stream_that_swells_past_the_cap_gives_no_text() {
    let mut content = b"BT /F1 11 Tf (x) Tj ".to_vec();
    content.resize(MAX_STREAM + 1024, b' ');
    let bytes = saved(pages(&[&content]), true);
    assert!(bytes.len() < 100_000);
    assert_eq!(text(&bytes).expect("a PDF"), "");
}
