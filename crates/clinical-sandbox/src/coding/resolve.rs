//! From findings to the two lists: one line per code, what is affirmed before what is denied, the exact before the
//! general. It adds no code that no word of the note stands for.

use super::context::Status;
use super::finding::{Finding, quote};
use super::lexicon::{Concept, Lexicon, Side, covers};
use super::refine;
use super::token::Token;
use std::collections::HashMap;

/// Why a code is in its list.
#[derive(Clone, Debug)]
pub(crate) enum Reason {
    /// The note names it. The flag: it also denies it elsewhere.
    Named {
        mentions: usize,
        denied_elsewhere: bool,
    },
    /// The note names it as past.
    History,
    /// A drug taken for a long time.
    Drug,
    /// A drug for diabetes in a note that affirms no diabetes.
    DrugAlone,
    /// A named diagnosis made more exact by the words or the value given.
    Refined {
        by: String,
    },
    /// See [`Status`].
    Denied,
    Uncertain,
    Family,
    Hypothetical,
    Test,
    Past,
    Stopped,
    /// A more exact code was accepted.
    General {
        by: String,
        quote: String,
    },
    /// A symptom that belongs to an accepted diagnosis.
    Integral {
        by: String,
        quote: String,
    },
    /// A value of the note speaks against it.
    Value {
        quote: String,
    },
}

/// A code, decided.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) code: String,
    pub(crate) entry: usize,
    pub(crate) side: Side,
    pub(crate) accepted: bool,
    pub(crate) reason: Reason,
    pub(crate) quote: String,
    pub(crate) cue: Option<String>,
    pub(crate) exact: bool,
    pub(crate) capitals: bool,
    first: usize,
}

fn affirmed(status: Status) -> bool {
    status == Status::Affirmed
}

