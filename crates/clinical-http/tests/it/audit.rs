//! One audit record per call, with what really happened in it.

use std::sync::{Arc, Mutex};

use clinical_http::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink, Outcome};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{BaseUrl, BoxFuture, Call, Client, Deadlines, Delivery, Effect, ErrorKind, Method, Operation};

use crate::support::{Coded, IDEMPOTENT, UNSAFE, VENDOR, audited, builder, call, millis, ok, send};

fn sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().ok()
}

#[tokio::test(start_paused = true)]
async fn a_success_is_on_record_with_who_what_and_a_fingerprint() {
    let transport = ScriptedTransport::new([Step::answer(503, "busy"), ok()]);
    let (client, audit) = audited(&transport);
    send(&client, &IDEMPOTENT).await.unwrap();
    let [record] = &audit.records()[..] else {
        panic!("not one record");
    };
    let sent = &transport.requests()[1].body;
    assert_eq!((record.vendor, record.operation), ("vendor", "idempotent"));
    assert_eq!(&*record.server, "https://vendor.example:443");
    assert_eq!(record.doctor.as_ref().unwrap().expose(), "dr_1");
    assert_eq!(record.patient.as_ref().unwrap().expose(), "pt_1");
    assert_eq!(record.outcome, Outcome::Succeeded);
    assert_eq!(record.delivery, Delivery::Answered);
    assert_eq!(record.status, Some(200));
    assert_eq!(record.vendor_reference.as_ref().unwrap().expose(), "run-1");
    assert_eq!(record.attempts.len(), 2);
    assert_eq!(record.request_bytes, sent.len() as u64);
    assert_eq!(record.request_sha256, sha256(sent));
    assert_eq!(record.response_bytes, crate::support::CODED.len() as u64);
    assert!(record.elapsed >= record.attempts[1].waited, "waiting included");
}

#[tokio::test(start_paused = true)]
async fn every_failure_is_on_record_once() {
    let table = [
        (Step::answer(422, "no"), ErrorKind::Rejected, Some(422), 2),
        (Step::answer(200, "<html>"), ErrorKind::Decode, Some(200), 6),
        (Step::answer(200, "{").then_break(), ErrorKind::Interrupted, Some(200), 1),
        (Step::silence(), ErrorKind::Timeout, None, 0),
        (Step::fail(Failure::Interrupted, Delivery::Unknown), ErrorKind::Interrupted, None, 0),
    ];
    for (step, kind, status, received) in table {
        let transport = ScriptedTransport::always(step);
        let (client, audit) = audited(&transport);
        let error = send(&client, &UNSAFE).await.unwrap_err();
        let [record] = &audit.records()[..] else {
            panic!("not one record: {error}");
        };
        assert_eq!(record.outcome, Outcome::Failed(kind));
        assert_eq!((record.status, record.response_bytes), (status, received), "{error}");
        assert_eq!(record.delivery, error.delivery());
        assert_eq!(record.attempts, error.attempt_log());
        assert_eq!(record.request_sha256, sha256(&transport.requests()[0].body));
        assert_eq!(record.vendor_reference, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_left_is_on_record_too() {
    let transport = ScriptedTransport::always(Step::fail(Failure::Connect, Delivery::NotSent));
    let (client, audit) = audited(&transport);
    send(&client, &UNSAFE).await.unwrap_err();
    let record = &audit.records()[0];
    assert_eq!((record.delivery, record.attempts.len()), (Delivery::NotSent, 4));
    assert_eq!((record.request_bytes, record.request_sha256), (0, None));

    let client =
        builder(&transport).audit(audit.clone()).deadlines(Deadlines::default().total(millis(1))).build().unwrap();
    send(&client, &UNSAFE).await.unwrap_err();
    let records = audit.records();
    assert_eq!(records.len(), 2);
    assert_eq!(records[1].outcome, Outcome::Failed(ErrorKind::Timeout));
    assert_eq!(records[1].attempts, []);
}

#[tokio::test(start_paused = true)]
async fn the_fingerprint_outlives_a_last_attempt_that_could_not_connect() {
    let unsent = Step::fail(Failure::Connect, Delivery::NotSent);
    let transport = ScriptedTransport::new([Step::answer(500, ""), unsent]);
    let (client, audit) = audited(&transport);
    send(&client, &IDEMPOTENT).await.unwrap_err();
    let record = &audit.records()[0];
    assert_eq!(record.delivery, Delivery::Unknown);
    assert_eq!(record.request_sha256, sha256(&transport.requests()[0].body));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_body_has_no_fingerprint() {
    static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
    let (client, audit) = audited(&ScriptedTransport::always(ok()));
    client.send::<Coded>(Call::new(&READ)).await.unwrap();
    let record = &audit.records()[0];
    assert_eq!((record.request_bytes, record.request_sha256), (0, None));
    assert_eq!((&record.doctor, &record.patient), (&None, &None));
}

#[tokio::test(start_paused = true)]
async fn each_call_of_one_client_has_its_own_record() {
    let transport = ScriptedTransport::always(ok().after(millis(10)));
    let (client, audit) = audited(&transport);
    let (first, second) = tokio::join!(send(&client, &UNSAFE), client.send_raw(call(&IDEMPOTENT)));
    first.unwrap();
    assert_eq!(second.unwrap().value.expose(), crate::support::CODED);
    let mut operations: Vec<_> = audit.records().iter().map(|r| r.operation).collect();
    operations.sort_unstable();
    assert_eq!(operations, ["idempotent", "unsafe"]);
}

/// Keeps the server of every announcement and of every record.
#[derive(Clone, Default)]
struct Servers {
    opened: Arc<Mutex<Vec<String>>>,
    recorded: Arc<Mutex<Vec<Arc<str>>>>,
}

impl AuditSink for Servers {
    fn open<'a>(&'a self, opening: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        self.opened.lock().unwrap().push(opening.server.to_owned());
        Box::pin(async { Ok(()) })
    }

    fn record(&self, record: AuditRecord) {
        self.recorded.lock().unwrap().push(record.server);
    }
}

#[tokio::test]
async fn announcement_and_record_name_the_server_with_its_port_and_without_its_path() {
    let table = [
        ("https://codify.example", "https://codify.example:443"),
        ("https://Codify.Example:8443/tenant/v1", "https://codify.example:8443"),
        ("https://[2001:db8::1]/v1", "https://[2001:db8::1]:443"),
        ("https://m\u{fc}nchen.example", "https://xn--mnchen-3ya.example:443"),
        ("http://localhost/v1/", "http://localhost:80"),
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711"),
        ("http://[::1]:4711/tenant", "http://[::1]:4711"),
    ];
    for (base, server) in table {
        let servers = Servers::default();
        let client = Client::builder(&VENDOR, BaseUrl::parse(base).unwrap())
            .transport(ScriptedTransport::always(ok()))
            .audit(servers.clone())
            .build()
            .unwrap();
        send(&client, &UNSAFE).await.unwrap();
        send(&client.clone(), &UNSAFE).await.unwrap();
        assert_eq!(*servers.opened.lock().unwrap(), [server, server], "{base}");
        let recorded = servers.recorded.lock().unwrap();
        assert_eq!(recorded.iter().map(|server| &**server).collect::<Vec<_>>(), [server, server], "{base}");
        assert!(Arc::ptr_eq(&recorded[0], &recorded[1]), "made once for a client and its clones");
    }
}
