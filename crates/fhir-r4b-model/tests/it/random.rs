//! Bytes out of a seeded generator: whatever comes, the reader answers, and what it accepts it writes again without loss.

use fhir_r4b_model::{Resource, json};

const SEEDS: [&str; 3] = [
    r#"{"resourceType":"Patient","id":"p","_id":{"id":"x"},"name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"u"}]}]}],"deceasedBoolean":false,"multipleBirthInteger":2,"contact":[{"period":{"start":"2024"}}]}"#,
    r#"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.50e3,"unit":"\u00e4"}}},{"resource":{"a":[true,null],"resourceType":"Unheard"}}]}"#,
    r#"{"contained":[{"id":"m","resourceType":"Medication"}],"extension":[{"url":"u","valueString":"\ud83d\ude00"}],"resourceType":"MedicationRequest","x":{"y":[1,-0.5]}}"#,
];

/// Reads, and if it can be read: writes, reads again, and compares.
fn check(bytes: &[u8]) -> bool {
    let Ok(resource) = json::from_slice::<Resource>(bytes) else { return false };
    let written = json::to_vec(&resource);
    // Another library has to find the same value in both, in doubt by their numbers as they are in memory.
    let (before, after) =
        (serde_json::from_slice::<serde_json::Value>(bytes), serde_json::from_slice::<serde_json::Value>(&written));
    if let (Ok(before), Ok(after)) = (before, after) {
        assert_eq!(before, after, "{}", String::from_utf8_lossy(bytes));
    }
    let again: Resource = json::from_slice(&written).unwrap();
    assert_eq!(again, resource, "{}", String::from_utf8_lossy(bytes));
    assert_eq!(json::to_vec(&again), written);
    true
}

#[test]
fn no_bytes_make_the_reader_panic_and_what_it_accepts_is_kept() {
    let mut random = fastrand::Rng::with_seed(4_300);
    let pieces: Vec<&[u8]> = vec![
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\"",
        b"null",
        b"true",
        b"0",
        b"-1.5e3",
        b"\\u00e4",
        b"\\",
        b"\"_given\":",
        b"\"resourceType\":",
        b"\"Patient\"",
        b"\"given\":[null]",
        b" ",
        b"\xff",
        b"{}",
        b"[]",
        b"\"value\"",
        b"\"_",
        b"[null,{}]",
    ];
    let (mut accepted, mut tried) = (0, 0);
    for seed in SEEDS {
        assert!(check(seed.as_bytes()));
        for _ in 0..20_000 {
            let mut bytes = seed.as_bytes().to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(0..bytes.len());
                match random.u8(0..5) {
                    0 => bytes[at] = random.u8(..),
                    1 => drop(bytes.remove(at)),
                    2 => drop(bytes.splice(at..at, random.choice(&pieces).unwrap().iter().copied())),
                    3 => bytes.truncate(at + 1),
                    _ => {
                        let end = random.usize(at..=bytes.len());
                        drop(bytes.drain(at..end));
                    }
                }
                if bytes.is_empty() {
                    break;
                }
            }
            tried += 1;
            accepted += u32::from(check(&bytes));
        }
    }
    // Many of the changes only alter a text: a run that accepts next to none would prove nothing.
    assert!(accepted > tried / 50, "{accepted} of {tried}");
}

#[test]
fn every_beginning_of_a_resource_is_refused() {
    for seed in SEEDS {
        for length in 0..seed.len() {
            assert!(!check(&seed.as_bytes()[..length]), "{length}");
        }
    }
}

#[test]
fn the_reader_accepts_of_json_what_another_library_accepts() {
    // Put where anything may stand, a value is checked by JSON's rules alone.
    let mut random = fastrand::Rng::with_seed(8_259);
    let letters: Vec<char> = "{}[],:\"\\0123456789-+.eEunltrfas \n\u{e4}/".chars().collect();
    let mut both = 0;
    for _ in 0..200_000 {
        let value: String = (0..random.usize(1..9)).map(|_| *random.choice(&letters).unwrap()).collect();
        let text = format!(r#"{{"resourceType":"Unheard","x":{value}}}"#);
        // Into raw parts: a number too large for memory is still JSON.
        let theirs =
            serde_json::from_str::<std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>>(&text);
        let theirs = theirs.is_ok_and(|members| members.len() == 2);
        let ours = json::from_str::<Resource>(&text);
        assert_eq!(ours.is_ok(), theirs, "{value}: {ours:?}");
        both += u32::from(theirs);
    }
    assert!(both > 1_000, "{both}");
}
