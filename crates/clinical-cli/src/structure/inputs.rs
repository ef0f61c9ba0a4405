//! From the inputs of the command line to records, in the order that `--record-id` goes by. What a file is, is told by its first bytes, as the
//! vendor tells it; whether it is a good one is the client's check.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use haidy_analyst::{Bubble, Record, Transcript};
use serde::Deserialize;

use crate::args::StructureArgs;
use crate::codify::note;
use crate::exit::Stop;
use crate::plain::plain;

const TEXT: &str = "new_records[].source.text";
const FILE: &str = "new_records[].source";
const TRANSCRIPT: &str = "new_records[].source.transcript";

/// As many bytes as readers of PDF look for its header in.
const HEAD: u64 = 1024;

/// One input and what it was given as.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    role: Role,
    id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// By its content.
    Any,
    Audio,
    Transcript,
}

/// What a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Document,
    Audio,
}

impl Input {
    /// How it is called in sentences.
    pub(super) fn name(&self) -> String {
        plain(&self.path.display().to_string())
    }
}

/// The inputs of a command line, in their order.
pub(super) fn plan(args: &StructureArgs) -> Result<Vec<Input>, Stop> {
    let refuse = |sentence: String| Err(Stop::usage(format!("{sentence} (nothing was sent)")));
    let of = |paths: &[PathBuf], role| {
        let input = |path: &PathBuf| Input { path: path.clone(), role, id: None };
        paths.iter().map(input).collect::<Vec<_>>()
    };
    let mut inputs =
        [of(&args.files, Role::Any), of(&args.audio, Role::Audio), of(&args.transcript, Role::Transcript)].concat();
    if inputs.is_empty() {
        return refuse(
            "FILE is missing: give at least one file, `-` for stdin, --audio or --transcript; or --resume".into(),
        );
    }
    if inputs.iter().filter(|input| input.path == Path::new("-")).count() > 1 {
        return refuse("FILE: `-` (stdin) can be given only once".into());
    }
    let (ids, records) = (args.record_id.len(), inputs.len());
    if ids != 0 && ids != records {
        return refuse(format!(
            "--record-id: is given {ids} times for {records} inputs; give it once for each input, or not at all"
        ));
    }
    for (input, id) in inputs.iter_mut().zip(&args.record_id) {
        input.id = Some(id.clone());
    }
    Ok(inputs)
}

/// The records, or a sentence that names the input that makes none. It blocks.
pub(super) fn load(inputs: &[Input]) -> Result<Vec<Record>, String> {
    let one = |input: &Input| {
        let record = record(input).map_err(|error| format!("{}: {error}", input.name()))?;
        Ok(match &input.id {
            Some(id) => record.id(id),
            None => record,
        })
    };
    inputs.iter().map(one).collect()
}

fn record(input: &Input) -> Result<Record, omniscribe_codify::Error> {
    let path = &*input.path;
    if input.role == Role::Transcript {
        return transcript(&whole(TRANSCRIPT, path)?);
    }
    // Opened once here, so that a missing or forbidden file is named with what to do about it.
    if let Some(head) = head(path)? {
        let kind = if input.role == Role::Audio { Kind::Audio } else { kind(&head, path) };
        return match kind {
            Kind::Text => Ok(Record::text(note::text(TEXT, note::read_file(TEXT, path)?)?)),
            Kind::Document => Ok(Record::document_path(path)),
            Kind::Audio => Ok(Record::audio_path(path)),
        };
    }
    let content = whole(FILE, path)?;
    match if input.role == Role::Audio { Kind::Audio } else { kind(&content, path) } {
        Kind::Text => Ok(Record::text(note::text(TEXT, content)?)),
        Kind::Document => Ok(Record::document_bytes(content)),
        Kind::Audio => Ok(Record::audio_bytes(content)),
    }
}

/// The first bytes of a file; `None` of what can be read only once, such as stdin and pipes.
fn head(path: &Path) -> Result<Option<Vec<u8>>, omniscribe_codify::Error> {
    if path == Path::new("-") || path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return Ok(None);
    }
    let mut head = Vec::new();
    let read = |file: File| file.take(HEAD).read_to_end(&mut head);
    match File::open(path).and_then(read) {
        Ok(_) => Ok(Some(head)),
        Err(error) => Err(note::unreadable(FILE, &error)),
    }
}

