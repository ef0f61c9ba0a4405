//! Decides what the note says about each mention: present, denied, doubtful, of somebody else, only possible in the
//! future, past. One sentence at a time, with the triggers found in it. It refuses to weigh: every rule is a plain
//! yes or no, in the order written here, so that a user can follow it by hand.

mod exceptions;
mod index;
mod past;
mod reach;

use self::index::Index;
use self::past::PastBy;
use super::lexicon::{Concept, Lexicon, Match};
use super::segment::Segment;
use super::token::Token;
use super::trigger::{Class, Section, Trigger, find};
use std::ops::Range;

/// What the note says about one mention.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Status {
    /// Present.
    Affirmed,
    /// Named before a colon, as a heading: present unless denied elsewhere.
    Heading,
    /// Denied or ruled out.
    Negated,
    /// Doubtful.
    Uncertain,
    /// Somebody else's.
    Family,
    /// A condition, a risk, an advice.
    Hypothetical,
    /// The name of a test, a protocol or a unit.
    Test,
    /// Over.
    Past,
    /// A drug that is not, or no longer, taken.
    Stopped,
    /// The name of a drug without the word allergy: nothing to say.
    NoAllergy,
}

/// The verdict on one mention.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    /// The tokens of the words that decided, if any.
    pub(crate) cue: Option<(usize, usize)>,
}

/// One sentence with what was found in it.
pub(crate) struct Sentence<'a> {
    tokens: &'a [Token],
    segment: &'a Segment,
    mentions: &'a [Match],
    triggers: Vec<Trigger>,
    inherited: &'a [Trigger],
    index: Index,
    /// Per mention: the last one up to it that the note tells more about.
    detailed: Vec<Option<usize>>,
    /// Per backward trigger: the mentions it speaks about.
    back: Vec<(Class, (usize, usize), Range<usize>)>,
}

/// The triggers of a sentence that lie in no mention. One that runs into a mention gives way to a shorter one before
/// it: in "not on anticoagulation" the term begins with "on", and "not" remains.
pub(crate) fn triggers(tokens: &[Token], segment: &Segment, mentions: &[Match]) -> Vec<Trigger> {
    let mut out = Vec::new();
    for trigger in find(tokens, segment.first, segment.end) {
        let next = mentions.partition_point(|m| m.end <= trigger.first);
        match mentions.get(next).filter(|m| m.first < trigger.end) {
            None => out.push(trigger),
            Some(m) if m.first > trigger.first && trigger.class != Class::Nothing => {
                out.extend(find(tokens, trigger.first, m.first));
            }
            Some(_) => {}
        }
    }
    out
}

/// Words between a substance and what it did.
const REACTS: [&str; 11] =
    ["con", "with", "causes", "caused", "causing", "gives", "gets", "produce", "provoca", "reaction", "reaccion"];

impl<'a> Sentence<'a> {
    pub(crate) fn new(
        tokens: &'a [Token],
        segment: &'a Segment,
        mentions: &'a [Match],
        triggers: Vec<Trigger>,
        inherited: &'a [Trigger],
    ) -> Self {
        let mut sentence = Self {
            tokens,
            segment,
            mentions,
            index: Index::new(tokens, segment, &triggers),
            triggers: Vec::new(),
            inherited,
            detailed: Vec::new(),
            back: Vec::new(),
        };
        sentence.triggers = triggers.into_iter().filter_map(|t| sentence.adjust(t)).collect();
        sentence.index = Index::new(tokens, segment, &sentence.triggers);
        let mut last = None;
        for (i, mention) in mentions.iter().enumerate() {
            if sentence.detail_after(mention) {
                last = Some(i);
            }
            sentence.detailed.push(last);
        }
        sentence.back = sentence
            .triggers
            .iter()
            .filter(|t| t.backward)
            .map(|t| (t.class, (t.first, t.end), sentence.reached_back(t)))
            .collect();
        sentence
    }

    fn mention_ending_at(&self, i: usize) -> bool {
        let next = self.mentions.partition_point(|m| m.end < i);
        self.mentions.get(next).is_some_and(|m| m.end == i)
    }

    fn mention_starting_at(&self, i: usize) -> bool {
        let next = self.mentions.partition_point(|m| m.first < i);
        self.mentions.get(next).is_some_and(|m| m.first == i)
    }

    fn closes(&self, i: usize) -> bool {
        i >= self.segment.end || [',', '.', ';', ')', '?', '!', '/', '|'].iter().any(|&c| self.tokens[i].is(c))
    }

