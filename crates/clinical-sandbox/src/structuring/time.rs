//! Dates and durations of a sentence: `2024-01-15`, `15.01.2024`, `3 March 2020`, "since 2015", "for 3 days", "vor 2 Wochen".
//! A date that is none (31.02.) and a number without a word that makes it a time are left alone; so is a birthday.

use std::sync::LazyLock;

use super::reader::{Spoken, Text};
use super::table::Table;
use crate::coding::phrase::Compare;
use crate::coding::token::{Gap, Kind};

/// What kind of time it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TimeKind {
    /// A day, a month or a year: `2024-01-15`, `2024-01`, `2024`.
    Date,
    /// A length of time up to now, ISO 8601: `P3D`.
    Duration,
    /// So long ago: `-P3D`.
    Ago,
}

impl TimeKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Ago => "ago",
        }
    }
}

/// One time of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct When {
    pub(super) bytes: (usize, usize),
    pub(super) kind: TimeKind,
    pub(super) value: String,
}

/// A mention is given at most so many times.
const MOST: usize = 4;

static WORDS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/time.tsv"), &[0], Compare::Exact));

fn word(text: &Text<'_>, i: usize, limit: usize, kind: &str) -> Option<(usize, &'static str)> {
    let hit = WORDS.at(text, i, limit, |hit| WORDS.cell(hit.row, 1) == kind)?;
    Some((hit.end, WORDS.cell(hit.row, 2)))
}

/// The token after a word for "born" at `i`.
pub(super) fn birth(text: &Text<'_>, i: usize, limit: usize) -> Option<usize> {
    word(text, i, limit, "birth").map(|(end, _)| end)
}

/// The times of the tokens `first..end`, from left to right.
pub(super) fn times(text: &Text<'_>, first: usize, end: usize) -> Vec<When> {
    let mut out = Vec::new();
    let mut i = first;
    // "geb. 01.02.1960": the point may have ended the sentence before.
    if (first.saturating_sub(2)..first).any(|at| birth(text, at, first).is_some()) {
        i = date(text, first, end).map_or(first, |(to, _)| to);
    }
    while i < end && out.len() < MOST {
        if let Some(after) = birth(text, i, end) {
            let skip = (after..end.min(after + 4)).find_map(|at| date(text, at, end).map(|(to, _)| to));
            i = skip.unwrap_or(after);
            continue;
        }
        let found = date(text, i, end)
            .map(|(to, value)| (to, TimeKind::Date, value))
            .or_else(|| year_only(text, i, end))
            .or_else(|| length(text, i, end));
        if let Some((to, kind, value)) = found {
            out.push(When { bytes: text.bytes(i, to), kind, value });
            i = to;
        } else {
            i += 1;
        }
    }
    out
}

fn number(text: &Text<'_>, i: usize, limit: usize) -> Option<u32> {
    let token = text.token(i, limit)?;
    (token.kind == Kind::Number && token.folded.len() <= 4).then(|| token.folded.parse().ok()).flatten()
}

