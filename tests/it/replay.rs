//! Every fixture of every revision is read by today's types and written back to the same JSON value. Where a type does not keep what it reads,
//! that is said here, and what is lost is exactly what a drift report names.
//!
//! Here: Codify and Haidy-Analyst. `NovaMed` has two files of its own, `replay_answers.rs` and `replay_requests.rs`. The requests of Codify and Haidy
//! are written and never read; the contract tests hold each against the contract.

use std::fs;
use std::path::{Path, PathBuf};

use clinical_drift::Shape;
use haidy_analyst::{Bundle, HolisticPatient};
use omniscribe_codify::CodifyResponse;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// All fixtures below a vendor's folder, as text.
pub(crate) fn texts(vendor: &str) -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    collect(&folder().join(vendor), &mut found);
    found.sort();
    found
}

/// Numbers by what they mean: 60 and 60.0 are one value, however a type holds it.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

#[test]
fn every_codify_answer_is_written_back_but_for_what_the_drift_report_names() {
    let shape =
        Shape::parse(omniscribe_codify::schema::READS.iter().find(|(name, _)| *name == "CodifyResponse").unwrap().1)
            .unwrap();
    let (mut count, mut with_drift) = (0, 0);
    for (path, text) in texts("omniscribe-codify") {
        let mut expected: Value = serde_json::from_str(&text).unwrap();
        if expected.get("final_code_assessments").is_none() {
            continue;
        }
        let read: CodifyResponse = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", path.display()));
        let drift = shape.drift(text.as_bytes()).unwrap();
        assert_eq!(drift.len(), read.unknown_fields(), "{}", path.display());
        assert_eq!(drift.len(), read.drift().filter(|own| drift.contains(own)).count(), "{}", path.display());
        for finding in &drift {
            let (above, name) = finding.pointer().rsplit_once('/').unwrap();
            expected.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        }
        assert!(same(&serde_json::to_value(&read).unwrap(), &expected), "{}", path.display());
        count += 1;
        with_drift += usize::from(!drift.is_empty());
    }
    assert!(count >= 20 && with_drift == 1, "{count} {with_drift}");
}

#[test]
fn every_haidy_result_is_written_back_byte_for_byte() {
    #[derive(serde::Deserialize)]
    struct Task<'a> {
        #[serde(borrow)]
        result: Option<&'a serde_json::value::RawValue>,
    }
    let (mut patients, mut bundles) = (0, 0);
    for (path, text) in texts("haidy-analyst") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("request") && !path.to_string_lossy().contains("sandbox") {
            continue;
        }
        let is_patient = name.starts_with("holistic-patient");
        let result = match serde_json::from_str::<Task<'_>>(&text) {
            _ if is_patient => Some(text.trim()),
            Ok(task) => task.result.map(serde_json::value::RawValue::get),
            Err(_) => None,
        };
        let Some(result) = result.filter(|result| result.starts_with('{')) else { continue };
        if result.contains("\"resourceType\": \"Bundle\"") {
            assert_eq!(Bundle::from_json(result).unwrap().as_json(), result, "{}", path.display());
            bundles += 1;
        } else {
            assert_eq!(HolisticPatient::from_json(result).unwrap().as_json(), result, "{}", path.display());
            patients += 1;
        }
    }
    assert!(patients >= 12 && bundles >= 4, "{patients} {bundles}");
}

/// The form of requests in files, which users keep: read and written back, whichever revision it is for.
#[test]
fn every_novamed_request_in_a_file_is_written_back() {
    use novamed_api::Revision;
    for revision in [Revision::V2025_12, Revision::V2026_01] {
        let patient = clinical_tests::novamed::new_patient(revision);
        let practitioner = clinical_tests::novamed::new_practitioner(revision);
        let written = serde_json::to_value(&patient).unwrap();
        let again: novamed_api::NewPatient = serde_json::from_value(written.clone()).unwrap();
        assert_eq!((serde_json::to_value(&again).unwrap(), again == patient), (written, true));
        let written = serde_json::to_value(&practitioner).unwrap();
        let again: novamed_api::NewPractitioner = serde_json::from_value(written.clone()).unwrap();
        assert_eq!((serde_json::to_value(&again).unwrap(), again == practitioner), (written, true));
    }
}
