#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod ask;
mod claimed;
mod directory;
mod error;
mod key;
mod line;
mod many;
mod origin;
mod polling;
mod protocol;
mod recovery;
mod store;
mod store_error;
mod submit;
mod tasks;
mod token;
mod tracker;
mod volatile;
mod watch;

pub use claimed::Claimed;
pub use directory::DirectoryStore;
pub use error::{Fate, TaskError, TaskErrorKind};
pub use key::Key;
pub use many::WaitMany;
pub use origin::Origin;
pub use polling::Polling;
pub use protocol::{Protocol, Reading, Status};
pub use store::{AnswerHead, Claim, ClaimEnd, Claiming, Entry, Orphan, ResultStore, State, Submission, Terminal};
pub use store_error::{StoreError, TokenError};
pub use submit::ReadCreated;
pub use tasks::{Tasks, TasksBuilder};
pub use token::TaskToken;
pub use volatile::VolatileStore;
pub use watch::{Update, Watch};
