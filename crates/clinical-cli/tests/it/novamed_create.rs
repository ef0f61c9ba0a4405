//! `clinical novamed`: everything can be created in both revisions, from flags and from files, and what was created is named.

use std::time::Duration;

use clinical_sandbox::Sandbox;
use serde_json::Value;

use crate::novamed_support::{Nova, PATIENTS, states};
use crate::support::{Ran, json};

const ADDRESS: [&str; 8] = [
    "--address-line1",
    "1 Main St",
    "--address-city",
    "Austin",
    "--address-state",
    "TX",
    "--address-postal-code",
    "78701",
];

fn id(answer: &Value, name: &str) -> String {
    assert_eq!(answer["state"], "created", "{answer}");
    let id = answer[name].as_str().unwrap();
    assert_eq!(id.len(), 36, "{answer}");
    id.to_owned()
}

fn practitioner(nova: &Nova) -> String {
    let mut args = vec!["practitioner", "--first-name", "Sarah", "--last-name", "Johnson"];
    args.extend(["--email", "dr.johnson@clinic.com", "--npi", "1234567890"]);
    if nova.revision == "2026-01" {
        args.push("--is-veterinarian=false");
        args.extend(ADDRESS);
    }
    id(&nova.create(args), "practitioner_id")
}

fn patient(nova: &Nova, practitioner: &str) -> String {
    let mut args = vec!["patient", "--first-name", "John", "--last-name", "Smith", "--date-of-birth", "1985-03-15"];
    args.extend(["--email", "john.smith@email.com"]);
    if nova.revision == "2026-01" {
        args.extend(["--gender", "male", "--practitioner", practitioner, "--contacts-sms", "5551234567"]);
        args.extend(ADDRESS);
    }
    id(&nova.create(args), "patient_id")
}

fn order(nova: &Nova, practitioner: &str, patient: &str) -> String {
    let mut args = vec!["order", "--patient", patient, "--practitioner", practitioner];
    args.extend(["--medication-name", "Aspirin", "--medication-quantity", "30", "--medication-refills", "2"]);
    if nova.revision == "2026-01" {
        args.extend(["--medication-dose", "100mg", "--medication-direction", "one a day", "--is-refrigerated"]);
        args.extend(["--carrier", "se-3818360", "--service", "fedex_ground"]);
    }
    id(&nova.create(args), "medication_request_id")
}

#[test]
fn a_practitioner_a_patient_an_order_and_its_refill_in_both_revisions() {
    for revision in ["2025-12", "2026-01"] {
        let nova = Nova::with(Sandbox::builder().seed(7).manual_clock()).revision(revision);
        let practitioner = practitioner(&nova);
        let patient = patient(&nova, &practitioner);
        let request = order(&nova, &practitioner, &patient);
        nova.vendor.sandbox.clock().advance(Duration::from_secs(600));
        let refill = nova.create(["refill", "--medication-request", &request]);
        id(&refill, "refill_request_id");
        id(&refill, "medication_order_id");
        let facts = nova.vendor.sandbox.novamed();
        assert_eq!(facts.practitioners[0].practitioner_id, practitioner);
        assert_eq!(facts.patients[0].patient_id, patient);
        assert_eq!(facts.orders[0].medication_request_id, request);
        assert_eq!((facts.orders.len(), facts.refills.len()), (2, 1));
        assert_eq!(facts.orders[0].revision, revision);
        assert_eq!(nova.log().len(), 4);
        // A second refill is refused by the log before the vendor has to, and by the vendor if it is wanted.
        let again = nova.run(["refill", "--medication-request", &request, "--format", "ndjson"]).expect(0);
        assert_eq!(states(&again.stdout), ["created_before"]);
        let again = nova.run(["refill", "--medication-request", &request, "--format", "ndjson", "--again"]).expect(1);
        assert_eq!(json(&again.stdout)["error"]["kind"], "refill_already_exists", "{}", again.stdout);
    }
}

#[test]
fn a_webhook_is_registered_and_its_registration_ended_in_both_forms() {
    for (revision, form) in [("2025-12", "query"), ("2026-01", "body")] {
        let nova = Nova::start().revision(revision);
        let webhook = id(&nova.create(["webhook", "create", "--url", "http://127.0.0.1:9/events"]), "webhook_id");
        assert_eq!(nova.vendor.sandbox.novamed().webhooks[0].webhook_id, webhook);
        let args = ["webhook", "delete", &webhook, "--form", form];
        let ran: Ran = nova.at(args).output().unwrap().into();
        assert_eq!(ran.expect(0).stdout, "deleted\n");
        assert!(nova.vendor.sandbox.novamed().webhooks.is_empty());
        let ran: Ran = nova.at(args).output().unwrap().into();
        assert_eq!(ran.expect(1).stderr.lines().count(), 1);
    }
}

