//! Over-long notes: nothing of the text is lost, each result knows its part, and one failed part does not take the others along.

use std::fmt::Write;

use clinical_http::testing::JumpingClock;
use clinical_sandbox::{Fault, FaultKind, Sandbox};
use clinical_tests::clients::{for_sandbox, of_sandbox, over};
use clinical_tests::documents::{note_of, pdf_of, pdf_saying};
use clinical_tests::facts;
use clinical_tests::transports::{Answering, Reply, empty_answer};
use omniscribe_codify::{Codify, CodifyRequest, Limits, LongCoding, Pdf, clean_text};
use serde_json::{Value, json};

use crate::digest::sha256;
use crate::snapshots::snapshot;

/// About 6 KB in paragraphs, each its own text. The sandbox looks for codes in all of it, so it is not made longer.
fn report() -> String {
    (0..80).fold(String::new(), |mut text, day| {
        let about = "paciente con diabetes mellitus tipo 2, sin fiebre";
        write!(text, "Día {day}: {about}.\nPlan: igual.\n\n").unwrap();
        text
    })
}

/// The note limit of the clients that talk to the sandbox.
const PART: usize = 2_000;

fn limited(sandbox: &Sandbox) -> Codify {
    let builder = for_sandbox(sandbox, &JumpingClock::new());
    builder.limits(Limits::default().note(PART)).build().unwrap()
}

fn ranges(coding: &LongCoding) -> Vec<std::ops::Range<usize>> {
    coding.parts.iter().map(|part| part.range.clone()).collect()
}

#[tokio::test]
async fn the_parts_together_are_the_note_and_each_was_sent_as_it_is() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let codify = limited(&sandbox);
    let report = report();
    let coding = codify.codify_long(&CodifyRequest::new().note(&report)).await.unwrap();
    assert!(coding.is_complete() && coding.parts.len() >= 3, "{} parts", coding.parts.len());
    let texts: Vec<&str> = ranges(&coding).into_iter().map(|range| &report[range]).collect();
    assert_eq!(texts.concat(), report);
    assert!(texts.iter().all(|text| text.len() <= PART && text.ends_with("\n\n")));
    let mut sent: Vec<String> =
        sandbox.journal().attempts_on("codify").iter().map(|attempt| attempt.body_sha256.clone().unwrap()).collect();
    let mut expected: Vec<String> =
        texts.iter().map(|text| sha256(format!(r#"{{"medical_note":{}}}"#, json!(text)).as_bytes())).collect();
    sent.sort();
    expected.sort();
    assert_eq!(sent, expected, "each part once, byte for byte");
    assert_eq!(sandbox.ledger().processed("codify"), texts.len() as u64);
}

#[tokio::test]
async fn a_note_within_the_limit_is_one_part_and_one_request() {
    for len in [1, 51_199, 51_200] {
        let transport = Answering::with(|_| empty_answer("run"));
        let codify = over(transport.clone()).build().unwrap();
        let coding = codify.codify_long(&CodifyRequest::new().note(note_of(len))).await.unwrap();
        assert_eq!((coding.parts.len(), &coding.parts[0].range), (1, &(0..len)));
        assert_eq!(transport.bodies().len(), 1);
    }
}

#[tokio::test]
async fn a_byte_too_many_makes_two_parts() {
    let transport = Answering::with(|_| empty_answer("run"));
    let codify = over(transport.clone()).build().unwrap();
    let coding = codify.codify_long(&CodifyRequest::new().note(note_of(51_201))).await.unwrap();
    assert_eq!(coding.parts.len(), 2);
}

/// A client with a note limit of 40 bytes that answers each part with what the function says of its text.
fn small(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Codify, Answering) {
    let transport = Answering::with(move |body| answer(body["medical_note"].as_str().unwrap_or("")));
    let codify = over(transport.clone()).limits(Limits::default().note(40)).build().unwrap();
    (codify, transport)
}

fn assessment(code: &str, justification: &str, percent: f64) -> Value {
    json!({"code": code, "description": format!("d-{code}"), "justification": justification, "confidence_percent": percent})
}

const THREE: &str =
    "First paragraph of the report.\n\nSecond paragraph of the report.\n\nThird paragraph of the report.";

fn three_answers(text: &str) -> Reply {
    let (run, accepted, discarded) = match text.split_whitespace().next() {
        Some("First") => (
            "run-1",
            vec![assessment("E11.9", "first", 80.0), assessment("I10", "first", 70.0)],
            vec![assessment("J18.9", "first", 20.0), assessment("R05", "first", 30.0)],
        ),
        Some("Second") => (
            "run-2",
            vec![assessment("E11.9", "second", 95.0), assessment("R05", "second", 60.0)],
            vec![assessment("I10", "second", 40.0), assessment("J18.9", "second", 25.0)],
        ),
        _ => ("run-3", vec![assessment("E11.9", "third", 90.0), assessment("Z79.84", "third", 50.0)], vec![]),
    };
    let answer = json!({"final_code_assessments": accepted, "discarded_code_assessments": discarded, "run_id": run});
    (200, answer.to_string())
}

#[tokio::test]
async fn merged_codes_occur_once_know_their_parts_and_acceptance_wins() {
    let (codify, _) = small(three_answers);
    let coding = codify.codify_long(&CodifyRequest::new().note(THREE)).await.unwrap();
    assert_eq!(coding.parts.len(), 3);
    let merged = coding.merged();
    assert_eq!(merged.run_ids, ["run-1", "run-2", "run-3"].map(|id| Some(id.to_owned())));
    let best = &merged.final_code_assessments[0];
    assert_eq!((best.assessment.code.as_str(), best.part, best.parts.as_slice()), ("E11.9", 1, &[0, 1, 2][..]));
    snapshot!("merged", merged);
}

#[tokio::test]
async fn one_failed_part_keeps_the_others() {
    let (codify, _) = small(|text| match text.split_whitespace().next() {
        Some("Second") => (422, String::new()),
        _ => three_answers(text),
    });
    let coding = codify.codify_long(&CodifyRequest::new().note(THREE)).await.unwrap();
    assert!(!coding.is_complete());
    assert_eq!(facts::brief(coding.first_error().unwrap()), ("rejected", "answered", 1));
    assert!(coding.parts[0].result.is_ok() && coding.parts[2].result.is_ok());
    let merged = coding.merged();
    let failed_in_the_middle = [Some("run-1".to_owned()), None, Some("run-3".to_owned())];
    assert_eq!(merged.run_ids, failed_in_the_middle);
    let part_of = |code: &str| {
        let found = merged.final_code_assessments.iter().find(|one| one.assessment.code == code);
        found.map(|one| one.part)
    };
    // The parts keep their numbers although the second is missing.
    assert_eq!((part_of("E11.9"), part_of("Z79.84")), (Some(2), Some(2)));
}

#[tokio::test]
async fn a_part_that_meets_a_fault_is_sent_again_by_itself() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).on("codify").nth(2)).unwrap();
    let codify = limited(&sandbox);
    let coding = codify.codify_long(&CodifyRequest::new().note(report())).await.unwrap();
    assert!(coding.is_complete());
    let journal = sandbox.journal();
    assert_eq!(journal.attempts.len(), coding.parts.len() + 1);
    assert_eq!(journal.requests.len(), coding.parts.len());
}