/// One decision per code, in the order of the first mention of each.
fn group(findings: &[Finding]) -> Vec<Decision> {
    let lexicon = Lexicon::get();
    let mut order: Vec<(&str, Vec<&Finding>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for finding in findings {
        let place = *places.entry(finding.code()).or_insert(order.len());
        if place == order.len() {
            order.push((finding.code(), Vec::new()));
        }
        order[place].1.push(finding);
    }
    order
        .into_iter()
        .filter_map(|(code, list)| {
            let denied = list.iter().any(|f| f.status == Status::Negated);
            let named = |f: &&&Finding| affirmed(f.status) || f.status == Status::Heading && !denied;
            let best = list.iter().find(named).or_else(|| list.iter().min_by_key(|f| rank(f.status)))?;
            let accepted = affirmed(best.status) || best.status == Status::Heading && !denied;
            let concept = lexicon.entry(best.entry).concept;
            let reason = match best.status {
                _ if accepted && best.history => Reason::History,
                _ if accepted && concept == Concept::DiabetesDrug => Reason::Drug,
                _ if accepted => {
                    Reason::Named { mentions: list.iter().filter(named).count(), denied_elsewhere: denied }
                }
                Status::Uncertain => Reason::Uncertain,
                Status::Family => Reason::Family,
                Status::Hypothetical => Reason::Hypothetical,
                Status::Test => Reason::Test,
                Status::Past => Reason::Past,
                Status::Stopped => Reason::Stopped,
                _ => Reason::Denied,
            };
            Some(Decision {
                code: code.to_owned(),
                entry: best.entry,
                side: best.side,
                accepted,
                reason,
                quote: best.quote.clone(),
                cue: best.cue.clone(),
                exact: best.exact,
                capitals: best.capitals,
                first: list.iter().map(|f| f.span.0).min().unwrap_or(0),
            })
        })
        .collect()
}

fn rank(status: Status) -> u8 {
    match status {
        Status::Affirmed => 0,
        Status::Negated => 1,
        Status::Uncertain => 2,
        Status::Past => 3,
        Status::Family => 4,
        Status::Stopped => 5,
        Status::Hypothetical => 6,
        Status::Test => 7,
        Status::Heading | Status::NoAllergy => 8,
    }
}

/// The same condition with and without a side: the one without goes into the one with.
fn merge_sides(decisions: &mut Vec<Decision>) {
    let sided: Vec<usize> = decisions.iter().filter(|d| d.accepted && d.side != Side::None).map(|d| d.entry).collect();
    let lexicon = Lexicon::get();
    decisions.retain(|d| !(d.side == Side::None && lexicon.entry(d.entry).sided() && sided.contains(&d.entry)));
}

fn is_diabetes(code: &str) -> bool {
    ["E08", "E09", "E10", "E11", "E13", "O24"].iter().any(|c| code.starts_with(c))
}

/// Drugs for diabetes count only beside a diabetes.
fn gate(decisions: &mut [Decision]) {
    if decisions.iter().any(|d| d.accepted && is_diabetes(&d.code)) {
        return;
    }
    let lexicon = Lexicon::get();
    for decision in
        decisions.iter_mut().filter(|d| d.accepted && lexicon.entry(d.entry).concept == Concept::DiabetesDrug)
    {
        decision.accepted = false;
        decision.reason = Reason::DrugAlone;
    }
}

fn refined(base: &Decision, code: &str, accepted: bool, reason: Reason) -> Option<Decision> {
    let (entry, side) = Lexicon::get().find(code)?;
    Some(Decision { code: code.to_owned(), entry, side, accepted, reason, cue: None, ..base.clone() })
}

/// Diabetes with poor control or a glycated haemoglobin of 9 % and more is diabetes with hyperglycaemia; below 7 % the
/// note speaks against it.
fn diabetes(text: &str, tokens: &[Token], findings: &[Finding], decisions: &mut Vec<Decision>) {
    let control = refine::PoorControl::new(tokens);
    for (family, code) in [("E11.", "E11.65"), ("E10.", "E10.65")] {
        let Some(base) = decisions.iter().find(|d| d.accepted && d.code.starts_with(family)).cloned() else {
            continue;
        };
        if decisions.iter().any(|d| d.code == code) {
            continue;
        }
        let words = findings
            .iter()
            .filter(|f| affirmed(f.status) && f.code().starts_with(family))
            .find_map(|f| control.of(f))
            .map(|span| quote(text, tokens, span));
        let named = decisions.iter().find(|d| d.accepted && d.code == "R73.9").map(|d| d.quote.clone());
        let value = refine::hba1c(text, tokens);
        let high = value.as_ref().filter(|v| v.number >= 9.0).map(|v| v.quote.clone());
        let low = value.as_ref().filter(|v| v.number < 7.0).map(|v| v.quote.clone());
        let decision = match (words.or(named).or(high), low) {
            (Some(by), _) => refined(&base, code, true, Reason::Refined { by }),
            (None, Some(quote)) => refined(&base, code, false, Reason::Value { quote }),
            (None, None) => None,
        };
        decisions.extend(decision);
    }
}

/// A concussion is coded by whether consciousness was lost: denied, named, named as brief or in seconds or minutes.
fn concussion(tokens: &[Token], findings: &[Finding], decisions: &mut [Decision]) {
    let Some(decision) =
        decisions.iter_mut().find(|d| d.accepted && ["S06.0XAA", "S06.0X9A"].contains(&d.code.as_str()))
    else {
        return;
    };
    let lost =
        |f: &&Finding| f.code() == "S06.0X9A" || f.code() == "R55" && refine::loss_of_consciousness(tokens, f.span);
    let Some(named) = findings
        .iter()
        .filter(lost)
        .find(|f| affirmed(f.status))
        .or_else(|| findings.iter().filter(lost).find(|f| f.status == Status::Negated))
    else {
        return;
    };
    let code = if !affirmed(named.status) {
        "S06.0X0A"
    } else if refine::brief(tokens, named.span) {
        "S06.0X1A"
    } else {
        "S06.0X9A"
    };
    let by = named.quote.clone();
    if let Some(exact) = refined(decision, code, true, Reason::Refined { by }) {
        *decision = exact;
    }
}

/// An obesity that the note names lets its body mass index be coded.
fn obesity(text: &str, tokens: &[Token], decisions: &mut Vec<Decision>) {
    let Some(base) = decisions.iter().find(|d| d.accepted && d.code.starts_with("E66")).cloned() else {
        return;
    };
    let Some(value) = refine::body_mass_index(text, tokens) else {
        return;
    };
    let code = refine::index_code(value.number).filter(|code| !decisions.iter().any(|d| d.code == *code));
    decisions.extend(code.and_then(|code| refined(&base, code, true, Reason::Refined { by: value.quote })));
}

/// The general yields to the exact, the symptom to its diagnosis.
fn yields(decisions: &mut [Decision]) {
    let lexicon = Lexicon::get();
    let accepted: Vec<(String, String, usize)> =
        decisions.iter().filter(|d| d.accepted).map(|d| (d.code.clone(), d.quote.clone(), d.entry)).collect();
    let beats = |code: &str, entry: usize, other: &str| {
        other != code && lexicon.entry(entry).yields.iter().any(|pattern| covers(pattern, other))
    };
    // Name as the winner a code that itself stays, where there is one.
    let stays = |code: &str, entry: usize| !accepted.iter().any(|(other, ..)| beats(code, entry, other));
    for decision in decisions.iter_mut().filter(|d| d.accepted) {
        let entry = lexicon.entry(decision.entry);
        let over = |(code, ..): &&(String, String, usize)| beats(&decision.code, decision.entry, code);
        let mut winner = accepted
            .iter()
            .filter(over)
            .find(|(code, _, entry)| stays(code, *entry))
            .or_else(|| accepted.iter().find(over));
        // Where only a code that yields itself speaks against this one, name the code that it yields to.
        for _ in 0..4 {
            let next = winner.and_then(|(code, _, entry)| {
                let over = |(other, ..): &&(String, String, usize)| beats(code, *entry, other);
                accepted.iter().find(over)
            });
            winner = next.or(winner);
        }
        if let Some((code, quote, _)) = winner {
            let (by, quote) = (code.clone(), quote.clone());
            decision.accepted = false;
            decision.reason = match entry.concept {
                Concept::Symptom => Reason::Integral { by, quote },
                _ => Reason::General { by, quote },
            };
        }
    }
}

/// The two lists in one: in the order of the first mention, a refined code just after the one it came from.
pub(crate) fn decide(text: &str, tokens: &[Token], findings: &[Finding]) -> Vec<Decision> {
    let mut decisions = group(findings);
    gate(&mut decisions);
    merge_sides(&mut decisions);
    diabetes(text, tokens, findings, &mut decisions);
    obesity(text, tokens, &mut decisions);
    if !decisions.iter().any(|d| d.accepted && ["S06.0X0A", "S06.0X1A"].contains(&d.code.as_str())) {
        concussion(tokens, findings, &mut decisions);
    }
    yields(&mut decisions);
    decisions.sort_by_key(|d| d.first);
    decisions
}
