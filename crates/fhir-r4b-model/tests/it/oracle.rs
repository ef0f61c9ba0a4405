//! What has to hold of any bytes whatever. The judge is `serde_json` with the text of numbers kept, and never this crate's own reader; it is used by the
//! tests here and by the coverage-guided fuzzing in `fuzz/`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use fhir_r4b_model::Resource;
use fhir_r4b_model::json::{self, Error, ErrorKind, ReadOptions, Summary, WriteOptions};

/// A JSON text in one form: no space, names in order, strings with the same escapes, numbers to the digit.
pub(crate) struct Canonical {
    pub(crate) text: String,
    /// How many objects and lists stand within each other.
    pub(crate) depth: usize,
    /// Whether an object has a name twice.
    pub(crate) repeats: bool,
}

/// The members of an object in their order, with those that are there twice.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// The canonical form, or `None` if `serde_json` refuses the text.
pub(crate) fn canonical(bytes: &[u8]) -> Option<Canonical> {
    let text = std::str::from_utf8(bytes).ok()?;
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    let mut canonical = Canonical { text: String::new(), depth: 0, repeats: false };
    canonical.add(whole, 0)?;
    Some(canonical)
}

impl Canonical {
    fn add(&mut self, value: &RawValue, depth: usize) -> Option<()> {
        let text = value.get();
        match text.as_bytes().first()? {
            b'{' => {
                self.depth = self.depth.max(depth + 1);
                let Members(mut members) = serde_json::from_str(text).ok()?;
                members.sort_by(|left, right| left.0.cmp(&right.0));
                self.repeats |= members.windows(2).any(|pair| pair[0].0 == pair[1].0);
                self.text.push('{');
                for (name, value) in members {
                    self.text.push_str(&serde_json::to_string(&name).ok()?);
                    self.text.push(':');
                    self.add(value, depth + 1)?;
                    self.text.push(',');
                }
                self.text.push('}');
            }
            b'[' => {
                self.depth = self.depth.max(depth + 1);
                let members: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                self.text.push('[');
                for value in members {
                    self.add(value, depth + 1)?;
                    self.text.push(',');
                }
                self.text.push(']');
            }
            b'"' => {
                let string: String = serde_json::from_str(text).ok()?;
                self.text.push_str(&serde_json::to_string(&string).ok()?);
            }
            _ => self.text.push_str(text),
        }
        Some(())
    }
}

/// Reads some bytes in every way there is, and panics where two ways disagree or something is lost. Whether they were accepted.
pub(crate) fn judge(bytes: &[u8]) -> bool {
    let theirs = canonical(bytes);
    let ours = json::from_slice::<Resource>(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        same(&ours, &json::from_str::<Resource>(text));
    }
    #[cfg(feature = "serde")]
    {
        let through_serde = serde_json::from_slice::<Resource>(bytes);
        assert_eq!(through_serde.is_ok(), ours.is_ok(), "serde_json gives {through_serde:?}, the reader {ours:?}");
        if let (Ok(through), Ok(ours)) = (&through_serde, &ours) {
            assert!(same_but_for_space(through, ours), "serde_json gives another resource");
        }
    }
    let resource = match ours {
        Ok(resource) => resource,
        Err(error) => {
            refused(&error, bytes, theirs.as_ref());
            return false;
        }
    };
    let theirs = theirs.expect("what is no JSON was accepted");
    options(bytes, &theirs, &resource);
    kept(bytes, &theirs, &resource);
    subsets(&resource);
    looked_at(&resource);
    true
}

fn same(one: &Result<Resource, Error>, other: &Result<Resource, Error>) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert!(one == other, "text and bytes give different resources"),
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        _ => panic!("text and bytes are not judged alike: {one:?} {other:?}"),
    }
}

/// Whether two resources are the same. `serde_json` tells the members of some objects one by one, and what is between them is not kept then.
#[cfg(feature = "serde")]
fn same_but_for_space(one: &Resource, other: &Resource) -> bool {
    one == other || without_space(&json::to_vec(one)) == without_space(&json::to_vec(other))
}

/// A JSON text without the space between its parts.
#[cfg(feature = "serde")]
pub(crate) fn without_space(json: &[u8]) -> Vec<u8> {
    let (mut quoted, mut escaped) = (false, false);
    let is_kept = |byte: &u8| {
        let kept = quoted || !byte.is_ascii_whitespace();
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && !escaped && *byte == b'\\';
        kept
    };
    json.iter().copied().filter(is_kept).collect()
}

