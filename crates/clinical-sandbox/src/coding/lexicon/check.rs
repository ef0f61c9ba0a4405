//! The rules that every line of the tables keeps, for the tests.

use super::entry::sides;
use super::{Lexicon, TABLES, columns};
use std::collections::HashMap;

pub(in crate::coding) fn check() {
    let mut seen = std::collections::HashSet::new();
    let mut terms = HashMap::new();
    let mut lines = 0;
    for line in TABLES.iter().flat_map(|table| table.lines()).filter(|line| !line.starts_with('#')) {
        let Some([code, kind, yields, history, spanish_terms, english_terms, spanish, english]) = columns(line) else {
            panic!("not eight columns: {line}");
        };
        lines += 1;
        assert!(["dx", "sx", "st", "allergy", "dm-drug"].contains(&kind), "{line}");
        for code in sides(code) {
            let (head, tail) = code.split_once('.').unwrap_or((&code, ""));
            let good = head.len() == 3
                && head.starts_with(|c: char| c.is_ascii_uppercase())
                && head[1..].chars().all(|c| c.is_ascii_alphanumeric())
                && tail.len() <= 4
                && tail.chars().all(|c| c.is_ascii_alphanumeric());
            assert!(good, "{code}: not the form of an ICD-10-CM code");
        }
        assert!(seen.insert(code), "{code} twice");
        assert!(!spanish.is_empty() && !english.is_empty(), "{code}: a title is missing");
        assert_eq!(code.contains('{'), english.contains("{side}"), "{code}: side");
        assert_eq!(code.contains('{'), spanish.contains("{lado}"), "{code}: side");
        assert!(yields.split_whitespace().all(|p| p.starts_with(|c: char| c.is_ascii_uppercase())), "{code}: yields");
        if !history.is_empty() && history != "-" {
            assert!(Lexicon::get().find(history.trim_end_matches('*')).is_some(), "{code}: history {history}");
        }
        for (language, list) in [("es", spanish_terms), ("en", english_terms)] {
            for term in list.split('|').filter(|term| !term.is_empty()) {
                let capitals = term.chars().all(char::is_uppercase);
                let key = if capitals { format!("{language}:{term}") } else { term.to_owned() };
                let other = terms.insert(key, code);
                assert!(other.is_none_or(|other| other == code), "{term}: {code} and {other:?}");
            }
        }
    }
    assert!(lines >= 350, "{lines}");
}
