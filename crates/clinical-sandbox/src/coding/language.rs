//! Spanish or English: counts small words that only one of the two has, and Spanish letters.

use super::lexicon::Language;
use super::token::{Kind, Token};

const SPANISH: [&str; 40] = [
    "el",
    "la",
    "los",
    "las",
    "de",
    "del",
    "con",
    "sin",
    "y",
    "por",
    "para",
    "que",
    "se",
    "en",
    "al",
    "un",
    "una",
    "niega",
    "refiere",
    "paciente",
    "presenta",
    "dolor",
    "desde",
    "dias",
    "hace",
    "su",
    "como",
    "es",
    "ni",
    "anos",
    "acude",
    "tratamiento",
    "antecedentes",
    "tos",
    "fiebre",
    "alta",
    "mujer",
    "varon",
    "derecho",
    "izquierdo",
];
const ENGLISH: [&str; 40] = [
    "the", "of", "with", "without", "and", "or", "is", "was", "for", "to", "denies", "patient",
    "history", "pain", "year", "old", "on", "has", "had", "this", "that", "days", "he", "she",
    "his", "her", "at", "not", "by", "from", "presents", "reports", "daily", "acute", "fever",
    "chronic", "disease", "left", "right", "pt",
];

/// The language of a note; Spanish when the counts are equal, because the vendor's first language is Spanish.
pub(crate) fn of(tokens: &[Token]) -> Language {
    let count = |list: &[&str]| {
        tokens
            .iter()
            .filter(|t| t.kind == Kind::Word && list.contains(&t.folded.as_str()))
            .count()
    };
    let accents = tokens.iter().filter(|t| t.accented).count();
    if count(&SPANISH) + accents >= count(&ENGLISH) {
        Language::Spanish
    } else {
        Language::English
    }
}
