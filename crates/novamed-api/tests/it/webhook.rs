//! What is sent to a webhook's address: who is let in, and what is read.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderValue};
use novamed_api::MedicationOrderId;
use novamed_api::webhook::{BODY_LIMIT, Event, Notification, ParseErrorKind, Receiver};
use serde_json::{Value, json};

const KEY: &str = "dev_webhook-key";

const ORDER: &str = "6d7b1c1a-8f0e-4a51-9a2c-0d4a4c1b8e01";
const CLINIC: &str = "550e8400-e29b-41d4-a716-446655440000";
const PATIENT: &str = "7c9a7d5b-2f64-4c2f-8f9e-5b1d3c7a9e02";
const PRACTITIONER: &str = "8d0b8e6c-3a75-4d3a-9a0f-6c2e4d8b0f03";
const SHIPMENT: &str = "9e1c9f7d-4b86-4e4b-8b1a-7d3f5e9c1a04";

fn headers(keys: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for key in keys {
        headers.append("x-api-key", HeaderValue::from_bytes(key.as_bytes()).unwrap());
    }
    headers
}

fn receiver() -> Receiver {
    Receiver::new(KEY).unwrap()
}

#[track_caller]
fn parse(body: &Value) -> Notification {
    receiver().parse(&headers(&[KEY]), body.to_string().as_bytes()).unwrap()
}

fn refusal(body: &[u8]) -> (ParseErrorKind, u16) {
    let error = receiver().parse(&headers(&[KEY]), body).unwrap_err();
    (error.kind(), error.status())
}

/// The five fields that the vendor documents for events of orders.
fn order_data() -> Value {
    json!({
        "id": ORDER, "clinic_id": CLINIC, "patient_id": PATIENT, "practitioner_id": PRACTITIONER, "rx_number": "RX-77",
    })
}

fn event(name: &str, data: &Value) -> Value {
    json!({"event_name": name, "event_data": data})
}

#[test]
fn only_a_request_with_one_header_that_holds_one_of_the_keys_is_let_in() {
    let body = event("medication_order:filled", &order_data()).to_string();
    let rotating = receiver().also("second-key").unwrap().also("third-key").unwrap();
    for key in [KEY, "second-key", "third-key"] {
        assert!(rotating.check(&headers(&[key])).is_ok() && rotating.parse(&headers(&[key]), body.as_bytes()).is_ok());
    }
    let wrong: &[&[&str]] = &[
        &[],
        &[""],
        &["dev_webhook-ke"],
        &["dev_webhook-key2"],
        &["DEV_WEBHOOK-KEY"],
        &["dev_webhook-key "],
        &["second-key,third-key"],
        &["d\u{e9}"],
        &[KEY, KEY],
        &["x", KEY],
    ];
    for keys in wrong {
        let error = rotating.parse(&headers(keys), body.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ParseErrorKind::WrongKey, 401), "{keys:?}");
        assert_eq!(rotating.check(&headers(keys)).unwrap_err(), error);
    }
    // The key comes first: nobody without it learns how a body is read.
    for body in [&b"no json"[..], &vec![b' '; BODY_LIMIT + 1]] {
        assert_eq!(receiver().parse(&headers(&["other"]), body).unwrap_err().kind(), ParseErrorKind::WrongKey);
    }
}

#[test]
fn a_receiver_is_not_made_for_a_key_that_lets_everybody_in_or_nobody() {
    for key in ["", " ", "a b", "a\n", "d\u{e9}"] {
        let error = Receiver::new(key).unwrap_err();
        assert!(error.to_string().starts_with("webhook key must be one or more visible ASCII characters"), "{error}");
        assert!(receiver().also(key).is_err());
    }
}

