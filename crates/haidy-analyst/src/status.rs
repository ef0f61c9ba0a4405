//! How a task stands, in the vendor's words: an open list, because the vendor's pages disagree about it.

/// The status of a task. Only [`Done`](TaskStatus::Done) and [`Failed`](TaskStatus::Failed) are the end of it; which of the others
/// occur depends on what was sent, and one that is not known yet means that the task runs.
///
/// ```
/// use haidy_analyst::TaskStatus;
///
/// assert!(TaskStatus::from("DONE").is_terminal());
/// assert!(!TaskStatus::from("ENTITY_LINKING_DONE").is_terminal());
/// assert_eq!(TaskStatus::from("ENTITY_LINKING_DONE").as_str(), "ENTITY_LINKING_DONE");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskStatus {
    /// `CREATED`: initialised.
    Created,
    /// `QUEUED`: waiting.
    Queued,
    /// `STARTED`: processing has begun.
    Started,
    /// `RUNNING`: what the older page of the vendor calls everything between the start and the end.
    Running,
    /// `DOCUMENT_DOWNLOAD_DONE`: what was given by address is downloaded.
    DocumentDownloadDone,
    /// `DOCUMENT_PARSING_DONE`: documents are read.
    DocumentParsingDone,
    /// `AUDIO_PROCESSING_DONE`: recordings are transcribed.
    AudioProcessingDone,
    /// `SERVICE_DONE`: the structure is extracted; the result is not there yet.
    ServiceDone,
    /// `DONE`: the result is there. It can be read once.
    Done,
    /// `FAILED`: there is no result. The account of why can be read once.
    Failed,
    /// A status that this version does not know, by its name on the wire. The task runs.
    Other(String),
}

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for TaskStatus {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TaskStatus".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        clinical_drift::open_list(
            [
                Self::Created,
                Self::Queued,
                Self::Started,
                Self::Running,
                Self::DocumentDownloadDone,
                Self::DocumentParsingDone,
                Self::AudioProcessingDone,
                Self::ServiceDone,
                Self::Done,
                Self::Failed,
            ]
            .iter()
            .map(Self::as_str),
        )
    }
}

impl TaskStatus {
    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "CREATED",
            Self::Queued => "QUEUED",
            Self::Started => "STARTED",
            Self::Running => "RUNNING",
            Self::DocumentDownloadDone => "DOCUMENT_DOWNLOAD_DONE",
            Self::DocumentParsingDone => "DOCUMENT_PARSING_DONE",
            Self::AudioProcessingDone => "AUDIO_PROCESSING_DONE",
            Self::ServiceDone => "SERVICE_DONE",
            Self::Done => "DONE",
            Self::Failed => "FAILED",
            Self::Other(name) => name,
        }
    }

    /// Whether the task has ended.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    /// Whether this version knows the status.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl From<&str> for TaskStatus {
    fn from(name: &str) -> Self {
        match name {
            "CREATED" => Self::Created,
            "QUEUED" => Self::Queued,
            "STARTED" => Self::Started,
            "RUNNING" => Self::Running,
            "DOCUMENT_DOWNLOAD_DONE" => Self::DocumentDownloadDone,
            "DOCUMENT_PARSING_DONE" => Self::DocumentParsingDone,
            "AUDIO_PROCESSING_DONE" => Self::AudioProcessingDone,
            "SERVICE_DONE" => Self::ServiceDone,
            "DONE" => Self::Done,
            "FAILED" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl std::fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::TaskStatus;

    #[test]
    fn the_nine_and_the_old_one_are_known_and_two_of_them_are_the_end() {
        let names = "CREATED QUEUED STARTED RUNNING DOCUMENT_DOWNLOAD_DONE DOCUMENT_PARSING_DONE AUDIO_PROCESSING_DONE SERVICE_DONE DONE FAILED";
        for name in names.split(' ') {
            let status = TaskStatus::from(name);
            assert_eq!((status.as_str(), status.is_known()), (name, true));
            assert_eq!(status.is_terminal(), ["DONE", "FAILED"].contains(&name), "{name}");
        }
    }

    #[test]
    fn an_unknown_status_is_kept_and_is_no_end() {
        for name in ["", "done", "FAILED_PARTIALLY", "ABGESCHLOSSEN ✓"] {
            let status = TaskStatus::from(name);
            assert_eq!((status.as_str(), status.is_known(), status.is_terminal()), (name, false, false));
        }
    }
}
