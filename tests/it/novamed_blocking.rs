//! The `NovaMed` client without `async`: answers and errors of the async one, from any number of threads.

use std::sync::Arc;
use std::thread;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_sandbox::Sandbox;
use clinical_tests::novamed::{
    self, Work, delete_webhook, facts, new_order, new_patient, new_practitioner, new_refill, new_webhook, patient,
    scripted, settings, shipping,
};
use novamed_api::blocking::NovaMed;
use novamed_api::log::MemoryLog;
use novamed_api::{Error, Kind, Medication, NewMedicationOrder, NovaMedBuilder, Revision};
use serde_json::Value;
use tokio::runtime::Runtime;

fn start() -> (Runtime, Sandbox) {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::builder().seed(7).start()).unwrap();
    (runtime, sandbox)
}

fn of(sandbox: &Sandbox, revision: Revision) -> NovaMedBuilder {
    settings(sandbox.url(), revision, &JumpingClock::new()).api_key(sandbox.token().to_owned())
}

/// The same work as [`Work::run`], without `async`.
fn run(work: Work, novamed: &NovaMed) -> Result<usize, Error> {
    let revision = novamed.revision();
    Ok(match work {
        Work::Practitioner => novamed.create_practitioner(&new_practitioner(revision))?.attempts.len(),
        Work::Patient => novamed.create_patient(&new_patient(revision))?.attempts.len(),
        Work::Order => novamed.create_medication_order(&new_order(revision))?.attempts.len(),
        Work::Refill => novamed.create_refill(&new_refill())?.attempts.len(),
        Work::CreateWebhook => novamed.create_webhook(&new_webhook())?.attempts.len(),
        Work::DeleteWebhook => novamed.delete_webhook(&delete_webhook())?.attempts.len(),
        Work::Carriers => novamed.carriers()?.attempts.len(),
        Work::Services => novamed.carrier_services(&shipping().0, &patient())?.attempts.len(),
    })
}

#[test]
fn every_operation_sends_and_answers_as_the_async_client_does() {
    let runtime = Runtime::new().unwrap();
    for revision in Revision::ALL.iter().copied() {
        for work in Work::all(revision) {
            for (status, body) in [(200, work.answer()), (400, ""), (500, ""), (429, "")] {
                let (one, other) = (
                    ScriptedTransport::always(Step::answer(status, body)),
                    ScriptedTransport::always(Step::answer(status, body)),
                );
                let blocking = scripted(&one, revision).build_blocking().unwrap();
                let same = scripted(&other, revision).build().unwrap();
                let told = |outcome: Result<usize, Error>| outcome.map_or_else(|error| facts(&error), Value::from);
                assert_eq!(told(run(work, &blocking)), told(runtime.block_on(work.run(&same))), "{work:?} {status}");
                let sent = |transport: &ScriptedTransport| -> Vec<_> {
                    let requests = transport.requests().into_iter();
                    requests.map(|request| (request.method, request.url, request.headers, request.body)).collect()
                };
                assert_eq!(sent(&one), sent(&other), "{work:?} {status}");
            }
        }
    }
}

#[test]
fn it_works_with_a_server_and_the_vendor_has_one_of_each() {
    let (_runtime, sandbox) = start();
    let novamed = of(&sandbox, Revision::V2025_12).build_blocking().unwrap();
    let practitioner = novamed.create_practitioner(&new_practitioner(Revision::V2025_12)).unwrap().value;
    let patient = novamed.create_patient(&new_patient(Revision::V2025_12)).unwrap().value;
    let order = NewMedicationOrder::new(patient, practitioner, Medication::new("Aspirin", 30));
    novamed.create_medication_order(&order).unwrap();
    let facts = sandbox.novamed();
    assert_eq!((facts.practitioners.len(), facts.patients.len(), facts.orders.len()), (1, 1, 1));
    assert_eq!(novamed.stats().in_flight, 0);
    assert_eq!(novamed.environment(), novamed_api::Environment::Development);
}

#[test]
fn of_eight_threads_with_the_same_order_one_sends_it_and_the_others_hear_that_it_is_on_record() {
    let (_runtime, sandbox) = start();
    let log = Arc::new(MemoryLog::new());
    let novamed = of(&sandbox, Revision::V2025_12).submission_log(Arc::clone(&log)).build_blocking().unwrap();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let call = || novamed.create_practitioner(&new_practitioner(Revision::V2025_12)).map(drop);
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(call)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(refused.clone().all(|error| error.kind() == Kind::Duplicate && error.attempts() == 0));
    assert_eq!((refused.count(), sandbox.novamed().practitioners.len(), log.list().len()), (7, 1, 1));
    novamed.repeating().create_practitioner(&new_practitioner(Revision::V2025_12)).unwrap();
    assert_eq!(sandbox.novamed().practitioners.len(), 2);
}

#[tokio::test]
async fn inside_an_async_runtime_everything_is_refused_and_nothing_is_sent() {
    let transport = ScriptedTransport::always(Step::answer(200, Work::Order.answer()));
    let builder = scripted(&transport, Revision::V2026_01);
    let novamed = thread::spawn(|| builder.build_blocking().unwrap()).join().unwrap();
    let mut errors: Vec<_> =
        Work::all(Revision::V2026_01).into_iter().map(|work| run(work, &novamed).unwrap_err()).collect();
    errors.push(scripted(&transport, Revision::V2026_01).build_blocking().unwrap_err());
    for error in errors {
        assert_eq!((error.kind().as_str(), error.attempts()), ("configuration", 0), "{error}");
        assert!(error.to_string().contains("use the async client there"), "{error}");
    }
    // What sends nothing works there, and so does dropping.
    novamed.preview(&novamed::new_order(Revision::V2026_01)).unwrap();
    drop(novamed);
    assert!(transport.requests().is_empty());
}
