//! A create goes out once. Counted by a server of bytes: whatever it answers but 429, and whatever becomes of the connection, it is asked one
//! time; and what the error promises is what may have happened.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Deadlines, RetryPolicy};
use clinical_tests::facts::deliveries;
use clinical_tests::novamed::{Work, client, facts, scripted, settings};
use clinical_tests::raw::{Raw, answer};
use novamed_api::{Delivery, Error, Kind, Revision};

const ERROR: &str = r#"{"success":false,"error":{"message":"it says so"}}"#;

/// Asks a server that gives these answers, and says how often it was asked.
async fn asked(work: Work, revision: Revision, answers: Vec<Vec<u8>>) -> (Result<usize, Error>, usize) {
    let server = Raw::start(answers).await;
    let outcome = work.run(&client(server.url(), revision)).await;
    let requests = server.requests();
    assert!(requests.windows(2).all(|two| two[0] == two[1]), "a repetition is the same to the byte");
    (outcome, requests.len())
}

/// What is promised after one answer of each kind. `true` for "the vendor may have created it".
const STATUSES: [(u16, Option<&str>, &str, Delivery, bool); 22] = [
    (301, None, "outcome_unknown", Delivery::Answered, true),
    (303, None, "outcome_unknown", Delivery::Answered, true),
    (307, None, "outcome_unknown", Delivery::Answered, true),
    (400, None, "rejected", Delivery::Answered, false),
    (401, None, "credentials", Delivery::Answered, false),
    (403, None, "forbidden", Delivery::Answered, false),
    (404, None, "not_found", Delivery::Answered, false),
    (408, None, "timeout", Delivery::Refused, false),
    (408, Some("1"), "timeout", Delivery::Refused, false),
    (409, None, "rejected", Delivery::Answered, false),
    (413, None, "too_large", Delivery::Answered, false),
    (422, None, "rejected", Delivery::Answered, false),
    (425, None, "rejected", Delivery::Refused, false),
    (500, None, "outcome_unknown", Delivery::Unknown, true),
    (500, Some("1"), "outcome_unknown", Delivery::Unknown, true),
    (501, None, "unavailable", Delivery::Answered, false),
    (502, None, "outcome_unknown", Delivery::Unknown, true),
    (503, None, "outcome_unknown", Delivery::Unknown, true),
    (503, Some("1"), "throttled", Delivery::Refused, false),
    (504, None, "outcome_unknown", Delivery::Unknown, true),
    (504, Some("1"), "outcome_unknown", Delivery::Unknown, true),
    (529, None, "outcome_unknown", Delivery::Unknown, true),
];

#[tokio::test]
async fn after_every_status_but_429_a_create_is_not_sent_again() {
    for revision in Revision::ALL.iter().copied() {
        for work in Work::CREATES {
            for (status, hint, kind, delivery, may) in STATUSES {
                let headers: Vec<_> = hint.map(|hint| ("retry-after", hint)).into_iter().collect();
                let (outcome, requests) = asked(work, revision, vec![answer(status, &headers, ERROR)]).await;
                let (error, place) = (outcome.unwrap_err(), format!("{work:?} {revision} {status} {hint:?}"));
                assert_eq!((requests, error.attempts()), (1, 1), "{place}");
                assert_eq!((error.kind().as_str(), error.delivery()), (kind, delivery), "{place}: {error}");
                assert_eq!((error.may_have_been_processed(), error.advice().is_some()), (may, may), "{place}");
                assert_eq!(error.kind() == Kind::OutcomeUnknown, may, "{place}");
                assert_eq!(error.status(), Some(status), "{place}");
            }
        }
    }
}

