//! Where references lead, case by case as the specification has them (<https://hl7.org/fhir/R4B/bundle.html#references> and
//! <https://hl7.org/fhir/R4B/references.html>).

use fhir_r4b_model::ext::{Target, Unresolved};
use fhir_r4b_model::primitives::Canonical;
use fhir_r4b_model::{Bundle, BundleEntry, Reference, Resource, json};

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"https://a.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","language":"a"}},
    {"fullUrl":"http://b.example/Patient/1","resource":{"resourceType":"Patient","id":"1","language":"b1","meta":{"versionId":"1"}}},
    {"fullUrl":"http://b.example/Patient/1","resource":{"resourceType":"Patient","id":"1","language":"b2","meta":{"versionId":"2"}}},
    {"fullUrl":"urn:uuid:04121321-4af5-424c-a0e1-ed3aab1c349d","resource":{"resourceType":"Patient","language":"uuid"}},
    {"fullUrl":"https://a.example/fhir/Observation/7","resource":{"resourceType":"Observation","id":"7","language":"obs",
        "contained":[{"resourceType":"Patient","id":"inside","language":"inside"},{"resourceType":"Patient","id":"1","language":"inside 1"}]}},
    {"resource":{"resourceType":"Group","id":"g","language":"no address"}},
    {"fullUrl":"Group/h","resource":{"resourceType":"Group","id":"h","language":"relative address"}},
    {"fullUrl":"urn:oid:1.2.3","resource":{"resourceType":"Group","id":"o","language":"oid"}},
    {"fullUrl":"urn:uuid:7f000001-0000-4000-8000-000000000000","response":{"status":"204"}},
    {"fullUrl":"http://b.example/List/9","resource":{"resourceType":"List","id":"9","language":"only"}},
    {"resource":{"resourceType":"Binary","id":"twin","language":"x"}},
    {"resource":{"resourceType":"Binary","id":"twin","language":"y"}}
]}"#;

const A: usize = 4;
const B: usize = 9;
const NOWHERE: usize = 5;

/// The language that tells the resources apart, or why there is none.
fn language(found: Result<&Resource, Unresolved>) -> Result<String, Unresolved> {
    let json = json::to_string(found?);
    Ok(json.split(r#""language":""#).nth(1).unwrap().split('"').next().unwrap().to_owned())
}

#[track_caller]
fn leads(from: usize, reference: &str, expected: Result<&str, Unresolved>) {
    let bundle: Bundle = json::from_str(BUNDLE).unwrap();
    let found = language(bundle.references().resolve(&bundle.entry[from], &Reference::to(reference)));
    assert_eq!(found.as_deref(), expected.as_ref().map(|it| *it), "{reference} from {from}");
}

#[test]
fn a_fragment_is_contained_in_the_resource_where_it_stands_and_nowhere_else() {
    leads(A, "#inside", Ok("inside"));
    leads(A, "#1", Ok("inside 1"));
    leads(A, "#", Ok("obs"));
    leads(A, "#7", Err(Unresolved::NotFound));
    leads(B, "#inside", Err(Unresolved::NotFound));
    leads(8, "#", Err(Unresolved::NotFound));
}

#[test]
fn an_absolute_reference_is_compared_with_the_full_urls_letter_for_letter() {
    leads(B, "https://a.example/fhir/Patient/1", Ok("a"));
    leads(B, "http://a.example/fhir/Patient/1", Err(Unresolved::NotFound));
    leads(B, "https://a.example/fhir/patient/1", Err(Unresolved::NotFound));
    leads(B, "https://a.example/Patient/1", Err(Unresolved::NotFound));
    leads(B, "urn:uuid:04121321-4af5-424c-a0e1-ed3aab1c349d", Ok("uuid"));
    leads(B, "urn:uuid:04121321-4AF5-424C-A0E1-ED3AAB1C349D", Err(Unresolved::NotFound));
    leads(B, "urn:oid:1.2.3", Ok("oid"));
    // An entry without a resource is no target.
    leads(B, "urn:uuid:7f000001-0000-4000-8000-000000000000", Err(Unresolved::NotFound));
}

#[test]
fn a_relative_reference_is_of_the_server_of_its_own_entry() {
    leads(A, "Patient/1", Ok("a"));
    leads(B, "List/9", Ok("only"));
    // The list is there, but on the other server.
    leads(A, "List/9", Err(Unresolved::NotFound));
    leads(A, "Group/g", Err(Unresolved::NotFound));
    // A patient with that id is contained; only a fragment means it.
    leads(A, "Patient/inside", Err(Unresolved::NotFound));
}

#[test]
fn a_relative_reference_without_a_server_is_looked_for_among_entries_without_one() {
    leads(NOWHERE, "Group/g", Ok("no address"));
    leads(NOWHERE, "Group/h", Ok("relative address"));
    leads(3, "Group/o", Ok("oid"));
    leads(NOWHERE, "List/9", Err(Unresolved::NotFound));
    leads(NOWHERE, "Binary/twin", Err(Unresolved::Ambiguous));
}

#[test]
fn a_version_is_taken_off_the_address_and_compared_with_version_id() {
    leads(A, "http://b.example/Patient/1/_history/2", Ok("b2"));
    leads(B, "Patient/1/_history/1", Ok("b1"));
    leads(B, "Patient/1/_history/3", Err(Unresolved::NotFound));
    leads(A, "Patient/1/_history/1", Err(Unresolved::NotFound));
    // Two versions, and none was named.
    leads(B, "Patient/1", Err(Unresolved::Ambiguous));
    leads(A, "http://b.example/Patient/1", Err(Unresolved::Ambiguous));
}

#[test]
fn what_has_no_address_or_needs_a_server_says_so() {
    leads(A, "Patient?identifier=https://a.example/ids|12", Err(Unresolved::NotFound));
    for text in [
        "12",
        "",
        "Patient/",
        "/1",
        "Patient/1/2",
        "Patient/1/_history/",
        "Patient/1/_history/2/3",
        "patient/1",
        "://x",
        "Patient/1#x",
    ] {
        leads(A, text, Err(Unresolved::NoTarget));
    }
    let bundle: Bundle = json::from_str(BUNDLE).unwrap();
    let by_identifier: Reference = json::from_str(r#"{"identifier":{"value":"12"}}"#).unwrap();
    let found = bundle.references().resolve(&bundle.entry[A], &by_identifier);
    assert_eq!(found.err(), Some(Unresolved::NoTarget));
}

#[test]
fn an_address_tells_its_server_only_in_the_form_of_the_specification() {
    let about = |full_url: &str| {
        let json = format!(
            r#"{{"resourceType":"Bundle","entry":[{{"fullUrl":"{full_url}","resource":{{"resourceType":"List","id":"1"}}}},
                {{"resource":{{"resourceType":"Group","id":"g"}}}}]}}"#
        );
        let bundle: Bundle = json::from_str(&json).unwrap();
        // Found only by those that have no server.
        bundle.references().resolve(&bundle.entry[0], &Reference::to("Group/g")).is_err()
    };
    for server in ["http://x/List/1", "https://x.example:8443/a/b%20c/List/1", "https://x/List/a-B.9"] {
        assert!(about(server), "{server}");
    }
    let none = [
        "https://List/1",
        "https:///List/1",
        "http://x/list/1",
        "http://x/List/",
        "http://x/List/a_b",
        "ftp://x/List/1",
        "urn:uuid:1",
        "List/1",
        "x",
    ];
    for other in none {
        assert!(!about(other), "{other}");
    }
}

