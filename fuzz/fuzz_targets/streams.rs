//! Any bytes as the lines of NDJSON and as a bundle whose entries come one by one, against reading the whole.
#![no_main]

use std::io::BufReader;

use fhir_r4b_model::json::{self, StreamError};
use fhir_r4b_model::{Bundle, Resource};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&capacity, bytes)) = bytes.split_first() else { return };
    let capacity = usize::from(capacity).max(1);
    let expected = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<_> = json::lines::<Resource, _>(BufReader::with_capacity(capacity, bytes)).collect();
    assert_eq!(lines.len(), expected.clone().count());
    for (line, text) in lines.iter().zip(expected) {
        assert_eq!(line.is_ok(), json::from_slice::<Resource>(text).is_ok());
    }
    let mut entries = json::entries(BufReader::with_capacity(capacity, bytes));
    let read: Vec<_> = entries.by_ref().collect();
    let rest = entries.bundle();
    let refused = read.iter().any(Result::is_err);
    if let Ok(whole) = json::from_slice::<Bundle>(bytes) {
        assert!(!refused, "an entry of a bundle that can be read whole is refused");
        let mut rest = rest.expect("a bundle that can be read whole is refused");
        if rest.entry.is_empty() {
            rest.entry = read.iter().flatten().cloned().collect();
        }
        // `null` for entries, or a list of none, is kept beside the fields.
        rest.unknown.remove("entry");
        let mut whole = whole;
        whole.unknown.remove("entry");
        assert!(whole == rest, "the entries one by one are not those of the whole");
    } else if let (Ok(_), false) = (&rest, refused) {
        // What is read in parts may be deeper by the levels of the bundle, and text between the parts is judged by the bundle.
        let error = json::from_slice::<Bundle>(bytes).expect_err("seen above");
        assert_eq!(error.kind(), json::ErrorKind::Depth, "{error}");
    }
    for entry in &read {
        if let Err(StreamError::Json { error, .. }) = entry {
            assert!(error.path().starts_with("Bundle"), "{error}");
        }
    }
});
