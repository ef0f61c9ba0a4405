//! Name, gender and birthday of the patient, only where the text says them plainly: a name behind "Patient:", "Name:" or
//! a title, a gender that nothing contradicts, a date behind a word for birth. It refuses to guess: a name alone on a
//! line, or a gender by first name, is not read.

use serde_json::{Map, Value};

use super::reader::Text;
use super::time::{birth, date};
use crate::coding::token::{Gap, Kind};

/// What is known of the patient.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Patient {
    pub(super) name: Option<String>,
    pub(super) female: Option<bool>,
    /// `YYYY-MM-DD`.
    pub(super) birthday: Option<String>,
}

impl Patient {
    /// `patient_metadata`; empty where nothing is known.
    pub(super) fn json(&self) -> Map<String, Value> {
        let mut out = Map::new();
        if *self == Self::default() {
            return out;
        }
        if let Some(name) = &self.name {
            out.insert("name".to_owned(), name.as_str().into());
        }
        let gender = match self.female {
            Some(true) => "female",
            Some(false) => "male",
            None => "unknown",
        };
        out.insert("gender".to_owned(), gender.into());
        if let Some(day) = &self.birthday {
            // The vendor's sample is a date and a time.
            out.insert("birthday".to_owned(), format!("{day}T00:00:00Z").into());
        }
        out
    }

    /// What is missing here is taken from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            female: self.female.or(other.female),
            birthday: self.birthday.or(other.birthday),
        }
    }
}

const MEN: [&str; 16] = [
    "mr",
    "herr",
    "herrn",
    "monsieur",
    "signor",
    "sig",
    "sr",
    "male",
    "mannlich",
    "masculin",
    "maschio",
    "maschile",
    "masculino",
    "varon",
    "man",
    "hombre",
];
const WOMEN: [&str; 21] = [
    "mrs",
    "ms",
    "frau",
    "madame",
    "mme",
    "signora",
    "sigra",
    "sra",
    "female",
    "weiblich",
    "feminin",
    "feminine",
    "femmina",
    "femminile",
    "femenino",
    "patientin",
    "woman",
    "mujer",
    "femme",
    "donna",
    "patiente",
];
const TITLES: [&str; 16] = [
    "mr", "mrs", "ms", "herr", "herrn", "frau", "monsieur", "madame", "mme", "signor", "signora", "sig", "sigra", "sr",
    "sra", "m",
];
const LABELS: [&str; 7] = ["patient", "patientin", "patiente", "paziente", "paciente", "name", "nom"];
const SEX: [&str; 6] = ["sex", "gender", "geschlecht", "sexe", "sesso", "sexo"];

