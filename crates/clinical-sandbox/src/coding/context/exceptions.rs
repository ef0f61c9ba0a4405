//! Triggers that mean something else where they stand: "fiebre: no", "tos no productiva", "su madre refiere". It changes
//! or drops a trigger before its reach is asked; it looks only at the words beside it.

use super::super::token::Token;
use super::super::trigger::{Class, Reach, Trigger};
use super::Sentence;

impl Sentence<'_> {
    /// The exceptions: "tos no productiva", "fiebre: no", "su madre refiere".
    pub(super) fn adjust(&self, trigger: Trigger) -> Option<Trigger> {
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
}

fn answer(trigger: Trigger) -> Trigger {
    Trigger {
        forward: false,
        backward: true,
        reach: Reach::Next,
        ..trigger
    }
}
