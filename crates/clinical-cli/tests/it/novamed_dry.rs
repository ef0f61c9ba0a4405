//! `--dry-run`: the exact requests on stdout, without a key and without a call.

use crate::novamed_support::{Nova, PATIENTS};
use crate::support::Ran;

const ORDER: &str = r#"{"patient":"6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01","practitioner":"0c9a7d5b-2f64-4c2f-8f9e-5b1d3c7a9e02",
"carrier":"se-3818360","service":"fedex_ground","medications":[
{"name":"Aspirin","quantity":"30.50","dose":"100mg","direction":"one a day","refills":3},
{"name":"B {\"quoted\": 1}","quantity":1,"dose":"1","direction":"-"}]}"#;

fn dry(nova: &Nova, args: &[&str]) -> Ran {
    let ran: Ran = nova.bare(args).output().unwrap().into();
    assert_eq!(nova.requests(), 0);
    assert!(!nova.folder.path().join("log").exists());
    ran
}

#[test]
fn the_requests_of_every_row_are_shown_as_they_would_be_sent() {
    let nova = Nova::start().file("p.csv", PATIENTS).file("o.json", ORDER).revision("2026-01");
    let production = ["--environment", "production"];
    let ran = dry(&nova, &[&["order", "--file", "o.json", "--dry-run=pretty"][..], &production].concat()).expect(0);
    insta::assert_snapshot!("novamed_dry_run_of_an_order", ran.stdout);
    assert_eq!(ran.stderr, "");
    let nova = nova.revision("2025-12");
    let ran = dry(&nova, &["patient", "--file", "p.csv", "--dry-run", "--environment", "development"]).expect(0);
    insta::assert_snapshot!("novamed_dry_run_of_patients", ran.stdout);
    assert_eq!(ran.stderr, "");
}

#[test]
fn the_body_that_is_shown_is_the_body_that_is_sent() {
    let nova = Nova::start();
    let args = ["webhook", "create", "--url", "http://127.0.0.1:9/?a=1&b=%22"];
    let here = ["--base-url", nova.vendor.sandbox.url(), "--dry-run"];
    let ran = dry(&nova, &[&args[..], &here].concat()).expect(0);
    let (head, body) = ran.stdout.split_once("\n\n").unwrap();
    let sent: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(sent["webhook_url"], "http://127.0.0.1:9/?a=1&b=%22");
    assert_eq!(
        head,
        format!(
            "POST {}/api/external/webhook\nx-api-key: (hidden)\nContent-Type: application/json\nAccept: application/json",
            nova.vendor.sandbox.url()
        )
    );
    nova.run(args).expect(0);
    let journal = nova.vendor.sandbox.journal();
    let attempt = journal.attempts_on("create_webhook")[0];
    assert_eq!(attempt.body_bytes, body.trim_end().len() as u64);
}

#[test]
fn a_deletion_is_shown_in_both_forms() {
    let nova = Nova::start().revision("2026-01");
    let id = "6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01";
    let args = ["webhook", "delete", id, "--dry-run", "--environment", "development"];
    let ran = dry(&nova, &args).expect(0);
    let url = "https://novamed-feapidev.nimbushealthcaretest.com/api/external/webhook";
    assert_eq!(ran.stdout, format!("DELETE {url}?id={id}\nx-api-key: (hidden)\nAccept: application/json\n"));
    let ran = dry(&nova, &[&args[..], &["--form", "body"]].concat()).expect(0);
    assert!(ran.stdout.ends_with(&format!("\"webhook_id\":\"{id}\"}}\n")), "{}", ran.stdout);
}

#[test]
fn what_is_wrong_is_told_and_no_request_is_shown() {
    let nova = Nova::start().file("p.csv", format!("{PATIENTS}Eve,,1985-13-01,eve\n"));
    let ran = dry(&nova, &["patient", "--file", "p.csv", "--dry-run", "--environment", "development"]).expect(1);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("p.csv, row 4 (line 5): date_of_birth must be a day"), "{}", ran.stderr);
}

#[test]
fn it_goes_with_nothing_that_is_about_sending() {
    let nova = Nova::start().file("p.csv", PATIENTS);
    for flag in ["--again", "--no-log", "--log=l", "--audit=a", "--format=csv", "--sandbox"] {
        let ran = dry(&nova, &["patient", "--file", "p.csv", "--dry-run", flag]).expect(2);
        assert!(ran.stderr.contains("cannot be used with"), "{flag}: {}", ran.stderr);
    }
}