#[test]
fn the_short_way_takes_nothing_rather_than_one_of_several() {
    let bundle: Bundle = json::from_str(BUNDLE).unwrap();
    let short = |text: &str| bundle.resolve(&Reference::to(text)).map(|found| language(Ok(found)).unwrap());
    assert_eq!(short("Patient/1"), None);
    assert_eq!(short("https://a.example/fhir/Patient/1").as_deref(), Some("a"));
    assert_eq!(short("Patient/1/_history/2").as_deref(), Some("b2"));
    assert_eq!(short("List/9").as_deref(), Some("only"));
    assert_eq!(short("Group/g").as_deref(), Some("no address"));
    assert_eq!(short("Group/h").as_deref(), Some("relative address"));
    assert_eq!(short("urn:oid:1.2.3").as_deref(), Some("oid"));
    for nothing in ["Binary/twin", "#inside", "Group/x", "Group?x=y", "http://b.example/Patient/1"] {
        assert_eq!(short(nothing), None, "{nothing}");
    }
}

#[test]
fn a_canonical_address_means_a_url_a_version_and_a_part() {
    let bundle: Bundle = json::from_str(
        r#"{"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"ValueSet","language":"one","url":"http://x/vs","version":"1"}},
            {"resource":{"resourceType":"ValueSet","language":"two","url":"http://x/vs","version":"2",
                "contained":[{"resourceType":"ValueSet","id":"part","language":"part"}]}},
            {"resource":{"resourceType":"Questionnaire","language":"q","url":"http://x/q",
                "contained":[{"resourceType":"ValueSet","id":"own","language":"own"}]}},
            {"resource":{"resourceType":"Patient","id":"http://x/p"}}]}"#,
    )
    .unwrap();
    let references = bundle.references();
    let find = |text: &str| language(references.definition(&bundle.entry[2], &Canonical::from(text)));
    let table = [
        ("http://x/vs|1", Ok("one")),
        ("http://x/vs|2", Ok("two")),
        ("http://x/vs|2#part", Ok("part")),
        ("http://x/vs|1#part", Err(Unresolved::NotFound)),
        ("http://x/vs", Err(Unresolved::Ambiguous)),
        ("http://x/vs|3", Err(Unresolved::NotFound)),
        ("http://x/q", Ok("q")),
        ("http://x/q#own", Ok("own")),
        ("#own", Ok("own")),
        ("#part", Err(Unresolved::NotFound)),
        ("#", Err(Unresolved::NoTarget)),
        ("", Err(Unresolved::NoTarget)),
        ("http://x/p", Err(Unresolved::NotFound)),
    ];
    for (text, expected) in table {
        assert_eq!(find(text).as_deref(), expected.as_ref().map(|it| *it), "{text}");
    }
    let parts = |text: &str| {
        let canonical = Canonical::from(text);
        (canonical.url().is_some(), canonical.version().is_some(), canonical.fragment().is_some())
    };
    assert_eq!(parts("http://x/vs|#"), (true, false, false));
    assert_eq!(parts("http://x/vs#a|b"), (true, false, true));
}

#[test]
fn a_conditional_reference_has_a_type_and_a_query_however_the_query_looks() {
    let parsed = Target::parse("Patient?identifier=http://x/ids|1");
    assert_eq!(parsed, Some(Target::Conditional { type_name: "Patient", query: "identifier=http://x/ids|1" }));
    let Some(Target::Absolute { url, .. }) = Target::parse("http://x/Patient?a=b") else { panic!() };
    assert_eq!(url, "http://x/Patient?a=b");
}

#[test]
fn debug_of_the_index_shows_no_address() {
    let bundle: Bundle = json::from_str(BUNDLE).unwrap();
    assert_eq!(format!("{:?}", bundle.references()), "References { entries: 12, .. }");
    let entry = BundleEntry::default();
    assert_eq!(bundle.references().resolve(&entry, &Reference::to("#")).err(), Some(Unresolved::NotFound));
}
