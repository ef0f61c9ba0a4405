//! The synthetic notes and PDFs of `examples/notes`, inside the executable so that the installed command has them, too.

use omniscribe_codify::{CodifyRequest, Pdf};

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// A request for each example, by its file name.
pub(super) fn requests() -> impl Iterator<Item = (&'static str, CodifyRequest)> {
    EXAMPLES.iter().map(|(name, content)| {
        let request = CodifyRequest::new();
        let request = if has_ending(name, "pdf") {
            request.pdf(Pdf::from_bytes(*content).filename(*name))
        } else {
            request.note(String::from_utf8_lossy(content))
        };
        (*name, request)
    })
}

/// The first note that is a text.
pub(super) fn note() -> Option<(&'static str, CodifyRequest)> {
    requests().find(|(name, _)| has_ending(name, "txt"))
}

/// The first PDF.
pub(super) fn pdf() -> Option<(&'static str, &'static [u8])> {
    EXAMPLES.iter().find(|(name, _)| has_ending(name, "pdf")).copied()
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_note_and_pdf_of_the_folder_is_embedded_as_it_is() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/notes");
        let mut on_disk = BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let is_source = has_ending(&name, "txt") && path.with_extension("pdf").exists();
            if !is_source && (has_ending(&name, "txt") || has_ending(&name, "pdf")) {
                let content = EXAMPLES.iter().find(|(known, _)| *known == name);
                assert_eq!(content.unwrap().1, std::fs::read(&path).unwrap(), "{name}");
                on_disk.insert(name);
            }
        }
        assert_eq!(on_disk.len(), EXAMPLES.len());
    }

    #[test]
    fn there_are_notes_and_a_pdf_and_every_note_is_text() {
        let notes = EXAMPLES.iter().filter(|(name, _)| has_ending(name, "txt"));
        for (name, content) in notes.clone() {
            assert!(std::str::from_utf8(content).is_ok(), "{name}");
        }
        assert!(notes.count() >= 8);
        assert!(EXAMPLES.iter().any(|(name, content)| has_ending(name, "pdf") && content.starts_with(b"%PDF-")));
    }
}
