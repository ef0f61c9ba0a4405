//! Plays bytes on a connection that was taken back from the HTTP library: exact heads, exact cuts, silence, and an end
//! that is a close or a reset. Every wait ends when the peer leaves, when the faults are cleared or when the sandbox
//! stops. The end of a task goes this way too, because its first byte destroys the task.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::clock::Clock;
use crate::reply::Reply;
use crate::tasks::Ticket;
use crate::tls::Wire;

/// After a close the peer's last bytes are thrown away up to this many, so that the close does not turn into a reset.
const MOST_DISCARDED: usize = 16 * 1024 * 1024;
/// After a whole answer the peer has so long, in real time, to end its side.
const GRACE: Duration = Duration::from_secs(2);

/// What to send, in order, and how to end. No `Debug`: the bytes may quote a note.
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
    /// The right to these bytes where they belong to a task.
    pub(crate) ticket: Option<Box<Ticket>>,
    /// Whether a fault made it. What is whole is not cut short when the faults are cleared.
    pub(crate) spoiled: bool,
}

/// One step of a script.
pub(crate) enum Step {
    /// These bytes.
    Bytes(Bytes),
    /// So many spaces, sent in pieces of 64 KiB, each as a chunk if asked for.
    Spaces { bytes: u64, chunked: bool },
    /// These bytes one by one, with virtual time between them.
    Dribble { bytes: Bytes, pause: Duration },
    /// Nothing, until the peer leaves.
    Silence,
    /// No byte: the body is out now.
    Whole,
}

impl From<Vec<u8>> for Step {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Bytes::from(bytes))
    }
}

/// The end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// FIN: an orderly close.
    Close,
    /// RST, by a close with a linger time of zero.
    Reset,
}

impl Script {
    /// A script that no task depends on.
    pub(crate) fn new(steps: Vec<Step>, end: End) -> Self {
        Self { steps, end, ticket: None, spoiled: true }
    }

    /// Plays the script. `released` ends silences and pauses; errors mean that the peer has left, which is an end too.
    pub(crate) async fn run(mut self, stream: impl Wire, clock: &Clock, released: impl Future<Output = ()>) {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let played = {
            let sending = async {
                if let Some(ticket) = &mut self.ticket
                    && let Some(other) = ticket.reserve().await
                {
                    let Self { steps, end, .. } = Reply::into_script(other, clock.calendar());
                    (self.steps, self.end) = (steps, end);
                }
                send(self.steps, &mut self.ticket, &mut reader, &mut writer, clock).await
            };
            tokio::select! {
                played = sending => played,
                () = released => Ok(()),
            }
        };
        let mut stream = reader.unsplit(writer);
        match self.end {
            End::Reset => {
                // Unsent bytes die with a reset; the ones before it were handed to the kernel, which on loopback has
                // delivered them by now.
                let _ = stream.tcp().set_zero_linger();
            }
            End::Close if played.is_ok() => {
                let _ = stream.shutdown().await;
                let rest = discard(&mut stream, MOST_DISCARDED);
                if self.spoiled {
                    let _ = rest.await;
                } else {
                    let _ = tokio::time::timeout(GRACE, rest).await;
                }
            }
            End::Close => {}
        }
    }
}

async fn send(
    steps: Vec<Step>,
    ticket: &mut Option<Box<Ticket>>,
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    clock: &Clock,
) -> io::Result<()> {
    let mut begun = false;
    for step in steps {
        match step {
            Step::Bytes(bytes) if !begun && !bytes.is_empty() => {
                // The head comes first in every script, so the first byte is always one of these.
                let count = writer.write(&bytes).await?;
                begun = true;
                if let Some(ticket) = ticket.as_mut().filter(|_| count > 0) {
                    ticket.first_byte();
                }
                writer.write_all(&bytes[count..]).await?;
            }
            Step::Bytes(bytes) => writer.write_all(&bytes).await?,
            Step::Whole => {
                if let Some(ticket) = ticket.as_mut() {
                    ticket.whole_body();
                }
            }
            Step::Spaces { bytes, chunked } => spaces(writer, bytes, chunked).await?,
            Step::Dribble { bytes, pause } => {
                // Due times count from the first byte, so that a step of time made meanwhile is not lost.
                let mut due = clock.now();
                for byte in bytes {
                    writer.write_all(&[byte]).await?;
                    due = due.saturating_add(pause);
                    if pause.is_zero() {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    tokio::select! {
                        () = clock.clone().sleep_until(due) => {}
                        gone = discard(reader, usize::MAX) => return gone,
                    }
                }
            }
            Step::Silence => discard(reader, usize::MAX).await?,
        }
        // TLS may keep the end of what it was given.
        writer.flush().await?;
    }
    Ok(())
}

async fn spaces(writer: &mut (impl AsyncWrite + Unpin), bytes: u64, chunked: bool) -> io::Result<()> {
    const PIECE: u64 = 64 * 1024;
    let piece = vec![b' '; 64 * 1024];
    let mut left = bytes;
    while left > 0 {
        let length = left.min(PIECE);
        let part = &piece[..usize::try_from(length).unwrap_or(piece.len())];
        if chunked {
            writer.write_all(format!("{length:x}\r\n").as_bytes()).await?;
            writer.write_all(part).await?;
            writer.write_all(b"\r\n").await?;
        } else {
            writer.write_all(part).await?;
        }
        left -= length;
    }
    Ok(())
}

/// Reads and forgets until the peer ends its side, at most `most` bytes.
async fn discard(reader: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<()> {
    let mut buffer = [0; 4096];
    let mut read = 0_usize;
    while read < most {
        match reader.read(&mut buffer).await? {
            0 => return Ok(()),
            count => read = read.saturating_add(count),
        }
    }
    Ok(())
}
