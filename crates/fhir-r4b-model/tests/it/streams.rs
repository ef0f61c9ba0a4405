//! Many resources out of one stream: lines of NDJSON, and the entries of a bundle.

use std::io::{self, BufRead, BufReader, Read};

use fhir_r4b_model::json::{self, ErrorKind, ReadOptions, StreamError};
use fhir_r4b_model::{Bundle, Patient, Resource};

#[test]
fn a_line_that_cannot_be_read_does_not_end_the_reading() {
    let text = "{\"resourceType\":\"Patient\",\"id\":\"a\"}\r\n\n  \n{\"resourceType\":\"Patient\",\"id\":7}\n{\"resourceType\":\"Patient\",\"id\":\"b\"}";
    let read: Vec<Result<Patient, StreamError>> = json::lines(text.as_bytes()).collect();
    assert_eq!(read.len(), 3);
    let Err(StreamError::Json { place, error }) = &read[1] else { panic!("{read:?}") };
    assert_eq!((*place, error.path(), error.kind()), (4, "Patient.id", ErrorKind::Type));
    assert_eq!(read[2].as_ref().unwrap().id.as_ref().and_then(|id| id.as_str()), Some("b"));
}

/// An input that fails after its text.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_is_told_once_and_ends_the_stream() {
    let mut lines =
        json::lines::<Patient, _>(BufReader::new(Failing(b"{\"resourceType\":\"Patient\"}\n{\"resourceTy")));
    assert!(lines.next().unwrap().is_ok());
    assert!(matches!(lines.next(), Some(Err(StreamError::Io(_)))));
    assert!(lines.next().is_none());
    let mut entries = json::entries(BufReader::new(Failing(b"{\"entry\":[{},{\"fullUrl\":\"a")));
    assert!(entries.next().unwrap().is_ok());
    assert!(matches!(entries.next(), Some(Err(StreamError::Io(_)))));
    assert!(entries.next().is_none() && entries.bundle().is_err());
}

/// An input that is interrupted before each byte.
struct Interrupted<'a>(&'a [u8], bool);

impl Read for Interrupted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.0.read(&mut buffer[..1])
    }
}

#[test]
fn an_interruption_is_no_failure() {
    let mut entries = json::entries(BufReader::new(Interrupted(BUNDLE.as_bytes(), false)));
    assert_eq!(entries.by_ref().map(Result::unwrap).count(), 3);
    assert!(entries.bundle().is_ok());
}

const BUNDLE: &str = r#" {"link" : [{"relation":"self","url":"x\"]}"}], "entry"
    :[ {"fullUrl":"urn:a\\","resource":{"resourceType":"Patient","name":[{"given":["a]","b}"]}]}} ,{"resource":{"resourceType":"Unheard","x":[1.50]}},{}],
    "type":"searchset","total":3,"resourceType":"Bundle","colour":{"entry":[]}} "#;

#[test]
fn the_entries_of_a_stream_are_those_of_the_bundle() {
    let whole: Bundle = json::from_str(BUNDLE).unwrap();
    // A buffer of any size, down to one byte.
    for capacity in [1, 2, 3, 7, 64, 4096] {
        let mut entries = json::entries(BufReader::with_capacity(capacity, BUNDLE.as_bytes()));
        let read: Vec<_> = entries.by_ref().map(Result::unwrap).collect();
        assert_eq!(read.as_slice(), &*whole.entry);
        let mut rest = entries.bundle().unwrap();
        assert!(rest.entry.is_empty());
        rest.entry = read.into();
        assert_eq!(rest, whole);
    }
    let rest = json::entries(BUNDLE.as_bytes()).bundle().unwrap();
    assert_eq!(rest.total.as_ref().and_then(fhir_r4b_model::primitives::UnsignedInt::get), Some(3));
}

#[test]
fn an_entry_that_cannot_be_read_is_told_by_its_place_and_the_others_come() {
    let text =
        r#"{"entry":[{},{"resource":{"resourceType":"Patient","active":1}},{"fullUrl":"c"}],"resourceType":"Bundle"}"#;
    let read: Vec<_> = json::entries(text.as_bytes()).collect();
    assert_eq!(read.len(), 3);
    let Err(StreamError::Json { place, error }) = &read[1] else { panic!("{read:?}") };
    assert_eq!((*place, error.path()), (1, "Bundle.entry[1].resource.active"));
    assert!(read[2].is_ok());
}

