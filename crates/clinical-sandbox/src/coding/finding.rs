//! From sentences to findings: every mention of the note with its code, its side and what the note says about it.

use super::context::{Sentence, Status, triggers};
use super::lexicon::{Concept, History, Language, Lexicon, Match, Side};
use super::segment::segments;
use super::token::{Kind, Token};
use super::trigger::Trigger;

/// One mention of the note, judged.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// Line of the lexicon.
    pub(crate) entry: usize,
    /// Side of the body.
    pub(crate) side: Side,
    /// First token and the token after the last.
    pub(crate) span: (usize, usize),
    /// What the note says.
    pub(crate) status: Status,
    /// The words that decided.
    pub(crate) cue: Option<String>,
    /// The words of the mention, as in the note.
    pub(crate) quote: String,
    /// The words stand as in the table.
    pub(crate) exact: bool,
    /// An abbreviation in capitals.
    pub(crate) capitals: bool,
    /// The code is that of a history.
    pub(crate) history: bool,
}

impl Finding {
    /// The code.
    pub(crate) fn code(&self) -> &'static str {
        Lexicon::get().entry(self.entry).code(self.side)
    }
}

/// The words of the tokens `span`, white space made single, cut after 80 characters.
pub(crate) fn quote(text: &str, tokens: &[Token], span: (usize, usize)) -> String {
    let Some(last) = span.1.checked_sub(1).filter(|_| span.0 < span.1) else {
        return String::new();
    };
    let raw = &text[tokens[span.0].start..tokens[last].end];
    let words = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= 80 { words } else { words.chars().take(79).chain(['…']).collect() }
}

fn side(tokens: &[Token], mention: &Match, end: usize) -> Side {
    let named = |i: usize| {
        let word = tokens[i].folded.as_str();
        match word {
            "derecho" | "derecha" | "dcho" | "dcha" | "der" | "right" | "rt" => Some(Side::Right),
            "izquierdo" | "izquierda" | "izq" | "izda" | "izdo" | "izqda" | "izqdo" | "left" | "lt" => Some(Side::Left),
            "r" if tokens[i].caps => Some(Side::Right),
            "l" if tokens[i].caps => Some(Side::Left),
            "bilateral" | "bilaterales" | "bilaterally" | "bilat" | "ambos" | "ambas" | "both" => Some(Side::Both),
            _ => None,
        }
    };
    let inside = (mention.first..mention.end).find_map(named);
    let after = (mention.end..end.min(mention.end + 4))
        .take_while(|&i| tokens[i].kind != Kind::Mark || tokens[i].is('(') || i == mention.end && tokens[i].is(','))
        .find_map(named);
    let before = (mention.first.saturating_sub(2)..mention.first)
        .rev()
        .take_while(|&i| tokens[i].kind != Kind::Mark)
        .find_map(named);
    inside.or(after).or(before).unwrap_or(Side::None)
}

/// Every mention of the note, in the order of the note.
pub(crate) fn findings(text: &str, tokens: &[Token], language: Language, both: bool) -> Vec<Finding> {
    let lexicon = Lexicon::get();
    let spanish = language == Language::Spanish;
    let whole = vec![tokens.len(); tokens.len()];
    let read = (!both).then_some(language);
    let rough = lexicon.matches(tokens, &whole, read);
    // A drug's name, or the word "medications", does not keep a heading from being one.
    let named = |first: usize, end: usize| {
        let term = |m: &Match| lexicon.entry(m.entry).concept != Concept::Allergy;
        rough[rough.partition_point(|m| m.first < first)..].iter().take_while(|m| m.end <= end).any(term)
    };
    let inside = |i: usize| {
        let before = rough.partition_point(|m| m.end <= i);
        rough.get(before).is_some_and(|m| m.first < i)
    };
    let segments = segments(text, tokens, spanish, &named, &inside);
    let mut limits = whole;
    for segment in &segments {
        limits[segment.first..segment.end].fill(segment.end);
    }
    let mentions = lexicon.matches(tokens, &limits, read);
    let mut out = Vec::new();
    let mut inherited: Vec<Trigger> = Vec::new();
    let mut rest = mentions.as_slice();
    for segment in &segments {
        let here = rest.iter().take_while(|m| m.first < segment.end).count();
        let (mine, later) = rest.split_at(here);
        rest = later;
        let found = triggers(tokens, segment, mine);
        if segment.opens_list {
            inherited = found.iter().filter(|t| t.forward && t.end + 2 >= segment.end).copied().collect();
        } else if !segment.bullet {
            inherited.clear();
        }
        let inherit = if segment.opens_list { &[] } else { inherited.as_slice() };
        let sentence = Sentence::new(tokens, segment, mine, found, inherit);
        for (index, mention) in mine.iter().enumerate() {
            let verdict = sentence.verdict(index);
            let mut finding = Finding {
                entry: mention.entry,
                side: side(tokens, mention, segment.end),
                span: (mention.first, mention.end),
                status: verdict.status,
                cue: verdict.cue.map(|span| quote(text, tokens, span)),
                quote: quote(text, tokens, (mention.first, mention.end)),
                exact: mention.exact,
                capitals: mention.capitals,
                history: false,
            };
            if finding.status == Status::Past
                && let History::Code(code) | History::CodeWhenTreated(code) = &lexicon.entry(mention.entry).history
                && let Some((entry, _)) = lexicon.find(code)
            {
                finding = Finding { entry, side: Side::None, status: Status::Affirmed, history: true, ..finding };
            }
            let entry = lexicon.entry(finding.entry);
            if !entry.sided() || finding.side == Side::Both && !entry.both() {
                finding.side = Side::None;
            }
            if finding.status != Status::NoAllergy {
                out.push(finding);
            }
        }
    }
    out
}
