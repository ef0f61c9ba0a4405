//! Dose, frequency and route around the name of a drug: "10 mg daily", "1-0-1", "alle 8 Stunden", "2x/Tag p.o.". What is
//! found is written in one English form, so that the same order in two languages is one entity. It reads only what
//! touches the name: the first word it does not know ends the order.

use std::sync::LazyLock;

use super::reader::Text;
use super::table::Table;
use crate::coding::phrase::Compare;
use crate::coding::token::{Gap, Kind, Token};

/// What was read, and the tokens it covers together with the name.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Dosing {
    /// `10mg`, `0.5mg`, `500/125mg`, `1 tablet`, `5mg (0.5 tablet)`.
    pub(super) dose: String,
    /// `daily`, `twice daily`, `every 8 hours`, `1-0-1`, `as needed`.
    pub(super) frequency: String,
    /// `oral`, `subcutaneous` and so on.
    pub(super) route: &'static str,
    pub(super) first: usize,
    pub(super) end: usize,
}

static WORDS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/dosing.tsv"), &[0], Compare::Exact));

/// Words between a dose and a name.
const OF: [&str; 4] = ["of", "de", "di", "d"];

/// The order is at most so many tokens long.
const LONGEST: usize = 30;

fn word(text: &Text<'_>, i: usize, limit: usize, kind: &str) -> Option<(usize, &'static str)> {
    let hit = WORDS.at(text, i, limit, |hit| WORDS.cell(hit.row, 1) == kind)?;
    Some((hit.end, WORDS.cell(hit.row, 2)))
}

/// The dosing of the drug whose name is the tokens `first..end` of a sentence that ends at `limit`. `from` is where
/// the mention before it ends: a dose before the name must not be that one's. `drug` says where a name begins.
pub(super) fn dosing(
    text: &Text<'_>,
    from: usize,
    (first, end): (usize, usize),
    limit: usize,
    drug: &dyn Fn(usize) -> bool,
) -> Dosing {
    let mut out = Dosing { first, end, ..Dosing::default() };
    let limit = limit.min(end + LONGEST);
    let mut as_needed = false;
    let mut pieces = String::new();
    let mut i = end;
    while i < limit {
        let dosed = !out.dose.is_empty();
        // "metformin daily, 20 units of insulin": the dose of the next one.
        let apart = text.is(i - 1, limit, &[',']) || text.word(i - 1, limit, &["and", "und", "et", "e", "y"]);
        let of = |at: usize| at + usize::from(text.word(at, limit, &OF));
        if apart && dose(text, i, limit).is_some_and(|(next, _)| drug(of(next))) {
            break;
        }
        if let Some((next, dose)) = dose(text, i, limit).filter(|_| !dosed) {
            (out.dose, i) = (dose, next);
        } else if let Some((next, count)) = dose(text, i, limit).filter(|(_, dose)| pieces.is_empty() && counts(dose)) {
            (pieces, i) = (count, next);
        } else if let Some((next, frequency)) = frequency(text, i, limit).filter(|_| out.frequency.is_empty()) {
            (out.frequency, i) = (frequency, next);
        } else if let Some((next, _)) = word(text, i, limit, "prn") {
            (as_needed, i) = (true, next);
        } else if let Some((next, route)) = word(text, i, limit, "route").filter(|_| out.route.is_empty()) {
            (out.route, i) = (route, next);
        } else if let Some((next, _)) = word(text, i, limit, "filler") {
            // A filler is part of the order only when something follows that is.
            i = next;
            continue;
        } else {
            break;
        }
        out.end = i;
    }
    if let Some((start, dose)) = before(text, from, &out) {
        if out.dose.is_empty() {
            (out.dose, out.first) = (dose, start);
        } else if pieces.is_empty() && counts(&dose) {
            (pieces, out.first) = (dose, start);
        }
    }
    if !pieces.is_empty() {
        out.dose = format!("{} ({pieces})", out.dose);
    }
    if as_needed {
        let separator = if out.frequency.is_empty() { "" } else { " " };
        out.frequency = format!("{}{separator}as needed", out.frequency);
    }
    out
}

/// A dose in pieces, which may stand beside one in milligrams: "5 mg, 1/2 tablet".
fn counts(dose: &str) -> bool {
    ["tablet", "capsule", "puffs", "drops"].iter().any(|unit| dose.ends_with(unit))
}

/// "500 mg metformin", "20 IU of insulin": the first token, and the dose.
fn before(text: &Text<'_>, from: usize, order: &Dosing) -> Option<(usize, String)> {
    let name = order.first;
    (from.max(name.saturating_sub(6))..name).find_map(|start| {
        let (end, dose) = dose(text, start, name)?;
        let of = text.word(end, name, &OF);
        (end + usize::from(of) == name).then_some((start, dose))
    })
}

