//! What a sentence says about a mention: denied, past, stopped, somebody else's and so on, from the words in
//! `data/structuring/context.tsv`. The idea is that of `NegEx` and `ConText`. It refuses to weigh: the first rule that
//! holds decides, in the order family, negated, hypothetical, uncertain, stopped, planned, historical.

use std::sync::LazyLock;

use super::entity::{Class, Status};
use super::reader::Text;
use super::table::Table;
use crate::coding::phrase::Compare;
use crate::coding::segment::Segment;
use crate::coding::trigger::Section;

/// What a word of the table does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effect {
    Status(Status),
    Allergy,
    /// Ends the reach of what stands before it.
    Stop,
}

/// One word of the table in a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    first: usize,
    end: usize,
    effect: Effect,
    forward: bool,
    backward: bool,
}

/// How many tokens a word reaches forward and backward.
const FORWARD: usize = 25;
const BACKWARD: usize = 8;

static WORDS: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../data/structuring/context.tsv"), &[0], Compare::Exact));

fn effect(name: &str) -> Effect {
    Effect::Status(match name {
        "negated" => Status::Negated,
        "uncertain" => Status::Uncertain,
        "family" => Status::Family,
        "historical" => Status::Historical,
        "stopped" => Status::Stopped,
        "planned" => Status::Planned,
        "hypothetical" => Status::Hypothetical,
        "allergy" => return Effect::Allergy,
        _ => return Effect::Stop,
    })
}

/// One sentence with the words that change a meaning.
pub(super) struct Context {
    first: usize,
    end: usize,
    section: Section,
    cues: Vec<Cue>,
    /// From the line with a colon before this list.
    inherited: Vec<Cue>,
}

/// The contexts of all sentences. A bullet under a line that ends in a colon takes over what that line says.
pub(super) fn contexts(text: &Text<'_>) -> Vec<Context> {
    let mut inherited: Vec<Cue> = Vec::new();
    let mut out = Vec::new();
    for segment in &text.sentences {
        let cues = cues(text, segment);
        if segment.paragraph || !(segment.bullet || segment.opens_list) {
            inherited.clear();
        }
        let own = inherited.clone();
        if segment.opens_list {
            inherited = cues.iter().filter(|cue| cue.forward && cue.effect != Effect::Stop).copied().collect();
        }
        let (first, end, section) = (segment.first, segment.end, segment.section);
        out.push(Context { first, end, section, cues, inherited: own });
    }
    out
}

fn cues(text: &Text<'_>, segment: &Segment) -> Vec<Cue> {
    let mut out: Vec<Cue> = Vec::new();
    let mut i = segment.first;
    while i < segment.end {
        let here = |row: usize| {
            let languages = WORDS.cell(row, 3);
            languages.is_empty() || languages.split(' ').any(|code| code == text.spoken.code())
        };
        let hits: Vec<_> = WORDS.all(text, i, segment.end).into_iter().filter(|hit| here(hit.row)).collect();
        let Some(longest) = hits.iter().map(|hit| hit.end).max() else {
            i += 1;
            continue;
        };
        for hit in hits.into_iter().filter(|hit| hit.end == longest) {
            let direction = WORDS.cell(hit.row, 2);
            out.push(Cue {
                first: i,
                end: hit.end,
                effect: effect(WORDS.cell(hit.row, 1)),
                forward: direction != "backward",
                backward: direction == "backward",
            });
        }
        i = longest;
    }
    out
}

/// A mention as the context sees it: its tokens, and whether it says more than a name (a dose).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) detailed: bool,
}

/// The status of a mention and the tokens of the words that decided.
pub(super) type Verdict = (Status, Option<(usize, usize)>);

impl Context {
    /// The tokens of the sentence.
    pub(super) fn tokens(&self) -> (usize, usize) {
        (self.first, self.end)
    }

    /// True where the sentence speaks of an allergy to this mention.
    pub(super) fn allergic(&self, text: &Text<'_>, places: &[Place], index: usize) -> bool {
        let under = self.section == Section::Allergy && !places[index].detailed;
        under
            || self.inherited.iter().any(|cue| cue.effect == Effect::Allergy)
            || self.reaching(text, places, index).any(|cue| cue.effect == Effect::Allergy)
    }

    /// The status of a mention. `places` are all mentions of its kind in the sentence, in order.
    pub(super) fn verdict(&self, text: &Text<'_>, class: Class, places: &[Place], index: usize) -> Verdict {
        const ORDER: [Status; 7] = [
            Status::Family,
            Status::Negated,
            Status::Hypothetical,
            Status::Uncertain,
            Status::Stopped,
            Status::Planned,
            Status::Historical,
        ];
        let reaching: Vec<&Cue> = self.reaching(text, places, index).chain(&self.inherited).collect();
        let own = |status: Status| match status {
            Status::Stopped => class == Class::Medication,
            Status::Planned => matches!(class, Class::Procedure | Class::Immunization),
            Status::Historical => class != Class::Medication && class != Class::Allergy,
            _ => true,
        };
        for status in ORDER.into_iter().filter(|status| own(*status)) {
            if let Some(cue) = reaching.iter().find(|cue| cue.effect == Effect::Status(status)) {
                return (status, Some((cue.first, cue.end)));
            }
            if status == Status::Family && self.section == Section::Family {
                return (status, None);
            }
        }
        (Status::Active, None)
    }

    fn reaching<'a>(&'a self, text: &'a Text<'_>, places: &'a [Place], index: usize) -> impl Iterator<Item = &'a Cue> {
        let here = places[index];
        // "Not taking": the verb belongs to the denial, not to a new clause.
        let stop = |from: usize, to: usize| {
            self.cues.iter().any(|cue| cue.effect == Effect::Stop && cue.first > from && cue.end <= to)
        };
        self.cues.iter().filter(move |cue| {
            text.count();
            if cue.forward && cue.end <= here.first {
                let near = here.first - cue.end <= FORWARD;
                near && !stop(cue.end, here.first) && Self::over_commas(text, cue, places, here)
            } else if cue.backward && cue.first >= here.end {
                let near = cue.first - here.end <= BACKWARD;
                let comma = (here.end..cue.first).any(|i| text.is(i, self.end, &[',', ';']));
                near && !comma && !stop(here.end.saturating_sub(1), cue.first)
            } else {
                false
            }
        })
    }

    /// A comma ends the reach, unless a mention of the same kind stands before it: then it is a list. What comes with
    /// a dose after a comma is taken, whatever was denied before.
    fn over_commas(text: &Text<'_>, cue: &Cue, places: &[Place], here: Place) -> bool {
        let Some(comma) = (cue.end..here.first).find(|&i| text.is(i, here.first, &[','])) else {
            return true;
        };
        let names_only = matches!(cue.effect, Effect::Status(Status::Negated) | Effect::Allergy);
        let listed = places.iter().any(|place| place.first >= cue.end && place.end <= comma);
        listed && !(names_only && here.detailed)
    }
}
