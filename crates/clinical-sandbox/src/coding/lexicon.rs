//! The terms the coder knows, read once from the tables in `data/icd10/`. A line is one ICD-10-CM code with its terms
//! and titles in Spanish and English. It refuses to be clever: what is not in the tables is not coded.
//!
//! Columns, divided by tabs: code, kind, yields, history, Spanish terms, English terms, Spanish title, English title.
//! Terms are divided by `|`. `S52.50{129}A` means that the character in braces is 1 for the right side, 2 for the
//! left, 9 when the note names none; a fourth character stands for both sides, and `M17.{11|12|10|0}` gives whole
//! endings. `PE{acute >unlikely}` is a term that needs
//! one of these words just before it, or after it where the word has `>`.

mod entry;

#[cfg(test)]
mod check;

#[cfg(test)]
pub(super) use self::check::check;
use self::entry::sides;
pub(crate) use self::entry::{Concept, Entry, History, Language, Side};
use super::phrase::{Compare, Found, Phrases};
use super::token::{Gap, Kind, Token};
use std::collections::HashMap;
use std::sync::LazyLock;

const TABLES: [&str; 9] = [
    include_str!("../../data/icd10/infection-blood.tsv"),
    include_str!("../../data/icd10/endocrine-mental.tsv"),
    include_str!("../../data/icd10/neoplasm.tsv"),
    include_str!("../../data/icd10/nervous-senses.tsv"),
    include_str!("../../data/icd10/circulatory-respiratory.tsv"),
    include_str!("../../data/icd10/digestive-skin-joint.tsv"),
    include_str!("../../data/icd10/kidney-pregnancy-birth.tsv"),
    include_str!("../../data/icd10/symptom-injury.tsv"),
    include_str!("../../data/icd10/status.tsv"),
];

/// Phrases with a known word that name no condition.
const NO_TERMS: &str = include_str!("../../data/no-terms.txt");

struct Term {
    /// None: the words look like a term and are none ("ST depression").
    entry: Option<usize>,
    /// The word denies by itself ("afebrile").
    denies: bool,
    language: Language,
    capitals: bool,
    near: Vec<String>,
}

/// A term of the lexicon found in a note.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    /// First token.
    pub(crate) first: usize,
    /// Token after the last.
    pub(crate) end: usize,
    /// Index for [`Lexicon::entry`].
    pub(crate) entry: usize,
    /// The term is an abbreviation in capitals.
    pub(crate) capitals: bool,
    /// The words stand as in the table.
    pub(crate) exact: bool,
    /// The word denies by itself.
    pub(crate) denies: bool,
}

/// The tables, ready for use.
pub(crate) struct Lexicon {
    entries: Vec<Entry>,
    terms: Vec<Term>,
    phrases: Phrases,
    by_code: HashMap<String, (usize, Side)>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&TABLES));

