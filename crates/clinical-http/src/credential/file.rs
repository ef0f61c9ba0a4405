//! A credential from a file that something else rotates: Kubernetes, a vault's agent, an
//! administrator. Looks at the file before every attempt and reads it when it changed. Never writes
//! to it, and never shows its path: people do give a token where a path is asked for.

use std::fs::{File, Metadata};
use std::io::{self, Read};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::flight::{Flight, Waiting, landed};
use super::{Credential, CredentialSource, Scheme};
use crate::{BoxFuture, Error};

const SETTING: &str = "token file";
/// The longest file in bytes: the longest tokens in use are a few thousand.
const LONGEST: usize = 16 * 1024;
/// A file modified less than this ago may be modified again without a visible change: file systems
/// count time in steps of up to 2 s.
const SETTLED: Duration = Duration::from_secs(3);

/// A secret from a file, without the white space around it, at most 16 KiB.
///
/// Before every attempt the file's length, modification time and (on Unix) device and inode are
/// compared, off the async threads, one look at a time; the file is read if they changed, if it was
/// modified within the last 3 s, or if the vendor refused the secret. So it may be replaced by
/// renaming another file over it (best, because nobody ever sees half of it), through symbolic
/// links as Kubernetes does, or by writing into it.
///
/// A file that becomes missing, empty, too long or unusable does not destroy the secret in use:
/// that one is sent until the vendor refuses it, with a warning logged each time; only then the
/// file's error ends the calls. A refused secret that is still in the file when it is read again
/// serves on until the next refusal. On Unix the file may be readable by everybody, because mounted
/// secrets are; use mode 0600 wherever it is you who makes it.
///
/// A file system that hangs makes the calls wait until their deadlines; it takes up one thread.
///
/// ```
/// use clinical_http::credential::{CredentialSource, FileCredential, Scheme};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("token");
/// # std::fs::write(&path, "first\n")?;
/// let source = FileCredential::new(Scheme::bearer(), &path)?;
/// assert_eq!(source.current().await?.generation(), 1);
///
/// // Whoever rotates the secret renames a new file over the old one.
/// # let next = folder.path().join("next");
/// std::fs::write(&next, "second\n")?;
/// std::fs::rename(&next, &path)?;
/// assert_eq!(source.current().await?.generation(), 2);
/// # Ok(())
/// # }
/// ```
pub struct FileCredential {
    watched: Arc<Watched>,
}

impl FileCredential {
    /// Reads the file, blocking for as long as that takes. Later looks, in
    /// [`current`](CredentialSource::current), need a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials) if the file is missing, is not a regular
    /// file, cannot be read, is longer than 16 KiB, or holds anything but one token of visible
    /// ASCII characters and white space around it.
    pub fn new(scheme: Scheme, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let (credential, seen) = read(&scheme, &path).map_err(unusable)?;
        let credential = credential.with_generation(1);
        let state = State { credential, seen, refused: false, look: Flight::default() }.into();
        Ok(Self { watched: Arc::new(Watched { scheme, path, state }) })
    }
}

impl std::fmt::Debug for FileCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileCredential").field("scheme", &self.watched.scheme).finish_non_exhaustive()
    }
}

impl CredentialSource for FileCredential {
    /// # Cancel safety
    ///
    /// Safe at every point: a look at the file goes on without the caller, and the next one finds
    /// what it saw. The next one waits until that look has ended. A caller who is not polled holds
    /// nobody up.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            let (look, is_own) = self.watched.join();
            let mut outcome = landed(look).await;
            if !is_own {
                // That look may have begun before the change or the refusal that this caller knows of. The next has not,
                // whoever begins it.
                outcome = landed(self.watched.join().0).await;
            }
            outcome.unwrap_or_else(|| Err(unreadable(io::ErrorKind::Interrupted))).map_err(unusable)
        })
    }

    fn rejected(&self, generation: u64) {
        let mut state = self.watched.state();
        state.refused |= state.credential.generation() == generation;
    }
}

struct Watched {
    scheme: Scheme,
    path: PathBuf,
    /// Never locked while the file is looked at: a file system that hangs must not hold up a thread
    /// that runs calls.
    state: Mutex<State>,
}

/// The secret, or the rule that the file breaks.
type Outcome = Result<Credential, &'static str>;

