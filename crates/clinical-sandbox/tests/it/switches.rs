//! Each switch, set both ways, changes what it says and nothing else.

use clinical_sandbox::switches::Switches;
use clinical_sandbox::{Sandbox, SandboxError};
use serde_json::{Value, json};
use std::time::Duration;

use crate::wire::{NOTE, call, codify, exchange, note, pdf, request, split};

async fn with(name: &str, position: &str) -> Sandbox {
    let mut switches = Switches::default();
    switches.set(name, position).unwrap();
    Sandbox::builder().manual_clock().switches(switches).start().await.unwrap()
}

/// Note alone, PDF alone, both, neither. The PDF is no whole one: 422 means that the input rule let it pass.
async fn inputs(sandbox: &Sandbox) -> [u16; 4] {
    let alone = pdf(b"no pdf");
    let mut both = alone.clone();
    both["medical_note"] = json!(NOTE);
    let mut statuses = [0; 4];
    for (status, body) in statuses.iter_mut().zip([note(NOTE), alone, both, json!({})]) {
        *status = codify(sandbox, &body).await.status;
    }
    statuses
}

#[tokio::test]
async fn the_input_rule_decides_between_note_pdf_both_and_neither() {
    assert_eq!(inputs(&with("input_rule", "at-least-one").await).await, [200, 422, 422, 400]);
    assert_eq!(inputs(&with("input_rule", "note-required").await).await, [200, 400, 422, 400]);
    assert_eq!(inputs(&with("input_rule", "exactly-one").await).await, [200, 422, 400, 400]);
}

#[tokio::test]
async fn each_switch_of_codify_changes_the_status_it_names() {
    let mut wrong_type = pdf(b"%PDF-");
    wrong_type["pdf_file"]["type"] = json!("image");
    let cases: [(&str, &str, u16, &str, u16, Value); 5] = [
        ("blank_note", "refuse", 400, "accept", 200, note("   ")),
        ("doctor_header", "optional", 200, "required", 400, note(NOTE)),
        ("pdf_field_status", "unprocessable-entity", 422, "bad-request", 400, wrong_type),
        ("unknown_model", "refuse", 400, "accept", 200, json!({"medical_note": NOTE, "model": "ours"})),
        ("unknown_fields", "accept", 200, "refuse", 400, json!({"medical_note": NOTE, "extra": {"a": 1}})),
    ];
    for (name, one, status, other, changed, body) in cases {
        assert_eq!(codify(&with(name, one).await, &body).await.status, status, "{name}={one}");
        assert_eq!(codify(&with(name, other).await, &body).await.status, changed, "{name}={other}");
    }
}

#[tokio::test]
async fn a_required_doctor_is_satisfied_by_the_header() {
    let sandbox = with("doctor_header", "required").await;
    let token = format!("Bearer {}", sandbox.token());
    let headers = [("authorization", token.as_str()), ("x-doctor", "dr_123")];
    let sent = request("POST", "/v1/codify", &headers, note(NOTE).to_string().as_bytes());
    assert_eq!(split(exchange(&sandbox, &sent).await).status, 200);
}

#[tokio::test]
async fn health_wants_a_token_when_told_to() {
    let sandbox = with("health_auth", "required").await;
    assert_eq!(call(&sandbox, "GET", "/v1/health", b"").await.status, 401);
    let token = format!("Bearer {}", sandbox.token());
    let sent = request("GET", "/v1/health", &[("authorization", token.as_str())], b"");
    assert_eq!(split(exchange(&sandbox, &sent).await).status, 200);
}

#[tokio::test]
async fn the_order_of_checks_decides_what_a_bad_body_without_a_token_meets() {
    assert_eq!(call(&with("check_order", "auth-first").await, "POST", "/v1/codify", b"{}").await.status, 401);
    assert_eq!(call(&with("check_order", "body-first").await, "POST", "/v1/codify", b"{}").await.status, 400);
}

#[tokio::test]
async fn the_rate_limit_opens_again_when_virtual_time_has_passed() {
    for (position, hint) in [("absent", None), ("seconds", Some("8"))] {
        let mut switches = Switches::default();
        switches.set("retry_hint", position).unwrap();
        let builder = Sandbox::builder().manual_clock().switches(switches);
        let sandbox = builder.rate_limit(2, Duration::from_secs(10)).start().await.unwrap();
        assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
        assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
        sandbox.clock().advance(Duration::from_millis(2_500));
        let refused = codify(&sandbox, &note(NOTE)).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, hint));
        sandbox.clock().advance(Duration::from_secs(8));
        assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
        assert_eq!(sandbox.ledger().processed("codify"), 3);
    }
}

#[tokio::test]
async fn settings_outside_their_rule_are_refused_at_the_start() {
    let field = |result: Result<Sandbox, SandboxError>| match result {
        Err(SandboxError::Setting { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(Sandbox::builder().token("").start().await), "token");
    assert_eq!(field(Sandbox::builder().token("a\r\nb").start().await), "token");
    assert_eq!(field(Sandbox::builder().speed(0.0).start().await), "speed");
    assert_eq!(field(Sandbox::builder().speed(f64::NAN).start().await), "speed");
    assert_eq!(field(Sandbox::builder().rate_limit(0, Duration::from_secs(1)).start().await), "rate_limit");
}

#[tokio::test]
async fn a_port_in_use_is_a_bind_error_that_names_it() {
    let one = Sandbox::builder().start().await.unwrap();
    let error = Sandbox::builder().port(one.port()).start().await.unwrap_err();
    assert!(matches!(error, SandboxError::Bind { port, .. } if port == one.port()));
    assert!(error.to_string().contains(&one.port().to_string()));
}
