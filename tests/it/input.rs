//! Bad input: one clear sentence that names the field and the rule, and nothing sent.

use std::collections::BTreeMap;

use clinical_http::testing::JumpingClock;
use clinical_tests::clients::{client, over, settings};
use clinical_tests::documents::{NOTE, note_of, pdf_of};
use clinical_tests::gate::Gate;
use clinical_tests::transports::{Answering, empty_answer};
use omniscribe_codify::{Codify, CodifyRequest, Delivery, Error, Limits, Model, Pdf};
use serde_json::{Value, json};

use crate::snapshots::snapshot;

const MIB_5: usize = 5 * 1024 * 1024;

fn note(text: impl Into<String>) -> CodifyRequest {
    CodifyRequest::new().note(text)
}

fn pdf(pdf: Pdf) -> CodifyRequest {
    CodifyRequest::new().pdf(pdf)
}

fn told(error: &Error) -> Value {
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.attempts(), 0);
    json!({"kind": error.kind().as_str(), "field": error.field(), "display": error.to_string()})
}

fn bad_requests(folder: &std::path::Path) -> Vec<(&'static str, CodifyRequest)> {
    let word = folder.join("letter.pdf");
    std::fs::write(&word, "PK\u{3}\u{4} a word processor's file").unwrap();
    let empty = folder.join("empty.pdf");
    std::fs::write(&empty, "").unwrap();
    let large = folder.join("large.pdf");
    std::fs::write(&large, pdf_of(MIB_5 + 1)).unwrap();
    let late = folder.join("late.pdf");
    std::fs::write(&late, [&[b' '; 1_020], &pdf_of(2_000)[..]].concat()).unwrap();
    let good = || note(NOTE);
    vec![
        ("nothing", CodifyRequest::new()),
        ("only a model", CodifyRequest::new().model(Model::Fast)),
        ("note empty", note("")),
        ("note of white space", note(" \t\r\n\u{a0}\u{2003}")),
        ("note of 51,201 bytes", note(note_of(51_201))),
        ("note over the border by a multi-byte character", note(format!("{}ñ", note_of(51_199)))),
        ("note empty beside a PDF", pdf(Pdf::from_bytes(pdf_of(100))).note("")),
        ("pdf not a PDF", pdf(Pdf::from_bytes("<html></html>"))),
        ("pdf not a PDF, by path", pdf(Pdf::from_path(&word))),
        ("pdf with its header too late", pdf(Pdf::from_path(&late))),
        ("pdf empty", pdf(Pdf::from_bytes(""))),
        ("pdf empty, by path", pdf(Pdf::from_path(&empty))),
        ("pdf of 5 MiB and a byte", pdf(Pdf::from_bytes(pdf_of(MIB_5 + 1)))),
        ("pdf of 5 MiB and a byte, by path", pdf(Pdf::from_path(&large))),
        ("pdf missing", pdf(Pdf::from_path(folder.join("no-such-file.pdf")))),
        ("pdf is a folder", pdf(Pdf::from_path(folder))),
        ("pdf below a file", pdf(Pdf::from_path(word.join("x.pdf")))),
        ("pdf name empty", pdf(Pdf::from_bytes(pdf_of(100)).filename(""))),
        ("pdf name with a line break", pdf(Pdf::from_bytes(pdf_of(100)).filename("a\nb.pdf"))),
        ("model empty", good().model(Model::Other(String::new()))),
        ("model blank", good().model(Model::from(" "))),
        ("doctor empty", good().doctor("")),
        ("doctor with CR LF", good().doctor("dr_1\r\nx-admin: yes")),
        ("doctor with LF", good().doctor("dr_1\n")),
        ("doctor with a tab", good().doctor("dr\t1")),
        ("doctor not ASCII", good().doctor("dra_muñoz")),
        ("doctor with a space in front", good().doctor(" dr_1")),
        ("doctor of 257 characters", good().doctor("d".repeat(257))),
        ("patient with CR", good().patient("pt_1\rx")),
        ("patient not ASCII", good().patient("josé")),
    ]
}

#[tokio::test]
async fn bad_input_is_one_sentence_with_field_and_rule_and_not_even_a_connection() {
    let mut gate = Gate::start().await;
    let codify = client(gate.url());
    let folder = tempfile::tempdir().unwrap();
    let mut all = BTreeMap::new();
    for (case, request) in bad_requests(folder.path()) {
        let error = gate.unasked(codify.codify(&request)).await.unwrap_err();
        let checked = codify.check(&request).await.unwrap_err();
        assert_eq!(error.to_string(), checked.to_string(), "{case}: the check says the same");
        // An over-long note is what `codify_long` is for, and without a note the refusal is in its one part.
        let for_long = error.kind().as_str() == "too_large" && error.field() == Some("medical_note");
        if request.note_text().is_some() && !for_long {
            let refused = gate.unasked(codify.codify_long(&request)).await.unwrap_err();
            assert_eq!(refused.to_string(), error.to_string(), "{case}");
        }
        all.insert(case, told(&error));
    }
    snapshot!("bad-input", all);
    assert_eq!(gate.connections(), 0);
}

