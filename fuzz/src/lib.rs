//! What the targets share: the checks of the crate's own tests, so that the fuzzer looks for what they promise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../crates/fhir-r4b-model/tests/it/draw.rs"]
mod draw;
#[path = "../../crates/fhir-r4b-model/tests/it/names.rs"]
mod names;
#[path = "../../crates/fhir-r4b-model/tests/it/oracle.rs"]
mod oracle;

use fhir_r4b_model::json::{self, FromJson, ToJson};

/// Checks all that has to hold of any bytes; whether the reader accepts them.
pub fn judge(bytes: &[u8]) -> bool {
    oracle::judge(bytes)
}

/// A document that follows the tables of the types, decided by the fuzzer's bytes.
pub fn drawn(bytes: &[u8]) -> String {
    let mut source = draw::Bytes(bytes);
    let mut draw = draw::Draw::new(&mut source, 400, 24);
    draw.resource(5);
    draw.text
}

/// That one type keeps what it reads.
pub fn keeps<T: FromJson + ToJson + Clone + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    let theirs = oracle::canonical(bytes);
    let Ok(value) = json::from_slice::<T>(bytes) else { return };
    let written = json::to_vec(&value);
    let theirs = theirs.expect("what is no JSON was accepted");
    assert_eq!(oracle::canonical(&written).expect("no JSON was written").text, theirs.text);
    assert!(value.clone() == value && json::from_slice::<T>(&written).is_ok_and(|again| again == value));
    assert!(format!("{value:?}").is_ascii());
}