#[test]
fn the_four_events_of_an_order_have_its_five_fields() {
    for name in ["verified", "submitted", "acknowledged", "filled"] {
        let name = format!("medication_order:{name}");
        let notification = parse(&event(&name, &order_data()));
        assert_eq!(notification.event().name(), name);
        assert_eq!(notification.clinic().unwrap().as_str(), CLINIC);
        let (Event::MedicationOrderVerified(order)
        | Event::MedicationOrderSubmitted(order)
        | Event::MedicationOrderAcknowledged(order)
        | Event::MedicationOrderFilled(order)) = notification.into_event()
        else {
            panic!("{name}")
        };
        let ids = [order.order.as_str(), order.patient.unwrap().as_str(), order.practitioner.unwrap().as_str()]
            .map(str::to_owned);
        assert_eq!(ids, [ORDER, PATIENT, PRACTITIONER]);
        assert_eq!((order.clinic.unwrap().as_str(), order.rx_number.as_deref()), (CLINIC, Some("RX-77")));
    }
    let Event::MedicationOrderFilled(least) =
        parse(&event("medication_order:filled", &json!({"id": "ord_1", "rx_number": null}))).into_event()
    else {
        panic!()
    };
    assert_eq!((least.order.as_str(), least.rx_number, least.clinic), ("ord_1", None, None));
}

#[test]
fn a_shipment_is_read_from_the_pages_of_both_revisions() {
    let mut data = order_data();
    for (name, value) in [
        ("shipping_label", "https://label.example/1.pdf"),
        ("shipment_id", SHIPMENT),
        ("shipment_provider", "Ameriship"),
        ("tracking_url", "https://tracking.example/1"),
    ] {
        data[name] = json!(value);
    }
    let Event::ShipmentCreated(shipment) = parse(&event("shipment:created", &data)).into_event() else { panic!() };
    assert_eq!((shipment.order.unwrap().as_str(), shipment.shipment.unwrap().as_str()), (ORDER, SHIPMENT));
    assert_eq!((shipment.patient.unwrap().as_str(), shipment.practitioner.unwrap().as_str()), (PATIENT, PRACTITIONER));
    assert_eq!((shipment.rx_number.as_deref(), shipment.provider.as_deref()), (Some("RX-77"), Some("Ameriship")));
    assert_eq!(shipment.shipping_label.as_deref(), Some("https://label.example/1.pdf"));
    assert_eq!(shipment.tracking_url.as_deref(), Some("https://tracking.example/1"));
    assert_eq!((shipment.tracking_number, shipment.orders.len()), (None, 0));

    let older = json!({
        "shipment_id": SHIPMENT, "medication_orders": [ORDER, PATIENT], "shipment_status": "shipped", "tracking_number": "1Z",
        "shipping_partner": "FedEx",
    });
    let Event::ShipmentCreated(shipment) = parse(&event("shipment:created", &older)).into_event() else { panic!() };
    assert_eq!((shipment.order, shipment.provider.as_deref()), (None, Some("FedEx")));
    assert_eq!(shipment.tracking_number.as_deref(), Some("1Z"));
    assert_eq!(shipment.orders.iter().map(MedicationOrderId::as_str).collect::<Vec<_>>(), [ORDER, PATIENT]);

    for data in [json!({"shipment_id": SHIPMENT}), json!({})] {
        let notification = parse(&event("shipment:cancelled", &data));
        let Event::ShipmentCancelled(shipment) = notification.event() else { panic!() };
        assert_eq!(shipment.shipment.is_some(), data != json!({}));
    }
}

#[test]
fn an_activated_practitioner_is_read_with_and_without_a_telephone_number() {
    let mut data = json!({
        "practitioner_id": PRACTITIONER, "practitioner_name": "Sarah Johnson", "practitioner_email": "s@clinic.example",
        "practitioner_phone": null, "practitioner_npi": "1234567890", "practitioner_status": "active",
    });
    for phone in [None, Some("555")] {
        data["practitioner_phone"] = json!(phone);
        let Event::PractitionerActivated(one) = parse(&event("practitioner:activated", &data)).into_event() else {
            panic!()
        };
        assert_eq!((one.practitioner.as_str(), one.phone.as_deref()), (PRACTITIONER, phone));
        assert_eq!((one.name.as_deref(), one.email.as_deref()), (Some("Sarah Johnson"), Some("s@clinic.example")));
        assert_eq!((one.npi.as_deref(), one.status.as_deref()), (Some("1234567890"), Some("active")));
    }
}

