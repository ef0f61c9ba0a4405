#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod directory;
mod key;
mod origin;
mod protocol;
mod store;
mod store_error;
mod token;
mod volatile;

pub use directory::DirectoryStore;
pub use key::Key;
pub use origin::Origin;
pub use protocol::{Protocol, Reading, Status};
pub use store::{AnswerHead, Claim, ClaimEnd, Claiming, Entry, Orphan, ResultStore, State, Submission, Terminal};
pub use store_error::{StoreError, TokenError};
pub use token::TaskToken;
pub use volatile::VolatileStore;
