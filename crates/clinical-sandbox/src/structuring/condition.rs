//! Conditions: Spanish and English are read by the ICD-10-CM coder of this crate with its own context rules; German, French
//! and Italian by `data/structuring/conditions.tsv`. Statuses for medicines, allergies and body mass are not conditions
//! here: other arrays hold them.

use std::sync::LazyLock;

use super::Language;
use super::context::{Context, Place};
use super::entity::{Class, Mention, Status, fields, signature};
use super::reader::{Spoken, Text};
use super::table::{Hit, Table};
use super::time::{When, times};
use crate::coding::context::Status as Said;
use crate::coding::finding::{Finding, findings};
use crate::coding::lexicon::{Concept, History, Language as Read, Lexicon, Side};
use crate::coding::phrase::Compare;
use crate::coding::token::tokens;

static TERMS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/conditions.tsv"), &[1, 2, 3], Compare::Term));

/// The name of a code in the language of the answer; English where the table has none.
pub(super) fn name(code: &str, language: Language) -> String {
    use std::collections::HashMap;
    static ROWS: LazyLock<HashMap<&'static str, usize>> =
        LazyLock::new(|| (0..TERMS.rows()).map(|row| (TERMS.cell(row, 0), row)).collect());
    let column = match language {
        Language::English => None,
        Language::German => Some(4),
        Language::French => Some(5),
        Language::Italian => Some(6),
    };
    if let Some((&row, column)) = ROWS.get(code).zip(column) {
        return TERMS.cell(row, column).to_owned();
    }
    let lexicon = Lexicon::get();
    lexicon.find(code).map_or_else(|| code.to_owned(), |(entry, side)| lexicon.entry(entry).title(Read::English, side))
}

fn mention(code: &str, language: Language, bytes: (usize, usize)) -> Mention {
    Mention {
        class: Class::Condition,
        signature: signature(Class::Condition, &[code]),
        fields: fields(&[("name", &name(code, language)), ("code", code)]),
        bytes,
        certainty: 92,
        status: Status::Active,
        cue: None,
        times: Vec::new(),
    }
}

/// All conditions of a text.
pub(super) fn conditions(text: &Text<'_>, contexts: &[Context], language: Language) -> Vec<Mention> {
    match text.spoken {
        Spoken::English => coded(text, Read::English, language),
        Spoken::Spanish => coded(text, Read::Spanish, language),
        Spoken::German | Spoken::French | Spoken::Italian => {
            contexts.iter().flat_map(|context| listed(text, context, language)).collect()
        }
    }
}

/// By the coder.
fn coded(text: &Text<'_>, read: Read, language: Language) -> Vec<Mention> {
    let words = tokens(text.raw);
    let lexicon = Lexicon::get();
    let mut out = Vec::new();
    // The findings are in order; so are the sentences.
    let mut sentence = 0;
    let mut latest: Option<(usize, Vec<When>)> = None;
    for finding in findings(text.raw, &words, read, false) {
        let entry = lexicon.entry(finding.entry);
        let code = entry.code(finding.side);
        let Some(status) = status(&finding, entry.concept, code) else {
            continue;
        };
        let (first, last) = (finding.span.0, finding.span.1.saturating_sub(1).max(finding.span.0));
        let bytes = (words[first].start, words[last].end);
        while text.sentences.get(sentence).is_some_and(|s| text.bytes(s.first, s.end).1 <= bytes.0) {
            text.count();
            sentence += 1;
        }
        if latest.as_ref().is_none_or(|(at, _)| *at != sentence) {
            let found = text.sentences.get(sentence).map(|s| times(text, s.first, s.end));
            latest = Some((sentence, found.unwrap_or_default()));
        }
        let times = latest.as_ref().map(|(_, times)| times.clone()).unwrap_or_default();
        let certainty = match (finding.capitals, finding.exact) {
            (true, _) => 91,
            (false, true) => 95,
            (false, false) => 92,
        };
        out.push(Mention { status, cue: finding.cue.clone(), times, certainty, ..mention(code, language, bytes) });
    }
    out
}

fn status(finding: &Finding, concept: Concept, code: &str) -> Option<Status> {
    let other = ["Z79", "Z23", "Z68", "Z88", "Z91.0"].iter().any(|start| code.starts_with(start));
    if other || matches!(concept, Concept::Allergy | Concept::DiabetesDrug) {
        return None;
    }
    match finding.status {
        Said::Affirmed | Said::Heading if finding.history => Some(Status::Historical),
        Said::Affirmed | Said::Heading => Some(Status::Active),
        Said::Negated => Some(Status::Negated),
        Said::Uncertain => Some(Status::Uncertain),
        Said::Family => Some(Status::Family),
        Said::Hypothetical => Some(Status::Hypothetical),
        Said::Past => Some(Status::Historical),
        Said::Test | Said::Stopped | Said::NoAllergy => None,
    }
}

/// By the table, in one sentence.
fn listed(text: &Text<'_>, context: &Context, language: Language) -> Vec<Mention> {
    let column = match text.spoken {
        Spoken::German => 1,
        Spoken::French => 2,
        _ => 3,
    };
    let (first, end) = context.tokens();
    let mut found: Vec<(Place, Hit)> = Vec::new();
    let mut i = first;
    while i < end {
        match TERMS.at(text, i, end, |hit| hit.column == column) {
            Some(hit) => {
                found.push((Place { first: i, end: hit.end, detailed: false }, hit));
                i = hit.end;
            }
            None => i += 1,
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let times = times(text, first, end);
    let places: Vec<Place> = found.iter().map(|(place, _)| *place).collect();
    let mut out = Vec::new();
    for (index, (place, hit)) in found.iter().enumerate() {
        let code = TERMS.cell(hit.row, 0);
        let (mut status, cue) = context.verdict(text, Class::Condition, &places, index);
        if status == Status::Historical && lasting(code) {
            status = Status::Active;
        }
        let cue = cue.map(|(from, to)| text.bytes(from, to)).map(|(from, to)| text.raw[from..to].to_owned());
        out.push(Mention {
            status,
            cue: cue.filter(|_| status != Status::Active),
            times: times.clone(),
            certainty: if hit.exact { 94 } else { 92 },
            ..mention(code, language, text.bytes(place.first, place.end))
        });
    }
    out
}

/// "History of" leaves it present: a diabetes.
fn lasting(code: &str) -> bool {
    let lexicon = Lexicon::get();
    let Some((entry, _)) = lexicon.find(code) else {
        return false;
    };
    let entry = lexicon.entry(entry);
    entry.history == History::Lasting && !entry.code(Side::None).starts_with('R')
}