fn whole(field: &'static str, path: &Path) -> Result<Vec<u8>, omniscribe_codify::Error> {
    if path == Path::new("-") { note::read(field, std::io::stdin().lock()) } else { note::read_file(field, path) }
}

/// By the content; where that says nothing by the name, so that a damaged PDF is refused as one and not sent as a text.
fn kind(head: &[u8], path: &Path) -> Kind {
    let documents: [&[u8]; 3] = [b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];
    let is_wave = (head.starts_with(b"RIFF") || head.starts_with(b"RF64")) && head.get(8..12) == Some(b"WAVE");
    // The version of an ID3 tag and the size of an MP4 box are no letters: a text is not mistaken for either.
    let is_mp3 =
        matches!(head, [b'I', b'D', b'3', 0..=9, ..]) || matches!(head, [0xff, second, ..] if second & 0xe6 == 0xe2);
    let is_mp4 = head.first() == Some(&0) && head.get(4..8) == Some(b"ftyp");
    if documents.iter().any(|magic| head.starts_with(magic)) {
        return Kind::Document;
    }
    if is_wave || is_mp3 || is_mp4 || head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        return Kind::Audio;
    }
    let end = path.extension().map(OsStr::to_ascii_lowercase);
    match end.as_deref().and_then(|end| end.to_str()) {
        Some("pdf" | "png" | "jpg" | "jpeg") => Kind::Document,
        Some("mp3" | "wav" | "webm" | "mp4" | "m4a") => Kind::Audio,
        _ => Kind::Text,
    }
}

#[derive(Deserialize)]
struct GivenTranscript {
    bubbles: Vec<GivenBubble>,
}

#[derive(Deserialize)]
struct GivenBubble {
    text: String,
    start: f64,
    end: f64,
}

fn transcript(json: &[u8]) -> Result<Record, omniscribe_codify::Error> {
    use omniscribe_codify::http_core::Error as HttpError;
    let given: GivenTranscript = serde_json::from_slice(json).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let rule = format!(
            "is no transcript, see line {line}, column {column}; give {{\"bubbles\": [{{\"text\", \"start\", \"end\"}}]}}"
        );
        HttpError::invalid(TRANSCRIPT, rule)
    })?;
    let bubbles = given.bubbles.into_iter().map(|bubble| Bubble::new(bubble.text, bubble.start, bubble.end));
    Ok(Record::transcript(Transcript::new(bubbles)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_is_told_by_its_first_bytes_and_then_by_its_name() {
        let table: [(&[u8], &str, Kind); 16] = [
            (b"%PDF-1.7", "a", Kind::Document),
            (b"\x89PNG\r\n\x1a\n...", "a.txt", Kind::Document),
            (b"\xff\xd8\xff\xe0", "a", Kind::Document),
            (b"ID3\x04", "a", Kind::Audio),
            (b"\xff\xfb\x90", "a", Kind::Audio),
            (b"RIFF\x24\0\0\0WAVEfmt ", "a", Kind::Audio),
            (b"\x1a\x45\xdf\xa3\x01", "a", Kind::Audio),
            (b"\0\0\0\x20ftypM4A ", "a", Kind::Audio),
            (b"ID3 is a tag, and this a text", "a", Kind::Text),
            (b"the ftype", "a", Kind::Text),
            (b"\xff\xfeH\0", "a", Kind::Text),
            (b"RIFF\x24\0\0\0AVI LIST", "a", Kind::Text),
            (b"not one", "a.PDF", Kind::Document),
            (b"not one", "a.m4a", Kind::Audio),
            (b"see %PDF-1.7", "note.txt", Kind::Text),
            (b"", "-", Kind::Text),
        ];
        for (head, name, expected) in table {
            assert_eq!(kind(head, Path::new(name)), expected, "{name} {head:?}");
        }
    }

    #[test]
    fn what_is_no_transcript_is_refused_by_its_place_and_never_shown() {
        for json in ["", "[]", "{}", r#"{"bubbles":[{"text":"canary","start":"0","end":1}]}"#, r#"{"bubbles":{}}"#] {
            let error = transcript(json.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("is no transcript, see line ") && !error.contains("canary"), "{error}");
        }
        assert!(transcript(br#"{"bubbles":[{"text":"a","start":0,"end":1.5,"speaker":"x"}]}"#).is_ok());
    }
}
