//! How far a trigger reaches: which mentions before or after it the trigger speaks about. It answers yes or no from
//! the index of the sentence, in the same short time for every pair, and does not know what the answer is used for.

use super::super::lexicon::{Lexicon, Match, Side};
use super::super::token::{Kind, Token};
use super::super::trigger::{Class, Reach, Trigger};
use super::Sentence;
use super::index::Stops;

impl Sentence<'_> {
    fn next_mention(&self, from: usize) -> Option<&Match> {
        let i = self.mentions.partition_point(|m| m.first < from);
        self.mentions.get(i)
    }

    fn mention_between(&self, from: usize, to: usize) -> bool {
        self.next_mention(from).is_some_and(|m| m.first < to)
    }

    fn list_goes_on(&self, from: usize) -> bool {
        let end = self.index.next_stop(from).unwrap_or(self.segment.end);
        self.index.or(from, end)
    }

    pub(super) fn reaches_forward(&self, trigger: &Trigger, mention: usize) -> bool {
        let (from, to) = (trigger.end, self.mentions[mention].first);
        if self.blocked(trigger, mention) {
            return false;
        }
        let first_comma = self.index.comma(from, to);
        match trigger.reach {
            Reach::Clause | Reach::Sentence => true,
            Reach::Next => {
                first_comma.is_none()
                    && !self.mention_between(from, to)
                    && !self.index.number(from, to)
                    && self.index.words(from, to) <= 3
            }
            Reach::Items => first_comma.is_none_or(|comma| self.index.or_versus(comma, self.segment.end)),
            Reach::List => {
                let chunk = first_comma.unwrap_or(to);
                let named = self.next_mention(from).filter(|m| m.first < chunk);
                let near = |first: usize| self.index.words(from, first) <= 5;
                match (first_comma, named) {
                    (_, Some(first)) => near(first.first),
                    (None, None) => near(to),
                    (Some(comma), None) => self.list_goes_on(comma),
                }
            }
        }
    }

    /// Something between a trigger and a mention ends the reach: a stop word, a bracket that closes, a new trigger
    /// after a comma, or an item that the note tells more about ("no fever, cough for 3 days").
    fn blocked(&self, trigger: &Trigger, mention: usize) -> bool {
        let (from, to) = (trigger.end, self.mentions[mention].first);
        let negation = trigger.class == Class::Negated;
        if self.index.bracket_closes(from, to) {
            return true;
        }
        let stops = match (trigger.class, trigger.reach) {
            (_, Reach::Sentence) => Stops::Hard,
            (Class::Hypothetical, _) => Stops::Unjoined,
            _ => Stops::All,
        };
        // "Father had an infarction", "if he has fever": the verb belongs to the trigger, not to a new clause.
        let own = self.index.stop(stops, from, to).filter(|stop| self.own_verb(trigger, *stop));
        let from_there = own.map_or(from, |stop| stop.1);
        self.index.stop(stops, from_there, to).is_some()
            || negation && (self.index.new_subject(from, to) || self.told_more(from, mention))
    }

    fn own_verb(&self, trigger: &Trigger, stop: (usize, usize)) -> bool {
        let near = self.index.words(trigger.end, stop.0) <= 3
            && self.index.comma(trigger.end, stop.0).is_none()
            && !self.mention_between(trigger.end, stop.0);
        match trigger.class {
            Class::Family => near && !self.reports(stop.0),
            Class::Hypothetical => {
                near && ["si", "if", "unless", "should", "when", "cuando"]
                    .iter()
                    .any(|w| self.tokens[trigger.first].word(w))
            }
            _ => false,
        }
    }

    /// "La madre refiere": a relative who speaks about the patient. "Father had": one of whom the note speaks.
    fn reports(&self, i: usize) -> bool {
        const SAYS: [&str; 22] = [
            "refiere",
            "refieren",
            "referia",
            "relata",
            "cuenta",
            "comenta",
            "describe",
            "manifiesta",
            "dice",
            "explica",
            "acude",
            "consulta",
            "reports",
            "reported",
            "states",
            "says",
            "notes",
            "noted",
            "noticed",
            "describes",
            "por",
            "because",
        ];
        SAYS.iter().any(|word| self.tokens[i].word(word))
    }

    fn told_more(&self, from: usize, mention: usize) -> bool {
        self.detailed[mention].is_some_and(|m| {
            let first = self.mentions[m].first;
            first >= from && self.index.item(from, first)
        })
    }

    /// Words that one writes only about what is there: for how long, since when, how treated.
    pub(super) fn detail_after(&self, mention: &Match) -> bool {
        // One or two adjectives may follow: "tos seca de 3 días".
        for i in mention.end..mention.end + 3 {
            if i >= self.segment.end || self.closes(i) || self.mention_starting_at(i) {
                return false;
            }
            let word = &self.tokens[i];
            let next_number =
                self.tokens.get(i + 1).is_some_and(|n| i + 1 < self.segment.end && n.kind == Kind::Number);
            let treated =
                ["treatment", "tratamiento", "tto"].iter().any(|w| self.tokens.get(i + 1).is_some_and(|n| n.word(w)));
            if ["desde", "since"].iter().any(|w| word.word(w))
                || ["de", "for", "x", "durante", "hace", "over"].iter().any(|w| word.word(w)) && next_number
                || ["en", "on"].iter().any(|w| word.word(w)) && treated
                || ["tratada", "tratado", "treated", "controlada", "controlado", "controlled"]
                    .iter()
                    .any(|w| word.word(w))
            {
                return true;
            }
        }
        false
    }

    /// The mentions that the backward trigger speaks about, as a range of their numbers.
    pub(super) fn reached_back(&self, trigger: &Trigger) -> std::ops::Range<usize> {
        let before = self.mentions.partition_point(|m| m.end <= trigger.first);
        let Some(nearest) = before.checked_sub(1) else {
            return 0..0;
        };
        let (from, to) = (self.mentions[nearest].end, trigger.first);
        if trigger.reach == Reach::Clause {
            let open = |m: &Match| self.index.stop(Stops::All, m.end, to).is_none();
            return self.mentions[..before].partition_point(|m| !open(m))..before;
        }
        let mark = self.tokens[trigger.first].is('?') && self.index.words(from, to) > 0;
        // "AF (madre)": what a bracket says belongs to the words before it.
        let near = self.index.comma(from, to).is_none()
            && self.index.stop(Stops::All, from, to).is_none()
            && !mark
            && self.index.words(from, to) <= 3;
        if !near {
            return 0..0;
        }
        if trigger.reach == Reach::List { self.joined_to(nearest)..before } else { nearest..before }
    }

    /// The first of the mentions joined to this one: "gripe, VRS y COVID negativos", "flu/COVID neg". They must be of
    /// one kind, and a list of mere commas must be one of tests for an infection: "HTA, COVID negativo" is no list.
    fn joined_to(&self, nearest: usize) -> usize {
        let kind = kind(&self.mentions[nearest]);
        let (mut first, mut commas_only) = (nearest, true);
        while let Some(before) = first.checked_sub(1) {
            let gap = self.mentions[before].end..self.mentions[first].first;
            let positive =
                ["positive", "positivo", "positiva", "pos"].iter().any(|w| self.tokens[gap.start - 1].word(w));
            let joins = !gap.is_empty()
                && !positive
                && gap.clone().all(|i| joiner(&self.tokens[i]))
                && kind == self::kind(&self.mentions[before]);
            if !joins {
                break;
            }
            commas_only &= gap.clone().all(|i| self.tokens[i].is(',') || self.tokens[i].kind == Kind::Number);
            first = before;
        }
        if commas_only && kind != "infection" { nearest } else { first }
    }
}

fn joiner(token: &Token) -> bool {
    match token.kind {
        Kind::Mark => [',', '/', '&', '-'].iter().any(|&c| token.is(c)),
        Kind::Number => true,
        Kind::Word => {
            token.folded.len() == 1
                || ["and", "or", "ni", "nor", "pcr", "ag", "test", "virus"].iter().any(|w| token.word(w))
        }
    }
}

fn kind(mention: &Match) -> &'static str {
    let code = Lexicon::get().entry(mention.entry).code(Side::None);
    let infection = ["A", "B", "J09", "J10", "J11", "J02.0", "U07", "Z21"];
    if infection.iter().any(|c| code.starts_with(c)) && !code.starts_with("A41") {
        "infection"
    } else if code.starts_with('R') {
        "symptom"
    } else {
        "other"
    }
}