/// An error says something that is true.
fn refused(error: &Error, bytes: &[u8], theirs: Option<&Canonical>) {
    assert!(error.offset() <= bytes.len(), "{error}");
    assert!(error.path().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.[]".contains(&byte)), "{error}");
    match (error.kind(), theirs) {
        (ErrorKind::Utf8, theirs) => assert!(theirs.is_none() && std::str::from_utf8(bytes).is_err(), "{error}"),
        (ErrorKind::Syntax, Some(_)) => panic!("this is JSON, and was refused as none: {error}"),
        (ErrorKind::Depth, Some(theirs)) => assert!(theirs.depth > 512, "{error}"),
        (ErrorKind::Unknown | ErrorKind::Invalid, _) => panic!("nobody asked for strictness: {error}"),
        _ => {}
    }
}

/// The options refuse what they say, and nothing else.
fn options(bytes: &[u8], theirs: &Canonical, resource: &Resource) {
    assert!(theirs.depth <= 512);
    let deep = |levels| ReadOptions::new().max_depth(levels).from_slice::<Resource>(bytes);
    assert!(deep(theirs.depth).is_ok(), "{} levels", theirs.depth);
    let error = deep(theirs.depth - 1).expect_err("a level more than allowed");
    assert_eq!(error.kind(), ErrorKind::Depth);
    let (again, issues) = ReadOptions::new().from_slice_with_issues::<Resource>(bytes).expect("the same bytes");
    assert!(again == *resource);
    match ReadOptions::new().refuse_unknown().from_slice::<Resource>(bytes) {
        Ok(again) => assert!(again == *resource),
        Err(error) => assert!(error.kind() == ErrorKind::Unknown && !issues.is_empty(), "{error}"),
    }
    #[cfg(feature = "validate")]
    {
        use fhir_r4b_model::issue::Severity;
        use fhir_r4b_model::validate::Validate;
        let issues = resource.validate();
        let first = issues.iter().find(|issue| issue.severity == Severity::Error);
        match ReadOptions::new().strict().from_slice::<Resource>(bytes) {
            Ok(_) => assert!(first.is_none(), "strict reading has let {first:?} pass"),
            Err(error) => assert_eq!(Some(error.path()), first.map(|issue| issue.path.as_str())),
        }
        let outcome = fhir_r4b_model::issue::Issue::outcome(&issues);
        assert_eq!(outcome.issue.len(), issues.len().max(1));
    }
}

/// Nothing is lost on any way out, and a copy is the same.
fn kept(bytes: &[u8], theirs: &Canonical, resource: &Resource) {
    let written = json::to_vec(resource);
    let again = canonical(&written).expect("what was written is no JSON");
    assert_eq!(again.text, theirs.text);
    assert!(json::from_slice::<Resource>(&written).expect("what was written is refused") == *resource);
    let mut streamed = Vec::new();
    json::to_writer(&mut streamed, resource).expect("a vector does not fail");
    assert!(streamed == written && json::to_string(resource).as_bytes() == written);
    let copy = resource.clone();
    assert!(copy == *resource && json::to_vec(&copy) == written);
    #[cfg(feature = "serde")]
    {
        // `serde_json` escapes a few characters in another way.
        let through_serde = serde_json::to_vec(resource).expect("a vector does not fail");
        assert_eq!(canonical(&through_serde).expect("serde_json wrote no JSON").text, theirs.text);
        let read: Option<Resource> = serde_json::from_reader(bytes).ok();
        assert!(read.is_some_and(|read| same_but_for_space(&read, resource)));
        if !theirs.repeats {
            if let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) {
                assert_eq!(serde_json::to_value(resource).ok(), Some(value));
            }
        }
    }
    let _ = bytes;
}

/// A part of a resource is a resource, and once marked stays so.
fn subsets(resource: &Resource) {
    for options in [
        WriteOptions::new().summary(Summary::True),
        WriteOptions::new().summary(Summary::Text),
        WriteOptions::new().summary(Summary::Data),
        WriteOptions::new().elements(["name", "entry", "status"]),
    ] {
        let part = options.to_vec(resource);
        let read: Resource = match json::from_slice(&part) {
            Ok(read) => read,
            // The tag in the innermost resource of a document as deep as may be is deeper than that.
            Err(error) if error.kind() == ErrorKind::Depth => continue,
            Err(error) => panic!("a part is no resource: {error}"),
        };
        assert_eq!(read.type_name(), resource.type_name());
        assert!(options.to_vec(&read) == part, "a part of a part is another");
    }
}

/// Whatever only looks finds what is there.
fn looked_at(resource: &Resource) {
    use fhir_r4b_model::path::At;
    use fhir_r4b_model::walk::{Node, Path, walk_resource};

    let shown = format!("{resource:?}");
    assert!(shown.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{shown}");
    walk_resource(resource, &Path::root("R"), &mut |path, node| {
        let path = path.to_string();
        if let Node::Unknown { value, .. } = node {
            assert!(canonical(value.as_str().as_bytes()).is_some());
        } else if matches!(node, Node::Null) {
            // Nothing is there but a word that FHIR does not allow.
            assert!(path.len() > 2, "{path}");
        } else if let Some(below) = path.strip_prefix("R.") {
            assert!(!resource.at(below).is_empty(), "{below} leads nowhere");
        }
    });
    if let Some(bundle) = resource.get::<fhir_r4b_model::Bundle>() {
        for entry in &bundle.entry {
            let url = entry.full_url.as_ref().and_then(|url| url.as_str()).unwrap_or("Patient/1");
            let _ = bundle.resolve(&fhir_r4b_model::Reference::to(url));
        }
        for patient in bundle.resources::<fhir_r4b_model::Patient>() {
            let _ = patient.display_name();
        }
    }
}