#[test]
fn the_envelope_of_the_older_revision_is_read_with_what_it_adds() {
    let notification = parse(&json!({
        "event_type": "order:shipped", "event_id": "evt_abc123xyz", "timestamp": "2025-12-01T10:00:00Z", "clinic_id": CLINIC,
        "data": {"order_id": "ord_12345", "patient_id": "pat_67890"},
    }));
    assert_eq!(notification.event_id(), Some("evt_abc123xyz"));
    assert_eq!(notification.timestamp(), Some("2025-12-01T10:00:00Z"));
    assert_eq!(notification.clinic().unwrap().as_str(), CLINIC);
    let Event::Unknown(event) = notification.event() else { panic!() };
    assert_eq!(event.name(), "order:shipped");
    assert_eq!(event.read::<Value>().unwrap()["order_id"], "ord_12345");
    // Of two envelopes in one body the newer one counts; what surrounds the event may be of any type.
    let both = parse(&json!({
        "event_name": "a", "event_data": 1, "event_type": "b", "data": 2, "event_id": 5, "timestamp": [], "clinic_id": {},
    }));
    let Event::Unknown(event) = both.event() else { panic!() };
    assert_eq!((event.name(), event.data()), ("a", "1"));
    assert_eq!((both.event_id(), both.timestamp(), both.clinic()), (None, None, None));
}

#[test]
fn an_event_that_nobody_knows_keeps_its_data_as_it_came() {
    let data = r#"{ "n": 1.00, "huge": 1e999, "n": "\u0041", "deep": [[[{}]]] }"#;
    let body = format!("{{\"event_name\": \"medication_order:returned\", \"event_data\": {data}, \"new\": 1e999}}");
    let notification = receiver().parse(&headers(&[KEY]), body.as_bytes()).unwrap();
    let Event::Unknown(event) = notification.event() else { panic!() };
    assert_eq!((event.name(), event.data()), ("medication_order:returned", data));
    assert_eq!(event.read::<Vec<u8>>(), None);
    for nothing in [json!({"event_name": "x"}), json!({"event_name": "x", "event_data": null})] {
        let Event::Unknown(event) = parse(&nothing).into_event() else { panic!() };
        assert_eq!(event.data(), "null");
    }
}

#[test]
fn a_known_event_with_data_that_is_not_as_documented_is_kept_and_no_error() {
    let long = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let mut wrong = vec![
        ("medication_order:filled", json!({"patient_id": PATIENT})),
        ("medication_order:filled", json!({"id": null})),
        ("medication_order:filled", json!({"id": " "})),
        ("medication_order:filled", json!({"id": 5})),
        ("medication_order:filled", json!({"id": ORDER, "rx_number": 5})),
        ("medication_order:filled", json!([ORDER, CLINIC, PATIENT, PRACTITIONER, "RX"])),
        ("medication_order:filled", json!(null)),
        ("shipment:created", json!({"medication_orders": [5]})),
        ("shipment:created", json!([])),
        ("shipment:cancelled", json!("gone")),
        ("practitioner:activated", json!({"practitioner_id": [PRACTITIONER]})),
        ("practitioner:activated", json!({"practitioner_name": "Sarah"})),
        ("practitioner:activated", json!({"practitioner_id": ""})),
    ];
    wrong.push(("practitioner:suspended", json!({"practitioner_id": PRACTITIONER})));
    for (name, data) in wrong {
        let notification = parse(&event(name, &data));
        let Event::Unknown(event) = notification.event() else { panic!("{name} {data}") };
        assert_eq!((event.name(), event.data()), (name, data.to_string().as_str()));
    }
    // A field of another event, or one nobody knows, may be of any type; nesting has no limit there.
    let body = format!(
        "{{\"event_name\":\"medication_order:filled\",\"event_data\":{{\"id\":\"{ORDER}\",\"tracking_url\":5,\"new\":{long}}}}}"
    );
    let notification = receiver().parse(&headers(&[KEY]), body.as_bytes()).unwrap();
    assert!(matches!(notification.event(), Event::MedicationOrderFilled(_)));
}

