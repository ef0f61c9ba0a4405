#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod entry;
mod error;
#[cfg(feature = "fhir")]
#[cfg_attr(docsrs, doc(cfg(feature = "fhir")))]
pub mod fhir;
mod file_audit;
mod head;
mod line;
mod place;
mod queue;
mod registry;
mod storage;
mod tail;
mod verify;
mod writer;

pub use error::{Error, ErrorKind};
pub use file_audit::{Durability, FileAudit, FileAuditBuilder};
pub use head::{Head, NotAHead};
pub use verify::finding::Finding;
pub use verify::report::{Report, TornLine, UnfinishedCall};
pub use verify::{verify, verify_reader};
