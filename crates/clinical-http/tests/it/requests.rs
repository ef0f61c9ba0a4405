//! What a request consists of.

use clinical_http::credential::StaticCredential;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{BaseUrl, Call, Client, Effect, ErrorKind, Method, Operation, Vendor};

use crate::support::{BASE, CODED, Coded, IDEMPOTENT, TOKEN, UNSAFE, builder, call, client, ok, send};

#[tokio::test]
async fn a_request_carries_these_headers_and_no_others() {
    let transport = ScriptedTransport::always(ok());
    send(&client(&transport), &UNSAFE).await.unwrap();
    let request = &transport.requests()[0];
    assert_eq!(request.url, format!("{BASE}/v1/work"));
    assert_eq!(request.method.as_str(), "POST");
    assert_eq!(&request.body[..], br#"{"note":"text"}"#);
    let mut names: Vec<_> = request.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let expected = ["accept", "authorization", "content-type", "user-agent", "x-doctor", "x-patient"];
    assert_eq!(names, expected);
    for (name, value) in [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("authorization", &format!("Bearer {TOKEN}")),
        ("user-agent", concat!("clinical-http/", env!("CARGO_PKG_VERSION"))),
        ("x-doctor", "dr_1"),
        ("x-patient", "pt_1"),
    ] {
        assert_eq!(request.headers[name], value, "{name}");
    }
    for name in ["authorization", "x-doctor", "x-patient"] {
        assert!(request.headers[name].is_sensitive(), "{name}");
    }
}

#[tokio::test]
async fn without_a_body_there_is_no_content_type() {
    static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
    let transport = ScriptedTransport::always(ok());
    client(&transport).send::<Coded>(Call::new(&READ)).await.unwrap();
    let request = &transport.requests()[0];
    assert_eq!(request.method.as_str(), "GET");
    assert!(!request.headers.contains_key("content-type") && request.body.is_empty());
    assert!(!request.headers.contains_key("x-doctor"));
}

#[tokio::test]
async fn a_vendor_without_audit_headers_is_not_told_of_doctor_and_patient() {
    static QUIET: Vendor = Vendor::new("quiet");
    let transport = ScriptedTransport::always(ok());
    let client = Client::builder(&QUIET, BaseUrl::parse(BASE).unwrap()).transport(transport.clone()).build().unwrap();
    client.send::<Coded>(call(&UNSAFE)).await.unwrap();
    let headers = &transport.requests()[0].headers;
    assert!(headers.values().all(|value| value != "dr_1" && value != "pt_1"));
    assert!(!headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_user_agent_is_the_callers_and_cannot_split_a_header() {
    let transport = ScriptedTransport::always(ok());
    let named = builder(&transport).user_agent("MyHIS/1.0 (General Hospital)").build();
    send(&named.unwrap(), &UNSAFE).await.unwrap();
    assert_eq!(transport.requests()[0].headers["user-agent"], "MyHIS/1.0 (General Hospital)");
    for bad in ["", "a\r\nx-admin: 1", "a\nb", "a\0b", "Hôpital/1"] {
        let error = builder(&transport).user_agent(bad).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{bad:?}");
        assert!(error.to_string().starts_with("user agent "), "{error}");
    }
}

#[test]
fn a_vendors_audit_header_that_is_none_is_refused_at_the_start() {
    static BROKEN: Vendor = Vendor::new("broken").audit_headers("x doctor", "x-patient");
    let error = Client::builder(&BROKEN, BaseUrl::parse(BASE).unwrap())
        .transport(ScriptedTransport::default())
        .build()
        .unwrap_err();
    assert_eq!(error.field(), Some("audit header"));
}

#[tokio::test]
async fn a_vendors_audit_header_may_be_written_in_capitals() {
    static CAPITALS: Vendor = Vendor::new("capitals").audit_headers("X-Doctor", "X-Patient");
    let transport = ScriptedTransport::always(ok());
    let client =
        Client::builder(&CAPITALS, BaseUrl::parse(BASE).unwrap()).transport(transport.clone()).build().unwrap();
    client.send::<Coded>(call(&UNSAFE)).await.unwrap();
    assert_eq!(transport.requests()[0].headers["x-doctor"], "dr_1");
}

#[test]
fn calls_can_be_made_from_any_thread() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    fn is_shared<T: Send + Sync + Clone>(value: &T) -> T {
        value.clone()
    }
    let client = is_shared(&client(&ScriptedTransport::default()));
    drop(is_send(client.send::<Coded>(is_shared(&call(&UNSAFE)))));
    drop(is_send(client.send_raw(call(&UNSAFE))));
}

#[tokio::test]
async fn what_does_not_look_like_a_request_id_is_not_taken_for_one() {
    let (longest, too_long) = ("9".repeat(128), "9".repeat(129));
    let table = [
        ("req-1/a:b", true),
        (longest.as_str(), true),
        (too_long.as_str(), false),
        ("", false),
        ("Jane Roe", false),
        ("req\t1", false),
    ];
    for (id, taken) in table {
        let step = |status, body| Step::answer(status, body).header("x-request-id", id);
        let transport = ScriptedTransport::new([step(200, CODED), step(422, "")]);
        let client = client(&transport);
        assert_eq!(send(&client, &UNSAFE).await.unwrap().request_id.as_deref(), taken.then_some(id));
        assert_eq!(send(&client, &UNSAFE).await.unwrap_err().request_id(), taken.then_some(id));
    }
}

#[tokio::test]
async fn a_key_in_the_field_of_the_doctors_reference_is_refused_and_not_lost() {
    let transport = ScriptedTransport::always(ok());
    let source = StaticCredential::header_key("x-doctor", "key").unwrap();
    let client = builder(&transport).credential(source).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("credential header")));
    assert!(transport.requests().is_empty());
}