/// Reads a text.
pub(super) fn patient(text: &Text<'_>) -> Patient {
    let mut out = Patient::default();
    let mut genders = (false, false);
    for sentence in &text.sentences {
        let (first, end) = (sentence.first, sentence.end);
        for i in first..end {
            if out.birthday.is_none() {
                // "geb. 01.02.1960": the point may have ended the sentence.
                out.birthday = birthday(text, i, text.tokens.len());
            }
            if out.name.is_none() {
                out.name = named(text, i, end);
            }
            match gender(text, i, end) {
                Some(true) => genders.0 = true,
                Some(false) => genders.1 = true,
                None => {}
            }
        }
    }
    out.female = match genders {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    out
}

fn birthday(text: &Text<'_>, i: usize, limit: usize) -> Option<String> {
    let after = birth(text, i, limit)?;
    (after..limit.min(after + 4)).find_map(|at| date(text, at, limit)).map(|(_, day)| day).filter(|day| day.len() == 10)
}

fn gender(text: &Text<'_>, i: usize, limit: usize) -> Option<bool> {
    let token = text.token(i, limit).filter(|token| token.kind == Kind::Word)?;
    // "Sex: F", "Geschlecht: w".
    if text.word(i.wrapping_sub(2), limit, &SEX) && text.is(i.wrapping_sub(1), limit, &[':', '='])
        || text.word(i.wrapping_sub(1), limit, &SEX)
    {
        match token.folded.as_str() {
            "f" | "w" | "femme" => return Some(true),
            "m" | "h" | "homme" | "uomo" => return Some(false),
            _ => {}
        }
    }
    // A relative's word for a woman ("mother, a 70-year-old woman") is the risk that contradiction catches.
    let word = [token.folded.as_str()];
    // "Frau" within a sentence may be any woman; a title counts with a name behind it.
    let title = TITLES.contains(&token.folded.as_str());
    if title && name(text, i + 1 + usize::from(text.is(i + 1, limit, &['.'])), limit, 1).is_none() {
        return None;
    }
    let aged = ["man", "hombre", "woman", "mujer", "femme", "donna"].contains(&word[0]);
    if aged && !(i.saturating_sub(4)..limit.min(i + 4)).any(|at| age(text, at, limit)) {
        return None;
    }
    if WOMEN.contains(&word[0]) && (word[0] != "patiente" || token.accented || text.spoken.code() == "fr") {
        return Some(true);
    }
    MEN.contains(&word[0]).then_some(false)
}

fn age(text: &Text<'_>, i: usize, limit: usize) -> bool {
    const AGED: [&str; 12] =
        ["year", "years", "yo", "ans", "anni", "anos", "jahre", "jahrige", "jahriger", "jahrigen", "old", "yr"];
    text.word(i, limit, &AGED)
}

/// A name behind a label or a title at `i`.
fn named(text: &Text<'_>, i: usize, limit: usize) -> Option<String> {
    let token = text.token(i, limit).filter(|token| token.kind == Kind::Word)?;
    let next = i + 1;
    if TITLES.contains(&token.folded.as_str()) && token.capital {
        let at = next + usize::from(text.is(next, limit, &['.']));
        return name(text, at, limit, 1).map(|(_, name)| name);
    }
    if !LABELS.contains(&token.folded.as_str()) {
        return None;
    }
    let at = next + usize::from(text.word(next, limit, &["name", "s"]));
    if text.is(at, limit, &[':']) {
        let titled = text.token(at + 1, limit).is_some_and(|token| TITLES.contains(&token.folded.as_str()));
        return if titled { None } else { name(text, at + 1, limit, 2).map(|(_, name)| name) };
    }
    // "Patient John Doe, DOB": without a colon, only where a comma, a bracket or a word for birth follows.
    let (end, name) = name(text, next, limit, 2)?;
    let closed = text.is(end, limit, &[',', '(']) && (end + 1..end + 3).any(|at| told(text, at, limit));
    (closed || birth(text, end, limit).is_some()).then_some(name)
}

fn told(text: &Text<'_>, i: usize, limit: usize) -> bool {
    birth(text, i, limit).is_some() || age(text, i + 1, limit) || date(text, i, limit).is_some()
}

/// Words that are no part of a name though they begin with a capital.
const NO_NAME: [&str; 26] = [
    "dr",
    "prof",
    "med",
    "dob",
    "geb",
    "born",
    "mrn",
    "id",
    "age",
    "alter",
    "sex",
    "date",
    "mit",
    "with",
    "presents",
    "has",
    "was",
    "is",
    "patient",
    "patientin",
    "patiente",
    "paziente",
    "klagt",
    "leidet",
    "history",
    "nee",
];

/// `least` to four words with a capital, "von", "de" and the like between them.
fn name(text: &Text<'_>, first: usize, limit: usize, least: usize) -> Option<(usize, String)> {
    const PARTICLES: [&str; 10] = ["von", "van", "de", "der", "di", "del", "della", "da", "du", "la"];
    let part = |i: usize| {
        text.token(i, limit).is_some_and(|token| {
            let long = token.folded.chars().count() >= 2 || token.capital && text.is(i + 1, limit, &['.']);
            let same_line = i == first || token.gap <= Gap::Space;
            token.kind == Kind::Word && token.capital && long && same_line && !NO_NAME.contains(&token.folded.as_str())
        })
    };
    let (mut i, mut end, mut words) = (first, first, 0);
    while words < 4 {
        if part(i) {
            words += 1;
            i += 1;
            end = i;
            // "J. Doe", "Anna-Maria".
            let joined = text.is(i, limit, &['-']) && part(i + 1);
            i += usize::from(joined || text.is(i, limit, &['.']) && text.tokens[i - 1].folded.chars().count() == 1);
        } else if words > 0 && text.word(i, limit, &PARTICLES) && part(i + 1)
            || words == 0 && text.word(i, limit, &PARTICLES[..3])
        {
            i += 1;
        } else {
            break;
        }
    }
    // "Herr Dr. Müller" is the physician.
    let doctor = text.word(first, limit, &["dr", "prof"]);
    let (from, to) = text.bytes(first, end);
    (words >= least && !doctor).then(|| (end, text.raw[from..to].split_whitespace().collect::<Vec<_>>().join(" ")))
}
