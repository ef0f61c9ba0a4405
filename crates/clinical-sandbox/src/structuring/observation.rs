//! Measurements: a name of `data/structuring/observations.tsv`, at most three small words, a number, a unit. A value is
//! believed only in the range of its unit (`data/structuring/units.tsv`): "temperature 98.6" is in Fahrenheit, "pulse
//! 1200" is no pulse. A blood pressure is two numbers. It does not convert and does not judge high or low.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::Language;
use super::entity::{Class, Mention, Status, signature};
use super::reader::Text;
use super::table::Table;
use super::time::times;
use crate::coding::phrase::Compare;
use crate::coding::token::{Kind, Token};

static NAMES: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/observations.tsv"), &[6], Compare::Term));

static UNITS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/units.tsv"), &[4], Compare::Exact));

/// Words and marks between a name and its value.
const BETWEEN: [&str; 30] = [
    "is",
    "was",
    "of",
    "at",
    "von",
    "bei",
    "betragt",
    "ist",
    "war",
    "de",
    "a",
    "est",
    "etait",
    "di",
    "e",
    "es",
    "aktuell",
    "ca",
    "about",
    "currently",
    "today",
    "heute",
    "measured",
    "gemessen",
    "mesuree",
    "misurata",
    "level",
    "value",
    "wert",
    "max",
];

/// What stands between, at most.
const GAP: usize = 3;

/// The LOINC codes of the two parts of a blood pressure.
pub(super) const SYSTOLIC: &str = "8480-6";
pub(super) const DIASTOLIC: &str = "8462-4";
/// The LOINC code of a blood pressure.
pub(super) const BLOOD_PRESSURE: &str = "85354-9";

struct Measured {
    end: usize,
    value: Value,
    shown: String,
    unit: &'static str,
    unit_named: bool,
}

/// The measurements of one sentence.
pub(super) fn observations(text: &Text<'_>, first: usize, end: usize, language: Language) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    let mut i = first;
    while i < end {
        let names = NAMES.all(text, i, end);
        let read = names.iter().find_map(|hit| measured(text, hit.row, hit.end, end).map(|found| (hit.row, found)));
        let Some((row, found)) = read else {
            i += 1;
            continue;
        };
        out.push(mention(text, row, (i, found.end), &found, language));
        i = found.end;
    }
    if !out.is_empty() {
        let times = times(text, first, end);
        for mention in &mut out {
            mention.times.clone_from(&times);
        }
    }
    out
}

fn mention(text: &Text<'_>, row: usize, place: (usize, usize), found: &Measured, language: Language) -> Mention {
    let column = match language {
        Language::English => 2,
        Language::German => 3,
        Language::French => 4,
        Language::Italian => 5,
    };
    let fields: Map<String, Value> = [
        ("name", NAMES.cell(row, column).into()),
        ("value", found.value.clone()),
        ("unit", found.unit.into()),
        ("code", NAMES.cell(row, 1).into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    Mention {
        class: Class::Observation,
        signature: signature(Class::Observation, &[NAMES.cell(row, 0), &found.shown, found.unit]),
        fields,
        bytes: text.bytes(place.0, place.1),
        certainty: if found.unit_named { 96 } else { 90 },
        status: Status::Active,
        cue: None,
        times: Vec::new(),
    }
}

/// The value that follows the name that ends before token `at`.
fn measured(text: &Text<'_>, row: usize, at: usize, limit: usize) -> Option<Measured> {
    let mut i = at;
    while i < at + GAP && (text.is(i, limit, &[':', '=', '~', '-', '(', ',']) || text.word(i, limit, &BETWEEN)) {
        i += 1;
    }
    let first = number(text.token(i, limit)?)?;
    let blood_pressure = NAMES.cell(row, 1) == BLOOD_PRESSURE;
    if !blood_pressure {
        return believed(text, row, first, i + 1, limit);
    }
    if !text.is(i + 1, limit, &['/']) {
        return None;
    }
    let second = number(text.token(i + 2, limit)?)?;
    let (end, unit, named, range) = unit(text, row, first, i + 3, limit)?;
    let whole = first.fract() == 0.0 && second.fract() == 0.0 && range.contains(&second) && second < first;
    let shown = format!("{first}/{second}");
    whole.then(|| Measured { end, value: shown.clone().into(), shown, unit, unit_named: named })
}

fn believed(text: &Text<'_>, row: usize, value: f64, at: usize, limit: usize) -> Option<Measured> {
    // "120/80" behind a pulse is a blood pressure, "10.03.2024" a date, "5-6" a range.
    let more = text.is(at, limit, &['/', '-']) && text.token(at + 1, limit).is_some_and(|t| t.kind == Kind::Number);
    let (end, unit, unit_named, _) = unit(text, row, value, at, limit).filter(|_| !more)?;
    let shown = value.to_string();
    // `72` is written as `72`, `6.8` as `6.8`.
    let number = shown.parse::<i64>().map_or_else(|_| Value::from(value), Value::from);
    Some(Measured { end, value: number, shown, unit, unit_named })
}

type Unit = (usize, &'static str, bool, std::ops::RangeInclusive<f64>);

/// The unit at token `at`, or the first of the name's whose range holds the value.
fn unit(text: &Text<'_>, row: usize, value: f64, at: usize, limit: usize) -> Option<Unit> {
    let key = NAMES.cell(row, 0);
    let range = |row: usize| {
        let bound = |column: usize| UNITS.cell(row, column).parse::<f64>().ok();
        Some(bound(2)?..=bound(3)?).filter(|range| range.contains(&value))
    };
    if let Some(hit) = UNITS.at(text, at, limit, |hit| UNITS.cell(hit.row, 0) == key) {
        return Some((hit.end, UNITS.cell(hit.row, 1), true, range(hit.row)?));
    }
    // A word that is another unit makes the number another thing: "weight 3 days".
    (0..UNITS.rows())
        .filter(|&row| UNITS.cell(row, 0) == key)
        .find_map(|row| Some((at, UNITS.cell(row, 1), false, range(row)?)))
}

/// A number with at most one decimal point or comma.
fn number(token: &Token) -> Option<f64> {
    let short = token.folded.len() <= 7 && token.folded.matches(['.', ',']).count() <= 1;
    token.number().filter(|_| short)
}