#[test]
fn what_cannot_be_an_event_is_refused_by_what_it_lacks() {
    let no_json: &[&[u8]] =
        &[b"", b" ", b"{", b"{}{}", b"event_name=x", b"\xef\xbb\xbf{}", b"{\"event_name\":\"\xff\"}"];
    for body in no_json {
        assert_eq!(refusal(body), (ParseErrorKind::NotJson, 400), "{body:?}");
    }
    let no_event = [
        "null",
        "5",
        "\"medication_order:filled\"",
        "[]",
        "[\"medication_order:filled\", {}]",
        "{}",
        "{\"event_data\": {}}",
        "{\"event_name\": 5}",
        "{\"event_name\": null, \"event_type\": \"\"}",
        "{\"event_name\": \" \"}",
        "{\"event_name\": [\"x\"]}",
        "{\"event_name\": \"x\", \"event_name\": \"y\"}",
    ];
    for body in no_event {
        assert_eq!(refusal(body.as_bytes()), (ParseErrorKind::NoEnvelope, 400), "{body}");
    }
    let padded = |length: usize| {
        let body = event("x", &json!({})).to_string();
        let padding = " ".repeat(length - body.len());
        body + &padding
    };
    assert!(receiver().parse(&headers(&[KEY]), padded(BODY_LIMIT).as_bytes()).is_ok());
    assert_eq!(refusal(padded(BODY_LIMIT + 1).as_bytes()), (ParseErrorKind::TooLong, 413));
}

#[test]
fn nothing_that_is_in_an_event_or_a_key_is_printed() {
    const CANARY: &str = "canary";
    let mut text = format!("{:?}{:?}", Receiver::new(CANARY).unwrap(), headers(&["x"]).get("x-api-key"));
    let texts = [
        "id",
        "clinic_id",
        "patient_id",
        "practitioner_id",
        "rx_number",
        "shipping_label",
        "shipment_id",
        "shipment_provider",
        "tracking_url",
        "tracking_number",
        "practitioner_name",
        "practitioner_email",
        "practitioner_phone",
        "practitioner_npi",
        "practitioner_status",
    ];
    let data: serde_json::Map<String, Value> =
        texts.iter().map(|name| ((*name).to_owned(), json!(format!("{CANARY}-{name}")))).collect();
    for name in ["medication_order:filled", "shipment:created", "shipment:cancelled", "practitioner:activated", CANARY]
    {
        let body = json!({
            "event_name": name, "event_data": data, "event_id": CANARY, "timestamp": CANARY, "clinic_id": CANARY,
        });
        let notification = parse(&body);
        write!(text, "{notification:?}{:?}", notification.event()).unwrap();
        match notification.into_event() {
            Event::MedicationOrderFilled(event) => write!(text, "{event:?}").unwrap(),
            Event::ShipmentCreated(event) | Event::ShipmentCancelled(event) => write!(text, "{event:?}").unwrap(),
            Event::PractitionerActivated(event) => write!(text, "{event:?}").unwrap(),
            Event::Unknown(event) => write!(text, "{event:?}").unwrap(),
            other => panic!("{other:?}"),
        }
    }
    for body in [CANARY, "{\"canary\": 1}"] {
        let error = receiver().parse(&headers(&[KEY]), body.as_bytes()).unwrap_err();
        write!(text, "{error}{error:?}").unwrap();
    }
    assert!(!text.contains(CANARY), "{text}");
    assert!(text.contains("Event(medication_order:filled)") && text.contains("Event(unknown)"), "{text}");
}