#[tokio::test]
async fn after_whatever_becomes_of_the_connection_or_the_answer_a_create_is_not_sent_again() {
    let good = |work: Work| answer(200, &[], work.answer());
    let long = answer(200, &[], &format!("{{\"data\":\"{}\"}}", "x".repeat(2 << 20)));
    let cut = |bytes: Vec<u8>, less: usize| bytes[..bytes.len() - less].to_vec();
    let head = |lines: &str, body: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n{body}").into_bytes();
    for work in Work::CREATES {
        let faults: [(&str, Vec<u8>, Delivery); 15] = [
            ("no byte", Vec::new(), Delivery::Unknown),
            ("half a status line", b"HTTP/1.1 20".to_vec(), Delivery::Unknown),
            ("no HTTP", b"220 mail.example ESMTP\r\n\r\n".to_vec(), Delivery::Unknown),
            ("half a head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(), Delivery::Unknown),
            ("no body", head("content-length: 10", ""), Delivery::ResponseLost),
            ("half a body", cut(good(work), 20), Delivery::ResponseLost),
            ("all but one byte", cut(good(work), 1), Delivery::ResponseLost),
            ("a bad chunk", head("transfer-encoding: chunked", "zz\r\n"), Delivery::ResponseLost),
            ("a body without end", long.clone(), Delivery::ResponseLost),
            ("an empty success", answer(200, &[], ""), Delivery::Answered),
            ("204", answer(204, &[], ""), Delivery::Answered),
            ("a page", answer(200, &[("content-type", "text/html")], "<html>"), Delivery::Answered),
            ("another shape", answer(200, &[], r#"{"success":true,"data":{}}"#), Delivery::Answered),
            ("no data", answer(200, &[], r#"{"success":true,"data":null}"#), Delivery::Answered),
            ("a success that says it is none", answer(200, &[], ERROR), Delivery::Answered),
        ];
        for (fault, bytes, delivery) in faults {
            let (outcome, requests) = asked(work, Revision::V2026_01, vec![bytes]).await;
            let (error, place) = (outcome.unwrap_err(), format!("{work:?} {fault}"));
            assert_eq!(requests, 1, "{place}");
            assert_eq!((error.kind(), error.delivery()), (Kind::OutcomeUnknown, delivery), "{place}: {error}");
            let advice = error.advice().unwrap();
            assert!(error.may_have_been_processed() && error.to_string().ends_with(advice), "{place}: {error}");
        }
    }
}

#[tokio::test]
async fn a_429_is_waited_for_and_the_create_sent_again_until_the_policy_ends() {
    let busy = || answer(429, &[], ERROR);
    for revision in Revision::ALL.iter().copied() {
        for work in Work::CREATES {
            let good = answer(200, &[], work.answer());
            let (outcome, requests) = asked(work, revision, vec![busy(), busy(), busy(), good.clone()]).await;
            assert_eq!((outcome.unwrap(), requests), (4, 4), "{work:?}");
            let (outcome, requests) = asked(work, revision, vec![busy()]).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind().as_str(), error.delivery(), requests), ("throttled", Delivery::Refused, 4));
            assert!(!error.may_have_been_processed() && error.advice().is_none(), "{work:?}");
            // What comes after a 429 is judged on its own.
            let (outcome, requests) = asked(work, revision, vec![busy(), Vec::new(), good]).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), requests), (Kind::OutcomeUnknown, 2), "{work:?}: {error}");
            assert_eq!(deliveries(error.attempt_log()), ["refused", "unknown"]);
        }
    }
}

