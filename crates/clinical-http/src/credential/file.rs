//! A credential from a file that something else rotates: Kubernetes, a vault's agent, an
//! administrator. Looks at the file before every attempt and reads it when it changed. Never writes
//! to it, and never shows its path: people do give a token where a path is asked for.

use std::fs::{File, Metadata};
use std::io::{self, Read};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tokio::sync::Mutex;

use super::{Credential, CredentialSource, Refused, Scheme};
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
/// file's error ends the calls. On Unix the file may be readable by everybody, because mounted
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
    refused: Refused,
    watched: Arc<Mutex<Watched>>,
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
        let (credential, seen) = read(&scheme, &path)?;
        let watched = Watched { scheme, path, credential: credential.with_generation(1), seen };
        Ok(Self { refused: Refused::default(), watched: Arc::new(watched.into()) })
    }
}

impl std::fmt::Debug for FileCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileCredential").field("refused", &self.refused).finish_non_exhaustive()
    }
}

impl CredentialSource for FileCredential {
    /// # Cancel safety
    ///
    /// Safe at every point: a look at the file goes on without the caller, and the next one finds
    /// what it saw. The next one waits until that look has ended.
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            // The lock goes along with the look: it is released when the look ends, whether or not somebody still waits for it.
            let mut watched = Arc::clone(&self.watched).lock_owned().await;
            let refused = self.refused.covers(&watched.credential);
            let look = tokio::task::spawn_blocking(move || watched.look(refused)).await;
            look.unwrap_or_else(|_| Err(unreadable(io::ErrorKind::Interrupted)))
        })
    }

    fn rejected(&self, generation: u64) {
        self.refused.mark(generation);
    }
}

struct Watched {
    scheme: Scheme,
    path: PathBuf,
    credential: Credential,
    /// What the file looked like when it was read; `None` if it may have changed since without
    /// looking different.
    seen: Option<Stamp>,
}

impl Watched {
    fn look(&mut self, refused: bool) -> Result<Credential, Error> {
        let now = std::fs::metadata(&self.path).ok().as_ref().and_then(Stamp::of);
        if !refused && now.is_some() && now == self.seen {
            return Ok(self.credential.clone());
        }
        match read(&self.scheme, &self.path) {
            Ok((next, seen)) => (self.credential, self.seen) = (self.credential.renewed(next), seen),
            Err(error) if refused => return Err(error),
            Err(error) => tracing::warn!(reason = %error, "the last token stays in use"),
        }
        Ok(self.credential.clone())
    }
}

/// What tells one edition of a file from another.
#[derive(PartialEq, Eq)]
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

fn read(scheme: &Scheme, path: &Path) -> Result<(Credential, Option<Stamp>), Error> {
    let failed = |error: io::Error| unreadable(error.kind());
    // Looked at before it is opened: opening a named pipe would wait for somebody to write into it.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Error::credentials(SETTING, "is not a regular file; give the path of a file"));
    }
    let file = File::open(path).map_err(failed)?;
    let seen = Stamp::of(&file.metadata().map_err(failed)?);
    // Of its full size from the start, so that growing leaves no copies of the secret behind.
    let mut content = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    file.take(LONGEST as u64 + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() > LONGEST {
        return Err(Error::credentials(SETTING, "is longer than 16 KiB, which no token is; give the right file"));
    }
    let text = std::str::from_utf8(&content)
        .map_err(|_| Error::credentials(SETTING, "is not valid UTF-8; write the token into it as plain text"))?;
    // Some editors put a byte order mark in front.
    let token = text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
    if token.is_empty() {
        return Err(Error::credentials(SETTING, "is empty; write the token that the vendor issued into it"));
    }
    Ok((scheme.named(SETTING, SecretString::from(token))?, seen))
}

fn unreadable(kind: io::ErrorKind) -> Error {
    let rule = match kind {
        io::ErrorKind::NotFound => "does not exist; give the path of the file that holds the token",
        io::ErrorKind::PermissionDenied => "may not be read by this user; change its owner or mode",
        _ => "cannot be read; check the path and the disk it is on",
    };
    Error::credentials(SETTING, rule)
}