#[tokio::test]
async fn the_pdf_goes_with_the_first_part_only_and_model_and_references_with_each() {
    let (codify, transport) = small(|_| empty_answer("run"));
    let request =
        CodifyRequest::new().note(THREE).pdf(Pdf::from_bytes(pdf_of(100))).model(omniscribe_codify::Model::Fast);
    let coding = codify.codify_long(&request).await.unwrap();
    assert_eq!(coding.parts.len(), 3);
    for body in transport.bodies() {
        let first = body["medical_note"].as_str().unwrap().starts_with("First");
        assert_eq!(body.get("pdf_file").is_some(), first);
        assert_eq!(body["model"], "fast");
    }
    let sandbox = Sandbox::builder().start().await.unwrap();
    let codify = limited(&sandbox);
    let request = CodifyRequest::new()
        .note(report())
        .pdf(Pdf::from_bytes(pdf_saying("Diabetes mellitus tipo 2.")))
        .doctor("dr_123")
        .patient("pt_456");
    assert!(codify.codify_long(&request).await.unwrap().is_complete());
    for attempt in sandbox.journal().attempts {
        assert_eq!((attempt.doctor(), attempt.patient()), (Some("dr_123"), Some("pt_456")));
    }
}

#[tokio::test]
async fn a_wrong_request_is_refused_whole_and_no_part_is_sent() {
    let (codify, transport) = small(three_answers);
    let wrong = [
        CodifyRequest::new().note(THREE).doctor("dr\r\n"),
        CodifyRequest::new().note(THREE).pdf(Pdf::from_bytes("no PDF")),
        CodifyRequest::new().note(" \n\n ".repeat(100)),
    ];
    for request in wrong {
        let error = codify.codify_long(&request).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("invalid_input", "not_sent", 0));
    }
    assert_eq!(transport.bodies().len(), 0);
}

#[tokio::test]
async fn white_space_alone_is_never_sent_as_a_part() {
    let (codify, transport) = small(|_| empty_answer("run"));
    let note = format!("Text before.{}Text after.", "\n".repeat(200));
    let coding = codify.codify_long(&CodifyRequest::new().note(&note)).await.unwrap();
    assert!(coding.is_complete());
    let sent: Vec<_> = transport.bodies();
    assert!(sent.iter().all(|body| !body["medical_note"].as_str().unwrap().trim().is_empty()));
    let kept: String = ranges(&coding).into_iter().map(|range| &note[range]).collect();
    assert_eq!(kept.split_whitespace().collect::<Vec<_>>(), note.split_whitespace().collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_note_the_pdf_is_the_one_part() {
    let (codify, transport) = small(|_| empty_answer("run"));
    let coding = codify.codify_long(&CodifyRequest::new().pdf(Pdf::from_bytes(pdf_of(100)))).await.unwrap();
    assert_eq!((coding.parts.len(), &coding.parts[0].range), (1, &(0..0)));
    assert!(coding.is_complete());
    assert_eq!(transport.bodies().len(), 1);
}

#[tokio::test]
async fn cleaned_text_keeps_its_paragraphs_and_its_codes() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let raw = "Motivo:\t tos \r\n\r\n\r\n\r\nPaciente con diabetes  mellitus\u{a0}tipo 2.\u{200b}\u{7}\r\nNiega dolor torácico.  \n";
    let clean = clean_text(raw);
    assert_eq!(clean, "Motivo: tos\n\nPaciente con diabetes mellitus tipo 2.\nNiega dolor torácico.");
    assert_eq!(clean_text(&clean), clean);
    let answer = codify.codify(&clean.into()).await.unwrap();
    let codes = |list: &[omniscribe_codify::CodeAssessment]| -> Vec<String> {
        list.iter().map(|one| one.code.clone()).collect()
    };
    let accepted = codes(&answer.final_code_assessments);
    assert!(accepted.iter().any(|code| code.starts_with("E11")), "{accepted:?}");
    let discarded = codes(&answer.discarded_code_assessments);
    assert!(discarded.iter().any(|code| code.starts_with("R07")), "{discarded:?}");
}
