//! Which inputs there are, and each of them read. An input that cannot be read is the failure of that input alone; only a
//! combination that makes no sense is refused as a whole.

use std::path::{Path, PathBuf};

use omniscribe_codify::http_core::Error as HttpError;
use omniscribe_codify::{CodifyRequest, Error, Pdf};

use crate::codify::note::{self, NOTE};
use crate::exit::Stop;

const PDF: &str = "pdf_file";

/// One input and how it is called in the output.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) name: String,
    note: Option<Place>,
    pdf: Option<Place>,
}

/// Where something is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Stdin,
    File(PathBuf),
}

impl Place {
    fn new(path: &Path) -> Self {
        if path == Path::new("-") { Self::Stdin } else { Self::File(path.to_owned()) }
    }

    fn is_named_pdf(&self) -> bool {
        matches!(self, Self::File(path) if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("pdf")))
    }
}

/// The inputs of a command line, in its order.
pub(super) fn plan(files: &[PathBuf], pdf: Option<&Path>) -> Result<Vec<Input>, Stop> {
    let refuse = |sentence: &str| Err(Stop::usage(format!("{sentence} (nothing was sent)")));
    let on_stdin = files.iter().map(PathBuf::as_path).chain(pdf);
    if on_stdin.filter(|path| *path == Path::new("-")).count() > 1 {
        return refuse("FILE: `-` (stdin) can be given only once");
    }
    let Some(pdf_path) = pdf else {
        if files.is_empty() {
            return refuse("FILE is missing: give at least one note, `-` for stdin, or --pdf FILE");
        }
        let inputs = files.iter().map(|file| Input::file(file));
        return Ok(inputs.collect());
    };
    let note = match files {
        [] => None,
        [file] => Some(Place::new(file)),
        _ => {
            return refuse(
                "--pdf goes with exactly one note or none; code several notes and PDFs by giving all of them as FILE",
            );
        }
    };
    if note.as_ref().is_some_and(Place::is_named_pdf) {
        return refuse("--pdf and FILE are both PDFs, and a request has room for one: give both as FILE");
    }
    Ok(vec![Input {
        name: files.first().map_or(pdf_path, PathBuf::as_path).display().to_string(),
        note,
        pdf: Some(Place::new(pdf_path)),
    }])
}

impl Input {
    fn file(path: &Path) -> Self {
        let place = Place::new(path);
        let (note, pdf) = if place.is_named_pdf() { (None, Some(place)) } else { (Some(place), None) };
        Self { name: path.display().to_string(), note, pdf }
    }

    /// Where an error about this field comes from, if that is not what the input is called: the PDF that goes with a note.
    pub(super) fn source_of(&self, field: Option<&str>) -> Option<String> {
        let pdf = self.pdf.as_ref().filter(|_| self.note.is_some())?;
        (field == Some(PDF)).then(|| pdf.name())
    }

    /// Reads what has to be read and completes the request. A PDF on disk is not read here: the client streams it.
    pub(super) async fn load(&self, mut request: CodifyRequest, clean: bool) -> Result<CodifyRequest, Error> {
        if let Some(place) = &self.pdf {
            request = request.pdf(match place {
                Place::File(path) => place.named(Pdf::from_path(path)),
                Place::Stdin => Pdf::from_bytes(read(PDF, place).await?),
            });
        }
        let Some(place) = &self.note else {
            return Ok(request);
        };
        let bytes = read(NOTE, place).await?;
        if bytes.starts_with(b"%PDF-") {
            if self.pdf.is_some() {
                return Err(HttpError::invalid(NOTE, "is a PDF, and --pdf is one, too; give both as FILE").into());
            }
            return Ok(request.pdf(place.named(Pdf::from_bytes(bytes))));
        }
        let text = note::text(NOTE, bytes)?;
        Ok(request.note(if clean { omniscribe_codify::clean_text(&text) } else { text }))
    }
}

impl Place {
    /// The PDF under the name of its file.
    fn named(&self, pdf: Pdf) -> Pdf {
        match self.file_name() {
            Some(name) => pdf.filename(name),
            None => pdf,
        }
    }

    /// The name that the vendor is told. The client refuses control characters in it; no user could help that easily, so
    /// they are replaced.
    fn file_name(&self) -> Option<String> {
        match self {
            Self::Stdin => None,
            Self::File(path) => {
                let name = path.file_name()?.to_string_lossy();
                Some(name.replace(char::is_control, "_"))
            }
        }
    }

    /// How it is called in sentences.
    fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// Reads off the main thread, so that a signal is heard while stdin or a pipe is silent.
async fn read(field: &'static str, place: &Place) -> Result<Vec<u8>, Error> {
    let place = place.clone();
    let reading = tokio::task::spawn_blocking(move || match place {
        Place::Stdin => note::read(field, std::io::stdin().lock()),
        Place::File(path) => note::read_file(field, &path),
    });
    reading.await.unwrap_or_else(|_| Err(HttpError::invalid(field, "could not be read").into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[&str], pdf: Option<&str>) -> Result<Vec<String>, String> {
        let files: Vec<_> = files.iter().map(PathBuf::from).collect();
        plan(&files, pdf.map(Path::new))
            .map(|inputs| inputs.into_iter().map(|input| input.name).collect())
            .map_err(|stop| stop.sentence.unwrap())
    }

    #[test]
    fn inputs_keep_their_order_and_a_pdf_joins_a_single_note() {
        assert_eq!(names(&["b", "-", "a.pdf"], None).unwrap(), ["b", "-", "a.pdf"]);
        assert_eq!(names(&[], Some("a.pdf")).unwrap(), ["a.pdf"]);
        assert_eq!(names(&["a.txt"], Some("a.pdf")).unwrap(), ["a.txt"]);
        assert_eq!(names(&["-"], Some("a.pdf")).unwrap(), ["-"]);
    }

    #[test]
    fn the_vendor_is_told_the_name_of_a_file_without_control_characters() {
        let told = |path: &str| Place::new(Path::new(path)).file_name();
        assert_eq!(told("folder/informe 1.pdf").as_deref(), Some("informe 1.pdf"));
        assert_eq!(told("a\u{7}\n\u{9b}ñ.pdf").as_deref(), Some("a___ñ.pdf"));
        assert_eq!(told("-"), None);
    }

    #[test]
    fn combinations_without_a_meaning_are_refused() {
        for (files, pdf, rule) in [
            (vec![], None, "missing"),
            (vec!["a", "b"], Some("c.pdf"), "exactly one note"),
            (vec!["a.PDF"], Some("c.pdf"), "both PDFs"),
            (vec!["-", "-"], None, "only once"),
            (vec!["-"], Some("-"), "only once"),
        ] {
            let sentence = names(&files, pdf).unwrap_err();
            assert!(sentence.contains(rule), "{sentence}");
        }
    }
}