#[test]
fn carriers_and_their_services_with_costs_to_the_digit() {
    let nova = Nova::start().revision("2026-01");
    let practitioner = practitioner(&nova);
    let patient = patient(&nova, &practitioner);
    let ran: Ran = nova.at(["carriers", "--format", "json"]).output().unwrap().into();
    let carriers = json(&ran.expect(0).stdout);
    assert!(carriers.as_array().unwrap().iter().any(|carrier| carrier["id"] == "se-3818360"), "{carriers}");
    let args = ["carriers", "--carrier", "se-3818360", "--patient", &patient];
    let ran: Ran = nova.at(args).args(["--format", "json"]).output().unwrap().into();
    let services = json(&ran.expect(0).stdout);
    let ground = &services["services"][0];
    assert_eq!((ground["id"].as_str(), ground["original_cost"].as_str()), (Some("fedex_ground"), Some("32.44")));
    let table: Ran = nova.at(args).output().unwrap().into();
    assert!(table.expect(0).stdout.contains("fedex_ground"));
    // The older revision has none, and nothing is asked.
    let nova = nova.revision("2025-12");
    let before = nova.requests();
    let ran: Ran = nova.at(["carriers"]).output().unwrap().into();
    assert!(ran.expect(2).stderr.contains("carriers are not in this revision"));
    assert_eq!(nova.requests(), before);
}

#[test]
fn a_file_in_each_form_creates_a_row_for_each_in_its_order() {
    let objects = r#"{"first_name":"John","last_name":"Smith","date_of_birth":"1985-03-15","email":"john@example.com","phone":null}
{"first_name":"Mary","last_name":"Jones","date_of_birth":"1990-12-01","email":"mary@example.com"}"#;
    let array = format!("[{}]", objects.replace("}\n{", "},\n{"));
    let one = objects.lines().next().unwrap();
    let csv = PATIENTS.lines().take(3).collect::<Vec<_>>().join("\r\n");
    for (name, content, rows) in [
        ("p.csv", csv.clone(), 2),
        ("p.CSV", format!("\u{feff}{csv}\r\n,,,\r\n"), 2),
        ("p.ndjson", format!("{objects}\n\n"), 2),
        ("p.json", array, 2),
        ("one.json", one.to_owned(), 1),
    ] {
        let nova = Nova::start().file(name, &content);
        let ran = nova.run(["patient", "--file", name, "--format", "ndjson"]).expect(0);
        assert_eq!(ran.stderr, "", "{name}");
        assert_eq!(states(&ran.stdout), vec!["created"; rows], "{name}");
        assert_eq!(nova.processed("create_patient"), (rows as u64, rows), "{name}");
        let numbers: Vec<_> = ran.stdout.lines().map(|line| json(line)["number"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=rows as u64).collect::<Vec<_>>());
    }
}

#[test]
fn the_same_content_in_another_form_is_the_same_create() {
    let csv = "first_name,last_name,date_of_birth,email,phone\nJohn,Smith,1985-03-15,john@example.com,\n";
    let object = r#"{"phone":null,"email":"john@example.com","first_name":"John","last_name":"Smith","date_of_birth":"1985-03-15"}"#;
    let nova = Nova::start().file("p.csv", csv).file("p.json", object);
    nova.run(["patient", "--file", "p.csv"]).expect(0);
    let ran = nova.run(["patient", "--file", "p.json", "--format", "ndjson"]).expect(0);
    assert_eq!(states(&ran.stdout), ["created_before"]);
    let flags = ["--first-name", "John", "--last-name", "Smith", "--date-of-birth", "1985-03-15"];
    let args = ["patient"].into_iter().chain(flags).chain(["--email", "john@example.com"]);
    let before = nova.create(args);
    assert_eq!(before["state"], "created_before");
    assert_eq!(before["patient_id"].as_str().unwrap(), nova.vendor.sandbox.novamed().patients[0].patient_id);
    assert_eq!(nova.processed("create_patient"), (1, 1));
}

#[test]
fn stdin_is_a_file_without_a_name() {
    let nova = Nova::start();
    let mut command = nova.command(["patient", "--file", "-", "--input", "csv", "--format", "csv"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let ran = crate::support::run_with_stdin(command, PATIENTS.as_bytes()).expect(0);
    let mut lines = ran.stdout.split_terminator("\r\n");
    assert_eq!(lines.next(), Some("number,line,state,id,medication_order_id,kind,delivery,message"));
    assert!(lines.next().unwrap().starts_with("1,2,created,"));
    assert_eq!(lines.count(), 2);
}

#[test]
fn the_embedded_sandbox_keeps_nothing_and_says_that_it_simulates() {
    let nova = Nova::start().file("p.csv", format!("{PATIENTS}{}\n", PATIENTS.lines().nth(1).unwrap()));
    let ran: Ran = nova.bare(["patient", "--sandbox", "--file", "p.csv"]).output().unwrap().into();
    let ran = ran.expect(0);
    assert!(ran.stderr.starts_with("SIMULATED: "), "{}", ran.stderr);
    let mut lines = ran.stdout.lines();
    assert_eq!(lines.next().unwrap(), "   Row  State           Identifiers (SIMULATED)");
    let states: Vec<_> = lines.map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect();
    // The last one stands twice in the file.
    assert_eq!(states, ["created", "created", "created", "created_before"]);
    assert_eq!(nova.requests(), 0);
    assert_eq!(std::fs::read_dir(nova.folder.path()).unwrap().count(), 1);
}