/// What is not one whole bundle, and how many entries come before that is told.
const NOT_WHOLE: [(&str, usize); 36] = [
    ("", 0),
    (" \n", 0),
    ("\u{feff}{\"resourceType\":\"Bundle\"}", 0),
    ("<html><body>502</body></html>", 0),
    ("null", 0),
    ("[]", 0),
    ("{", 0),
    ("{}", 0),
    (r#"{"resourceType":"Patient"}"#, 0),
    (r#"{"resourceType":"Patient","entry":[{}]}"#, 0),
    (r#"{"entry":[{}],"resourceType":"Patient"}"#, 1),
    (r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login"}]}"#, 0),
    (r#"{"resourceType":["Bundle"],"entry":[{}]}"#, 0),
    (r#"{"entry":[{}]}"#, 1),
    (r#"{"resourceType":"Bundle""#, 0),
    (r#"{"resourceType":"Bundle","ty"#, 0),
    (r#"{"resourceType":"Bundle","type":"bat"#, 0),
    (r#"{"resourceType":"Bundle","link":[{"relation":"self"}"#, 0),
    (r#"{"resourceType":"Bundle","entry""#, 0),
    (r#"{"resourceType":"Bundle","entry":"#, 0),
    (r#"{"resourceType":"Bundle","entry":["#, 0),
    (r#"{"resourceType":"Bundle","entry":[{},{"fullUrl":"a""#, 1),
    (r#"{"resourceType":"Bundle","entry":[{}"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{},"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{}]"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{} {}]}"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{},]}"#, 1),
    (r#"{"resourceType":"Bundle","entry":[,{}]}"#, 0),
    (r#"{"resourceType":"Bundle","entry":{}}"#, 0),
    (r#"{"resourceType":"Bundle","entry":"none"}"#, 0),
    (r#"{"resourceType":"Bundle","entry":[],"entry":[{}]}"#, 0),
    (r#"{"resourceType":"Bundle","entry":[{}],"\u0065ntry":[{}]}"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{}],}"#, 1),
    (r#"{"resourceType":"Bundle","entry":[{}]} x"#, 1),
    ("{\"resourceType\":\"Bundle\"}\0", 0),
    (r#"{"resourceType":"Bundle","entry":[{}],"total":"1"}"#, 1),
];

#[test]
fn what_is_not_one_whole_bundle_is_told_once_and_last() {
    for (text, good) in NOT_WHOLE {
        let mut entries = json::entries(text.as_bytes());
        let read: Vec<_> = entries.by_ref().collect();
        let (last, before) = read.split_last().unwrap_or_else(|| panic!("nothing is told: {text}"));
        assert!(before.len() == good && before.iter().all(Result::is_ok), "{text}: {read:?}");
        let Err(StreamError::Json { place, error }) = last else { panic!("{text}") };
        assert!(
            *place == good && error.path().starts_with("Bundle") && error.offset() <= text.len(),
            "{text}: {error}"
        );
        assert!(entries.next().is_none() && entries.next().is_none(), "{text}");
        assert!(entries.bundle().is_err() && json::entries(text.as_bytes()).bundle().is_err(), "{text}");
        assert!(json::from_str::<Bundle>(text).is_err(), "{text}");
    }
}

#[test]
fn a_whole_bundle_ends_without_an_error_however_its_entries_are_named() {
    for (text, count) in [
        (r#"{"resourceType":"Bundle"}"#, 0),
        (r#"{"resourceType":"Bundle","entry":null}"#, 0),
        (r#"{"entry":[],"resourceType":"Bundle"}"#, 0),
        (r#"{"\u0065ntr\u0079":[{"fullUrl":"a"},{}],"resourceType":"Bundl\u0065"}"#, 2),
    ] {
        let whole: Bundle = json::from_str(text).unwrap();
        let mut entries = json::entries(text.as_bytes());
        let read: Vec<_> = entries.by_ref().map(Result::unwrap).collect();
        assert_eq!((read.len(), read.as_slice()), (count, &*whole.entry));
        assert!(entries.next().is_none());
        let mut rest = entries.bundle().unwrap();
        rest.entry = read.into();
        assert_eq!(json::to_string(&rest), json::to_string(&whole));
    }
}

#[test]
fn bytes_that_are_no_text_are_told_in_the_part_where_they_are() {
    let told = |bundle: &[u8]| {
        let error = json::entries(bundle).find_map(Result::err);
        let Some(StreamError::Json { error, .. }) = error else { panic!("{error:?}") };
        assert_eq!(error.kind(), ErrorKind::Utf8);
        error.path().to_owned()
    };
    assert_eq!(told(b"{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"\xff\"}]}"), "Bundle.entry[0]");
    assert_eq!(told(b"{\"resourceType\":\"Bundle\",\"entry\":[{}],\"id\":\"\xff\"}"), "Bundle");
}

#[test]
fn an_entry_that_is_cut_off_is_the_one_error() {
    let read: Vec<_> = json::entries(&br#"{"resourceType":"Bundle","entry":[{"resource":{"#[..]).collect();
    let [Err(StreamError::Json { place: 0, error })] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(error.to_string(), "Bundle, byte 47: the text ends within an object or list");
}

#[test]
fn no_bytes_make_the_streams_panic_or_stand_still() {
    let mut random = fastrand::Rng::with_seed(6);
    for _ in 0..20_000 {
        let mut bytes = BUNDLE.as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(0..bytes.len());
            if random.bool() {
                bytes[at] = *random.choice(b"{}[],:\"\\ x\0").unwrap();
            } else {
                let _ = bytes.remove(at);
            }
        }
        let mut entries = json::entries(bytes.as_slice());
        let read: Vec<_> = entries.by_ref().collect();
        assert!(read.len() <= bytes.len());
        let rest = entries.bundle();
        // What both ways accept is the same.
        if let (Ok(whole), Ok(rest)) = (json::from_slice::<Bundle>(&bytes), &rest) {
            assert_eq!(read.len(), whole.entry.len(), "{}", String::from_utf8_lossy(&bytes));
            assert_eq!(rest.r#type, whole.r#type);
        }
        // What is read whole is read in pieces.
        if json::from_slice::<Bundle>(&bytes).is_ok() {
            assert!(rest.is_ok() && read.iter().all(Result::is_ok), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn options_hold_for_each_part() {
    let unknown = "{\"resourceType\":\"Patient\",\"colour\":1}";
    let lines: Vec<Result<Resource, _>> = ReadOptions::new().refuse_unknown().lines(unknown.as_bytes()).collect();
    assert!(matches!(&lines[0], Err(StreamError::Json { error, .. }) if error.kind() == ErrorKind::Unknown));
    let text = format!(r#"{{"entry":[{{"resource":{unknown}}}],"resourceType":"Bundle"}}"#);
    assert!(ReadOptions::new().refuse_unknown().entries(text.as_bytes()).next().unwrap().is_err());
    assert!(text.as_bytes().lines().count() == 1);
}
