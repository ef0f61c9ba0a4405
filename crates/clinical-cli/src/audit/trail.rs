//! The trail of a run. The client is made with it before the file is there: a run that a wrong flag stops must not leave an empty trail
//! behind, and what is wrong with the file must still turn out before anything is sent. Until it is opened it refuses every call.

use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clinical_audit::FileAudit;
use omniscribe_codify::http_core::BoxFuture;
use omniscribe_codify::http_core::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink};

use crate::exit::Stop;

/// A trail that may not be open yet. Clones share it.
#[derive(Clone)]
pub(crate) struct Trail {
    path: PathBuf,
    file: Arc<OnceLock<FileAudit>>,
}

impl Trail {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), file: Arc::default() }
    }

    /// Opens or makes the file, when everything else is checked.
    pub(crate) fn open(&self) -> Result<(), Stop> {
        let opened = FileAudit::open(&self.path);
        let file = opened.map_err(|error| Stop::usage(format!("--audit: {error} (nothing was sent)")))?;
        self.file.get_or_init(|| file);
        Ok(())
    }

    pub(super) fn opened(&self) -> Option<&FileAudit> {
        self.file.get()
    }
}

impl AuditSink for Trail {
    fn open<'a>(&'a self, opening: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        match self.opened() {
            Some(file) => file.open(opening),
            None => Box::pin(ready(Err(AuditRefusal::new("is not open")))),
        }
    }

    fn record(&self, record: AuditRecord) {
        if let Some(file) = self.opened() {
            file.record(record);
        }
    }
}
