//! The body of one attempt on its way out: produces the bytes, hashes them, and tells [`Progress`]
//! how far it is.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use ring::digest;

use crate::Error;
use crate::body::{Body, Content};
use crate::file::FileProblem;
use crate::file_reader::FileReader;
use crate::progress::Progress;

/// The body of one attempt, for a [`Transport`](crate::transport::Transport) to write out. Its
/// length is exact.
///
/// Read it as an `http_body::Body`; [`Progress`] has an example. It gives data frames only and no
/// trailers, in pieces of at most 16 KiB where they come from a file. A failure is its last word:
/// polled again, it has ended, short of its length, and a transport must not let that pass for a
/// whole request.
pub struct SendBody {
    parts: VecDeque<Part>,
    left: u64,
    /// In a box: most bodies are not hashed, and they are moved about.
    digest: Option<Box<digest::Context>>,
    progress: Arc<Progress>,
}

enum Part {
    Text(Bytes),
    File(Box<FileReader>),
}

impl std::fmt::Debug for SendBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendBody").field("left", &self.left).finish_non_exhaustive()
    }
}

impl SendBody {
    /// Opens the body for one attempt. A file is opened here, before there is a connection, so that
    /// a file that is missing or has changed ends the call with nothing sent.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the file is missing, cannot be read, or
    /// is not the one that was inspected.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is changed.
    pub async fn open(body: &Body, progress: Arc<Progress>) -> Result<Self, Error> {
        let mut parts = VecDeque::new();
        match &body.0 {
            Content::Empty => {}
            Content::Json(bytes) => parts.push_back(Part::Text(bytes.clone())),
            Content::JsonWithFiles { texts, files } => {
                for (number, (text, file)) in texts.iter().zip(files.iter()).enumerate() {
                    let opened =
                        if number == 0 { FileReader::open(file).await } else { FileReader::open_later(file).await };
                    let reader = opened.map_err(|problem| problem.into_error(file.field()))?;
                    parts.extend([Part::Text(text.clone()), Part::File(Box::new(reader))]);
                }
                parts.extend(texts.last().cloned().map(Part::Text));
            }
        }
        let digest = progress.is_hashed().then(|| Box::new(digest::Context::new(&digest::SHA256)));
        Ok(Self { parts, left: body.len(), digest, progress })
    }

    /// How many bytes have not been taken yet; before the first poll, the `Content-Length`.
    pub fn remaining(&self) -> u64 {
        self.left
    }

    /// How far it is. Clone it before the body is given away, to judge a failure by.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    fn next_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FileProblem>> {
        loop {
            let piece = match self.parts.front_mut() {
                None => return Poll::Ready(Ok(None)),
                Some(Part::Text(text)) => Some(std::mem::take(text)).filter(|text| !text.is_empty()),
                Some(Part::File(file)) => ready!(file.poll_piece(cx))?,
            };
            match piece {
                Some(piece) => return Poll::Ready(Ok(Some(piece))),
                None => self.parts.pop_front(),
            };
        }
    }
}

