//! The key, the rate limit with its headers, the shapes of errors, and what faults make of it.

use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

use super::{PATIENT, PRACTITIONER, get, message, older_patient, post, practitioner, with};
use crate::wire::{Answer, exchange, request, split, start};

const CARRIERS: &str = "/api/external/carriers";

async fn with_headers(sandbox: &Sandbox, headers: &[(&str, &str)], body: &str) -> Answer {
    split(exchange(sandbox, &request("POST", PATIENT, headers, body.as_bytes())).await)
}

#[tokio::test]
async fn only_a_known_key_in_its_own_header_opens_anything() {
    let sandbox = Sandbox::builder().token("dev_one").token("dev_two").start().await.unwrap();
    let body = older_patient().to_string();
    let cases: [(&[(&str, &str)], u16); 6] = [
        (&[("x-api-key", "dev_two")], 200),
        (&[("X-API-Key", "dev_one")], 200),
        (&[], 401),
        (&[("x-api-key", "dev_three")], 401),
        (&[("x-api-key", "Bearer dev_one")], 401),
        (&[("authorization", "Bearer dev_one")], 401),
    ];
    for (headers, status) in cases {
        let answer = with_headers(&sandbox, headers, &body).await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 401 {
            let words = "Unauthorized. This can happen if the access token is invalid, expired or has been revoked";
            assert_eq!(message("create_patient_2025_12", &answer), words);
            assert_eq!(answer.header("x-ratelimit-limit"), None);
        }
    }
    assert_eq!(sandbox.ledger().processed("create_patient"), 2);
}

