//! By what repeats are recognised: two deliveries of one event have one key, and two events never do.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderValue};
use novamed_api::webhook::{Notification, Receiver};
use serde_json::{Value, json};

fn parse_text(body: &str) -> Notification {
    let mut headers = HeaderMap::new();
    headers.insert("x-api-key", HeaderValue::from_static("key"));
    Receiver::new("key").unwrap().parse(&headers, body.as_bytes()).unwrap()
}

fn parse(name: &str, data: &Value) -> Notification {
    parse_text(&json!({"event_name": name, "event_data": data}).to_string())
}

fn key(name: &str, data: &Value) -> Option<String> {
    parse(name, data).dedup_key().map(ToString::to_string)
}

fn documented(name: &str, data: &Value) -> Option<String> {
    parse(name, data).documented_key().map(ToString::to_string)
}

#[test]
fn a_key_is_the_same_in_every_version() {
    // Stored keys outlive an upgrade: who changes one of these lets old repeats pass as new events.
    let filled = parse("medication_order:filled", &json!({"id": "order", "rx_number": "RX"}));
    let key = filled.dedup_key().unwrap();
    assert_eq!(key.as_str(), "c4cceb3eda30ed68feac2ddd18fd5810e5c41956078bc236599d3e5d43151863");
    assert_eq!((key.to_string(), format!("{key:?}")), (key.as_str().to_owned(), key.as_str()[..12].to_owned()));
    assert_eq!(
        filled.documented_key().unwrap().as_str(),
        "f5312ded6f9a1bdfb4a14a495c2c9b4953b41380a41c753dbb7c5d636df2422e"
    );
    let unknown = parse_text(r#"{"event_name":"new","event_data":{"id":"x", "n":1}}"#);
    assert_eq!(
        unknown.dedup_key().unwrap().as_str(),
        "799abbf81d2130575b9d6bf0416b7b48daf84a00caa90f737af0fade33a2b660"
    );
    let older = parse_text(r#"{"event_type":"order:shipped","event_id":"evt_1"}"#);
    assert_eq!(older.dedup_key().unwrap().as_str(), "695f59c5e27926a344672cbb595ace4f376c5f4e6032231292930b622499528e");
    assert_eq!(older.documented_key(), older.dedup_key());
}

#[test]
fn different_events_have_different_keys() {
    let names = ["verified", "submitted", "acknowledged", "filled"].map(|name| format!("medication_order:{name}"));
    let mut keys = BTreeSet::new();
    let mut count = 0;
    for name in names.iter().map(String::as_str).chain(["shipment:created", "shipment:cancelled", "new:event"]) {
        for id in ["a", "ab", "b"] {
            for rest in [json!({}), json!({"rx_number": "c"}), json!({"rx_number": "bc"}), json!({"rx_number": "a"})] {
                let mut data = rest;
                data["id"] = json!(id);
                keys.insert(key(name, &data).unwrap());
                count += 1;
            }
        }
    }
    assert_eq!(keys.len(), count);
}

#[test]
fn a_second_shipment_of_an_order_is_no_repeat_though_the_documented_key_is_the_same() {
    for name in ["shipment:created", "shipment:cancelled"] {
        let shipment = |id: &str| json!({"id": "order", "shipment_id": id});
        assert_eq!(documented(name, &shipment("1")), documented(name, &shipment("2")));
        assert_eq!(key(name, &shipment("1")), key(name, &shipment("1")));
        assert_ne!(key(name, &shipment("1")), key(name, &shipment("2")));
        // Without the order, which the documented key needs.
        let alone = json!({"shipment_id": "1"});
        assert_eq!(documented(name, &alone), None);
        assert!(key(name, &alone).is_some());
        assert_ne!(key(name, &alone), key(name, &shipment("1")));
        assert_eq!(key(name, &json!({"rx_number": "1"})), None);
    }
}

#[test]
fn the_second_prescription_of_an_order_is_no_repeat() {
    let filled = |rx: &str| json!({"id": "order", "rx_number": rx});
    let name = "medication_order:filled";
    assert_eq!(documented(name, &filled("1")), documented(name, &filled("2")));
    assert_ne!(key(name, &filled("1")), key(name, &filled("2")));
}

#[test]
fn what_else_is_in_a_known_event_does_not_change_its_key() {
    let name = "medication_order:filled";
    let more = json!({"id": "order", "patient_id": "p", "tracking_url": "t", "shipment_id": 5, "new": {}});
    assert_eq!(key(name, &json!({"id": "order"})), key(name, &more));
    let reordered = parse_text(&format!(
        "{{ \"event_data\": {{\"new\": 1, \"id\": \"ord\\u0065r\"}},\n \"event_name\": \"{name}\", \"event_id\": \"evt_1\"}}"
    ));
    assert_eq!(reordered.dedup_key().unwrap().to_string(), key(name, &more).unwrap());
}

#[test]
fn an_unknown_event_is_a_repeat_only_if_all_of_it_is_the_same() {
    let event = |state: &str| json!({"id": "order", "state": state});
    assert_eq!(key("order:changed", &event("a")), key("order:changed", &event("a")));
    assert_ne!(key("order:changed", &event("a")), key("order:changed", &event("b")));
    assert_eq!(documented("order:changed", &event("a")), documented("order:changed", &event("b")));
    // One that is known, and whose data is not as documented, is such an event, too.
    let odd = |rx: u32| json!({"id": "order", "rx_number": rx});
    assert_ne!(key("medication_order:filled", &odd(1)), key("medication_order:filled", &odd(2)));
}

#[test]
fn without_an_identifier_there_is_no_key() {
    let activated = json!({"practitioner_id": "p", "practitioner_status": "active"});
    for (name, data) in [
        ("practitioner:activated", activated),
        ("medication:updated", json!({"medication_order_id": "order"})),
        ("medication_order:filled", json!({"id": " "})),
        ("medication_order:filled", json!({"id": 5})),
        ("new", json!(["id"])),
        ("new", json!(null)),
    ] {
        assert_eq!((key(name, &data), documented(name, &data)), (None, None), "{name} {data}");
    }
    let twice = parse_text(r#"{"event_name":"new","event_data":{"id":"a","id":"b"}}"#);
    assert_eq!((twice.dedup_key(), twice.documented_key()), (None, None));
}

#[test]
fn in_the_older_envelope_the_event_s_own_identifier_is_the_key_and_nothing_else() {
    let event = |id: &str, name: &str| {
        parse_text(&json!({"event_type": name, "event_id": id, "data": {"id": "order"}}).to_string())
    };
    assert_eq!(event("evt_1", "a").dedup_key(), event("evt_1", "b").dedup_key());
    assert_ne!(event("evt_1", "a").dedup_key(), event("evt_2", "a").dedup_key());
    for id in ["", " "] {
        assert_eq!(event(id, "a").dedup_key(), None);
    }
}
