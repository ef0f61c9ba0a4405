//! What a request carries: nothing, JSON, or JSON with a file streamed into it. A body can be
//! opened any number of times, once per attempt.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::file::FileFacts;
use crate::random::unguessable;
use crate::{Error, ErrorKind};

/// The body of a request. `Debug` shows its kind and length only.
///
/// It is a recipe: every attempt opens it anew and gets the same bytes. Clones share what is in
/// memory. The length is known before anything is read, so a vendor's size limit can be checked
/// first.
///
/// ```
/// use clinical_transport::{Body, FileSource};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_transport::Error> {
/// let file = FileSource::bytes("pdf_base64", &b"%PDF-1.7"[..]).inspect().await?;
/// let body = Body::json_with_file(file, |place| {
///     Body::json(&serde_json::json!({ "pdf_base64": place, "language": "es" }))
/// })?;
/// // Eight bytes are twelve of base64: the placeholder is not sent.
/// assert_eq!(body.len(), r#"{"pdf_base64":"JVBERi0xLjc=","language":"es"}"#.len() as u64);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Body(pub(crate) Content);

#[derive(Clone)]
pub(crate) enum Content {
    Empty,
    Json(Bytes),
    /// The text before each file and, last, the text behind them all.
    JsonWithFiles {
        texts: Arc<[Bytes]>,
        files: Arc<[FileFacts]>,
    },
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.0 {
            Content::Empty => "empty",
            Content::Json(_) => "json",
            Content::JsonWithFiles { .. } => "json with files",
        };
        f.debug_struct("Body").field("kind", &kind).field("length", &self.len()).finish()
    }
}

impl Body {
    /// No body, and no `Content-Type`.
    pub fn empty() -> Self {
        Self(Content::Empty)
    }

