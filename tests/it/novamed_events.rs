//! From an order to its shipment: the client orders at the sandbox, the sandbox calls the registered address, and the client's receiver reads
//! what came. The two sides share nothing but the contract.

use std::time::Duration;

use clinical_http::testing::JumpingClock;
use clinical_sandbox::{NovamedFacts, Sandbox};
use clinical_tests::novamed::{new_practitioner, settings, shipping};
use clinical_tests::raw::{Raw, answer};
use http::HeaderMap;
use novamed_api::webhook::{Event, Notification, Receiver};
use novamed_api::{
    Address, Date, DeleteWebhook, Gender, Kind, Medication, NewMedicationOrder, NewPatient, NewRefill, NewWebhook,
    NovaMed, Revision,
};

/// The event in a request as it came.
fn parse(receiver: &Receiver, request: &str) -> Notification {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    receiver.parse(&headers, body.as_bytes()).unwrap()
}

/// Everything has happened, and everybody was told.
fn over(facts: &NovamedFacts) -> bool {
    facts.next_due_ms.is_none() && facts.calls_under_way == 0
}

/// Moves the time on until nothing more is due.
async fn run_to_the_end(sandbox: &Sandbox) {
    let mut facts = sandbox.novamed_when(|facts| facts.calls_under_way == 0).await;
    while !over(&facts) {
        sandbox.clock().advance(Duration::from_mins(1));
        tokio::task::yield_now().await;
        facts = sandbox.novamed_when(|facts| facts.calls_under_way == 0).await;
    }
}

async fn ordered(novamed: &NovaMed) -> novamed_api::MedicationRequestId {
    let practitioner = novamed.create_practitioner(&new_practitioner(Revision::V2026_01)).await.unwrap().value;
    let john = NewPatient::new("John", "Smith", Date::new(1985, 3, 15).unwrap())
        .gender(Gender::Male)
        .practitioner(practitioner.clone())
        .address(Address::new("123 Main Street", "New York", "NY", "10001"));
    let patient = novamed.create_patient(&john).await.unwrap().value;
    let aspirin = Medication::new("Aspirin", 30).dose("100mg").direction("one tablet a day").refills(1);
    let (carrier, service) = shipping();
    let order = NewMedicationOrder::new(patient, practitioner, aspirin).shipping(carrier, service);
    novamed.create_medication_order(&order).await.unwrap().value
}

#[tokio::test]
async fn every_event_of_an_order_and_of_its_refill_reaches_the_receiver_as_what_it_is_and_none_is_taken_for_a_repeat() {
    let sandbox = Sandbox::builder().seed(7).manual_clock().start().await.unwrap();
    let server = Raw::start([answer(200, &[], "")]).await;
    let novamed = settings(sandbox.url(), Revision::V2026_01, &JumpingClock::new()).api_key(sandbox.token().to_owned());
    let novamed = novamed.build().unwrap();
    let webhook = novamed.create_webhook(&NewWebhook::new(format!("{}/events", server.url()))).await.unwrap().value;

    let request = ordered(&novamed).await;
    // What is on its way cannot be refilled yet; the words of that are not those of a pending refill.
    let early = novamed.create_refill(&NewRefill::new(request.clone())).await.unwrap_err();
    assert_eq!((early.kind().as_str(), early.status()), ("rejected", Some(400)));
    run_to_the_end(&sandbox).await;

    let refill = novamed.create_refill(&NewRefill::new(request.clone())).await.unwrap().value;
    let again = novamed.create_refill(&NewRefill::new(request)).await.unwrap_err();
    assert_eq!(again.kind(), Kind::RefillAlreadyExists, "{again}");
    run_to_the_end(&sandbox).await;

    let receiver = Receiver::new(sandbox.token().to_owned()).unwrap();
    let events: Vec<_> = server.requests().iter().map(|request| parse(&receiver, request)).collect();
    let mut names: Vec<_> = events.iter().map(|event| event.event().name().to_owned()).collect();
    names.sort();
    let mut expected = vec!["practitioner:activated"];
    for name in ["medication_order:acknowledged", "medication_order:filled", "medication_order:submitted"] {
        expected.extend([name, name]);
    }
    expected.extend(["medication_order:verified", "medication_order:verified", "shipment:created", "shipment:created"]);
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(!events.iter().any(|event| matches!(event.event(), Event::Unknown(_))));

    // Each has a key of its own, but for the one that the vendor gives none.
    let mut keys: Vec<_> = events.iter().filter_map(|event| event.dedup_key().cloned()).collect();
    assert_eq!(keys.len(), events.len() - 1);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), events.len() - 1);
    // And a repeat has the same.
    let first = &server.requests()[1];
    assert_eq!(parse(&receiver, first).dedup_key(), parse(&receiver, first).dedup_key());

    // The order of the refill is the one that its answer named.
    let facts = sandbox.novamed();
    let orders: Vec<_> = facts.orders.iter().map(|order| order.medication_order_id.as_str()).collect();
    assert_eq!(orders.len(), 2);
    assert_eq!(refill.medication_order.as_ref().map(novamed_api::MedicationOrderId::as_str), Some(orders[1]));
    let told = events.iter().filter_map(|event| match event.event() {
        Event::MedicationOrderFilled(event) => Some(event.order.as_str().to_owned()),
        _ => None,
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    let mut made = orders.clone();
    made.sort_unstable();
    assert_eq!(told, made);

    // Without the registration nobody is told, and it cannot be ended twice.
    novamed.delete_webhook(&DeleteWebhook::new(webhook.id.clone())).await.unwrap();
    let gone = novamed.delete_webhook(&DeleteWebhook::new(webhook.id)).await.unwrap_err();
    assert_eq!(gone.kind(), Kind::NotFound);
    let before = server.requests().len();
    ordered(&novamed).await;
    run_to_the_end(&sandbox).await;
    assert_eq!(server.requests().len(), before);
}

#[tokio::test]
async fn a_receiver_with_another_key_takes_nothing_and_the_vendor_gives_up_after_five_calls() {
    let sandbox = Sandbox::builder().seed(7).manual_clock().start().await.unwrap();
    let server = Raw::start([answer(401, &[], "")]).await;
    let novamed = settings(sandbox.url(), Revision::V2025_12, &JumpingClock::new()).api_key(sandbox.token().to_owned());
    let novamed = novamed.build().unwrap();
    novamed.create_webhook(&NewWebhook::new(server.url())).await.unwrap();
    novamed.create_practitioner(&new_practitioner(Revision::V2025_12)).await.unwrap();
    run_to_the_end(&sandbox).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    let stranger = Receiver::new("another-key").unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let key = head.lines().find_map(|line| line.strip_prefix("x-api-key: ")).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-api-key", key.parse().unwrap());
    let error = stranger.parse(&headers, body.as_bytes()).unwrap_err();
    assert_eq!(error.status(), 401);
    // All five are the same event.
    assert!(requests.iter().all(|request| request.ends_with(body)));
}