impl http_body::Body for SendBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        let Poll::Ready(next) = this.next_piece(cx) else {
            this.progress.asked();
            return Poll::Pending;
        };
        match next {
            Ok(Some(piece)) => {
                this.progress.took(piece.len());
                this.left = this.left.saturating_sub(piece.len() as u64);
                if let Some(digest) = &mut this.digest {
                    digest.update(&piece);
                }
                if this.left == 0 {
                    let whole = this.digest.take().and_then(|digest| digest.finish().as_ref().try_into().ok());
                    this.progress.complete(whole);
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Ok(None) => Poll::Ready(None),
            Err(problem) => {
                this.parts.clear();
                this.progress.failed(problem);
                Poll::Ready(Some(Err(BodyError(problem))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The file of a request could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[error("the file {0}")]
pub struct BodyError(FileProblem);

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body::Body as _;

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::FileSource;
    use crate::file_reader::PIECE;

    /// Bytes in which no two pieces are alike.
    fn content(len: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(len as u64);
        std::iter::repeat_with(|| random.u8(..)).take(len).collect()
    }

    async fn body(source: &FileSource) -> Body {
        let facts = source.inspect().await.unwrap();
        Body::json_with_file(facts, |place| Body::json(&[place, "after"])).unwrap()
    }

    /// Takes all of a body, checking at each piece what it says of itself; returns the pieces.
    async fn taken(body: &Body) -> (Vec<Bytes>, Arc<Progress>) {
        let progress = Progress::new(true);
        let mut open = SendBody::open(body, progress.clone()).await.unwrap();
        let mut pieces = Vec::new();
        let mut left = body.len();
        assert!(!progress.started());
        loop {
            assert_eq!(open.size_hint().exact(), Some(left));
            assert_eq!((open.remaining(), open.is_end_stream()), (left, left == 0));
            assert_eq!(progress.digest().is_some(), left == 0 && progress.started());
            let Some(frame) = poll_fn(|cx| Pin::new(&mut open).poll_frame(cx)).await else {
                break;
            };
            let piece = frame.unwrap().into_data().unwrap();
            assert!(!piece.is_empty(), "an empty piece would end an HTTP/1.1 chunk");
            left -= piece.len() as u64;
            pieces.push(piece);
        }
        assert_eq!((left, progress.sent()), (0, body.len()));
        (pieces, progress)
    }

    #[tokio::test]
    async fn the_length_is_exact_and_the_base64_right_at_every_border() {
        let lengths = [0, 1, 2, 3, 4, 5, 6, PIECE - 1, PIECE, PIECE + 1, PIECE + 2, PIECE + 3];
        let more = [2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 1, 10 * PIECE + 5];
        for len in lengths.into_iter().chain(more) {
            let content = content(len);
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &content).unwrap();
            let sources = [FileSource::path("pdf", file.path()), FileSource::bytes("pdf", content.clone())];
            let expected = format!("[\"{}\",\"after\"]", STANDARD.encode(&content));
            for source in sources {
                let (pieces, progress) = taken(&body(&source).await).await;
                let whole = pieces.concat();
                assert!(whole == expected.as_bytes(), "{len} {source:?}");
                let digest = digest::digest(&digest::SHA256, &whole);
                assert_eq!(progress.digest().unwrap(), digest.as_ref(), "{len} {source:?}");
                // Memory does not grow with the file.
                assert!(pieces.iter().all(|piece| piece.len() <= PIECE / 3 * 4));
            }
        }
    }

    #[tokio::test]
    async fn opened_again_a_body_gives_the_same_bytes_and_the_same_digest() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content(PIECE + 1)).unwrap();
        let body = body(&FileSource::path("pdf", file.path())).await;
        let (first, one) = taken(&body).await;
        let (second, two) = taken(&body).await;
        assert_eq!(first, second);
        assert_eq!(one.digest().unwrap(), two.digest().unwrap());
    }

    #[tokio::test]
    async fn several_files_go_out_where_their_places_are_and_are_opened_one_after_the_other() {
        let contents = [content(PIECE + 1), Vec::new(), content(5), content(3 * PIECE)];
        let folder = tempfile::tempdir().unwrap();
        let mut facts = Vec::new();
        for (number, content) in contents.iter().enumerate() {
            let path = folder.path().join(number.to_string());
            std::fs::write(&path, content).unwrap();
            facts.push(FileSource::path("base64", path).inspect().await.unwrap());
        }
        facts.push(FileSource::bytes("base64", &b"memory"[..]).inspect().await.unwrap());
        // In another order than the files were given in, with text between, before and behind.
        let order = [3, 0, 4, 1, 2];
        let make = |places: &[String]| Body::json(&order.map(|place| places[place].clone()));
        let body = Body::json_with_files(facts, make).unwrap();
        let encoded = order.map(|place| STANDARD.encode(contents.get(place).map_or(&b"memory"[..], |it| &it[..])));
        let (pieces, _) = taken(&body).await;
        assert!(pieces.concat() == serde_json::to_vec(&encoded).unwrap());

        // A later file that has changed is found before there is a connection, and one that changes later before its end.
        std::fs::write(folder.path().join("2"), "another").unwrap();
        let refused = SendBody::open(&body, Progress::new(false)).await.unwrap_err();
        assert_eq!((refused.field(), refused.delivery()), (Some("base64"), crate::Delivery::NotSent));
    }

    #[tokio::test]
    async fn json_goes_out_in_one_piece_and_an_empty_body_in_none() {
        let (pieces, progress) = taken(&Body::json("text").unwrap()).await;
        assert_eq!(pieces, [&b"\"text\""[..]]);
        assert!(progress.digest().is_some());
        let (pieces, progress) = taken(&Body::empty()).await;
        assert!(pieces.is_empty() && progress.digest().is_none());
    }

    /// Opens a body of a file on disk, does something to the file, takes the rest; returns what
    /// went wrong.
    async fn disturbed(how: impl Fn(&std::path::Path)) -> Option<FileProblem> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content(3 * PIECE)).unwrap();
        let body = body(&FileSource::path("pdf", file.path())).await;
        let progress = Progress::new(true);
        let mut open = SendBody::open(&body, progress.clone()).await.unwrap();
        let mut next = async || poll_fn(|cx| Pin::new(&mut open).poll_frame(cx)).await;
        next().await.unwrap().unwrap();
        next().await.unwrap().unwrap();
        how(file.path());
        let failed = loop {
            match next().await {
                None => break false,
                Some(Ok(_)) => {}
                Some(Err(error)) => break error.to_string().starts_with("the file "),
            }
        };
        assert_eq!(failed, progress.problem().is_some());
        // Asked again after a failure it has no more to say, and does not panic.
        assert!(next().await.is_none());
        assert_eq!(progress.digest().is_none(), failed, "a digest is of a whole body");
        progress.problem()
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_read_is_noticed_before_its_end() {
        let open = |path: &std::path::Path| std::fs::OpenOptions::new().write(true).open(path);
        let truncated = disturbed(|path| open(path).unwrap().set_len(100).unwrap()).await;
        assert_eq!(truncated, Some(FileProblem::Changed));
        let grown = disturbed(|path| open(path).unwrap().set_len(1 << 20).unwrap()).await;
        assert_eq!(grown, Some(FileProblem::Changed));
        // A copy tool may put the old time back: the length alone tells then.
        let quietly = disturbed(|path| {
            let file = open(path).unwrap();
            let before = file.metadata().unwrap().modified().unwrap();
            file.set_len(1 << 20).unwrap();
            file.set_modified(before).unwrap();
        })
        .await;
        assert_eq!(quietly, Some(FileProblem::Changed));
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        let touched = disturbed(|path| open(path).unwrap().set_modified(long_ago).unwrap()).await;
        assert_eq!(touched, Some(FileProblem::Changed));
        // What is open stays readable: a file that is removed or replaced meanwhile goes out as it was.
        assert_eq!(disturbed(|path| std::fs::remove_file(path).unwrap()).await, None);
        assert_eq!(disturbed(|_| {}).await, None);
    }

    #[test]
    fn nothing_of_the_content_is_printed() {
        let progress = Progress::new(true);
        let body = Body::json("Jane Roe").unwrap();
        let mut opening = std::pin::pin!(SendBody::open(&body, progress));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let Poll::Ready(Ok(open)) = opening.as_mut().poll(&mut cx) else {
            panic!("JSON is there at once");
        };
        assert_eq!(format!("{open:?}"), "SendBody { left: 10, .. }");
    }
}
