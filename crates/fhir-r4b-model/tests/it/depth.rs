//! Depth, on the 2 MiB stack that a thread has and without optimisation: every operation on what the reader accepts ends, and what is deeper is refused.

use fhir_r4b_model::json::{self, ErrorKind, ReadOptions, Summary, WriteOptions};
use fhir_r4b_model::{Patient, Resource};

/// Documents of so many levels, each built out of another way to stand within each other: through lists, single elements, choices, what is attached to
/// primitives, contained resources, bundles, and raw JSON.
fn deep(levels: usize) -> Vec<String> {
    let nest = |before: &str, open: &str, close: &str, inner: &str, after: &str, each: usize, outer: usize| {
        let count = levels.saturating_sub(outer) / each;
        format!("{before}{}{inner}{}{after}", open.repeat(count), close.repeat(count))
    };
    vec![
        nest(r#"{"resourceType":"Patient","extension":["#, r#"{"extension":["#, "]}", r#"{"url":"u"}"#, "]}", 2, 3),
        nest(
            r#"{"resourceType":"Patient","managingOrganization":"#,
            r#"{"identifier":{"assigner":"#,
            "}}",
            r#"{"display":"a"}"#,
            "}",
            2,
            2,
        ),
        nest(r#"{"resourceType":"Patient","_birthDate":"#, r#"{"_id":"#, "}", r#"{"id":"a"}"#, "}", 1, 2),
        nest(
            r#"{"resourceType":"Patient","extension":["#,
            r#"{"valueReference":{"extension":["#,
            "]}}",
            r#"{"valueCode":"a"}"#,
            "]}",
            3,
            3,
        ),
        nest(
            "",
            r#"{"resourceType":"List","contained":["#,
            r#"],"note":[{"text":"a"}]}"#,
            r#"{"resourceType":"Basic"}"#,
            "",
            2,
            1,
        ),
        nest(
            "",
            r#"{"entry":[{"resource":"#,
            r#"}],"resourceType":"Bundle"}"#,
            r#"{"resourceType":"Basic"}"#,
            "",
            3,
            1,
        ),
        nest(r#"{"resourceType":"Questionnaire","item":["#, r#"{"item":["#, "]}", r#"{"linkId":"a"}"#, "]}", 2, 3),
        nest(r#"{"resourceType":"Patient","raw":"#, r#"{"a":"#, "}", "0", "}", 1, 1),
        nest(r#"{"resourceType":"Unheard","raw":"#, "[", "]", "", "}", 1, 1),
    ]
}

fn on_a_small_stack(what: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(what).unwrap();
    thread.join().unwrap();
}

#[test]
fn what_is_deeper_than_the_limit_is_refused_by_every_way_of_reading() {
    on_a_small_stack(|| {
        for levels in [513 + 3, 1_000, 50_000] {
            for text in deep(levels) {
                let start = &text[..60];
                let kind = |options: ReadOptions| options.from_str::<Resource>(&text).unwrap_err().kind();
                assert_eq!(kind(ReadOptions::new()), ErrorKind::Depth, "{start}");
                assert_eq!(kind(ReadOptions::new().max_depth(usize::MAX)), ErrorKind::Depth, "{start}");
                assert!(ReadOptions::new().refuse_unknown().from_str::<Resource>(&text).is_err(), "{start}");
                assert!(json::lines::<Resource, _>(text.as_bytes()).next().unwrap().is_err());
                let bundle = format!(r#"{{"entry":[{{"resource":{text}}}],"resourceType":"Bundle"}}"#);
                assert!(json::entries(bundle.as_bytes()).next().unwrap().is_err());
                #[cfg(feature = "serde")]
                assert!(serde_json::from_str::<Resource>(&text).is_err(), "{start}");
            }
        }
    });
}

#[test]
fn what_is_as_deep_as_the_limit_allows_can_be_used_in_every_way() {
    on_a_small_stack(|| {
        for text in deep(512) {
            let start = &text[..60];
            let resource: Resource = json::from_str(&text).unwrap_or_else(|error| panic!("{start}: {error}"));
            assert_eq!(json::to_string(&resource).len(), text.len(), "{start}");
            let copy = resource.clone();
            assert!(copy == resource, "{start}");
            assert!(format!("{resource:?}").len() < 1_000);
            let mut nodes = 0;
            let root = fhir_r4b_model::walk::Path::root("R");
            fhir_r4b_model::walk::walk_resource(&resource, &root, &mut |path, _| {
                nodes += path.to_string().len().min(1);
            });
            assert!(nodes > 0, "{start}");
            for options in [WriteOptions::new().summary(Summary::True), WriteOptions::new().elements(["extension"])] {
                // The tag in the innermost resource stands deeper than that resource, and so perhaps deeper than the limit.
                let part = json::from_slice::<Resource>(&options.to_vec(&resource));
                assert!(part.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::Depth), "{start}: {part:?}");
            }
            assert!(ReadOptions::new().from_slice_with_issues::<Resource>(text.as_bytes()).is_ok());
            #[cfg(feature = "validate")]
            {
                use fhir_r4b_model::validate::Validate;
                let issues = resource.validate();
                let strict = ReadOptions::new().strict().from_str::<Resource>(&text);
                assert!(strict.is_ok() || !issues.is_empty(), "{start}");
                assert!(!fhir_r4b_model::issue::Issue::outcome(&issues).issue.is_empty());
            }
            drop(copy);
        }
    });
}

#[cfg(feature = "serde")]
#[test]
fn what_is_as_deep_as_the_limit_allows_goes_through_serde() {
    on_a_small_stack(|| {
        for text in deep(512) {
            let resource: Resource = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&resource).unwrap(), json::to_string(&resource));
            // A value in memory has no limit of its own here.
            let value = serde_json::to_value(&resource).unwrap();
            let read: Resource = serde_json::from_value(value.clone()).unwrap();
            assert!(serde_json::to_value(&read).unwrap() == value);
        }
    });
}

#[test]
fn a_limit_of_no_levels_refuses_everything() {
    let error = ReadOptions::new().max_depth(0).from_str::<Patient>(r#"{"resourceType":"Patient"}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Depth);
}
