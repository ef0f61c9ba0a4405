//! From flags to the settings of a request. What is not given is not sent.

use std::path::Path;

use haidy_analyst::http_core::AuditId;
use haidy_analyst::{Config, Error, FhirOptions, HolisticPatient, Record, Structure};

use crate::args::{BundleArgs, ConfigArgs, StructureArgs};
use crate::exit::Stop;
use crate::plain::plain;

/// More than any earlier result has, as far as anybody knows.
const MOST: u64 = 64 * 1024 * 1024;

/// The whole request. An earlier result is read here.
pub(super) fn request(args: &StructureArgs, records: Vec<Record>) -> Result<Structure, Stop> {
    let mut request = Structure::new(records).config(config(&args.config));
    if let Some(doctor) = &args.doctor {
        request = request.doctor(checked("--doctor", "x-doctor", doctor)?);
    }
    if let Some(patient) = &args.patient {
        request = request.patient(checked("--patient", "x-patient", patient)?);
    }
    if let Some(path) = &args.update {
        request = request.holistic_patient(&earlier(path)?);
    }
    Ok(request)
}

fn checked(flag: &str, field: &'static str, id: &str) -> Result<String, Stop> {
    match AuditId::new(field, id) {
        Ok(_) => Ok(id.to_owned()),
        Err(error) => Err(Stop::usage(format!("{flag}: {error}"))),
    }
}

fn config(args: &ConfigArgs) -> Config {
    let mut config = Config::new();
    if let Some(language) = &args.language {
        config = config.output_language(language.as_str().into());
    }
    if let Some(version) = &args.engine_version {
        config = config.structure_engine_version(version);
    }
    for profile in &args.metadata_profile {
        config = config.record_metadata_profile(profile);
    }
    let set = |config: Config, value: Option<bool>, set: fn(Config, bool) -> Config| match value {
        Some(value) => set(config, value),
        None => config,
    };
    config = set(config, args.include_record_metadata, Config::include_record_metadata);
    config = set(config, args.include_record_content, Config::include_record_content);
    config = set(config, args.include_record_structured, Config::include_record_structured);
    config = set(config, args.include_patient_metadata, Config::include_patient_metadata);
    set(config, args.include_patient_structured, Config::include_patient_structured)
}

/// What a Bundle is to hold.
pub(super) fn options(args: &BundleArgs) -> FhirOptions {
    let set = |options: FhirOptions, value: Option<bool>, set: fn(FhirOptions, bool) -> FhirOptions| match value {
        Some(value) => set(options, value),
        None => options,
    };
    let options = set(FhirOptions::new(), args.include_patient, FhirOptions::include_patient);
    let options = set(options, args.include_document_references, FhirOptions::include_document_references);
    set(options, args.include_data, FhirOptions::include_data)
}

fn earlier(path: &Path) -> Result<HolisticPatient, Stop> {
    let name = plain(&path.display().to_string());
    let refuse = |why: String| Stop::failed(format!("--update: {name}: {why}"));
    let read = |path: &Path| {
        if path.metadata()?.len() > MOST {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        std::fs::read_to_string(path)
    };
    let json = read(path).map_err(|error| {
        refuse(format!("could not be read ({}); give an earlier result (nothing was sent)", error.kind()))
    })?;
    HolisticPatient::from_json(json).map_err(|error: Error| refuse(error.to_string()))
}

/// What is wrong with a flag, as opposed to an input: its name; `None` for the rest.
pub(super) fn flag_of(error: &Error) -> Option<&'static str> {
    match error.field()? {
        "config.structure_engine_version" => Some("--engine-version"),
        "config.output_language" => Some("--language"),
        "config.record_metadata_profiles" => Some("--metadata-profile"),
        "new_records[].record_id" => Some("--record-id"),
        _ => None,
    }
}

/// The number of the record that a sentence of a local check is about, counted from 1.
pub(super) fn record_of(error: &Error) -> Option<usize> {
    let sentence = error.to_string();
    let digits = sentence.split("of record ").nth(1)?;
    digits.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
