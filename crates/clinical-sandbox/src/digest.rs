//! Hashes that tie attempts together: the SHA-256 of raw bytes, the fingerprint of a request's content, and the run id
//! made from it. No text goes in that could be read back out.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The same for every JSON text of the same content: keys sorted, white space and escapes gone. Bytes that are no JSON
/// stand for themselves. The operation and the query are part of it.
pub(crate) fn fingerprint(operation: &str, query: Option<&str>, json: Option<&Value>, raw: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(operation.as_bytes());
    if let Some(query) = query {
        hash.update(b"?");
        hash.update(query);
    }
    hash.update([0]);
    match json {
        Some(value) => canonical(value, &mut hash),
        None => hash.update(raw),
    }
    hex(&hash.finalize())
}

struct Through<'a>(&'a mut Sha256);

impl std::io::Write for Through<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn canonical(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            hash.update(b"{");
            for key in keys {
                hash.update(Value::String(key.clone()).to_string());
                hash.update(b":");
                canonical(&map[key], hash);
                hash.update(b",");
            }
            hash.update(b"}");
        }
        Value::Array(list) => {
            hash.update(b"[");
            for item in list {
                canonical(item, hash);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        // Written through, because a string may be a document of hundreds of megabytes. Writing to a hash cannot fail.
        scalar => {
            let _ = serde_json::to_writer(Through(hash), scalar);
        }
    }
}

/// A string in the form of a UUID (version 8, RFC 9562: custom content), the same for the same seed and fingerprint.
pub(crate) fn run_id(seed: u64, fingerprint: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(fingerprint.as_bytes());
    let mut id = hex(&hash.finalize());
    id.truncate(32);
    id.replace_range(12..13, "8");
    id.replace_range(16..17, "a");
    for at in [20, 16, 12, 8] {
        id.insert(at, '-');
    }
    id
}

/// The id of the nth task of one content: opaque, 24 hexadecimal digits, the same on every run.
pub(crate) fn task_id(seed: u64, fingerprint: &str, nth: u64) -> String {
    let mut id = sha256_hex(format!("{seed} task {nth} {fingerprint}").as_bytes());
    id.truncate(24);
    id
}

/// A number that depends on seed and content alone.
pub(crate) fn number(seed: u64, fingerprint: &str) -> u64 {
    let hash = Sha256::digest(format!("{seed} number {fingerprint}"));
    hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sha256_of_nothing_is_the_published_value() {
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn the_same_content_written_differently_has_one_fingerprint() {
        let one: Value = serde_json::from_str(r#"{"a":"ñ","b":[1,2]}"#).unwrap();
        let two: Value = serde_json::from_str(" {\"b\": [1, 2],\n \"a\": \"\\u00f1\"}").unwrap();
        assert_eq!(fingerprint("codify", None, Some(&one), b""), fingerprint("codify", None, Some(&two), b""));
        assert_ne!(fingerprint("codify", None, Some(&one), b""), fingerprint("other", None, Some(&one), b""));
        assert_ne!(
            fingerprint("codify", None, Some(&json!([1, 2])), b""),
            fingerprint("codify", None, Some(&json!([12])), b"")
        );
    }

    #[test]
    fn a_run_id_has_the_form_of_a_uuid_and_follows_the_seed() {
        let id = run_id(7, "abc");
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!((&id[14..15], &id[19..20]), ("8", "a"));
        assert_eq!(id, run_id(7, "abc"));
        assert_ne!(id, run_id(8, "abc"));
        assert_ne!(id, run_id(7, "abd"));
    }
}
