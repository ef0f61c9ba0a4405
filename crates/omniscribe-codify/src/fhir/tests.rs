use fhir_r4b_model::json;
use serde_json::{Value, json};

use super::*;
use crate::ErrorKind;

fn answer() -> CodifyResponse {
    serde_json::from_value(json!({
        "final_code_assessments": [
            {"code": "E11.9", "description": "Diabetes mellitus tipo 2", "justification": "canary: «diabetes tipo 2»", "confidence_percent": 95.2},
            {"code": "Z79.84", "description": " ", "justification": "", "confidence_percent": 60}
        ],
        "discarded_code_assessments": [
            {"code": "R07.4", "description": "Dolor torácico", "justification": "«Niega dolor torácico»", "confidence_percent": 12.5}
        ],
        "run_id": "run-77"
    }))
    .unwrap()
}

fn proposals() -> Proposals {
    Proposals::new(Edition::Icd10Cm, Reference::to("Patient/canary"))
}

fn value<T: Validate + fhir_r4b_model::access::Typed>(resource: &T) -> Value {
    assert_eq!(resource.validate().iter().filter(|issue| issue.rule != ADVICE).collect::<Vec<_>>(), [] as [&_; 0]);
    serde_json::from_str(&json::to_string(resource)).unwrap()
}

/// A narrative is advised, and left to who stores the resource.
const ADVICE: fhir_r4b_model::issue::Rule = fhir_r4b_model::issue::Rule::Invariant("dom-6");

/// The invariants of a `Condition`, which the model does not evaluate.
fn follows_con_1_to_5(condition: &Value) {
    let coded = |field: &str, code: &str| {
        let codings = condition[field]["coding"].as_array();
        codings.is_some_and(|all| all.iter().any(|coding| coding["code"] == code))
    };
    let of = |field: &str| condition[field].as_array().cloned().unwrap_or_default();
    assert!(of("stage").iter().all(|stage| !stage["summary"].is_null() || !stage["assessment"].is_null()), "con-1");
    assert!(of("evidence").iter().all(|one| !one["code"].is_null() || !one["detail"].is_null()), "con-2");
    let problem = of("category").iter().any(|one| one["coding"][0]["code"] == "problem-list-item");
    let in_error = coded("verificationStatus", "entered-in-error");
    assert!(!condition["clinicalStatus"].is_null() || in_error || !problem, "con-3");
    let abated = condition.as_object().unwrap().keys().any(|key| key.starts_with("abatement"));
    let over = ["inactive", "resolved", "remission"].iter().any(|code| coded("clinicalStatus", code));
    assert!(!abated || over, "con-4");
    assert!(!in_error || condition["clinicalStatus"].is_null(), "con-5");
}

#[test]
fn an_accepted_code_is_an_unconfirmed_diagnosis_with_its_evidence_and_no_person_behind_it() {
    let proposals =
        proposals().encounter(Reference::to("Encounter/12")).source(Reference::to("DocumentReference/letter"));
    let condition = value(&proposals.condition(&answer().final_code_assessments[0]).unwrap());
    follows_con_1_to_5(&condition);
    let expected = json!({
        "resourceType": "Condition",
        "meta": {"security": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "AIAST",
            "display": "Artificial Intelligence asserted"
        }]},
        "extension": [{
            "url": CONFIDENCE,
            "valueQuantity": {"value": 95.2, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
        }],
        "verificationStatus": {"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "unconfirmed"
        }]},
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "encounter-diagnosis"
        }]}],
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E11.9"}],
            "text": "Diabetes mellitus tipo 2"
        },
        "subject": {"reference": "Patient/canary"},
        "encounter": {"reference": "Encounter/12"},
        "evidence": [{
            "code": [{"text": "canary: «diabetes tipo 2»"}],
            "detail": [{"reference": "DocumentReference/letter"}]
        }]
    });
    assert_eq!(condition, expected);
}

#[test]
fn what_the_vendor_did_not_say_is_no_empty_element() {
    let condition = value(&proposals().condition(&answer().final_code_assessments[1]).unwrap());
    follows_con_1_to_5(&condition);
    assert_eq!(
        condition["code"],
        json!({"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z79.84"}]})
    );
    assert_eq!(condition.get("evidence"), None);
    assert_eq!(condition["extension"][0]["valueQuantity"]["value"], 60);
    let mut unsayable = answer().final_code_assessments[1].clone();
    unsayable.confidence_percent = f64::NAN;
    assert_eq!(value(&proposals().condition(&unsayable).unwrap()).get("extension"), None);
}

#[test]
fn a_form_feed_out_of_a_pdf_costs_no_assessment() {
    let mut assessment = answer().final_code_assessments.remove(0);
    assessment.justification = "page 1\u{c}page 2\u{b}\n\u{0}end".to_owned();
    assessment.description = "Diabetes\u{c}".to_owned();
    let condition = value(&proposals().condition(&assessment).unwrap());
    assert_eq!(condition["evidence"][0]["code"][0]["text"], "page 1 page 2 \n end");
    assert_eq!(condition["code"]["text"], "Diabetes ");
}

#[test]
fn a_document_alone_is_evidence_too() {
    let proposals = proposals().source(Reference::to("DocumentReference/1")).source(Reference::to("Media/2"));
    let condition = value(&proposals.condition(&answer().final_code_assessments[1]).unwrap());
    assert_eq!(
        condition["evidence"],
        json!([{"detail": [{"reference": "DocumentReference/1"}, {"reference": "Media/2"}]}])
    );
}