#[tokio::test]
async fn the_documented_limit_depends_on_the_prefix_of_the_key_and_every_answer_tells_it() {
    for (key, limit) in [("dev_a", 100_u32), ("without-prefix", 100), ("prod_a", 60)] {
        let sandbox = Sandbox::builder().token(key).manual_clock().start().await.unwrap();
        // 2026-01-01T00:00:00Z, where the clock starts, and a minute.
        let reset = (1_767_225_600_u64 + 60).to_string();
        for left in (0..limit).rev() {
            // A refusal counts as a call as well.
            let answer =
                if left % 2 == 0 { get(&sandbox, CARRIERS).await } else { post(&sandbox, PATIENT, &json!({})).await };
            assert_ne!(answer.status, 429);
            assert_eq!(answer.header("x-ratelimit-limit"), Some(limit.to_string().as_str()));
            assert_eq!(answer.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
            assert_eq!(answer.header("x-ratelimit-reset"), Some(reset.as_str()));
        }
        sandbox.clock().advance(Duration::from_millis(18_500));
        let refused = post(&sandbox, PRACTITIONER, &practitioner()).await;
        assert_eq!(
            message("create_practitioner_2026_01", &refused),
            "Rate limit exceeded. Please retry after 42 seconds."
        );
        let error = refused.json()["error"].clone();
        assert_eq!(
            (refused.status, &error["retry_after"], &error["code"]),
            (429, &json!(42), &json!("RATE_LIMIT_EXCEEDED"))
        );
        assert_eq!((refused.header("x-ratelimit-remaining"), refused.header("retry-after")), (Some("0"), None));
        assert_eq!(refused.header("x-ratelimit-reset"), Some(reset.as_str()));
        assert_eq!(sandbox.ledger().entries, []);
        sandbox.clock().advance(Duration::from_millis(41_500));
        assert_eq!(
            get(&sandbox, CARRIERS).await.header("x-ratelimit-remaining"),
            Some((limit - 1).to_string().as_str())
        );
    }
}

#[tokio::test]
async fn the_limit_of_the_builder_takes_the_place_of_the_documented_one_and_a_switch_takes_it_away() {
    let sandbox = Sandbox::builder().manual_clock().rate_limit(1, Duration::from_secs(10)).start().await.unwrap();
    assert_eq!(get(&sandbox, CARRIERS).await.header("x-ratelimit-limit"), Some("1"));
    assert_eq!(get(&sandbox, CARRIERS).await.json()["error"]["retry_after"], 10);
    let free = with(&[("novamed_rate_limit", "none")]).await;
    for _ in 0..105 {
        let answer = get(&free, CARRIERS).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-limit")), (200, None));
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object_or_not_declared_as_json_is_refused() {
    let sandbox = start().await;
    let body = older_patient().to_string();
    let declared = |kind| [("x-api-key", sandbox.token()), ("content-type", kind)];
    for (kind, body, field) in [
        ("text/plain", body.as_str(), "Content-Type"),
        ("application/json", "[]", "body"),
        ("application/json", "{", "body"),
        ("application/json", "", "body"),
    ] {
        let answer = with_headers(&sandbox, &declared(kind), body).await;
        assert_eq!(message("create_patient_2025_12", &answer), "Validation error");
        assert!(answer.json()["error"]["details"][field].is_string(), "{}", answer.json());
    }
    assert_eq!(with_headers(&sandbox, &declared("application/json; charset=utf-8"), &body).await.status, 200);
    let large = "x".repeat(9 * 1024 * 1024);
    let answer = with_headers(&sandbox, &declared("application/json"), &large).await;
    assert_eq!(answer.status, 413);
    message("create_patient_2025_12", &answer);
}

#[tokio::test]
async fn the_order_of_checks_decides_what_a_bad_body_without_a_key_meets() {
    for (order, status) in [("auth-first", 401), ("body-first", 400)] {
        let sandbox = with(&[("check_order", order)]).await;
        assert_eq!(with_headers(&sandbox, &[], "{}").await.status, status);
        assert_eq!(with_headers(&sandbox, &[], &older_patient().to_string()).await.status, 401);
        assert_eq!(post(&sandbox, PATIENT, &older_patient()).await.status, 200);
    }
}

#[tokio::test]
async fn the_second_shape_has_a_code_with_every_error_and_one_field() {
    let sandbox = with(&[("novamed_errors", "e2")]).await;
    let answer = post(&sandbox, PATIENT, &json!({"first_name": "A", "email": 7})).await;
    let error = answer.json()["error"].clone();
    assert_eq!((&error["code"], &error["message"]), (&json!("VALIDATION_ERROR"), &json!("Invalid request parameters")));
    assert!(error["details"]["field"].is_string() && error["details"]["reason"].is_string());
    let answer = with_headers(&sandbox, &[], "{}").await;
    assert_eq!(answer.json()["error"]["code"], "UNAUTHORIZED");
    sandbox.inject(Fault::new(FaultKind::status(503)).on("create_patient")).unwrap();
    assert_eq!(post(&sandbox, PATIENT, &older_patient()).await.json()["error"]["code"], "INTERNAL_ERROR");
}

#[tokio::test]
async fn faults_fall_on_these_operations_by_name_and_a_429_tells_its_wait_in_the_body() {
    let sandbox = start().await;
    let throttled = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 7 });
    sandbox.inject(Fault::new(throttled).on("create_patient").nth(1)).unwrap();
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).on("create_patient").nth(2).after_commit()).unwrap();
    let answer = post(&sandbox, PATIENT, &older_patient()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    assert_eq!(answer.json()["error"]["retry_after"], 7);
    assert_eq!(sandbox.ledger().processed("create_patient"), 0);
    let headers = [("x-api-key", sandbox.token())];
    let bytes = request("POST", PATIENT, &headers, older_patient().to_string().as_bytes());
    assert_eq!(exchange(&sandbox, &bytes).await.bytes, b"");
    assert_eq!(sandbox.ledger().processed("create_patient"), 1);
    assert_eq!(sandbox.novamed().patients.len(), 1);
    assert!(sandbox.journal().attempts_on("create_patient")[1].committed);
}

#[tokio::test]
async fn reset_forgets_what_was_made_and_the_used_up_limit() {
    let sandbox = start().await;
    let first = post(&sandbox, PATIENT, &older_patient()).await.json();
    sandbox.reset();
    assert_eq!(sandbox.novamed(), clinical_sandbox::NovamedFacts::default());
    let again = post(&sandbox, PATIENT, &older_patient()).await;
    assert_eq!(again.header("x-ratelimit-remaining"), Some("99"));
    assert_eq!(again.json(), first, "the same seed, content and count");
}

#[tokio::test]
async fn another_method_is_405_and_the_facts_are_a_route_of_the_sandbox() {
    let sandbox = start().await;
    assert_eq!(get(&sandbox, PATIENT).await.header("allow"), Some("POST"));
    assert_eq!(get(&sandbox, "/api/external/webhook").await.header("allow"), Some("POST, DELETE"));
    assert_eq!(get(&sandbox, "/api/external/patients").await.status, 501);
    post(&sandbox, PATIENT, &older_patient()).await;
    let facts = get(&sandbox, "/_sandbox/novamed").await.json();
    assert_eq!(facts["patients"][0]["revision"], "2025-12");
    let text = facts.to_string();
    assert!(!text.contains("Smith") && !text.contains("email"), "{text}");
    assert_eq!(facts["next_due_ms"], Value::Null);
}