    /// What the note says about the mention with this index.
    pub(crate) fn verdict(&self, index: usize) -> Verdict {
        let mention = &self.mentions[index];
        let entry = Lexicon::get().entry(mention.entry);
        let concept = entry.concept;
        let mut hits: Vec<(Class, (usize, usize))> = Vec::new();
        for trigger in self.triggers.iter().filter(|t| t.forward) {
            if trigger.end > mention.first {
                break;
            }
            if self.reaches_forward(trigger, index) {
                hits.push((trigger.class, (trigger.first, trigger.end)));
            }
        }
        for (class, cue, reached) in &self.back {
            if reached.contains(&index) {
                hits.push((*class, *cue));
            }
        }
        hits.extend(self.inherited.iter().map(|t| (t.class, (t.first, t.end))));
        let cue = |class: Class| hits.iter().rev().find(|(c, _)| *c == class).map(|&(_, cue)| cue);
        let section = |section: Section| (self.segment.section == section).then_some(None);
        let found = |class: Class, here: Section| cue(class).map(Some).or(section(here));
        let verdict = |status: Status, cue: Option<(usize, usize)>| Verdict { status, cue };

        if concept == Concept::Allergy {
            let allergic = found(Class::Allergy, Section::Allergy);
            let Some(word) = allergic else {
                return verdict(Status::NoAllergy, None);
            };
            return match (cue(Class::Negated), found(Class::Family, Section::Family)) {
                (_, Some(family)) => verdict(Status::Family, family),
                (Some(no), None) => verdict(Status::Negated, Some(no)),
                (None, None) => verdict(Status::Affirmed, word),
            };
        }
        if self.reaction(mention) {
            return verdict(Status::NoAllergy, None);
        }
        let drug = matches!(concept, Concept::DiabetesDrug | Concept::Status);
        if let Some(family) = found(Class::Family, Section::Family) {
            return verdict(Status::Family, family);
        }
        if mention.denies {
            return verdict(Status::Negated, Some((mention.first, mention.end)));
        }
        if let Some(no) = cue(Class::Negated) {
            return verdict(Status::Negated, Some(no));
        }
        if let Some(condition) = found(Class::Hypothetical, Section::Return) {
            return verdict(Status::Hypothetical, condition);
        }
        if let Some(test) = cue(Class::Test)
            && cue(Class::Confirmed).is_none()
        {
            return verdict(Status::Test, Some(test));
        }
        if let Some(doubt) = found(Class::Uncertain, Section::Differential)
            && cue(Class::Confirmed).is_none()
        {
            return verdict(Status::Uncertain, doubt);
        }
        if drug {
            if let Some(stopped) = cue(Class::Stopped) {
                return verdict(Status::Stopped, Some(stopped));
            }
            if self.segment.section == Section::Allergy || cue(Class::Allergy).is_some() {
                return verdict(Status::NoAllergy, None);
            }
        }
        if let Some(PastBy(past)) = self.past(mention, cue(Class::History)) {
            return verdict(Status::Past, past);
        }
        let heading =
            self.tokens.get(mention.end).filter(|_| mention.end < self.segment.end).is_some_and(|next| next.is(':'));
        verdict(if heading { Status::Heading } else { Status::Affirmed }, None)
    }

    /// What an allergy did ("penicillin (hives)") is part of the allergy, not a finding of its own.
    fn reaction(&self, mention: &Match) -> bool {
        let code = Lexicon::get().entry(mention.entry).code(super::lexicon::Side::None);
        if !["R", "L", "T78"].iter().any(|chapter| code.starts_with(chapter)) {
            return false;
        }
        if self.segment.section == Section::Allergy {
            return true;
        }
        let before = self.mentions.partition_point(|m| m.end <= mention.first);
        let Some(substance) = self.mentions[..before]
            .iter()
            .rev()
            .take(4)
            .find(|m| Lexicon::get().entry(m.entry).concept == Concept::Allergy)
        else {
            return false;
        };
        let allergic = self.triggers.iter().any(|t| t.class == Class::Allergy && t.first < mention.first);
        // "Penicillin allergy (rash)", "allergic to sulfa: hives", "alergia a penicilina con exantema".
        let leads = (substance.end..mention.first).any(|i| {
            ['(', ':', '-', '=', '>', '→'].iter().any(|&c| self.tokens[i].is(c))
                || REACTS.iter().any(|w| self.tokens[i].word(w))
        });
        allergic && leads && mention.first - substance.end <= 8
    }
}
