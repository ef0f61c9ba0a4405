//! Money is exact: a cost is the digits that the vendor wrote, or an error, and never a number nearby.

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::novamed::{Work, patient, scripted, shipping};
use novamed_api::{CarrierId, CarrierServices, Decimal, Error, Revision};
use serde_json::Value;

async fn services(body: String) -> Result<CarrierServices, Error> {
    let transport = ScriptedTransport::new([Step::answer(200, body)]);
    let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
    novamed.carrier_services(&shipping().0, &patient()).await.map(|answer| answer.value)
}

fn costing(cost: &str) -> String {
    format!(r#"{{"success":true,"data":[{{"id":"a","name":"b","totalCost":{cost},"originalCost":1.10}}]}}"#)
}

#[tokio::test]
async fn a_cost_is_read_to_the_last_digit_in_every_form_that_json_has() {
    for (written, read) in [
        ("32.44", "32.44"),
        ("118.10", "118.10"),
        ("0.10", "0.10"),
        ("0", "0"),
        ("0.0", "0.0"),
        ("-1.5", "-1.5"),
        ("1e2", "100"),
        ("1.5E+1", "15"),
        ("3244e-2", "32.44"),
        // A binary fraction would make the first of these 0.3 and the second 9007199254740992.
        ("0.30000000000000004", "0.30000000000000004"),
        ("9007199254740993", "9007199254740993"),
        ("1234567890.12345678901234567", "1234567890.12345678901234567"),
        // The largest and the finest that the type has.
        ("79228162514264337593543950335", "79228162514264337593543950335"),
        ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
    ] {
        let found = services(costing(written)).await.unwrap();
        let cost = found.services[0].total_cost.unwrap();
        assert_eq!(cost, read.parse::<Decimal>().unwrap(), "{written}");
        assert_eq!(cost.to_string(), read, "{written}");
        assert_eq!(found.services[0].original_cost.unwrap().to_string(), "1.10");
    }
}

#[tokio::test]
async fn a_cost_that_is_finer_or_larger_than_the_type_is_an_error_with_the_bytes_kept_and_never_rounded() {
    for written in [
        "0.100000000000000000000000000001",
        "0.123456789012345678901234567890",
        "123456789012345678901234567890",
        "79228162514264337593543950336",
        "1e29",
        "1e400",
        "1e-29",
        "[32.44]",
        "true",
    ] {
        let outcome = services(costing(written)).await;
        let error = outcome.expect_err(written);
        assert_eq!(error.kind().as_str(), "decode", "{written}: {error}");
        assert!(!error.to_string().contains("32.44"), "{error}");
        assert_eq!(error.body().unwrap().expose(), costing(written).as_bytes());
    }
}

#[tokio::test]
async fn what_is_missing_or_null_beside_the_identifier_and_name_is_absent() {
    let found = services(r#"{"data":[{"id":"a","name":"b","totalCost":null,"new":1}],"isFreeShipment":false,"freeShipmentType":null,"patientState":"California","new":{}}"#.to_owned());
    let found = found.await.unwrap();
    let service = &found.services[0];
    assert_eq!((service.total_cost, service.original_cost), (None, None));
    assert_eq!((found.is_free_shipment, found.free_shipment_type), (Some(false), None));
    assert_eq!(found.patient_state.as_deref(), Some("California"));
    assert!(services(r#"{"data":[]}"#.to_owned()).await.unwrap().services.is_empty());
    assert!(services(r#"{"data":{}}"#.to_owned()).await.is_err());
}

#[tokio::test]
async fn the_vendors_two_samples_are_read() {
    let found = services(Work::Services.answer().to_owned()).await.unwrap();
    assert_eq!(found.services[0].name, "FedEx Ground\u{ae}");
    assert_eq!(found.services[0].total_cost, Some(Decimal::ZERO));
    assert_eq!(found.free_shipment_type.as_deref(), Some("clinic_specific"));
    let mut seen = 0;
    for example in clinical_sandbox::contract::examples() {
        if example.operation != "get_carrier_services_2026_01" || example.status != Some(200) {
            continue;
        }
        let found = services(example.body.to_string()).await.unwrap();
        let rows = example.body["data"].as_array().unwrap();
        assert_eq!(found.services.len(), rows.len());
        for (service, row) in found.services.iter().zip(rows) {
            let cost = service.total_cost.map(|cost| cost.to_string().parse::<f64>().unwrap());
            assert_eq!(cost, row["totalCost"].as_f64(), "{}", example.name);
            assert_eq!(Some(service.id.as_str()), row["id"].as_str());
        }
        seen += 1;
    }
    assert!(seen >= 2, "{seen} samples");
}

#[tokio::test]
async fn a_carrier_of_the_vendors_leads_to_its_services_whatever_it_is_called() {
    let names = ["se-3818360", "a/b", "a%2Fb", "x?y#z", "..%2f"];
    for name in names {
        let list = Value::from(name).to_string();
        let list = format!(r#"{{"success":true,"data":{{"carriers":[{{"id":{list},"name":"N"}}]}}}}"#);
        let transport = ScriptedTransport::new([Step::answer(200, list), Step::answer(200, r#"{"data":[]}"#)]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        let carriers = novamed.carriers().await.unwrap();
        assert_eq!(carriers[0].id.as_str(), name);
        novamed.carrier_services(&carriers[0].id, &patient()).await.unwrap();
        let url = transport.requests()[1].url.clone();
        let path = url.split('?').next().unwrap();
        let segments: Vec<&str> =
            path.strip_prefix("https://novamed.example/api/external/carriers/").unwrap().split('/').collect();
        assert_eq!((segments.len(), segments[1]), (2, "services"), "{url}");
        assert!(CarrierId::new(name).is_ok());
    }
    for name in [".", "..", "", "a b", "ñ"] {
        let list = format!(r#"{{"data":{{"carriers":[{{"id":"{name}","name":"N"}}]}}}}"#);
        let transport = ScriptedTransport::new([Step::answer(200, list), Step::answer(200, r#"{"data":[]}"#)]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        let carriers = novamed.carriers().await.unwrap();
        let error = novamed.carrier_services(&carriers[0].id, &patient()).await.unwrap_err();
        assert_eq!((error.field(), transport.requests().len()), (Some("carrier_id"), 1), "{name:?}");
    }
}
