//! Every exit code, and how several failures add up to one.

use clinical_sandbox::{Fault, FaultKind, RetryAfter};

use crate::support::{Folder, NOTE, Vendor, json};

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE).with("b.txt", "Fiebre y tos.").with("empty.txt", "")
}

fn vendor(fault: Fault) -> Vendor {
    let vendor = Vendor::start();
    vendor.sandbox.inject(fault.on("codify")).unwrap();
    vendor
}

/// A 429 that asks for more than the client is ready to wait, so that it gives up at once.
fn throttled() -> Fault {
    Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 1000 }))
}

#[test]
fn coded_is_0() {
    Vendor::start().run(&folder(), ["codify", "a.txt", "b.txt"]).expect(0);
}

#[test]
fn without_credentials_it_names_the_variables_and_never_simulates() {
    let ran = folder().run(["codify", "a.txt"]).expect(4);
    assert_eq!(ran.stdout, "");
    assert_eq!(
        ran.stderr,
        "error: no credentials: set OMNISCRIBE_API_URL to the address that the vendor gave you and OMNISCRIBE_API_TOKEN to the token \
         that the vendor gave you, or add --sandbox for simulated answers from this machine (nothing was sent)\n"
    );
}

#[test]
fn only_the_missing_variable_is_asked_for() {
    let vendor = Vendor::start();
    let folder = folder();
    let mut no_token = vendor.command(&folder, ["codify", "a.txt"]);
    let ran = no_token.env("OMNISCRIBE_API_TOKEN", " ").output().unwrap();
    let text = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(4));
    assert!(text.contains("set OMNISCRIBE_API_TOKEN") && !text.contains("API_URL"), "{text}");
    let url = vendor.sandbox.url().to_owned();
    let mut by_flag = vendor.command(&folder, ["codify", "--base-url", &url, "a.txt"]);
    by_flag.env_remove("OMNISCRIBE_API_URL");
    assert_eq!(by_flag.output().unwrap().status.code(), Some(0));
}

#[test]
fn a_refused_token_is_4_and_nothing_more_is_sent_with_it() {
    let vendor = Vendor::start();
    let folder = folder();
    let mut command = vendor.command(&folder, ["codify", "--in-flight", "1", "--output", "ndjson", "a.txt", "b.txt"]);
    command.env("OMNISCRIBE_API_TOKEN", "another-token");
    let ran = crate::support::Ran::from(command.output().unwrap()).expect(4);
    assert_eq!(vendor.attempts(), 1);
    let items: Vec<_> = ran.stdout.lines().map(json).collect();
    assert_eq!(items[0]["error"]["kind"], "credentials");
    assert_eq!(items[0]["error"]["attempts"], 1);
    assert_eq!(items[1]["error"]["kind"], "credentials");
    assert_eq!(items[1]["error"]["delivery"], "not_sent");
    assert!(!(ran.stdout + &ran.stderr).contains("another-token"));
}

#[test]
fn forbidden_is_4() {
    let vendor = vendor(Fault::new(FaultKind::status(403)).every());
    vendor.run(&folder(), ["codify", "a.txt"]).expect(4);
    assert_eq!(vendor.attempts(), 1);
}

#[test]
fn throttled_is_5() {
    let ran = vendor(throttled().every()).run(&folder(), ["codify", "--output", "json", "a.txt"]).expect(5);
    let item = &json(&ran.stdout)[0];
    assert_eq!(item["error"]["kind"], "throttled");
    assert_eq!(item["error"]["delivery"], "refused");
    assert_eq!(item["error"]["attempts"], 1);
}

#[test]
fn an_answer_that_cannot_be_understood_is_6() {
    let ran = vendor(Fault::new(FaultKind::InvalidJson).every())
        .run(&folder(), ["codify", "--output", "json", "a.txt"])
        .expect(6);
    assert_eq!(json(&ran.stdout)[0]["error"]["kind"], "decode");
}

#[test]
fn a_failing_vendor_is_6() {
    // A status that is not tried again, so that nobody has to wait.
    let vendor = vendor(Fault::new(FaultKind::status(501)).every());
    let args = ["codify", "--output", "json", "a.txt"];
    let ran = vendor.run(&folder(), args).expect(6);
    assert_eq!(vendor.attempts(), 1);
    assert_eq!(json(&ran.stdout)[0]["error"]["kind"], "unavailable");
}

#[test]
fn the_time_limit_ends_the_repeats() {
    let vendor = vendor(Fault::new(FaultKind::status(503)).every());
    // The first wait is at least 0.8 s, which leaves too little of one second for another attempt.
    let args = ["codify", "--timeout", "1", "--output", "json", "a.txt"];
    let ran = vendor.run(&folder(), args).expect(6);
    assert_eq!(vendor.attempts(), 1);
    assert_eq!(json(&ran.stdout)[0]["error"]["kind"], "unavailable");
}

