use super::*;

const NOTE: &str = "Patient John Doe, DOB 1990-01-01. BP 120/80 mmHg, weight 80 kg. Hypertension. No asthma. Lisinopril 10mg daily po. \
                    Warfarin stopped. Allergic to penicillin. Appendectomy in 2010. Flu shot 2023-10-01. Mother with diabetes.";

fn resources<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == kind).collect()
}

fn note() -> Vec<Source<'static>> {
    vec![source("123e4567-e89b-12d3-a456-426614174000", NOTE)]
}

#[test]
fn every_kind_of_entity_becomes_its_resource_with_what_r4b_requires() {
    let bundle = bundle(&input(note(), None), true, true, true);
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("collection")));
    let patient = resources(&bundle, "Patient")[0];
    assert_eq!(patient["name"], json!([{ "text": "John Doe", "given": ["John"], "family": "Doe" }]));
    assert_eq!((&patient["birthDate"], &patient["active"]), (&json!("1990-01-01"), &json!(true)));
    let subject = json!({ "reference": format!("Patient/{}", patient["id"].as_str().unwrap()) });

    let conditions = resources(&bundle, "Condition");
    assert_eq!(conditions.len(), 1, "denied and family conditions are left out");
    assert_eq!(conditions[0]["code"]["coding"][0]["code"], "I10");
    assert_eq!(conditions[0]["clinicalStatus"]["coding"][0]["code"], "active");
    assert_eq!(conditions[0]["subject"], subject);

    let medications = resources(&bundle, "MedicationStatement");
    let line = |m: &Value| {
        let coding = &m["medicationCodeableConcept"]["coding"][0];
        (m["status"].as_str().unwrap().to_owned(), coding["code"].as_str().unwrap().to_owned())
    };
    let lines: Vec<_> = medications.iter().map(|m| line(m)).collect();
    assert_eq!(lines, [("active".into(), "C09AA03".into()), ("stopped".into(), "B01AA03".into())]);
    assert_eq!(medications[0]["dosage"][0]["text"], "10mg daily oral");
    let quantity = json!({ "value": 10, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg" });
    assert_eq!(medications[0]["dosage"][0]["doseAndRate"][0]["doseQuantity"], quantity);

    let observations = resources(&bundle, "Observation");
    let pressure = observations.iter().find(|o| o["code"]["coding"][0]["code"] == "85354-9").unwrap();
    let parts: Vec<_> =
        pressure["component"].as_array().unwrap().iter().map(|p| &p["valueQuantity"]["value"]).collect();
    assert_eq!(parts, [120, 80]);
    assert!(pressure.get("valueQuantity").is_none() && pressure.get("valueString").is_none());
    let weight = observations.iter().find(|o| o["code"]["coding"][0]["code"] == "29463-7").unwrap();
    assert_eq!((&weight["valueQuantity"]["value"], &weight["valueQuantity"]["code"]), (&json!(80), &json!("kg")));
    assert_eq!(weight["status"], "final");

    let allergy = resources(&bundle, "AllergyIntolerance")[0];
    assert_eq!((&allergy["code"]["text"], &allergy["patient"]), (&json!("Penicillin"), &subject));
    let procedure = resources(&bundle, "Procedure")[0];
    assert_eq!((&procedure["status"], &procedure["performedDateTime"]), (&json!("completed"), &json!("2010")));
    let shot = resources(&bundle, "Immunization")[0];
    assert_eq!((&shot["status"], &shot["occurrenceDateTime"]), (&json!("completed"), &json!("2023-10-01")));
}

#[test]
fn every_full_url_is_type_and_id_and_every_reference_leads_into_the_bundle() {
    let input = input(note(), None);
    for (patient, documents) in [(true, true), (true, false), (false, true), (false, false)] {
        let bundle = bundle(&input, patient, documents, true);
        let entries = bundle["entry"].as_array().unwrap();
        let mut urls = Vec::new();
        for entry in entries {
            let resource = &entry["resource"];
            let url = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
            assert_eq!(entry["fullUrl"], url.as_str());
            urls.push(url);
        }
        let count = urls.len();
        urls.sort();
        urls.dedup();
        assert_eq!(urls.len(), count, "no id twice");
        assert_eq!(urls.iter().any(|url| url.starts_with("Patient/")), patient);
        assert_eq!(urls.iter().any(|url| url.starts_with("DocumentReference/")), documents);
        for entry in entries {
            for key in ["subject", "patient"] {
                match entry["resource"][key]["reference"].as_str() {
                    Some(reference) => assert!(urls.iter().any(|url| url == reference), "{reference}"),
                    None => assert!(entry["resource"].get(key).is_none_or(|s| s["identifier"]["value"].is_string())),
                }
            }
        }
        let condition = resources(&bundle, "Condition")[0];
        assert_eq!(condition["subject"].get("reference").is_some(), patient, "the required subject is always there");
        assert!(condition["subject"].is_object());
    }
}

#[test]
fn include_data_decides_about_url_and_data() {
    let id = "223e4567-e89b-12d3-a456-426614174001";
    let document = |url, base64| Source {
        kind: Kind::Document { content_type: "application/pdf" },
        text: Some("Laboratory Results\nHbA1c 6.8 %"),
        url,
        base64,
        ..source(id, "x")
    };
    let attachment = |source: Source<'_>, data| {
        let bundle = bundle(&input(vec![source], None), true, true, data);
        let reference = resources(&bundle, "DocumentReference")[0].clone();
        assert_eq!((&reference["id"], &reference["status"]), (&json!(id), &json!("current")));
        reference["content"][0]["attachment"].clone()
    };
    let plain = json!({ "contentType": "application/pdf", "title": "Laboratory Results" });
    let (mut url, mut data) = (plain.clone(), plain.clone());
    url["url"] = "https://example.com/a.pdf".into();
    data["data"] = "JVBERi0=".into();
    assert_eq!(attachment(document(Some("https://example.com/a.pdf"), None), true), url);
    assert_eq!(attachment(document(Some("https://example.com/a.pdf"), None), false), plain);
    assert_eq!(attachment(document(None, Some("JVBERi0=")), true), data);
    assert_eq!(attachment(document(None, Some("JVBERi0=")), false), plain);
    let text = attachment(source(id, "Cough."), true);
    assert_eq!(text, json!({ "contentType": "text/plain", "data": "Q291Z2gu", "title": "Cough." }));
}

