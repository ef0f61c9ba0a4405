//! What no format may make of reading through `serde`: an error that shows a value, and a stack that ends.

use ciborium::Value as Cbor;
use fhir_r4b_model::{Patient, Resource};
use serde::Deserialize;
use serde::de::value::{self, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::value::{BoolDeserializer, F64Deserializer, I64Deserializer, U64Deserializer, U128Deserializer};

const SECRET: &str = "Gundula";
const NUMBER: u32 = 86_753;

fn secret() -> Cbor {
    Cbor::from(SECRET)
}

fn number() -> Cbor {
    Cbor::from(NUMBER)
}

#[track_caller]
fn silent<T>(result: Result<T, impl std::fmt::Display + std::fmt::Debug>) {
    let Err(error) = result else { panic!("it was read") };
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(SECRET) && !shown.contains("86753") && !shown.contains("true"), "{shown}");
    // By this it is known that no rule of ours was told.
    assert!(!shown.contains("invalid type"), "{shown}");
}

fn of_cbor(value: &Cbor) -> Result<Patient, ciborium::de::Error<std::io::Error>> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    ciborium::from_reader(bytes.as_slice())
}

fn patient(name: impl Into<Cbor>, value: Cbor) -> Cbor {
    Cbor::Map(vec![(Cbor::from("resourceType"), Cbor::from("Patient")), (name.into(), value)])
}

#[test]
fn a_format_that_says_what_it_has_instead_of_an_object_is_answered_without_the_value() {
    type Error = value::Error;
    silent(Patient::deserialize(StrDeserializer::<Error>::new(SECRET)));
    silent(Patient::deserialize(U64Deserializer::<Error>::new(NUMBER.into())));
    silent(Patient::deserialize(I64Deserializer::<Error>::new(NUMBER.into())));
    silent(Patient::deserialize(U128Deserializer::<Error>::new(NUMBER.into())));
    silent(Patient::deserialize(F64Deserializer::<Error>::new(NUMBER.into())));
    silent(Patient::deserialize(BoolDeserializer::<Error>::new(true)));
    silent(Resource::deserialize(SeqDeserializer::<_, Error>::new([SECRET].into_iter())));
    silent(Patient::deserialize(MapDeserializer::<_, Error>::new([("resourceType", SECRET)].into_iter())));
    silent(Patient::deserialize(MapDeserializer::<_, Error>::new([(NUMBER, SECRET)].into_iter())));
    let read = Patient::deserialize(MapDeserializer::<_, Error>::new(
        [("resourceType", "Patient"), ("birthDate", "1970")].into_iter(),
    ));
    assert_eq!(read.unwrap().birth_date.unwrap().as_str(), Some("1970"));
}

#[test]
fn no_kind_of_value_of_another_format_is_shown() {
    let kinds = [
        secret(),
        number(),
        Cbor::from(f64::from(NUMBER)),
        Cbor::from(true),
        Cbor::Null,
        Cbor::Bytes(SECRET.into()),
        Cbor::Tag(7, Box::new(secret())),
        Cbor::Tag(7, Box::new(number())),
        Cbor::Array(vec![secret()]),
        Cbor::Map(vec![(number(), secret())]),
        Cbor::Map(vec![(Cbor::from("$serde_json::private::RawValue"), number())]),
        Cbor::Map(vec![(Cbor::from("$serde_json::private::RawValue"), secret())]),
    ];
    for kind in kinds {
        // In place of the whole, of an object, of a name.
        silent(of_cbor(&kind));
        if !matches!(kind, Cbor::Null) {
            silent(of_cbor(&patient("maritalStatus", kind.clone())));
        }
        if !matches!(kind, Cbor::Text(_)) {
            silent(of_cbor(&patient(kind.clone(), Cbor::from(1))));
        }
        // In place of a text: a text, and `null`, may stand there.
        if !matches!(kind, Cbor::Text(_) | Cbor::Null) {
            silent(of_cbor(&patient("birthDate", kind)));
        }
    }
    // Where anything may stand that JSON has.
    for kind in [Cbor::Bytes(SECRET.into()), Cbor::Tag(7, Box::new(number())), Cbor::from(f64::NAN)] {
        silent(of_cbor(&patient("colour", kind)));
    }
}

#[test]
fn a_text_of_json_that_is_none_is_not_shown() {
    #[derive(Deserialize, Debug)]
    struct Flat {
        #[serde(flatten)]
        _resource: Resource,
    }
    for hidden in ["86753", "true", r#""Gundula""#, r#"["Gundula"]"#, r#"{"Gundula":1}"#] {
        let colour = format!(r#"{{"$serde_json::private::RawValue":{hidden}}}"#);
        silent(serde_json::from_str::<Flat>(&format!(r#"{{"resourceType":"Patient","colour":{colour}}}"#)));
    }
}

#[test]
fn what_json_can_hold_is_read_however_large_it_is() {
    let long = "9".repeat(5_000);
    let raw = Cbor::Map(vec![(Cbor::from("$serde_json::private::RawValue"), Cbor::from(long.clone()))]);
    for (value, text) in [
        (raw, long.clone()),
        (Cbor::from(u64::MAX), u64::MAX.to_string()),
        (Cbor::from(i128::from(i64::MIN) - 1), (i128::from(i64::MIN) - 1).to_string()),
        (Cbor::from(u128::MAX), u128::MAX.to_string()),
    ] {
        let read = of_cbor(&patient(long.clone(), value)).unwrap();
        assert_eq!(read.unknown.get(&long).unwrap().as_str(), text);
    }
}

#[test]
fn a_format_without_a_limit_of_depth_has_ours() {
    let read = |levels: usize| {
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(move || {
            // A map of two with lists within lists.
            let mut bytes = b"\xa2\x6cresourceType\x67Patient\x61x".to_vec();
            bytes.resize(bytes.len() + levels - 1, 0x81);
            bytes.push(0);
            let read = ciborium::de::from_reader_with_recursion_limit::<Patient, _>(bytes.as_slice(), usize::MAX);
            read.map(|patient| patient.unknown.get("x").unwrap().as_str().len()).map_err(|error| error.to_string())
        });
        thread.unwrap().join().unwrap()
    };
    assert_eq!(read(512), Ok(2 * 511 + 1));
    for levels in [513, 514, 1_000, 100_000] {
        let error = read(levels).unwrap_err();
        assert!(error.contains("more objects and lists stand within each other than are allowed"), "{error}");
    }
}