#[test]
fn a_redirect_is_6() {
    let redirect = FaultKind::Redirect { status: 307, location: "http://127.0.0.1:9/".to_owned() };
    vendor(Fault::new(redirect).every()).run(&folder(), ["codify", "a.txt"]).expect(6);
}

#[test]
fn nobody_listening_is_6() {
    let folder = folder();
    let vendor = Vendor::start();
    let mut command = vendor.command(&folder, ["codify", "--timeout", "1", "--output", "json", "a.txt"]);
    drop(vendor);
    let ran = crate::support::Ran::from(command.output().unwrap()).expect(6);
    let error = &json(&ran.stdout)[0]["error"];
    assert_eq!(error["kind"], "connect");
    assert_eq!(error["delivery"], "not_sent");
}

#[test]
fn a_rejected_input_is_1() {
    for status in [400, 413, 422] {
        let vendor = vendor(Fault::new(FaultKind::status(status)).every());
        vendor.run(&folder(), ["codify", "a.txt"]).expect(1);
        assert_eq!(vendor.attempts(), 1, "{status}");
    }
}

#[test]
fn the_vendors_words_are_shown_on_request_only_and_never_in_the_data() {
    let vendor = vendor(Fault::new(FaultKind::status(422)).every());
    let folder = folder();
    let quiet = vendor.run(&folder, ["codify", "--output", "json", "a.txt"]);
    assert_eq!(quiet.stderr.lines().count(), 1, "{}", quiet.stderr);
    let args = ["codify", "--details", "--output", "json", "a.txt"];
    let open = vendor.run(&folder, args);
    let words = open.stderr.strip_prefix(&quiet.stderr).unwrap();
    assert!(words.starts_with("a.txt: the vendor wrote: "), "{words}");
    assert_eq!(open.stdout, quiet.stdout);
}

#[test]
fn one_of_two_failing_is_1_unless_the_credentials_are_the_reason() {
    for (fault, code) in [
        (throttled().nth(2), 1),
        (Fault::new(FaultKind::InvalidJson).nth(1), 1),
        (Fault::new(FaultKind::status(403)).nth(1), 4),
        (Fault::new(FaultKind::status(401)).nth(2), 4),
    ] {
        vendor(fault).run(&folder(), ["codify", "--in-flight", "1", "a.txt", "b.txt"]).expect(code);
    }
}

#[test]
fn refused_credentials_among_local_failures_are_4() {
    for status in [401, 403] {
        vendor(Fault::new(FaultKind::status(status)).every())
            .run(&folder(), ["codify", "empty.txt", "a.txt", "missing.txt"])
            .expect(4);
    }
}

#[test]
fn nothing_more_is_begun_while_the_rate_is_limited_for_longer_than_is_waited_for() {
    let hour = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 3600 });
    let vendor = vendor(Fault::new(hour).every());
    let names: Vec<String> = (0..13).map(|number| format!("{number}.txt")).collect();
    let folder = names.iter().fold(Folder::new(), |folder, name| folder.with(name, format!("{NOTE} Visita {name}.")));
    let mut args = vec!["codify", "--in-flight", "2", "--output", "json"];
    args.extend(names.iter().map(String::as_str));
    let ran = vendor.run(&folder, args).expect(5);
    let sent = vendor.attempts();
    assert!((1..=2).contains(&sent), "{sent} requests");
    let items = json(&ran.stdout);
    let items = items.as_array().unwrap();
    assert_eq!(items.len(), 13);
    assert!(items.iter().all(|item| item["error"]["kind"] == "throttled"));
    let is_spared =
        |item: &&serde_json::Value| item["error"]["delivery"] == "not_sent" && item["error"]["attempts"] == 0;
    assert_eq!(items.iter().filter(is_spared).count(), 13 - sent);
}

#[test]
fn different_reasons_are_1_and_one_reason_keeps_its_code() {
    // One after the other: after the vendor's answer nothing more is looked at.
    vendor(throttled().every()).run(&folder(), ["codify", "--in-flight", "1", "empty.txt", "a.txt"]).expect(1);
    vendor(throttled().every()).run(&folder(), ["codify", "a.txt", "b.txt"]).expect(5);
}

#[test]
fn health_tells_up_from_down() {
    let vendor = Vendor::start();
    let folder = folder();
    let ran = vendor.run(&folder, ["health"]).expect(0);
    assert!(ran.stdout.starts_with("up: HTTP 200"), "{}", ran.stdout);
    vendor.sandbox.inject(Fault::new(FaultKind::status(404)).on("health").every()).unwrap();
    let ran = vendor.run(&folder, ["health"]).expect(6);
    assert_eq!(ran.stdout, "");
    folder.run(["health"]).expect(4);
    folder.run(["health", "--sandbox"]).expect(0);
}
