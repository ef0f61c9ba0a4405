//! The token of a task: all that is needed to find it again, on this machine or another, and nothing that tells who the
//! patient is.

use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::{Key, Origin, TokenError};

/// The version that this crate writes, and the newest that it reads.
const VERSION: u32 = 1;
/// More than any vendor's identifier has.
const LONGEST: usize = 256;

/// A task at a vendor, to be waited for now, later, or by another process.
///
/// Keep it wherever you like: it is JSON by `serde`, carries its version, and holds neither a secret nor a patient's data. Besides
/// the vendor's identifier it names where the task is, which operation made it, and the caller's references of the records
/// that were sent, so that a person can submit them again on purpose if the result is lost.
///
/// ```
/// use clinical_long_tasks::{Origin, TaskToken};
///
/// let origin = Origin::new("haidy", "https://haidy.example:443", "structure");
/// let token = TaskToken::new(origin, "abc123def456")?;
/// let kept = serde_json::to_string(&token).unwrap();
/// let again: TaskToken = serde_json::from_str(&kept).unwrap();
/// assert_eq!(again, token);
///
/// // A token of a later version, or one that was damaged, is refused and not guessed at.
/// assert!(serde_json::from_str::<TaskToken>(&kept.replace("\"version\":1", "\"version\":9")).is_err());
/// # Ok::<(), clinical_long_tasks::TokenError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct TaskToken {
    // Shared: a program that waits for thousands of tasks has each token at its own place, in the watch and in the store.
    content: Arc<Content>,
}

#[derive(Clone, PartialEq, Eq)]
struct Content {
    origin: Origin,
    task: String,
}

impl std::fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskToken").field("origin", self.origin()).field("task", &self.task()).finish()
    }
}

/// A token as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(flatten)]
    origin: Origin,
    task: String,
}

impl From<TaskToken> for Written {
    fn from(token: TaskToken) -> Self {
        let Content { origin, task } = Arc::unwrap_or_clone(token.content);
        Self { version: VERSION, origin, task }
    }
}

impl TryFrom<Written> for TaskToken {
    type Error = TokenError;

    fn try_from(written: Written) -> Result<Self, TokenError> {
        if written.version != VERSION {
            return Err(TokenError::new("is of another version; use the version of this program that wrote it"));
        }
        Self::new(written.origin, written.task)
    }
}

impl TaskToken {
    /// A token of a task that the vendor has just made.
    ///
    /// # Errors
    ///
    /// The identifier must have 1 to 256 visible ASCII characters: what else came from a server is no identifier, and
    /// it would go into file names, logs and requests.
    pub fn new(origin: Origin, task: impl Into<String>) -> Result<Self, TokenError> {
        let task = task.into();
        if task.is_empty() || task.len() > LONGEST || !task.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::new("has no usable task id; 1 to 256 visible ASCII characters are expected"));
        }
        Ok(Self { content: Arc::new(Content { origin, task }) })
    }

    /// The vendor's identifier of the task.
    pub fn task(&self) -> &str {
        &self.content.task
    }

    /// Where the task came from.
    pub fn origin(&self) -> &Origin {
        &self.content.origin
    }

    /// The vendor's name.
    pub fn vendor(&self) -> &str {
        &self.content.origin.vendor
    }

    /// The server that knows the task, as `scheme://host:port`. A token is only good there.
    pub fn server(&self) -> &str {
        &self.content.origin.server
    }

    /// The operation that made the task; it decides what the result is.
    pub fn operation(&self) -> &str {
        &self.content.origin.operation
    }

    /// The caller's references of what was submitted.
    pub fn references(&self) -> &[String] {
        &self.content.origin.references
    }

    /// When the task was submitted, by the wall clock of the machine that did it.
    pub fn submitted(&self) -> SystemTime {
        self.content.origin.started
    }

    /// What the task is called in a [`ResultStore`](crate::ResultStore).
    pub fn key(&self) -> Key {
        Key::of_task(&self.content.origin.vendor, &self.content.origin.server, &self.content.task)
    }
}