#[tokio::test]
async fn where_no_connection_was_made_the_create_is_sent_again_and_an_unknown_outcome_after_that_is_final() {
    for work in Work::CREATES {
        let nobody = || Step::fail(Failure::Connect, Delivery::NotSent);
        let transport = ScriptedTransport::new([nobody(), nobody(), Step::answer(200, work.answer())]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        assert_eq!(work.run(&novamed).await.unwrap(), 3);
        // Nobody listens: a port that was given back.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = work.run(&client(&format!("http://{free}"), Revision::V2026_01)).await.unwrap_err();
        assert_eq!((error.kind().as_str(), error.delivery(), error.attempts()), ("connect", Delivery::NotSent, 4));
        assert!(!error.may_have_been_processed());
        let transport = ScriptedTransport::new([nobody(), Step::fail(Failure::Interrupted, Delivery::Unknown)]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        let error = work.run(&novamed).await.unwrap_err();
        assert_eq!((error.kind(), transport.requests().len()), (Kind::OutcomeUnknown, 2), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_after_sending_is_an_unknown_outcome_after_one_minute_and_one_request() {
    for work in Work::CREATES {
        let transport = ScriptedTransport::always(Step::silence());
        let novamed = scripted(&transport, Revision::V2025_12).build().unwrap();
        let before = tokio::time::Instant::now();
        let error = work.run(&novamed).await.unwrap_err();
        assert_eq!(before.elapsed().as_secs(), 60, "{work:?}");
        assert_eq!((error.kind(), transport.requests().len()), (Kind::OutcomeUnknown, 1));
        assert_eq!((error.cause_kind().unwrap().as_str(), error.delivery()), ("timeout", Delivery::Unknown));
    }
}

#[tokio::test]
async fn no_setting_of_the_caller_makes_a_create_go_out_twice() {
    for status in [401, 408, 425, 500, 502, 503, 504] {
        let server = Raw::start([answer(status, &[("retry-after", "0")], ERROR)]).await;
        let novamed = settings(server.url(), Revision::V2026_01, &JumpingClock::new())
            .http(|http| {
                let limits = Deadlines::default().total(Duration::from_hours(1));
                http.retry(RetryPolicy::default().max_attempts(20)).deadlines(limits)
            })
            .build()
            .unwrap();
        for work in Work::CREATES {
            work.run(&novamed).await.unwrap_err();
        }
        assert_eq!(server.requests().len(), Work::CREATES.len(), "{status}");
    }
}

#[tokio::test]
async fn reads_and_deletions_are_sent_again_after_what_may_pass() {
    for work in Work::HARMLESS {
        for (status, hint, requests) in [
            (400, None, 1),
            (401, None, 1),
            (403, None, 1),
            (404, None, 1),
            (408, None, 4),
            (429, None, 4),
            (500, None, 4),
            (502, None, 4),
            (503, None, 4),
            (503, Some("1"), 4),
            (504, None, 4),
        ] {
            let headers: Vec<_> = hint.map(|hint| ("retry-after", hint)).into_iter().collect();
            let (outcome, asked) = asked(work, Revision::V2026_01, vec![answer(status, &headers, ERROR)]).await;
            let error = outcome.unwrap_err();
            assert_eq!(asked, requests, "{work:?} {status} {hint:?}");
            // Nothing of these is created, so there is nothing to find out.
            assert!(error.kind() != Kind::OutcomeUnknown && error.advice().is_none(), "{work:?} {}", facts(&error));
        }
        let good = answer(200, &[], work.answer());
        for broken in [Vec::new(), good[..good.len() - 1].to_vec()] {
            let (outcome, asked) = asked(work, Revision::V2026_01, vec![broken, good.clone()]).await;
            assert_eq!((outcome.unwrap(), asked), (2, 2), "{work:?}");
        }
    }
}

#[tokio::test]
async fn a_deletion_whose_first_attempt_was_lost_and_whose_second_finds_nothing_is_not_found() {
    let gone = answer(404, &[], r#"{"success":false,"error":{"message":"Webhook not found"}}"#);
    let (outcome, requests) = asked(Work::DeleteWebhook, Revision::V2025_12, vec![Vec::new(), gone]).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), requests), (Kind::NotFound, 2));
    // It may be gone by the first attempt, and the error says so.
    assert!(error.may_have_been_processed(), "{error}");
}

#[tokio::test]
async fn a_deletion_that_says_it_is_none_is_an_error_and_an_empty_answer_is_a_success() {
    let work = Work::DeleteWebhook;
    let (outcome, requests) = asked(work, Revision::V2026_01, vec![answer(200, &[], ERROR)]).await;
    assert_eq!((outcome.unwrap_err().kind().as_str(), requests), ("rejected", 1));
    for (status, body) in [(200, ""), (204, ""), (200, work.answer()), (200, "deleted")] {
        assert_eq!(asked(work, Revision::V2026_01, vec![answer(status, &[], body)]).await.0.unwrap(), 1, "{body:?}");
    }
}