#[test]
fn the_callers_choice_of_codes_is_kept_in_order_and_discarded_ones_are_refuted_only_by_name() {
    let answer = answer();
    let codes = |conditions: Vec<Condition>| -> Vec<String> {
        let code = |one: &Condition| value(one)["code"]["coding"][0]["code"].as_str().unwrap().to_owned();
        conditions.iter().map(code).collect()
    };
    let all = proposals().conditions(&answer.final_code_assessments).unwrap();
    assert_eq!(codes(all), ["E11.9", "Z79.84"]);
    let sure = proposals().conditions(answer.with_confidence_at_least(90.0)).unwrap();
    assert_eq!(codes(sure), ["E11.9"]);
    let ruled_out = value(&proposals().refuted(&answer.discarded_code_assessments[0]).unwrap());
    follows_con_1_to_5(&ruled_out);
    assert_eq!(ruled_out["verificationStatus"]["coding"][0]["code"], "refuted");
}

#[test]
fn what_a_person_has_decided_bears_no_mark_of_a_machines_assertion() {
    let (answer, proposals) = (answer(), proposals().encounter(Reference::to("Encounter/12")));
    let assessment = &answer.final_code_assessments[0];
    let mut proposed = value(&proposals.condition(assessment).unwrap());
    assert!(proposed.as_object_mut().unwrap().remove("meta").is_some());
    assert!(proposed.as_object_mut().unwrap().remove("extension").is_some());
    for (decided, status) in
        [(proposals.confirmed(assessment), "confirmed"), (proposals.refuted(assessment), "refuted")]
    {
        let decided = value(&decided.unwrap());
        follows_con_1_to_5(&decided);
        // All the rest is that of the proposal: code, evidence, whom and when it is about.
        proposed["verificationStatus"]["coding"][0]["code"] = json!(status);
        assert_eq!(decided, proposed);
    }
    let mut bad = assessment.clone();
    bad.code.clear();
    assert!(proposals.confirmed(&bad).is_err() && proposals.refuted(&bad).is_err());
}

#[test]
fn the_edition_decides_the_code_system() {
    let german = "http://fhir.de/CodeSystem/bfarm/icd-10-gm";
    for (edition, system) in [
        (Edition::Icd10Cm, "http://hl7.org/fhir/sid/icd-10-cm"),
        (Edition::Icd10, "http://hl7.org/fhir/sid/icd-10"),
        (Edition::Other(german.to_owned()), german),
    ] {
        let proposals = Proposals::new(edition, Reference::to("Patient/1"));
        let condition = proposals.condition(&answer().final_code_assessments[0]).unwrap();
        assert!(condition.code.as_ref().unwrap().has_coding(system, "E11.9"), "{system}");
    }
}

#[test]
fn what_fhir_does_not_allow_is_an_error_that_shows_no_value() {
    let mut bad = answer().final_code_assessments[0].clone();
    for code in ["", " canary", "canary  two"] {
        code.clone_into(&mut bad.code);
        let error = proposals().condition(&bad).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let sentence = format!("{error} {error:?}");
        assert!(sentence.contains("Condition.code.coding[0].code") && !sentence.contains("canary"), "{sentence}");
        assert!(proposals().conditions([&answer().final_code_assessments[1], &bad]).is_err());
    }
    let nobody = Proposals::new(Edition::Icd10Cm, Reference::default());
    let error = nobody.condition(&answer().final_code_assessments[0]).unwrap_err().to_string();
    assert!(error.contains("Condition.subject"), "{error}");
}

#[test]
fn the_provenance_names_the_run_the_documents_and_software_as_the_agent() {
    let proposals = proposals().source(Reference::to("DocumentReference/letter"));
    let targets = [Reference::to("Condition/81"), Reference::to("Condition/82")];
    let provenance = value(&proposals.provenance(&answer(), targets, "2026-03-01T09:30:00Z").unwrap());
    let expected = json!({
        "resourceType": "Provenance",
        "target": [{"reference": "Condition/81"}, {"reference": "Condition/82"}],
        "recorded": "2026-03-01T09:30:00Z",
        "activity": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "CREATE"}]},
        "agent": [{
            "type": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "assembler"
            }]},
            "who": {"display": "Omniscribe Codify"}
        }],
        "entity": [
            {"role": "source", "what": {"reference": "DocumentReference/letter"}},
            {"role": "source", "what": {"identifier": {"value": "run-77"}, "display": "Omniscribe Codify run"}}
        ]
    });
    assert_eq!(provenance, expected);
    let nothing = proposals.provenance(&answer(), [], "2026-03-01T09:30:00Z").unwrap_err().to_string();
    assert!(nothing.contains("Provenance.target"), "{nothing}");
    let day = proposals.provenance(&answer(), [Reference::to("Condition/81")], "2026-03-01").unwrap_err().to_string();
    assert!(day.contains("Provenance.recorded"), "{day}");
}

#[test]
fn debug_shows_nothing_of_the_patient() {
    let proposals = proposals().source(Reference::to("DocumentReference/canary"));
    let condition = proposals.condition(&answer().final_code_assessments[0]).unwrap();
    let text = format!("{proposals:?} {condition:?}");
    assert!(!text.contains("canary") && !text.contains("E11.9"), "{text}");
}