#[tokio::test]
async fn every_sentence_names_its_field_and_is_one_line() {
    let mut gate = Gate::start().await;
    let codify = client(gate.url());
    let folder = tempfile::tempdir().unwrap();
    for (case, request) in bad_requests(folder.path()) {
        let error = gate.unasked(codify.codify(&request)).await.unwrap_err();
        let (text, field) = (error.to_string(), error.field().unwrap());
        assert!(text.starts_with(&format!("{field} ")), "{case}: {text}");
        assert!(text.ends_with("(nothing was sent)"), "{case}: {text}");
        assert!(!text.contains('\n') && text.len() < 200, "{case}: {text}");
    }
    assert_eq!(gate.connections(), 0);
}

#[tokio::test]
async fn what_is_exactly_at_a_limit_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("five.pdf");
    std::fs::write(&path, pdf_of(MIB_5)).unwrap();
    let at_border = format!("{}ñ", note_of(51_198));
    assert_eq!(at_border.len(), 51_200);
    let late_header = [&[b' '; 1_019], &pdf_of(2_000)[..]].concat();
    let good = [
        note(note_of(51_200)),
        note(at_border),
        note("."),
        pdf(Pdf::from_bytes(pdf_of(MIB_5))),
        pdf(Pdf::from_path(&path)),
        pdf(Pdf::from_bytes(late_header)),
        note(NOTE).doctor("d".repeat(256)).patient("p q"),
        note(NOTE).model(Model::from("our-own-model")),
    ];
    let transport = Answering::with(|_| empty_answer("run"));
    let codify = over(transport.clone()).build().unwrap();
    for request in &good {
        codify.codify(request).await.unwrap();
    }
    assert_eq!(transport.bodies().len(), good.len());
}

#[tokio::test]
async fn a_reader_is_held_to_the_same_limit() {
    let limits = Limits::default();
    Pdf::from_reader(pdf_of(MIB_5).as_slice(), &limits).await.unwrap();
    let error = Pdf::from_reader(pdf_of(MIB_5 + 1).as_slice(), &limits).await.unwrap_err();
    snapshot!("bad-input-reader", told(&error));
}

#[tokio::test]
async fn limits_of_the_callers_own_replace_the_defaults() {
    let transport = Answering::with(|_| empty_answer("run"));
    let limits = Limits::default().note(10).pdf(100);
    let codify = over(transport.clone()).limits(limits).build().unwrap();
    codify.codify(&note("ten bytes!")).await.unwrap();
    codify.codify(&pdf(Pdf::from_bytes(pdf_of(100)))).await.unwrap();
    let refused = [note("eleven byte"), pdf(Pdf::from_bytes(pdf_of(101)))];
    for request in refused {
        assert_eq!(codify.codify(&request).await.unwrap_err().kind().as_str(), "too_large");
    }
    assert_eq!(transport.bodies().len(), 2);
}

#[tokio::test]
async fn a_file_that_goes_away_between_check_and_sending_is_reported_and_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("informe.pdf");
    std::fs::write(&path, pdf_of(5_000)).unwrap();
    let mut gate = Gate::start().await;
    let codify = client(gate.url());
    let request = pdf(Pdf::from_path(&path));
    codify.check(&request).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = gate.unasked(codify.codify(&request)).await.unwrap_err();
    assert_eq!((error.field(), error.attempts()), (Some("pdf_file"), 0));
    assert_eq!(gate.connections(), 0);
}

#[test]
fn an_address_that_is_not_https_or_this_machine_is_refused_when_the_client_is_built() {
    let addresses = [
        "http://codify.hospital.example",
        "http://10.0.0.1:8080/v1",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://[2001:db8::1]/",
        "http://0.0.0.0:8080",
        "ftp://codify.hospital.example",
        "wss://codify.hospital.example",
        "codify.hospital.example",
        "https://",
        "https://user:opensesame@codify.hospital.example",
        "https://codify.hospital.example/?key=1",
        "https://codify.hospital.example/#v1",
        "https://codify.\nhospital.example/",
        "",
    ];
    let mut all = BTreeMap::new();
    for address in addresses {
        let error = settings(address, &JumpingClock::new()).build().unwrap_err();
        let text = error.to_string();
        for part in ["hospital", "evil", "opensesame", "10.0", "2001", "key"] {
            assert!(!text.contains(part), "the address is not repeated: {text}");
        }
        all.insert(address, told(&error));
    }
    snapshot!("bad-addresses", all);
    let fine = [
        "https://codify.hospital.example",
        "http://localhost:8080",
        "http://LOCALHOST:8080/v1/",
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:8080",
    ];
    for address in fine {
        settings(address, &JumpingClock::new()).build().unwrap();
    }
}

#[test]
fn a_token_or_a_setting_that_cannot_be_used_is_refused_when_the_client_is_built() {
    let builder = || Codify::builder().base_url("https://codify.hospital.example");
    let cases = [
        ("no token", builder()),
        ("token empty", builder().token("")),
        ("token with a line break", builder().token("abc\r\nx-admin: yes")),
        ("token not ASCII", builder().token("contraseña")),
        ("no address", Codify::builder().token("abc")),
        ("user agent empty", builder().token("abc").http(|http| http.user_agent(""))),
        ("user agent with a line break", builder().token("abc").http(|http| http.user_agent("a\nb"))),
    ];
    let told: BTreeMap<_, _> =
        cases.into_iter().map(|(case, builder)| (case, told(&builder.build().unwrap_err()))).collect();
    snapshot!("bad-settings", told);
}
