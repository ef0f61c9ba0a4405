//! The flags of `clinical structure`.

use std::path::PathBuf;

use super::HAIDY_HELP;
use super::connection::HaidyConnection;

/// Structures clinical documents, recordings and texts of one patient into a `HolisticPatient`, or into a FHIR Bundle
///
/// All inputs go into one request and make one task at the vendor (44ai Haidy-Analyst). The command waits for it and writes the result as it
/// came, byte for byte. The vendor destroys a result when it is read; so every answer is stored before anything else is done with it, and each run that has no
/// result says whether it is not consumed, partial, possibly lost or kept.
///
/// After a crash, a time-out or Ctrl-C go on with --resume: as soon as the task is made, its token is on the disk.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HAIDY_HELP)]
pub(crate) struct StructureArgs {
    /// What to structure, told apart by content: a text in UTF-8, a PDF, PNG or JPEG, or a recording; `-` is stdin
    ///
    /// Texts and stdin have at most 16 MiB. Documents and recordings on disk are streamed, and may have any size that the vendor takes.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// A recording: MP3, WAV, `WebM`, MP4 or M4A. Can be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) audio: Vec<PathBuf>,

    /// A transcript instead of its recording, as JSON: {"bubbles": [{"text", "start", "end"}]}, times in seconds. Several times
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: Vec<PathBuf>,

    /// A UUID of yours for each record, to find it again in the result: once for each input, or not at all
    ///
    /// In this order: every FILE, every --audio, every --transcript. It is kept and shown in errors, so it must not tell who the patient is.
    #[arg(long, value_name = "UUID")]
    pub(crate) record_id: Vec<String>,

    /// An earlier result (a `HolisticPatient`, as this command writes it) to which the records are added
    #[arg(long, value_name = "FILE")]
    pub(crate) update: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// A FHIR R4B Bundle instead of a `HolisticPatient`
    #[arg(long)]
    pub(crate) fhir: bool,

    #[command(flatten)]
    pub(crate) bundle: BundleArgs,

    /// The doctor's reference for the audit trail, 1 to 256 visible ASCII characters; not sent
    #[arg(long, value_name = "ID")]
    pub(crate) doctor: Option<String>,

    /// The patient's reference for the audit trail, 1 to 256 visible ASCII characters; not sent
    #[arg(long, value_name = "ID")]
    pub(crate) patient: Option<String>,

    /// Where the result is written to; `-` is stdout
    ///
    /// A file is replaced as a whole when there is a result, and not touched before. On Unix only you may read it.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) out: PathBuf,

    /// Go on with a task that was made before: its token file, or its key in the store (see `clinical results list`)
    #[arg(long, value_name = "TOKEN_FILE", conflicts_with_all = [
        "files", "audio", "transcript", "record_id", "update", "ConfigArgs", "fhir", "BundleArgs", "doctor", "patient", "token_out",
    ])]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) resume: Option<PathBuf>,

    /// Write the task's token to this file, too, which must not be there yet
    ///
    /// It holds neither a secret nor a patient's data.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_out: Option<PathBuf>,

    /// Where tasks and results are kept; by default in `clinical-clients/results` of this user's state directory
    ///
    /// Results stay there until `clinical results remove`. They are patients' data: use a disk that is encrypted. With --sandbox nothing is kept
    /// unless this is given.
    #[arg(long, value_name = "DIR", conflicts_with = "accept_loss")]
    pub(crate) results: Option<PathBuf>,

    /// Keep nothing on this machine: whatever cannot be written to --out is lost for good
    #[arg(long)]
    pub(crate) accept_loss: bool,

    /// Also print what the vendor wrote about a failure, on stderr; it may quote the records
    #[arg(long)]
    pub(crate) details: bool,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: HaidyConnection,
}

/// How the records are processed. What is not given is not sent: then the vendor's own defaults hold.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// In which language the result is worded: en, de, fr, it, or another one by its name
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    pub(crate) language: Option<String>,

    /// The version of the vendor's engine, such as 1.0.0
    #[arg(long, value_name = "VERSION")]
    pub(crate) engine_version: Option<String>,

    /// A profile for the metadata of documents, such as `EPDMetaData_v1`. Can be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) metadata_profile: Vec<String>,

    /// Whether metadata of the documents are extracted
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) include_record_metadata: Option<bool>,

    /// Whether the result holds the processed content of the records
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) include_record_content: Option<bool>,

    /// Whether the result holds the medical entities of each record
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) include_record_structured: Option<bool>,

    /// Whether the patient's name, gender and birthday are extracted
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) include_patient_metadata: Option<bool>,

    /// Whether the result holds entities put together over all records
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) include_patient_structured: Option<bool>,
}

/// What a Bundle holds. What is not given is not sent.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub(crate) struct BundleArgs {
    /// Whether the Bundle has a Patient
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", requires = "fhir")]
    pub(crate) include_patient: Option<bool>,

    /// Whether the Bundle has `DocumentReference`s
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", requires = "fhir")]
    pub(crate) include_document_references: Option<bool>,

    /// Whether the `DocumentReference`s have addresses and data
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", requires = "fhir")]
    pub(crate) include_data: Option<bool>,
}

/// A code of two letters that the vendor does not document is a slip rather than a language by its name.
fn language(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && !["en", "de", "fr", "it"].contains(&text);
    if is_code { Err("give en, de, fr or it".to_owned()) } else { Ok(text.to_owned()) }
}
