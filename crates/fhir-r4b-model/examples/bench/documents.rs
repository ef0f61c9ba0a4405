//! What is measured: the official examples, those of them that are bundles, and bundles of one patient each out of a seed, one of them of a very long life. Each
//! as it is published, indented by two spaces, and without any space. The order of the fields stays what it was.

use std::fs;
use std::path::Path;

use crate::patients;

/// Documents that are measured together.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) documents: Vec<Vec<u8>>,
}

impl Set {
    /// How many bytes the documents have.
    pub(crate) fn bytes(&self) -> usize {
        self.documents.iter().map(Vec::len).sum()
    }

    /// Whether there is no space in the documents.
    #[allow(dead_code, reason = "the program that counts does not ask")]
    pub(crate) fn is_minified(&self) -> bool {
        self.name.ends_with("minified")
    }

    fn minified(&self, name: &'static str) -> Self {
        Self { name, documents: self.documents.iter().map(|document| minified(document)).collect() }
    }

    fn indented(&self, name: &'static str) -> Self {
        Self { name, documents: self.documents.iter().map(|document| indented(document)).collect() }
    }
}

/// All sets; `quick` leaves most examples out.
pub(crate) fn sets(examples: &Path, quick: bool) -> Result<Vec<Set>, Box<dyn std::error::Error>> {
    let mut all = Set { name: "examples", documents: Vec::new() };
    let mut bundles = Set { name: "official bundles", documents: Vec::new() };
    let mut paths: Vec<_> = fs::read_dir(examples)?.collect::<Result<Vec<_>, _>>()?;
    paths.sort_by_key(std::fs::DirEntry::file_name);
    for (place, entry) in paths.iter().enumerate() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_resource = entry.path().extension().is_some_and(|extension| extension == "json")
            && name != "package.json"
            && name != ".index.json";
        // The largest bundles alone are half of all examples.
        if !is_resource || (quick && (place % 8 != 0 || entry.metadata()?.len() > 2_000_000)) {
            continue;
        }
        let document = fs::read(entry.path())?;
        if name.starts_with("Bundle-") {
            bundles.documents.push(document.clone());
        }
        all.documents.push(document);
    }
    let count = if quick { 3 } else { 12 };
    let generated = Set {
        name: "patients minified",
        documents: (0..count).map(|seed| patients::bundle(seed, 120).into_bytes()).collect(),
    };
    // More than 10 MB in one document.
    let large = Set { name: "large bundle minified", documents: vec![patients::bundle(count, 700).into_bytes()] };
    Ok(vec![
        all.minified("examples minified"),
        all,
        bundles.minified("official bundles minified"),
        bundles,
        generated.indented("patients"),
        generated,
        large.indented("large bundle"),
        large,
    ])
}

/// The JSON without the space between its parts.
fn minified(json: &[u8]) -> Vec<u8> {
    let (mut out, mut quoted, mut escaped) = (Vec::with_capacity(json.len()), false, false);
    for &byte in json {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            quoted = byte == b'"';
        }
        out.push(byte);
    }
    out
}

/// Minified JSON, indented by two spaces.
fn indented(json: &[u8]) -> Vec<u8> {
    let (mut out, mut quoted, mut escaped, mut level) = (Vec::with_capacity(2 * json.len()), false, false, 0);
    let line = |out: &mut Vec<u8>, level: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * level, b' ');
    };
    for &byte in json {
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            out.push(byte);
            continue;
        }
        if matches!(byte, b'}' | b']') {
            level -= 1;
            line(&mut out, level);
        }
        out.push(byte);
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                level += 1;
                line(&mut out, level);
            }
            b',' => line(&mut out, level),
            b':' => out.push(b' '),
            _ => {}
        }
    }
    out
}
