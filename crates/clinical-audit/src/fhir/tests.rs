use clinical_http::testing::{JumpingClock, MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{
    BaseUrl, Body, Call, CallContext, Client, Effect, ErrorKind, Method, Operation, Sensitive, Vendor,
};
use fhir_r4b_model::json;
use serde_json::{Value, json};

use super::*;

static VENDOR: Vendor = Vendor::new("omniscribe").audit_headers("x-doctor", "x-patient");
static CODIFY: Operation = Operation::new("codify", Method::Post, "/v1/codify", Effect::Unsafe);
static HEALTH: Operation = Operation::new("health", Method::Get, "/v1/health", Effect::Safe);

fn events() -> AuditEvents {
    AuditEvents::new(Reference::to("Device/gateway"), "gateway.clinic.example")
        .site("Radiology")
        .patients("https://clinic.example/patients")
        .practitioners("https://clinic.example/staff")
        .purpose(CodeableConcept::of("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HPAYMT"))
}

fn value(event: &AuditEvent) -> Value {
    serde_json::from_str(&json::to_string(event)).unwrap()
}

/// The record of a call that really went through the client, up to a scripted transport.
async fn record(call: Call, step: Step) -> AuditRecord {
    let audit = MemoryAudit::new();
    let client = Client::builder(&VENDOR, BaseUrl::parse("https://codify.example").unwrap())
        .transport(ScriptedTransport::always(step))
        .clock(JumpingClock::new())
        .audit(audit.clone())
        .seed(7)
        .build()
        .unwrap();
    let _ = client.send_raw(call).await;
    audit.records().pop().unwrap()
}

fn note() -> Call {
    Call::new(&CODIFY).body(Body::json(&json!({"medical_note": "canary"})).unwrap())
}

fn about(patient: &str) -> Call {
    note().context(CallContext::new().doctor("canary-doctor").unwrap().patient(patient).unwrap())
}

async fn disclosed() -> AuditRecord {
    let mut record = record(about("canary-patient"), Step::answer(200, "{}")).await;
    record.vendor_reference = Some(Sensitive::new("run-77".to_owned()));
    record
}

fn coded(value: &Value, system: &str, code: &str) -> bool {
    value["system"] == system && value["code"] == code
}

/// What the profile `IHE.BasicAudit.PrivacyDisclosure.Source` 1.1.4 demands, rule by rule.
fn follows_the_disclosure_pattern(event: &Value) {
    let list = |name: &str| event[name].as_array().cloned().unwrap_or_default();
    assert!(event.get("modifierExtension").is_none());
    assert!(coded(&event["type"], DCM, "110106"));
    assert_eq!(list("subtype").iter().filter(|one| coded(one, LIFECYCLE, "disclose")).count(), 1);
    assert_eq!(event["action"], "R");
    assert!(event["outcome"].is_string());
    let agents = |code: &str| -> Vec<Value> {
        list("agent").into_iter().filter(|one| coded(&one["type"]["coding"][0], DCM, code)).collect()
    };
    for code in ["110153", "110152"] {
        let [agent] = &agents(code)[..] else { panic!("one agent {code}") };
        assert!(agent["who"].is_object() && agent["network"].is_object());
    }
    assert_eq!(agents("110153")[0]["who"], event["source"]["observer"], "val-audit-source");
    assert!(list("entity").len() >= 2);
    let person = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    let patients: Vec<Value> = list("entity").into_iter().filter(|one| coded(&one["type"], person, "1")).collect();
    let [patient] = &patients[..] else { panic!("one patient") };
    assert!(coded(&patient["role"], "http://terminology.hl7.org/CodeSystem/object-role", "1"));
    assert_eq!(patient["what"]["type"], "Patient");
}

/// The invariant sev-1 of an entity, which the model does not evaluate.
fn follows_sev_1(event: &Value) {
    let entities = event["entity"].as_array().unwrap();
    assert!(entities.iter().all(|one| one["name"].is_null() || one["query"].is_null()));
}

#[tokio::test]
async fn a_call_about_a_patient_is_a_disclosure_as_balp_has_it() {
    let record = disclosed().await;
    let event = value(&events().event(&record).unwrap());
    follows_the_disclosure_pattern(&event);
    follows_sev_1(&event);
    assert_eq!(event["meta"]["profile"], json!([DISCLOSURE]));
    assert_eq!((&event["outcome"], event.get("outcomeDesc")), (&json!("0"), None));
    assert_eq!(event["recorded"], event["period"]["end"]);
    assert_eq!(event["period"]["start"], rfc3339(record.started));
    assert_eq!(event["source"], json!({"site": "Radiology", "observer": {"reference": "Device/gateway"}}));
    assert_eq!(event["purposeOfEvent"][0]["coding"][0]["code"], "HPAYMT");
    let agents = event["agent"].as_array().unwrap();
    let networks: Vec<&Value> = agents.iter().map(|agent| &agent["network"]).collect();
    assert_eq!(networks[0], &json!({"address": "gateway.clinic.example", "type": "1"}));
    assert_eq!(networks[1], &json!({"address": "https://codify.example:443", "type": "5"}));
    assert_eq!(agents[1]["who"], json!({"display": "omniscribe"}));
    let asked: Vec<&Value> = agents.iter().map(|agent| &agent["requestor"]).collect();
    assert_eq!(asked, [false, false, true]);
    let doctor = json!({"type": "Practitioner",
        "identifier": {"system": "https://clinic.example/staff", "value": "canary-doctor"}});
    assert_eq!(agents[2]["who"], doctor);
    let entities = event["entity"].as_array().unwrap();
    let patient = json!({"type": "Patient",
        "identifier": {"system": "https://clinic.example/patients", "value": "canary-patient"}});
    assert_eq!(entities[0]["what"], patient);
    assert_eq!(entities[1]["what"], json!({"identifier": {"value": "run-77"}}));
    assert_eq!(entities[1]["name"], "omniscribe codify");
}

#[tokio::test]
async fn the_details_are_those_of_the_record() {
    let record = disclosed().await;
    let event = value(&events().event(&record).unwrap());
    let details = event["entity"][1]["detail"].as_array().unwrap();
    let pairs: Vec<(&str, &str)> =
        details.iter().map(|one| (one["type"].as_str().unwrap(), one["valueString"].as_str().unwrap())).collect();
    let (call, sent) = (record.call.to_string(), record.request_bytes.to_string());
    let hash = crate::line::hex(&crate::line::sha256(br#"{"medical_note":"canary"}"#));
    let expected = [
        ("call", call.as_str()),
        ("outcome", "succeeded"),
        ("delivery", "answered"),
        ("status", "200"),
        ("attempts_made", "1"),
        ("request_bytes", &sent),
        ("request_sha256", &hash),
        ("response_bytes", "2"),
    ];
    assert_eq!(pairs, expected);
}

#[tokio::test]
async fn only_an_answer_that_was_understood_is_a_success() {
    let mut record = disclosed().await;
    let failed = Outcome::Failed(ErrorKind::Timeout);
    let table = [
        (failed, Delivery::NotSent, "nothing was sent"),
        (failed, Delivery::Refused, "did not process"),
        (failed, Delivery::Answered, "an error or not understood"),
        (failed, Delivery::ResponseLost, "outcome unknown here"),
        (failed, Delivery::Unknown, "may have processed"),
        (Outcome::Abandoned, Delivery::Unknown, "may have processed"),
        (Outcome::Abandoned, Delivery::NotSent, "nothing was sent"),
    ];
    for (outcome, delivery, said) in table {
        (record.outcome, record.delivery) = (outcome, delivery);
        let event = value(&events().event(&record).unwrap());
        assert_eq!(event["outcome"], "8", "{outcome:?} {delivery:?}");
        assert!(event["outcomeDesc"].as_str().unwrap().contains(said), "{outcome:?} {delivery:?}");
        let error = event["entity"][1]["detail"].as_array().unwrap().iter().find(|one| one["type"] == "error");
        assert_eq!(error.map(|one| &one["valueString"]), (outcome == failed).then_some(&json!("timeout")));
    }
}

#[tokio::test]
async fn a_call_about_a_patient_that_never_left_is_no_disclosure() {
    let unsent = record(about("canary-patient"), Step::fail(Failure::Connect, Delivery::NotSent)).await;
    assert_eq!(unsent.delivery, Delivery::NotSent);
    let event = value(&events().event(&unsent).unwrap());
    follows_sev_1(&event);
    assert!(coded(&event["type"], DCM, "110100"));
    assert_eq!((event.get("meta"), event.get("subtype"), &event["action"]), (None, None, &json!("E")));
    assert_eq!((&event["outcome"], &event["outcomeDesc"]), (&json!("8"), &json!("failed: nothing was sent")));
    assert_eq!(event["entity"][0]["what"]["identifier"]["value"], "canary-patient", "it was about her all the same");
    // What reached the vendor is one, also if the vendor did nothing with it, and also without a body.
    for (failure, delivery) in
        [(Failure::TlsIdentityRefused, Delivery::Refused), (Failure::Interrupted, Delivery::Unknown)]
    {
        let mut sent = record(about("canary-patient"), Step::fail(failure, delivery)).await;
        sent.request_bytes = 0;
        sent.request_sha256 = None;
        let event = value(&events().event(&sent).unwrap());
        follows_the_disclosure_pattern(&event);
        assert_eq!(event["meta"]["profile"], json!([DISCLOSURE]), "{delivery:?}");
    }
}

#[tokio::test]
async fn a_call_about_nobody_is_an_export_if_it_may_have_handed_something_over() {
    let broken = || Step::fail(Failure::Connect, Delivery::NotSent);
    let kind = |record: &AuditRecord| {
        let event = value(&events().event(record).unwrap());
        follows_sev_1(&event);
        assert_eq!(event.get("meta"), None, "the pattern demands a patient");
        assert_eq!(event["agent"][0]["requestor"], true, "nobody else asked");
        let export = coded(&event["type"], DCM, "110106");
        assert!(export || coded(&event["type"], DCM, "110100"));
        assert_eq!((event["action"] == "R", event.get("subtype").is_some()), (export, export));
        export
    };
    assert!(kind(&record(note(), Step::answer(200, "{}")).await));
    assert!(kind(&record(note(), Step::answer(500, "")).await));
    assert!(!kind(&record(Call::new(&HEALTH), Step::answer(200, "{}")).await));
    let mut unsent = record(note(), broken()).await;
    assert!(!kind(&unsent));
    // The last attempt sent nothing, and one before it ended nobody knows where.
    assert!(unsent.attempts.len() > 1);
    unsent.delivery = Delivery::Unknown;
    assert!(kind(&unsent));
    unsent.attempts.truncate(1);
    assert!(!kind(&unsent), "a single attempt's bytes are counted");
    unsent.outcome = Outcome::Abandoned;
    assert!(kind(&unsent), "an abandoned attempt is one more");
    (unsent.outcome, unsent.delivery) = (Outcome::Succeeded, Delivery::Answered);
    unsent.request_bytes = 1;
    assert!(kind(&unsent));
    (unsent.request_bytes, unsent.request_sha256) = (0, Some([7; 32]));
    assert!(kind(&unsent));
}

#[tokio::test]
async fn nothing_that_a_vendor_sends_costs_the_event() {
    let mut record = disclosed().await;
    for (reference, kept) in [("", None), (" ", None), ("a\u{b}b", Some("a b")), ("é", Some("é"))] {
        record.vendor_reference = Some(Sensitive::new(reference.to_owned()));
        let event = value(&events().event(&record).unwrap());
        assert_eq!(event["entity"][1]["what"]["identifier"]["value"].as_str(), kept, "{reference:?}");
    }
    record.vendor_reference = Some(Sensitive::new("x".repeat(5_000)));
    let event = value(&events().event(&record).unwrap());
    assert_eq!(event["entity"][1]["what"]["identifier"]["value"].as_str().unwrap().len(), 1_024);
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_told_by_its_place_and_debug_shows_nobody() {
    let record = disclosed().await;
    let issues = AuditEvents::new(Reference::default(), "machine").event(&record).unwrap_err();
    assert!(issues.iter().any(|issue| issue.path.starts_with("AuditEvent.source.observer")), "{issues:?}");
    let issues = events().patients("canary system").event(&record).unwrap_err();
    assert_eq!(issues[0].path, "AuditEvent.entity[0].what.identifier.system");
    let text = format!("{issues:?} {} {:?} {:?}", issues[0], events(), events().event(&record).unwrap());
    assert!(!text.contains("canary"), "{text}");
}
