//! Triggers that mean something else where they stand: "fiebre: no", "tos no productiva", "su madre refiere". It changes
//! or drops a trigger before its reach is asked; it looks only at the words beside it.

use super::super::token::{Kind, Token};
use super::super::trigger::{Class, Reach, Trigger};
use super::Sentence;

impl Sentence<'_> {
    /// The exceptions: "tos no productiva", "fiebre: no", "su madre refiere".
    pub(super) fn adjust(&self, trigger: Trigger) -> Option<Trigger> {
        let before = trigger.first.checked_sub(1).filter(|&b| b >= self.segment.first);
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
                let colon = before.is_some_and(|b| [':', '-', '(', '=', '?'].iter().any(|&c| self.tokens[b].is(c)));
                if colon && self.closes(trigger.end) && before.is_some_and(|b| self.mention_ending_at(b)) {
                    return Some(answer(trigger));
                }
                Some(trigger)
            }
            Class::Uncertain if self.answered(&trigger) => None,
            // "PE less likely" speaks of what stands before, "less likely PE" of what comes after.
            Class::Uncertain
                if trigger.forward
                    && ["less", "unlikely"].iter().any(|w| self.tokens[trigger.first].word(w))
                    && (0..3).any(|k| {
                        trigger.first.checked_sub(k).is_some_and(|i| {
                            self.mention_ending_at(i) && !(i..trigger.first).any(|c| self.tokens[c].is(','))
                        })
                    }) =>
            {
                None
            }
            // "Reviewed stroke symptoms": a lesson; "stroke symptoms improved": a finding.
            Class::Hypothetical
                if trigger.backward
                    && trigger.end == trigger.first + 1
                    && ["symptoms", "signs"].iter().any(|w| self.tokens[trigger.first].word(w))
                    && !self.taught(trigger.first) =>
            {
                None
            }
            Class::Kin => {
                let companion = |w: &Token| {
                    ["con", "por", "a", "al", "to", "with", "by", "segun", "per", "from", "junto", "via", "una"]
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
                if self.informs(trigger.end) {
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
}

impl Sentence<'_> {
    /// The marks of a question that is answered at once ask for nothing more.
    fn answered(&self, trigger: &Trigger) -> bool {
        let mark = (trigger.first..self.segment.end).find(|&i| self.tokens[i].is('?'));
        let asks = self.tokens[trigger.first].is('?') || self.tokens[trigger.first].is('¿');
        asks && mark.is_some_and(|i| {
            i + 1 < self.segment.end
                && ["no", "si", "yes", "niega", "denies"].iter().any(|w| self.tokens[i + 1].word(w))
        })
    }

    /// A word of teaching stands shortly before.
    fn taught(&self, at: usize) -> bool {
        const TEACHES: [&str; 10] = [
            "reviewed",
            "discussed",
            "explained",
            "taught",
            "educated",
            "counseled",
            "counselled",
            "advised",
            "informed",
            "instructed",
        ];
        (at.saturating_sub(6).max(self.segment.first)..at).any(|i| TEACHES.iter().any(|w| self.tokens[i].word(w)))
    }

    /// What comes after a relative says that the relative brings, tells or worries: the patient is another.
    fn informs(&self, from: usize) -> bool {
        const INFORMS: [&str; 33] = [
            "niega",
            "niegan",
            "denies",
            "deny",
            "denied",
            "reports",
            "refiere",
            "refieren",
            "trae",
            "traen",
            "brings",
            "brought",
            "noticed",
            "noted",
            "notes",
            "concerned",
            "worried",
            "states",
            "says",
            "said",
            "called",
            "found",
            "preocupada",
            "preocupado",
            "comenta",
            "cuenta",
            "relata",
            "explica",
            "llama",
            "aporta",
            "nota",
            "nego",
            "acompana",
        ];
        (from..self.segment.end.min(from + 3))
            .take_while(|&i| self.tokens[i].kind == Kind::Word)
            .any(|i| INFORMS.iter().any(|w| self.tokens[i].word(w)))
    }
}

fn answer(trigger: Trigger) -> Trigger {
    Trigger { forward: false, backward: true, reach: Reach::Next, ..trigger }
}
