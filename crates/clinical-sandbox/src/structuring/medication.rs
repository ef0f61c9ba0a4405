//! Medications: the names of `data/structuring/medications.tsv` with what stands around them. A name that is written
//! with one mistake (one letter more, less, other, or two exchanged) is read where a dose follows. It leaves out what
//! the sentence calls an allergy; that is an allergy's business.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dosing::{Dosing, dosing};
use super::reader::Text;
use super::table::Table;
use crate::coding::phrase::Compare;
use crate::coding::token::{Kind, tokens};

/// Columns of the table.
const NAME: usize = 0;
const ATC: usize = 1;
const BRANDS: usize = 3;

static DRUGS: LazyLock<Table> = LazyLock::new(|| {
    Table::read(include_str!("../../data/structuring/medications.tsv"), &[NAME, 2, BRANDS], Compare::Term)
});

/// The certainty of a name with a mistake.
const MISTAKEN: u8 = 70;

/// Names of so many letters may have a mistake.
const LONG: usize = 7;
const TOO_LONG: usize = 30;

/// Every name of one long word, and every such name less one letter, with the lines it stands for.
static MISSPELT: LazyLock<HashMap<String, Vec<(usize, String)>>> = LazyLock::new(|| {
    let mut out: HashMap<String, Vec<(usize, String)>> = HashMap::new();
    for row in 0..DRUGS.rows() {
        for name in [NAME, 2].iter().flat_map(|&column| DRUGS.cell(row, column).split('|')) {
            let words = tokens(name);
            let [word] = words.as_slice() else {
                continue;
            };
            if word.kind != Kind::Word || word.folded.chars().count() < LONG {
                continue;
            }
            for less in shortened(&word.folded) {
                let rows = out.entry(less).or_default();
                if !rows.iter().any(|(known, _)| *known == row) {
                    rows.push((row, word.folded.clone()));
                }
            }
        }
    }
    out
});

/// The word, and the word less each of its letters.
fn shortened(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let without = |gone: usize| letters.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, c)| c).collect();
    (0..=letters.len()).map(without).collect()
}

/// True for two words that one mistake tells apart.
fn one_mistake(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let head = a.iter().zip(&b).take_while(|pair| pair.0 == pair.1).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|pair| pair.0 == pair.1).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([_], [_] | []) | ([], [_]) => true,
        ([x, y], swapped) => swapped == [*y, *x],
        _ => false,
    }
}

/// A drug named in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Drug {
    /// Line of the table.
    row: usize,
    /// The tokens of the name alone.
    pub(super) name: (usize, usize),
    pub(super) dosing: Dosing,
    pub(super) certainty: u8,
}

impl Drug {
    /// The generic name.
    pub(super) fn generic(&self) -> &'static str {
        DRUGS.cell(self.row, NAME)
    }
}

/// The ATC code of a generic name, as in the table.
pub(super) fn atc(generic: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static str>> =
        LazyLock::new(|| (0..DRUGS.rows()).map(|row| (DRUGS.cell(row, NAME), DRUGS.cell(row, ATC))).collect());
    BY_NAME.get(generic).copied()
}

/// The generic name of a drug's name.
pub(super) fn generic_of(name: &str) -> Option<&'static str> {
    DRUGS.whole(name).map(|row| DRUGS.cell(row, NAME))
}

/// The drugs of one sentence, in order.
pub(super) fn drugs(text: &Text<'_>, first: usize, end: usize) -> Vec<Drug> {
    let mut out = Vec::new();
    let (mut i, mut from) = (first, first);
    while i < end {
        let Some((row, name_end, known)) = named(text, i, end) else {
            i += 1;
            continue;
        };
        let drug = |at: usize| named(text, at, end).is_some();
        let dosing = dosing(text, from, (i, name_end), end, &drug);
        if known == MISTAKEN && dosing.dose.is_empty() {
            i += 1;
            continue;
        }
        let certainty = match (dosing.dose.is_empty(), dosing.frequency.is_empty()) {
            _ if known == MISTAKEN => known,
            (false, false) => known,
            (false, true) => known - 2,
            (true, _) => known - 7,
        };
        let name = (i, name_end);
        // "Insulin Lantus 20 IE" is one insulin.
        let more = named(text, name_end, end).map(|(row, ..)| DRUGS.cell(row, NAME));
        if more.is_some_and(|more| more.strip_prefix(DRUGS.cell(row, NAME)).is_some_and(|rest| rest.starts_with(' '))) {
            i = name_end;
            continue;
        }
        (from, i) = (dosing.end, dosing.end);
        out.push(Drug { row, name, dosing, certainty });
    }
    out
}

/// The line of the drug named at `i`, the token after the name, and the certainty of the name.
fn named(text: &Text<'_>, i: usize, end: usize) -> Option<(usize, usize, u8)> {
    let token = text.token(i, end).filter(|token| token.kind == Kind::Word)?;
    if let Some(hit) = DRUGS.at(text, i, end, |_| true) {
        return Some((hit.row, hit.end, if hit.column == BRANDS { 93 } else { 95 }));
    }
    let letters = token.folded.chars().count();
    if !(LONG..=TOO_LONG).contains(&letters) {
        return None;
    }
    let mut rows: Vec<usize> = Vec::new();
    for less in shortened(&token.folded) {
        text.count();
        let fits = MISSPELT.get(&less).into_iter().flatten().filter(|(_, name)| one_mistake(name, &token.folded));
        rows.extend(fits.map(|(row, _)| *row));
    }
    rows.sort_unstable();
    rows.dedup();
    match rows[..] {
        [row] => Some((row, i + 1, MISTAKEN)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::one_mistake;

    #[test]
    fn one_mistake_is_one_letter_more_less_other_or_two_exchanged() {
        for wrong in ["lisinoprl", "lisinoppril", "lisinopral", "lisinorpil"] {
            assert!(one_mistake("lisinopril", wrong), "{wrong}");
        }
        for wrong in ["lisinopril", "lisinop", "lisanopral", "ilsinorpil"] {
            assert!(!one_mistake("lisinopril", wrong), "{wrong}");
        }
    }
}