/// A number with a unit of dose.
fn dose(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let (mut at, mut value) = amount(text, i, limit)?;
    // "500/125 mg", "500 mg/125 mg".
    let strength = |at: usize| text.is(at, limit, &['/']).then(|| amount(text, at + 1, limit)).flatten();
    if let Some((next, second)) = strength(at) {
        (at, value) = (next, format!("{value}/{second}"));
    } else if let Some((after, _)) = word(text, at, limit, "unit")
        && let Some((next, second)) = strength(after)
    {
        (at, value) = (next, format!("{value}/{second}"));
    }
    let (end, unit) = word(text, at, limit, "unit")?;
    let space = if unit.chars().count() > 4 { " " } else { "" };
    Some((end, format!("{value}{space}{unit}")))
}

/// A number, a fraction ("1/2", "½"): the token after it, and the number with a decimal point.
fn amount(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let token = text.token(i, limit)?;
    if let Some(part) = [('½', "0.5"), ('¼', "0.25"), ('¾', "0.75")].iter().find(|(mark, _)| token.is(*mark)) {
        return Some((i + 1, part.1.to_owned()));
    }
    let value = plain(token)?;
    // "1/2 tablet" is a half; "500/125 mg" is none.
    let half = ["1", "2", "3", "4"].contains(&value.as_str()).then(|| text.token(i + 2, limit)).flatten();
    if let Some(part) = half.filter(|_| text.is(i + 1, limit, &['/'])) {
        let parts = match (value.as_str(), part.folded.as_str()) {
            ("1", "2") => Some("0.5"),
            ("1", "4") => Some("0.25"),
            ("3", "4") => Some("0.75"),
            _ => None,
        };
        if let Some(parts) = parts {
            return Some((i + 3, parts.to_owned()));
        }
    }
    Some((i + 1, value))
}

/// `1,000` and `1.000` are a thousand, `0,125` is an eighth, `2,5` two and a half.
fn plain(token: &Token) -> Option<String> {
    let digits = &token.folded;
    if token.kind != Kind::Number || digits.len() > 9 {
        return None;
    }
    let parts: Vec<&str> = digits.split(['.', ',']).collect();
    match parts[..] {
        [whole] => Some(whole.to_owned()),
        [whole, rest] if rest.len() == 3 && !whole.starts_with('0') => Some(format!("{whole}{rest}")),
        [whole, rest] => {
            let rest = rest.trim_end_matches('0');
            Some(if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") })
        }
        _ => None,
    }
}

fn frequency(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    scheme(text, i, limit)
        .or_else(|| counted(text, i, limit))
        .or_else(|| word(text, i, limit, "frequency").map(|(end, name)| (end, name.to_owned())))
        .or_else(|| every(text, i, limit))
}

/// "1-0-1", "1-0-1-0", "½-0-½", "1/2-0-0".
fn scheme(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let mut parts = Vec::new();
    let mut at = i;
    while parts.len() < 4 {
        let (next, part) = amount(text, at, limit).filter(|(_, part)| part.len() <= 4)?;
        parts.push(part);
        at = next;
        let goes_on = text.token(at, limit).is_some_and(|token| token.is('-') && token.gap == Gap::None);
        if !goes_on {
            break;
        }
        at += 1;
    }
    // "2024-01-15" is a date.
    let doses = parts.len() >= 3 && parts.iter().all(|part| part.parse::<f64>().is_ok_and(|n| n <= 20.0));
    doses.then(|| (at, parts.join("-")))
}

/// "2x/Tag", "3 mal täglich", "3 fois par jour", "2 times a week", "2x".
fn counted(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let count = text.token(i, limit).and_then(plain)?;
    let (next, _) = word(text, i + 1, limit, "times")?;
    let Some((end, each @ ("daily" | "weekly" | "monthly"))) = word(text, next, limit, "frequency") else {
        return None;
    };
    let name = match count.as_str() {
        "1" => each.to_owned(),
        "2" => format!("twice {each}"),
        "3" => format!("three times {each}"),
        "4" => format!("four times {each}"),
        more => format!("{more} times {each}"),
    };
    Some((end, name))
}

/// "every 8 hours", "q8h", "alle 2 Wochen".
fn every(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let (next, _) = word(text, i, limit, "every")?;
    let count = text.token(next, limit).and_then(plain)?;
    let (end, unit) = word(text, next + 1, limit, "span")?;
    Some((end, format!("every {count} {unit}")))
}
