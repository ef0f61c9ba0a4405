//! What a request carries: nothing, JSON, or JSON with a file streamed into it. A body can be
//! opened any number of times, once per attempt.

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
    JsonWithFile { before: Bytes, file: FileFacts, after: Bytes },
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.0 {
            Content::Empty => "empty",
            Content::Json(_) => "json",
            Content::JsonWithFile { .. } => "json with file",
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
        // 128 random bits: text of the caller cannot contain it by accident or on purpose.
        let slot = format!("file-{:032x}", unguessable());
        let Self(Content::Json(json)) = make(&slot)? else {
            return Err(Error::new(ErrorKind::InvalidInput, "a file can only be placed into a JSON body"));
        };
        let mut places = json.windows(slot.len()).enumerate().filter(|(_, window)| *window == slot.as_bytes());
        let (Some((at, _)), None) = (places.next(), places.next()) else {
            return Err(Error::new(ErrorKind::InvalidInput, "the place of the file is not in the JSON exactly once"));
        };
        Ok(Self(Content::JsonWithFile { before: json.slice(..at), after: json.slice(at + slot.len()..), file }))
    }

    /// The exact number of bytes on the wire, as `Content-Length` will say.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Content::Empty => 0,
            Content::Json(bytes) => bytes.len() as u64,
            Content::JsonWithFile { before, file, after } => {
                before.len() as u64 + file.len().div_ceil(3) * 4 + after.len() as u64
            }
        }
    }

    /// The field whose file is in this body, as errors name it; `None` without a file.
    pub fn file_field(&self) -> Option<&'static str> {
        match &self.0 {
            Content::JsonWithFile { file, .. } => Some(file.field()),
            Content::Empty | Content::Json(_) => None,
        }
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
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
                "Body { kind: \"json with file\", length: 10 }",
            ),
        ];
        for (body, expected) in table {
            assert_eq!(format!("{body:?}"), expected);
        }
    }
}
