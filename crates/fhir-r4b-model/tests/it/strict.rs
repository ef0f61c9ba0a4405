//! What is refused, with which path and at which byte; and that no error shows what stood there.

use fhir_r4b_model::json::{self, ErrorKind, ReadOptions};
use fhir_r4b_model::{Bundle, HumanName, Patient, Resource};

#[track_caller]
fn refused(text: &str, kind: ErrorKind, path: &str, offset: usize) {
    let error = json::from_str::<Patient>(text).unwrap_err();
    assert_eq!((error.kind(), error.path(), error.offset()), (kind, path, offset), "{error}");
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(!shown.contains("SECRET"), "{shown}");
    }
}

#[test]
fn another_json_type_than_the_element_has_is_refused_where_it_stands() {
    refused(r#"{"resourceType":"Patient","birthDate":1984}"#, ErrorKind::Type, "Patient.birthDate", 38);
    refused(r#"{"resourceType":"Patient","active":"SECRET"}"#, ErrorKind::Type, "Patient.active", 35);
    refused(r#"{"resourceType":"Patient","active":1}"#, ErrorKind::Type, "Patient.active", 35);
    refused(
        r#"{"resourceType":"Patient","multipleBirthInteger":"2"}"#,
        ErrorKind::Type,
        "Patient.multipleBirthInteger",
        49,
    );
    refused(r#"{"resourceType":"Patient","name":{"family":"SECRET"}}"#, ErrorKind::Type, "Patient.name", 33);
    refused(r#"{"resourceType":"Patient","name":["SECRET"]}"#, ErrorKind::Type, "Patient.name[0]", 34);
    refused(
        r#"{"resourceType":"Patient","name":[{},{"given":["a",{}]}]}"#,
        ErrorKind::Type,
        "Patient.name[1].given[1]",
        51,
    );
    refused(r#"{"resourceType":"Patient","maritalStatus":[{}]}"#, ErrorKind::Type, "Patient.maritalStatus", 42);
    refused(r#"{"resourceType":"Patient","_birthDate":"SECRET"}"#, ErrorKind::Type, "Patient._birthDate", 39);
    refused(r#"{"resourceType":"Patient","contained":[1]}"#, ErrorKind::Type, "Patient.contained[0]", 39);
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    let path = "Patient.birthDate";
    refused(r#"{"resourceType":"Patient","birthDate":"SECRET","birthDate":"SECRET"}"#, ErrorKind::Duplicate, path, 47);
    refused(
        r#"{"resourceType":"Patient","_birthDate":{},"_birthDate":{}}"#,
        ErrorKind::Duplicate,
        "Patient._birthDate",
        42,
    );
    refused(r#"{"resourceType":"Patient","birthDate":null,"birthDate":"SECRET"}"#, ErrorKind::Duplicate, path, 43);
    refused(r#"{"resourceType":"Patient","resourceType":"Patient"}"#, ErrorKind::Duplicate, "Patient", 26);
    refused(r#"{"resourceType":"Patient","SECRET":1,"SECRET":1}"#, ErrorKind::Duplicate, "Patient", 48);
}

#[test]
fn a_choice_is_made_once() {
    let path = "Patient.deceasedDateTime";
    refused(
        r#"{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"SECRET"}"#,
        ErrorKind::Duplicate,
        path,
        49,
    );
    let path = "Patient._deceasedDateTime";
    refused(
        r#"{"resourceType":"Patient","deceasedBoolean":true,"_deceasedDateTime":{}}"#,
        ErrorKind::Duplicate,
        path,
        69,
    );
}

#[test]
fn a_resource_says_which_it_is() {
    refused(r#"{"id":"SECRET"}"#, ErrorKind::ResourceType, "Patient", 0);
    refused(r#"{"resourceType":"Practitioner"}"#, ErrorKind::ResourceType, "Patient", 0);
    refused(r#"{"resourceType":5}"#, ErrorKind::ResourceType, "Patient", 16);
    assert_eq!(json::from_str::<Resource>("{}").unwrap_err().kind(), ErrorKind::ResourceType);
    // A datatype has no type to say.
    assert!(json::from_str::<HumanName>("{}").is_ok());
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "nul",
        "{",
        "[]",
        r#"{"resourceType":"Patient""#,
        r#"{"resourceType":"Patient",}"#,
        r#"{"resourceType" "Patient"}"#,
        r#"{"resourceType":"Patient"}}"#,
        r#"{"resourceType":"Patient"} 1"#,
        r#"{"resourceType":"Patient","a":01}"#,
        r#"{"resourceType":"Patient","a":1.}"#,
        r#"{"resourceType":"Patient","a":.5}"#,
        r#"{"resourceType":"Patient","a":+1}"#,
        r#"{"resourceType":"Patient","a":1e}"#,
        r#"{"resourceType":"Patient","a":-}"#,
        r#"{"resourceType":"Patient","a":NaN}"#,
        r#"{"resourceType":"Patient","a":"\x"}"#,
        r#"{"resourceType":"Patient","a":"\u12"}"#,
        r#"{"resourceType":"Patient","a":"\ud800"}"#,
        r#"{"resourceType":"Patient","a":"\udc00"}"#,
        r#"{"resourceType":"Patient","a":"\ud800\u0041"}"#,
        r#"{"resourceType":"Patient","a":[1,]}"#,
        r#"{"resourceType":"Patient","a":[1 2]}"#,
        r#"{"resourceType":"Patient","a":truee}"#,
        "{'resourceType':'Patient'}",
        r#"{"resourceType":"Patient","name":[{}{}]}"#,
        r#"{"resourceType":"Patient","name":[{},]}"#,
        r#"{"resourceType":"Patient","active":tru}"#,
        "{\"resourceType\":\"Patient\",\"a\":\"\n\"}",
        "{\"resourceType\":\"Patient\",\"id\":\"12345678\u{0}\"}",
        "\u{feff}{}",
    ] {
        assert!(json::from_str::<Patient>(text).is_err(), "{text} was accepted");
    }
    let error = json::from_slice::<Patient>(b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Utf8, 32));
}

#[test]
fn a_byte_order_mark_is_called_by_its_name() {
    let error = json::from_slice::<Patient>(b"\xef\xbb\xbf{\"resourceType\":\"Patient\"}").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Syntax, 0));
    assert!(error.to_string().contains("byte order mark"), "{error}");
    for bytes in [b"\xff\xfe{\0}\0", b"\xfe\xff\0{\0}"] {
        let error = json::from_slice::<Patient>(bytes).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Utf8, 0));
        assert!(error.to_string().contains("UTF-16"), "{error}");
    }
}

fn nested(levels: usize) -> String {
    let (open, close) = (r#"{"extension":["#.repeat(levels), "]}".repeat(levels));
    format!(r#"{{"resourceType":"Patient","extension":[{open}{{}}{close}]}}"#)
}

#[test]
fn depth_has_a_limit_that_the_stack_can_take() {
    // A thread's usual stack; the patient, its list and the innermost extension are three levels.
    let read = |levels: usize, options: ReadOptions| {
        std::thread::Builder::new()
            .stack_size(2 * 1024 * 1024)
            .spawn(move || {
                options.from_str::<Patient>(&nested(levels)).map(|patient| json::to_string(&patient.clone()).len())
            })
            .unwrap()
            .join()
            .unwrap()
    };
    assert_eq!(read(254, ReadOptions::new()).unwrap(), nested(254).len());
    for (levels, options) in [
        (255, ReadOptions::new()),
        (1_000, ReadOptions::new()),
        (1_000, ReadOptions::new().max_depth(100_000)),
        (1, ReadOptions::new().max_depth(4)),
        (100_000, ReadOptions::new()),
    ] {
        assert_eq!(read(levels, options).unwrap_err().kind(), ErrorKind::Depth, "{levels}");
    }
    assert!(read(1, ReadOptions::new().max_depth(5)).is_ok());
    // What is not interpreted counts too.
    let raw = format!(r#"{{"resourceType":"Unheard","a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(json::from_str::<Resource>(&raw).unwrap_err().kind(), ErrorKind::Depth);
}

#[test]
fn unknown_things_are_refused_only_on_request() {
    let options = ReadOptions::new().refuse_unknown();
    let field = r#"{"resourceType":"Patient","SECRET":1}"#;
    let error = options.from_str::<Resource>(field).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (ErrorKind::Unknown, 26));
    let resource = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"SECRET"}}]}"#;
    let error = options.from_str::<Bundle>(resource).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unknown, "Bundle.entry[0].resource"));
    assert!(!error.to_string().contains("SECRET"));
    assert!(json::from_str::<Resource>(field).is_ok() && json::from_str::<Bundle>(resource).is_ok());
}