    /// A value as JSON (RFC 8259), written now and kept in memory.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](ErrorKind::InvalidInput) if the value cannot be written as JSON (a map with
    /// keys that are not strings).
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        match serde_json::to_vec(value) {
            Ok(bytes) => Ok(Self(Content::Json(bytes.into()))),
            Err(_) => Err(Error::new(ErrorKind::InvalidInput, "the request cannot be written as JSON")),
        }
    }

    /// A value as JSON, with the base64 (RFC 4648, section 4, padded) of `file` in the place of one
    /// string.
    ///
    /// `make` is given a placeholder and builds the JSON with it as that string's value. Memory
    /// does not grow with the file: it is read in pieces while it is sent, and read again for
    /// another attempt.
    ///
    /// # Errors
    ///
    /// Those of `make`; [`InvalidInput`](ErrorKind::InvalidInput) if the placeholder is not in the
    /// JSON exactly once.
    pub fn json_with_file(file: FileFacts, make: impl Fn(&str) -> Result<Self, Error>) -> Result<Self, Error> {
        Self::json_with_files(vec![file], |places| make(&places[0]))
    }

    /// The same with several files. `make` is given their placeholders in the order of the files and
    /// may use them in any order, each once.
    ///
    /// One file is open at a time. All of them are looked at before there is a connection, so that
    /// one that is missing or has changed ends the call with nothing sent.
    ///
    /// # Errors
    ///
    /// Those of `make`; [`InvalidInput`](ErrorKind::InvalidInput) if there is no file, or a
    /// placeholder is not in the JSON exactly once.
    pub fn json_with_files(
        files: Vec<FileFacts>,
        make: impl Fn(&[String]) -> Result<Self, Error>,
    ) -> Result<Self, Error> {
        // 128 random bits: text of the caller cannot contain them by accident or on purpose.
        let mark = format!("file-{:032x}-", unguessable());
        let places: Vec<String> = (0..files.len()).map(|number| format!("{mark}{number:08}")).collect();
        let Self(Content::Json(json)) = make(&places)? else {
            return Err(Error::new(ErrorKind::InvalidInput, "a file can only be ordered into a JSON body"));
        };
        let misordered = || Error::new(ErrorKind::InvalidInput, "the place of a file is not in the JSON exactly once");
        let mut waiting: Vec<Option<FileFacts>> = files.into_iter().map(Some).collect();
        let (mut texts, mut ordered, mut from) = (Vec::new(), Vec::new(), 0);
        while let Some(at) = find(&json[from..], mark.as_bytes()).map(|at| from + at) {
            let end = at + mark.len() + 8;
            let number = json.get(at + mark.len()..end).and_then(|digits| std::str::from_utf8(digits).ok());
            let number = number.and_then(|digits| digits.parse::<usize>().ok()).ok_or_else(misordered)?;
            ordered.push(waiting.get_mut(number).and_then(Option::take).ok_or_else(misordered)?);
            texts.push(json.slice(from..at));
            from = end;
        }
        if ordered.is_empty() || waiting.iter().any(Option::is_some) {
            return Err(misordered());
        }
        texts.push(json.slice(from..));
        Ok(Self(Content::JsonWithFiles { texts: texts.into(), files: ordered.into() }))
    }

    /// The exact number of bytes on the wire, as `Content-Length` will say.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Content::Empty => 0,
            Content::Json(bytes) => bytes.len() as u64,
            Content::JsonWithFiles { texts, files } => {
                let texts: u64 = texts.iter().map(|text| text.len() as u64).sum();
                texts + files.iter().map(|file| file.len().div_ceil(3) * 4).sum::<u64>()
            }
        }
    }

    /// The field whose file is in this body, as errors name it; `None` without a file.
    pub fn file_field(&self) -> Option<&'static str> {
        match &self.0 {
            Content::JsonWithFiles { files, .. } => files.first().map(FileFacts::field),
            Content::Empty | Content::Json(_) => None,
        }
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileSource;

    async fn facts(content: &'static [u8]) -> FileFacts {
        FileSource::bytes("pdf", content).inspect().await.unwrap()
    }

    type Make = fn(&str) -> Result<Body, Error>;

    #[tokio::test]
    async fn the_place_of_a_file_must_be_there_exactly_once() {
        let table: [Make; 3] = [|_| Body::json("no place"), |place| Body::json(&[place, place]), |_| Ok(Body::empty())];
        for make in table {
            let error = Body::json_with_file(facts(b"abc").await, make).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(!error.to_string().contains("file-"), "{error}");
        }
        let refused = Body::json_with_file(facts(b"abc").await, |_| Err(Error::invalid("note", "is empty")));
        assert_eq!(refused.unwrap_err().field(), Some("note"));
        let (outer, inner) = (facts(b"abc").await, facts(b"abc").await);
        let nested = Body::json_with_file(outer, |place| {
            Body::json_with_file(inner.clone(), |other| Body::json(&[place, other]))
        });
        assert_eq!(nested.unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn the_place_differs_each_time_so_no_text_can_hold_it() {
        let mut places = std::collections::HashSet::new();
        for _ in 0..100 {
            let file = facts(b"abc").await;
            let place = std::cell::RefCell::new(String::new());
            Body::json_with_file(file, |slot| {
                slot.clone_into(&mut place.borrow_mut());
                Body::json(slot)
            })
            .unwrap();
            assert!(places.insert(place.into_inner()));
        }
    }

    #[test]
    fn what_cannot_be_json_is_refused() {
        let map = std::collections::HashMap::from([(vec![1], 2)]);
        assert_eq!(Body::json(&map).unwrap_err().kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn debug_shows_kind_and_length_only() {
        let table = [
            (Body::empty(), "Body { kind: \"empty\", length: 0 }"),
            (Body::json("Jane").unwrap(), "Body { kind: \"json\", length: 6 }"),
            (
                Body::json_with_file(facts(b"abcd").await, Body::json).unwrap(),
                "Body { kind: \"json with files\", length: 10 }",
            ),
        ];
        for (body, expected) in table {
            assert_eq!(format!("{body:?}"), expected);
        }
    }
}
