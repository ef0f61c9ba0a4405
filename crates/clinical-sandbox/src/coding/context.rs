//! Decides what the note says about each mention: present, denied, doubtful, of somebody else, only possible in the
//! future, past. One sentence at a time, with the triggers found in it. It refuses to weigh: every rule is a plain
//! yes or no, in the order written here, so that a user can follow it by hand.

use super::lexicon::{Concept, Lexicon, Match};
use super::segment::Segment;
use super::token::{Kind, Token};
use super::trigger::{Class, Reach, Section, Trigger, find};

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

/// The words that make a mention past; none when only its place under "history" does.
struct PastBy(Option<(usize, usize)>);

/// One sentence with what was found in it.
pub(crate) struct Sentence<'a> {
    tokens: &'a [Token],
    segment: &'a Segment,
    mentions: &'a [Match],
    triggers: Vec<Trigger>,
    inherited: &'a [Trigger],
}

/// The triggers of a sentence that lie in no mention.
pub(crate) fn triggers(tokens: &[Token], segment: &Segment, mentions: &[Match]) -> Vec<Trigger> {
    let mut found = find(tokens, segment.first, segment.end);
    found.retain(|t| !mentions.iter().any(|m| t.first < m.end && m.first < t.end));
    found
}

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
            triggers,
            inherited,
        };
        sentence.triggers = sentence
            .triggers
            .iter()
            .filter_map(|&t| sentence.adjust(t))
            .collect();
        sentence
    }

    fn mention_ending_at(&self, i: usize) -> bool {
        self.mentions.iter().any(|m| m.end == i)
    }

    fn mention_starting_at(&self, i: usize) -> bool {
        self.mentions.iter().any(|m| m.first == i)
    }

    fn closes(&self, i: usize) -> bool {
        i >= self.segment.end
            || [',', '.', ';', ')', '?', '!', '/']
                .iter()
                .any(|&c| self.tokens[i].is(c))
    }

    /// The exceptions: "tos no productiva", "fiebre: no", "su madre refiere".
    fn adjust(&self, trigger: Trigger) -> Option<Trigger> {
        let before = trigger
            .first
            .checked_sub(1)
            .filter(|&b| b >= self.segment.first);
        let mut trigger = trigger;
        match trigger.class {
            Class::Negated if trigger.forward && !trigger.backward => {
                let bare = trigger.end == trigger.first + 1;
                if before.is_some_and(|b| self.mention_ending_at(b + 1)) && bare {
                    if self.closes(trigger.end) {
                        return Some(answer(trigger));
                    }
                    let word = &self.tokens[trigger.first];
                    if (word.word("no") || word.word("not") || word.word("non"))
                        && !self.mention_starting_at(trigger.end)
                    {
                        return None;
                    }
                }
                let colon = before
                    .is_some_and(|b| [':', '-', '(', '='].iter().any(|&c| self.tokens[b].is(c)));
                if colon
                    && self.closes(trigger.end)
                    && before.is_some_and(|b| self.mention_ending_at(b))
                {
                    return Some(answer(trigger));
                }
                Some(trigger)
            }
            Class::Kin => {
                let companion = |w: &Token| {
                    [
                        "con", "por", "a", "al", "to", "with", "by", "segun", "per", "from",
                        "junto", "via", "una",
                    ]
                    .iter()
                    .any(|c| w.word(c))
                };
                let mut b = before;
                while let Some(i) = b.filter(|&i| i > self.segment.first) {
                    if ["su", "sus", "la", "el", "los", "his", "her", "the", "their"]
                        .iter()
                        .any(|w| self.tokens[i].word(w))
                    {
                        b = Some(i - 1);
                    } else {
                        break;
                    }
                }
                let speaks = [
                    "niega", "niegan", "denies", "deny", "denied", "reports", "refiere",
                ];
                let next = self
                    .tokens
                    .get(trigger.end)
                    .filter(|_| trigger.end < self.segment.end);
                if next.is_some_and(|t| speaks.iter().any(|w| t.word(w))) {
                    return None;
                }
                if b.is_some_and(|i| companion(&self.tokens[i])) {
                    return None;
                }
                if b.is_some_and(|i| self.tokens[i].word("en") || self.tokens[i].word("in")) {
                    trigger = answer(trigger);
                }
                trigger.class = Class::Family;
                Some(trigger)
            }
            _ => Some(trigger),
        }
    }

    /// What the note says about the mention with this index.
    pub(crate) fn verdict(&self, index: usize) -> Verdict {
        let mention = &self.mentions[index];
        let entry = Lexicon::get().entry(mention.entry);
        let concept = entry.concept;
        let mut hits: Vec<(Class, (usize, usize))> = Vec::new();
        for trigger in &self.triggers {
            if trigger.forward
                && trigger.end <= mention.first
                && self.reaches_forward(trigger, mention)
                || trigger.backward
                    && mention.end <= trigger.first
                    && self.reaches_backward(trigger, mention)
            {
                hits.push((trigger.class, (trigger.first, trigger.end)));
            }
        }
        hits.extend(self.inherited.iter().map(|t| (t.class, (t.first, t.end))));
        let cue = |class: Class| {
            hits.iter()
                .rev()
                .find(|(c, _)| *c == class)
                .map(|&(_, cue)| cue)
        };
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
        let heading = self
            .tokens
            .get(mention.end)
            .filter(|_| mention.end < self.segment.end)
            .is_some_and(|next| next.is(':'));
        verdict(
            if heading {
                Status::Heading
            } else {
                Status::Affirmed
            },
            None,
        )
    }

    /// What an allergy did ("penicillin (hives)") is part of the allergy, not a finding of its own.
    fn reaction(&self, mention: &Match) -> bool {
        let code = Lexicon::get()
            .entry(mention.entry)
            .code(super::lexicon::Side::None);
        if !["R", "L", "T78"]
            .iter()
            .any(|chapter| code.starts_with(chapter))
        {
            return false;
        }
        let bracket = (self.segment.first..mention.first)
            .rev()
            .find(|&i| self.tokens[i].is('(') || self.tokens[i].is(')'));
        let inside = bracket.is_some_and(|i| self.tokens[i].is('('));
        let allergy = self
            .triggers
            .iter()
            .any(|t| t.class == Class::Allergy && t.end <= mention.first);
        self.segment.section == Section::Allergy || inside && allergy
    }

    /// Past: a word of history, a year, "5 years ago", or, for what is over by nature, a place under "history".
    fn past(&self, mention: &Match, cue: Option<(usize, usize)>) -> Option<PastBy> {
        use super::lexicon::History;
        let entry = Lexicon::get().entry(mention.entry);
        if entry.history == History::Lasting || entry.concept == Concept::Symptom {
            return None;
        }
        if let Some(words) = cue {
            return Some(PastBy(Some(words)));
        }
        let limit = self.segment.end.min(mention.end + 7);
        for i in mention.end..limit {
            if self.tokens[i].is(',') || self.tokens[i].is('.') || self.mention_starting_at(i) {
                break;
            }
            // A date of the diagnosis is no end of the disease.
            if [
                "diagnosticado",
                "diagnosticada",
                "diagnosed",
                "desde",
                "since",
            ]
            .iter()
            .any(|w| self.tokens[i].word(w))
            {
                break;
            }
            let year = self.tokens[i]
                .number()
                .filter(|y| y.fract() == 0.0 && (1930.0..2100.0).contains(y));
            let before = &self.tokens[i - 1];
            if year.is_some()
                && (before.is('(')
                    || ["en", "in", "ano", "de", "since"]
                        .iter()
                        .any(|w| before.word(w))
                    || i == mention.end)
            {
                return Some(PastBy(Some((i, i + 1))));
            }
            let ago = ["hace", "ago"].iter().any(|w| self.tokens[i].word(w));
            let near = i.saturating_sub(2).max(mention.end)..(i + 4).min(self.segment.end);
            let long = near.clone().any(|j| {
                [
                    "ano", "anos", "meses", "years", "year", "months", "decades", "yrs", "decadas",
                ]
                .iter()
                .any(|w| self.tokens[j].word(w))
            });
            let since = self.tokens[i - 1].word("desde");
            if ago && long && !since {
                return Some(PastBy(Some((near.start, near.end))));
            }
        }
        let treated = matches!(entry.history, History::CodeWhenTreated(_));
        (self.segment.section == Section::History && !treated).then_some(PastBy(None))
    }

    fn words_between(&self, from: usize, to: usize) -> usize {
        (from..to)
            .filter(|&i| self.tokens[i].kind == Kind::Word)
            .count()
    }

    fn comma(&self, from: usize, to: usize) -> Option<usize> {
        (from..to).find(|&i| self.tokens[i].is(','))
    }

    fn list_goes_on(&self, from: usize) -> bool {
        let stop = self
            .triggers
            .iter()
            .filter(|t| t.class == Class::Stop && t.first >= from)
            .map(|t| t.first)
            .min();
        let end = stop.unwrap_or(self.segment.end).min(self.segment.end);
        (from..end).any(|i| {
            ["o", "u", "or", "ni", "nor"]
                .iter()
                .any(|w| self.tokens[i].word(w))
        })
    }

    fn reaches_forward(&self, trigger: &Trigger, mention: &Match) -> bool {
        let (from, to) = (trigger.end, mention.first);
        if self.blocked(trigger, mention) {
            return false;
        }
        let first_comma = self.comma(from, to);
        match trigger.reach {
            Reach::Clause => true,
            Reach::Next => {
                let between = self
                    .mentions
                    .iter()
                    .any(|m| m.first >= from && m.first < to);
                let number = (from..to).any(|i| self.tokens[i].kind == Kind::Number);
                first_comma.is_none() && !between && !number && self.words_between(from, to) <= 3
            }
            Reach::Items => first_comma.is_none_or(|comma| {
                (comma..self.segment.end).any(|i| {
                    ["o", "u", "or", "vs", "versus"]
                        .iter()
                        .any(|w| self.tokens[i].word(w))
                })
            }),
            Reach::List => {
                let chunk = first_comma.unwrap_or(to);
                let named = self
                    .mentions
                    .iter()
                    .find(|m| m.first >= from && m.first < chunk);
                let near = |m: &Match| self.words_between(from, m.first) <= 5;
                match (first_comma, named) {
                    (_, Some(first)) => near(first),
                    (None, None) => near(mention),
                    (Some(comma), None) => self.list_goes_on(comma),
                }
            }
        }
    }

    /// Something between a trigger and a mention ends the reach: a stop word, a bracket that closes, a new trigger
    /// after a comma, or an item that the note tells more about ("no fever, cough for 3 days").
    fn blocked(&self, trigger: &Trigger, mention: &Match) -> bool {
        let (from, to) = (trigger.end, mention.first);
        let negation = trigger.class == Class::Negated;
        let mut depth = 0_i32;
        for i in from..to {
            if self.tokens[i].is('(') {
                depth += 1;
            } else if self.tokens[i].is(')') {
                depth -= 1;
                if depth < 0 {
                    return true;
                }
            }
        }
        for other in self
            .triggers
            .iter()
            .filter(|t| t.first >= from && t.end <= to)
        {
            let after_comma = other.first > 0 && self.tokens[other.first - 1].is(',');
            let new_subject = negation
                && after_comma
                && matches!(
                    other.class,
                    Class::History | Class::Uncertain | Class::Family
                );
            let tells = trigger.class == Class::Family
                && other.first == trigger.end
                && !self.reports(other.first);
            if other.class == Class::Stop && !tells || new_subject {
                return true;
            }
        }
        negation && self.told_more(from, mention)
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

    fn told_more(&self, from: usize, mention: &Match) -> bool {
        self.mentions
            .iter()
            .filter(|m| m.first >= from && m.first <= mention.first)
            .any(|m| {
                let new_item =
                    (from..m.first).any(|i| self.tokens[i].is(',') || self.tokens[i].is('+'));
                new_item && self.detail_after(m)
            })
    }

    /// Words that one writes only about what is there: for how long, since when, how treated.
    fn detail_after(&self, mention: &Match) -> bool {
        // One or two adjectives may follow: "tos seca de 3 días".
        for i in mention.end..mention.end + 3 {
            if i >= self.segment.end || self.closes(i) || self.mention_starting_at(i) {
                return false;
            }
            let word = &self.tokens[i];
            let next_number = self
                .tokens
                .get(i + 1)
                .is_some_and(|n| i + 1 < self.segment.end && n.kind == Kind::Number);
            let treated = ["treatment", "tratamiento", "tto"]
                .iter()
                .any(|w| self.tokens.get(i + 1).is_some_and(|n| n.word(w)));
            if ["desde", "since"].iter().any(|w| word.word(w))
                || ["de", "for", "x", "durante", "hace", "over"]
                    .iter()
                    .any(|w| word.word(w))
                    && next_number
                || ["en", "on"].iter().any(|w| word.word(w)) && treated
                || [
                    "tratada",
                    "tratado",
                    "treated",
                    "controlada",
                    "controlado",
                    "controlled",
                ]
                .iter()
                .any(|w| word.word(w))
            {
                return true;
            }
        }
        false
    }

    fn reaches_backward(&self, trigger: &Trigger, mention: &Match) -> bool {
        let (from, to) = (mention.end, trigger.first);
        let stop = self.triggers.iter().any(|t| {
            t.class == Class::Stop && t.first >= from && t.end <= to && t.first != trigger.first
        });
        // "was" and "es" belong to "was ruled out" and the like, which are found whole.
        if trigger.reach == Reach::Clause {
            return !stop;
        }
        let nearest = !self
            .mentions
            .iter()
            .any(|m| m.first >= from && m.first < to);
        let comma = self.comma(from, to).is_some();
        let items = self.tokens[trigger.first].is('?') && self.words_between(from, to) > 0;
        // "AF (madre)": what a bracket says belongs to the words before it.
        nearest && !comma && !stop && !items && self.words_between(from, to) <= 3
    }
}

fn answer(trigger: Trigger) -> Trigger {
    Trigger {
        forward: false,
        backward: true,
        reach: Reach::Next,
        ..trigger
    }
}