/// A date that begins at token `i`: the token after it, and its ISO 8601 form.
pub(super) fn date(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, String)> {
    let token = text.token(i, limit)?;
    if token.kind == Kind::Word {
        // "March 2020", "January 15, 2024".
        let (next, month) = word(text, i, limit, "month")?;
        let month = month.parse().ok()?;
        if let Some(year) = number(text, next, limit).filter(|year| *year >= 1890) {
            return Some((next + 1, iso(year, Some(month), None)?));
        }
        let day = number(text, next, limit)?;
        let comma = next + 1 + usize::from(text.is(next + 1, limit, &[',']));
        let year = number(text, comma, limit)?;
        return Some((comma + 1, iso(year, Some(month), Some(day))?));
    }
    if token.kind != Kind::Number {
        return None;
    }
    let dotted: Vec<&str> = token.folded.split('.').collect();
    if let [day, month, year] = dotted[..] {
        let (day, month, year) = (short(day, 2)?, short(month, 2)?, short(year, 4)?);
        return Some((i + 1, iso(full(year, dotted[2].len())?, Some(month), Some(day))?));
    }
    let first = number(text, i, limit)?;
    for mark in ['-', '/'] {
        if !tight(text, i + 1, limit, mark) {
            continue;
        }
        let second = number(text, i + 2, limit)?;
        if !tight(text, i + 3, limit, mark) {
            // "03/2020"
            let year = second >= 1890 && mark == '/';
            return if year { Some((i + 3, iso(second, Some(first), None)?)) } else { None };
        }
        let third = number(text, i + 4, limit)?;
        let written = text.tokens[i + 4].folded.len();
        let value = if first >= 1890 {
            iso(first, Some(second), Some(third))?
        } else if text.spoken == Spoken::English && mark == '/' && first <= 12 {
            iso(full(third, written)?, Some(first), Some(second))?
        } else {
            iso(full(third, written)?, Some(second), Some(first))?
        };
        return Some((i + 5, value));
    }
    // "15 January 2024", "15. Januar 2024".
    let next = i + 1 + usize::from(text.is(i + 1, limit, &['.']));
    let (next, month) = word(text, next, limit, "month")?;
    let year = number(text, next, limit)?;
    Some((next + 1, iso(year, Some(month.parse().ok()?), Some(first))?))
}

fn tight(text: &Text<'_>, i: usize, limit: usize, mark: char) -> bool {
    text.token(i, limit).is_some_and(|token| token.is(mark) && token.gap == Gap::None)
}

fn short(digits: &str, most: usize) -> Option<u32> {
    (digits.len() <= most).then(|| digits.parse().ok()).flatten()
}

/// A year of two digits: up to 39 this century.
fn full(year: u32, digits: usize) -> Option<u32> {
    match (digits, year) {
        (4, _) => Some(year),
        (2, 0..=39) => Some(2000 + year),
        (2, _) => Some(1900 + year),
        _ => None,
    }
}

/// The ISO 8601 form, where such a day exists and the year is 1890 to 2100.
fn iso(year: u32, month: Option<u32>, day: Option<u32>) -> Option<String> {
    if !(1890..=2100).contains(&year) || !(1..=12).contains(&month.unwrap_or(1)) {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month.unwrap_or(1) {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match (month, day) {
        (Some(month), Some(day)) if (1..=last).contains(&day) => Some(format!("{year:04}-{month:02}-{day:02}")),
        (Some(month), None) => Some(format!("{year:04}-{month:02}")),
        (None, None) => Some(format!("{year:04}")),
        _ => None,
    }
}

/// "since 2015".
fn year_only(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, TimeKind, String)> {
    let (next, _) = word(text, i, limit, "year-before")?;
    let year = number(text, next, limit).filter(|year| (1890..=2100).contains(year))?;
    Some((next + 1, TimeKind::Date, iso(year, None, None)?))
}

/// "for 3 days", "3 days ago".
fn length(text: &Text<'_>, i: usize, limit: usize) -> Option<(usize, TimeKind, String)> {
    let ago_before = word(text, i, limit, "ago-before").map(|(next, _)| (next, TimeKind::Ago));
    let before = ago_before.or_else(|| word(text, i, limit, "span-before").map(|(next, _)| (next, TimeKind::Duration)));
    let at = before.map_or(i, |(next, _)| next);
    let count = number(text, at, limit)?;
    let (next, unit) = word(text, at + 1, limit, "unit")?;
    let (end, kind) = match (word(text, next, limit, "ago-after"), before) {
        (Some((end, _)), _) => (end, TimeKind::Ago),
        (None, Some((_, kind))) => (next, kind),
        (None, None) => return None,
    };
    let sign = if kind == TimeKind::Ago { "-" } else { "" };
    let time = if unit == "H" { "T" } else { "" };
    Some((end, kind, format!("{sign}P{time}{count}{unit}")))
}
