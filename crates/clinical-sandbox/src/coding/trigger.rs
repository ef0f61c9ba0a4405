//! The words that change what a mention means: negation, doubt, family, condition, past. They are read once from
//! `data/triggers.tsv` and found in a sentence, the longest first. The idea is that of the published `NegEx` (Chapman
//! and others, 2001) and `ConText` (Harkema and others, 2009) algorithms; the lists and the code are our own.

use super::phrase::{Compare, Phrases};
use super::token::{Kind, Token};
use std::sync::LazyLock;

/// What a trigger says about a mention.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Negated,
    Uncertain,
    Family,
    /// A relative: says "family" unless it is somebody who only brings or reports the patient.
    Kin,
    Hypothetical,
    Test,
    Confirmed,
    History,
    Allergy,
    Stopped,
    /// Ends the reach of every trigger before it.
    Stop,
    /// Looks like a trigger and is none.
    Nothing,
}

/// How far a trigger reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// To the end of the clause.
    Clause,
    /// To the end of the clause, when the words up to the first comma name a known term or the list ends in "or".
    List,
    /// To the next comma; over commas only in a list that ends in "or".
    Items,
    /// The next mention only, at most three words away.
    Next,
    /// To the end of the sentence, over everything but a hard stop: an advice.
    Sentence,
}

/// What a heading says about its section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Section {
    Other,
    Family,
    Allergy,
    Differential,
    Return,
    History,
}

/// One trigger found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trigger {
    pub(crate) first: usize,
    pub(crate) end: usize,
    pub(crate) class: Class,
    pub(crate) forward: bool,
    pub(crate) backward: bool,
    pub(crate) reach: Reach,
}

enum Meaning {
    Trigger { class: Class, forward: bool, reach: Reach },
    Heading { section: Section, spanish_only: bool },
}

struct Triggers {
    phrases: Phrases,
    meanings: Vec<Meaning>,
}

static TRIGGERS: LazyLock<Triggers> = LazyLock::new(|| read(include_str!("../../data/triggers.tsv")));

fn class(name: &str) -> Option<Class> {
    Some(match name {
        "negated" => Class::Negated,
        "uncertain" => Class::Uncertain,
        "family" => Class::Family,
        "kin" => Class::Kin,
        "hypothetical" => Class::Hypothetical,
        "test" => Class::Test,
        "confirmed" => Class::Confirmed,
        "history" => Class::History,
        "allergy" => Class::Allergy,
        "stopped" => Class::Stopped,
        "stop" => Class::Stop,
        "none" => Class::Nothing,
        _ => return None,
    })
}

fn section(name: &str) -> Section {
    match name {
        "family" | "family-es" => Section::Family,
        "allergy" => Section::Allergy,
        "differential" => Section::Differential,
        "return" => Section::Return,
        "history" => Section::History,
        _ => Section::Other,
    }
}

fn read(table: &str) -> Triggers {
    let mut out = Triggers { phrases: Phrases::new(Compare::Exact), meanings: Vec::new() };
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [phrase, name, direction, reach] = columns[..] else {
            continue;
        };
        let meaning = if name == "heading" {
            Meaning::Heading { section: section(direction), spanish_only: direction.ends_with("-es") }
        } else if let Some(class) = class(name) {
            let reach = match reach {
                "clause" => Reach::Clause,
                "list" => Reach::List,
                "items" => Reach::Items,
                "sentence" => Reach::Sentence,
                _ => Reach::Next,
            };
            Meaning::Trigger { class, forward: direction != "backward", reach }
        } else {
            continue;
        };
        out.phrases.add(phrase, out.meanings.len());
        out.meanings.push(meaning);
    }
    out
}

/// Every trigger in the tokens `first..end`, from left to right, none over another.
pub(crate) fn find(tokens: &[Token], first: usize, end: usize) -> Vec<Trigger> {
    let mut out: Vec<Trigger> = Vec::new();
    let mut i = first;
    while i < end {
        let found = TRIGGERS.phrases.at(tokens, i, end);
        let triggers = found.iter().filter_map(|f| match TRIGGERS.meanings[f.id] {
            Meaning::Trigger { class, forward, reach } => Some((f.end, class, forward, reach)),
            Meaning::Heading { .. } => None,
        });
        let best = triggers.clone().map(|(end, ..)| end).max();
        // `sí` is "yes", and so is `si` after a colon; `si` is "if".
        let closed = i + 1 >= end || tokens[i + 1].kind == Kind::Mark;
        let yes = tokens[i].word("si") && (tokens[i].accented || closed && i > 0 && tokens[i - 1].is(':'));
        if yes && !closed {
            // "No tos, sí disnea."
            out.push(Trigger {
                first: i,
                end: i + 1,
                class: Class::Stop,
                forward: false,
                backward: false,
                reach: Reach::Next,
            });
        }
        let Some(longest) = best.filter(|_| !yes) else {
            i += 1;
            continue;
        };
        for (end, class, forward, reach) in triggers.filter(|&(end, ..)| end == longest) {
            out.push(Trigger { first: i, end, class, forward, backward: !forward, reach });
        }
        i = longest;
    }
    out
}

/// The section that a heading of the tokens `first..end` opens.
pub(crate) fn heading(tokens: &[Token], first: usize, end: usize, spanish: bool) -> Option<Section> {
    TRIGGERS.phrases.at(tokens, first, end).iter().filter(|f| f.end == end).find_map(|f| {
        match TRIGGERS.meanings[f.id] {
            Meaning::Heading { section, spanish_only } if spanish || !spanish_only => Some(section),
            _ => None,
        }
    })
}