impl Lexicon {
    /// The lexicon of this crate.
    pub(crate) fn get() -> &'static Self {
        &LEXICON
    }

    fn read(tables: &[&str]) -> Self {
        let mut lexicon = Self {
            entries: Vec::new(),
            terms: Vec::new(),
            phrases: Phrases::new(Compare::Term),
            by_code: HashMap::new(),
        };
        let lines = tables.iter().flat_map(|table| table.lines());
        for [code, kind, yields, history, spanish_terms, english_terms, spanish, english] in lines.filter_map(columns) {
            let concept = match kind {
                "sx" => Concept::Symptom,
                "st" => Concept::Status,
                "allergy" => Concept::Allergy,
                "dm-drug" => Concept::DiabetesDrug,
                "dx" => Concept::Diagnosis,
                _ => continue,
            };
            let history = match history {
                "" => History::Lasting,
                "-" => History::Over,
                code => match code.strip_suffix('*') {
                    Some(code) => History::CodeWhenTreated(code.to_owned()),
                    None => History::Code(code.to_owned()),
                },
            };
            let entry = lexicon.entries.len();
            for (language, terms) in [(Language::Spanish, spanish_terms), (Language::English, english_terms)] {
                for term in terms.split('|').map(str::trim).filter(|term| !term.is_empty()) {
                    let (denies, term) = term.strip_prefix('!').map_or((false, term), |term| (true, term));
                    let (words, after) = term.split_once('{').unwrap_or((term, ""));
                    let capitals = words.split_whitespace().any(|word| {
                        word.chars().any(char::is_alphabetic)
                            && word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
                    });
                    lexicon.phrases.add(words, lexicon.terms.len());
                    let near = after.trim_end_matches('}').split_whitespace().map(str::to_owned).collect();
                    lexicon.terms.push(Term { entry: Some(entry), denies, language, capitals, near });
                }
            }
            let code = sides(code);
            for side in [Side::None, Side::Right, Side::Left, Side::Both] {
                lexicon.by_code.entry(code[side as usize].clone()).or_insert((entry, side));
            }
            lexicon.entries.push(Entry {
                code,
                concept,
                yields: yields.split_whitespace().map(str::to_owned).collect(),
                history,
                spanish: spanish.to_owned(),
                english: english.to_owned(),
            });
        }
        for words in NO_TERMS.lines().filter(|line| !line.starts_with('#')) {
            lexicon.phrases.add(words, lexicon.terms.len());
            lexicon.terms.push(Term {
                entry: None,
                denies: false,
                language: Language::English,
                capitals: false,
                near: Vec::new(),
            });
        }
        lexicon
    }

    /// The line with this index.
    pub(crate) fn entry(&self, index: usize) -> &Entry {
        &self.entries[index]
    }

    /// The line of a code.
    pub(crate) fn find(&self, code: &str) -> Option<(usize, Side)> {
        self.by_code.get(code).copied()
    }

    /// Every term in the note, from left to right, the longest first, none over another. Abbreviations in capitals are
    /// read in the language of the note only, when it is known: `AF` is a fibrillation in English and a heading in Spanish.
    pub(crate) fn matches(&self, tokens: &[Token], limits: &[usize], language: Option<Language>) -> Vec<Match> {
        let mut out = Vec::new();
        let mut i = 0;
        while i < tokens.len() {
            let best = if tokens[i].kind == Kind::Mark {
                None
            } else {
                self.phrases
                    .at(tokens, i, limits[i])
                    .into_iter()
                    .filter(|found| self.fits(found, tokens, i, language))
                    .max_by_key(|found| (found.words, found.exact, usize::MAX - found.end, usize::MAX - found.id))
            };
            if let Some(found) = best {
                let term = &self.terms[found.id];
                let exact = found.exact;
                out.extend(term.entry.map(|entry| Match {
                    first: i,
                    end: found.end,
                    entry,
                    capitals: term.capitals,
                    exact,
                    denies: term.denies,
                }));
                i = found.end;
            } else {
                i += 1;
            }
        }
        out
    }

    fn fits(&self, found: &Found, tokens: &[Token], first: usize, language: Option<Language>) -> bool {
        let term = &self.terms[found.id];
        if term.capitals && language.is_some_and(|language| term.language != language) {
            return false;
        }
        // "GAD-7" is the name of a questionnaire.
        let hyphen = tokens.get(found.end).is_some_and(|t| t.is('-') && t.gap == Gap::None);
        let number = tokens.get(found.end + 1).is_some_and(|t| t.kind == Kind::Number && t.gap == Gap::None);
        if term.capitals && hyphen && number {
            return false;
        }
        if term.near.is_empty() {
            return true;
        }
        // A short abbreviation before a colon is a heading ("PE: lungs clear").
        let heading = tokens.get(found.end).is_some_and(|next| next.is(':'));
        let before = first.checked_sub(1).map(|i| tokens[i].folded.as_str());
        let next = tokens.get(found.end).map(|next| next.folded.as_str());
        let fits = |word: &String| match word.strip_prefix('>') {
            Some(word) => next == Some(word),
            None => before == Some(word.as_str()),
        };
        !heading && term.near.iter().any(fits)
    }
}

/// True when `code` is `pattern`, or begins with it.
pub(crate) fn covers(pattern: &str, code: &str) -> bool {
    code.starts_with(pattern)
}

/// A line of the tables: code, kind, yields to, history, Spanish terms, English terms, Spanish title, English title.
fn columns(line: &str) -> Option<[&str; 8]> {
    line.split('\t').collect::<Vec<_>>().try_into().ok()
}