struct State {
    credential: Credential,
    /// What the file looked like when it was read; `None` if it may have changed since without
    /// looking different.
    seen: Option<Stamp>,
    /// Whether the vendor refused the credential since the file was last read because of that.
    refused: bool,
    look: Flight<Outcome>,
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The look under way, or a new one, and whether it is new.
    fn join(self: &Arc<Self>) -> (Waiting<Outcome>, bool) {
        let mut state = self.state();
        if let Some(look) = state.look.under_way() {
            return (look, false);
        }
        let (look, waiting) = state.look.begin();
        let watched = Arc::clone(self);
        tokio::task::spawn_blocking(move || look.send_replace(Some(watched.look())));
        (waiting, true)
    }

    fn look(&self) -> Outcome {
        let (refused, seen) = {
            let mut state = self.state();
            (std::mem::take(&mut state.refused), state.seen.clone())
        };
        let now = std::fs::metadata(&self.path).ok().as_ref().and_then(Stamp::of);
        if !refused && now.is_some() && now == seen {
            return Ok(self.state().credential.clone());
        }
        let found = read(&self.scheme, &self.path);
        let mut state = self.state();
        match found {
            Ok((next, seen)) => {
                let next = state.credential.renewed(next);
                // A refusal that came meanwhile stands if it was of this secret.
                state.refused &= next.generation() == state.credential.generation();
                (state.credential, state.seen) = (next, seen);
            }
            Err(rule) if refused => {
                state.refused = true;
                return Err(rule);
            }
            Err(rule) => tracing::warn!(reason = %unusable(rule), "the last token stays in use"),
        }
        Ok(state.credential.clone())
    }
}

/// What tells one edition of a file from another.
#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: SystemTime,
    place: (u64, u64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Option<Self> {
        #[cfg(unix)]
        let place = (metadata.dev(), metadata.ino());
        #[cfg(not(unix))]
        let place = (0, 0);
        let modified = metadata.modified().ok()?;
        let is_settled = SystemTime::now().duration_since(modified).is_ok_and(|age| age >= SETTLED);
        is_settled.then_some(Self { len: metadata.len(), modified, place })
    }
}

fn read(scheme: &Scheme, path: &Path) -> Result<(Credential, Option<Stamp>), &'static str> {
    let failed = |error: io::Error| unreadable(error.kind());
    // Looked at before it is opened: opening a named pipe would wait for somebody to write into it.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err("is not a regular file; give the path of a file");
    }
    let file = File::open(path).map_err(failed)?;
    let seen = Stamp::of(&file.metadata().map_err(failed)?);
    // Of its full size from the start, so that growing leaves no copies of the secret behind.
    let mut content = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() > LONGEST {
        return Err("is longer than 16 KiB, which no token is; give the right file");
    }
    let text =
        std::str::from_utf8(&content).map_err(|_| "is not valid UTF-8; write the token into it as plain text")?;
    // Some editors put a byte order mark in front.
    let token = text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
    if token.is_empty() {
        return Err("is empty; write the token that the vendor issued into it");
    }
    Ok((scheme.checked(SecretString::from(token))?, seen))
}

fn unusable(rule: &'static str) -> Error {
    Error::credentials(SETTING, rule)
}

fn unreadable(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "does not exist; give the path of the file that holds the token",
        io::ErrorKind::PermissionDenied => "may not be read by this user; change its owner or mode",
        _ => "cannot be read; check the path and the disk it is on",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_look_that_began_before_a_refusal_is_no_answer_to_who_reports_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "one").unwrap();
        let source = FileCredential::new(Scheme::bearer(), &path).unwrap();
        let sent = source.current().await.unwrap();
        let (look, _) = source.watched.state().look.begin();
        source.rejected(1);
        std::fs::write(&path, "two").unwrap();
        let ends = async { look.send_replace(Some(Ok(sent))) };
        // In this order: the caller is waiting when the look ends.
        let (renewed, _) = tokio::join!(biased; source.current(), ends);
        assert_eq!(renewed.unwrap().generation(), 2);
        // A look that is broken off fails nobody who did not begin it.
        let (look, _) = source.watched.state().look.begin();
        let (next, ()) = tokio::join!(biased; source.current(), async { drop(look) });
        assert_eq!(next.unwrap().generation(), 2);
    }
}
