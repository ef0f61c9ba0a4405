//! Makes `examples/notes/informe-alta.pdf` from the text beside it: one page per form feed, the fonts every reader has,
//! compressed streams, no date and no random id, so that the same text gives the same bytes.
//!
//! ```text
//! cargo run -p clinical-sandbox --example make_pdf [IN.txt OUT.pdf]
//! ```

use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, Object, Stream, StringFormat, dictionary};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let notes = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/notes");
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let input = arguments.next().unwrap_or_else(|| notes.join("informe-alta.txt"));
    let output = arguments.next().unwrap_or_else(|| notes.join("informe-alta.pdf"));
    let bytes = pdf(&std::fs::read_to_string(input)?)?;
    std::fs::write(output, bytes)?;
    Ok(())
}

/// The PDF of `text`: A4, 11 points, one line of the text per line of the page.
fn pdf(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut document = Document::with_version("1.5");
    let pages_id = document.new_object_id();
    // A fixed-pitch font keeps the columns of the table in line.
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids: Vec<Object> = Vec::new();
    for page in text.split('\u{c}') {
        let mut operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 11.into()]),
            Operation::new("TL", vec![15.into()]),
            Operation::new("Td", vec![60.into(), 780.into()]),
        ];
        for line in page.lines() {
            let bytes = Document::encode_text(&Encoding::SimpleEncoding(b"WinAnsiEncoding"), line);
            operations.push(Operation::new("Tj", vec![Object::String(bytes, StringFormat::Literal)]));
            operations.push(Operation::new("T*", vec![]));
        }
        operations.push(Operation::new("ET", vec![]));
        let content = Stream::new(dictionary! {}, Content { operations }.encode()?);
        let content = document.add_object(content);
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages_id, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        kids.push(page.into());
    }
    let count = i64::try_from(kids.len())?;
    document
        .objects
        .insert(pages_id, Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages_id });
    document.trailer.set("Root", catalog);
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes)?;
    Ok(bytes)
}
