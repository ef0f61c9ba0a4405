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
const ENGLISH: [&str; 64] = [
    "in",
    "out",
    "are",
    "were",
    "been",
    "but",
    "be",
    "will",
    "if",
    "due",
    "father",
    "mother",
    "allergies",
    "smoker",
    "the",
    "of",
    "with",
    "without",
    "and",
    "or",
    "is",
    "was",
    "for",
    "to",
    "denies",
    "patient",
    "history",
    "pain",
    "year",
    "old",
    "on",
    "has",
    "had",
    "this",
    "that",
    "days",
    "he",
    "she",
    "his",
    "her",
    "at",
    "not",
    "by",
    "from",
    "presents",
    "reports",
    "daily",
    "acute",
    "fever",
    "chronic",
    "disease",
    "left",
    "right",
    "pt",
    "type",
    "known",
    "breast",
    "stable",
    "headache",
    "cough",
    "chest",
    "blood",
    "started",
    "seen",
];

/// The language of a note, and whether that is a guess because the counts are equal: then Spanish, the vendor's first
/// language.
pub(crate) fn of(tokens: &[Token]) -> (Language, bool) {
    let count = |list: &[&str]| {
        tokens
            .iter()
            .filter(|t| t.kind == Kind::Word && list.contains(&t.folded.as_str()))
            .count()
    };
    let accents = tokens.iter().filter(|t| t.accented).count();
    let (spanish, english) = (count(&SPANISH) + accents, count(&ENGLISH));
    (
        if spanish >= english {
            Language::Spanish
        } else {
            Language::English
        },
        spanish == english,
    )
}