#[test]
fn a_recording_that_cannot_be_read_gives_a_document_and_nothing_else() {
    let recording = Source { kind: Kind::Audio, text: None, base64: Some("SUQz"), ..source("r1", "x") };
    let bundle = bundle(&input(vec![recording], None), true, true, true);
    let kinds: Vec<_> = bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]["resourceType"]).collect();
    assert_eq!(kinds, ["Patient", "DocumentReference"]);
    assert_eq!(
        resources(&bundle, "DocumentReference")[0]["content"][0]["attachment"],
        json!({ "data": "SUQz", "title": "Recording" })
    );
    // One too large to be repeated is no text for that.
    let large = Source { kind: Kind::Audio, text: None, ..source("r1", "x") };
    let bundle = super::bundle(&input(vec![large], None), true, true, true);
    assert_eq!(resources(&bundle, "DocumentReference")[0]["content"][0]["attachment"], json!({ "title": "Recording" }));
}

#[test]
fn a_transcript_is_a_text() {
    let transcript = Source { kind: Kind::Audio, ..source("r1", "Cough.") };
    let bundle = bundle(&input(vec![transcript], None), true, true, true);
    let attachment = &resources(&bundle, "DocumentReference")[0]["content"][0]["attachment"];
    assert_eq!(*attachment, json!({ "contentType": "text/plain", "data": "Q291Z2gu", "title": "Cough." }));
}

#[test]
fn a_past_condition_is_inactive_and_one_that_is_also_present_is_active() {
    let clinical = |text: &str| {
        let bundle = bundle(&input(vec![source("r1", text)], None), true, true, true);
        let found = resources(&bundle, "Condition");
        found.iter().map(|c| c["clinicalStatus"]["coding"][0]["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(clinical("Status nach Pneumonie. Der Patient klagt nicht."), ["inactive"]);
    assert_eq!(clinical("Status nach Pneumonie. Jetzt eine Pneumonie mit Fieber und Husten."), ["active"; 3]);
    assert_eq!(clinical("Verdacht auf Pneumonie mit Atemnot im Liegen."), [""; 0]);
}
