//! Whether a mention is over: the words, dates and places that say so. A lasting condition and a symptom are never past
//! here; what becomes of a past condition is written in the lexicon.

use super::super::lexicon::{Concept, History, Lexicon, Match};
use super::super::trigger::Section;
use super::Sentence;

/// The words that make a mention past; none when only its place under "history" does.
pub(super) struct PastBy(pub(super) Option<(usize, usize)>);

impl Sentence<'_> {
    /// Past: a word of history, a year, "5 years ago", or, for what is over by nature, a place under "history".
    pub(super) fn past(&self, mention: &Match, cue: Option<(usize, usize)>) -> Option<PastBy> {
        let entry = Lexicon::get().entry(mention.entry);
        if entry.history == History::Lasting || entry.concept == Concept::Symptom {
            return None;
        }
        if let Some(words) = cue {
            return Some(PastBy(Some(words)));
        }
        let around = mention.first.saturating_sub(5).max(self.segment.first)..(mention.end + 12).min(self.segment.end);
        let limit = if around.clone().any(|i| self.goes_on(i)) {
            mention.end // what is being treated now is not over, whenever it began
        } else {
            self.segment.end.min(mention.end + 7)
        };
        for i in mention.end..limit {
            if self.tokens[i].is(',') || self.tokens[i].is('.') || self.mention_starting_at(i) {
                break;
            }
            if self.dates_the_diagnosis(i) {
                break;
            }
            let year = self.tokens[i].number().filter(|y| y.fract() == 0.0 && (1930.0..2100.0).contains(y));
            let before = &self.tokens[i - 1];
            if year.is_some()
                && (before.is('(')
                    || ["en", "in", "ano", "de", "since"].iter().any(|w| before.word(w))
                    || i == mention.end)
            {
                return Some(PastBy(Some((i, i + 1))));
            }
            let ago = ["hace", "ago"].iter().any(|w| self.tokens[i].word(w));
            // "Last year", "el año pasado".
            let pair = |one: &str, two: &str| self.tokens[i - 1].word(one) && self.tokens[i].word(two);
            if pair("last", "year") || pair("ano", "pasado") || pair("mes", "pasado") {
                return Some(PastBy(Some((i - 1, i + 1))));
            }
            let near = i.saturating_sub(2).max(mention.end)..(i + 4).min(self.segment.end);
            let long = near.clone().any(|j| {
                ["ano", "anos", "meses", "years", "year", "months", "decades", "yrs", "decadas"]
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

    /// A date of the diagnosis is no end of the disease.
    fn dates_the_diagnosis(&self, i: usize) -> bool {
        ["diagnosticado", "diagnosticada", "diagnosed", "desde", "since"].iter().any(|w| self.tokens[i].word(w))
    }

    /// Words of a disease that was found at that date, or is under treatment now.
    fn goes_on(&self, i: usize) -> bool {
        let found = i > 0 && self.tokens[i - 1].word("found") && self.tokens[i].word("to");
        let now = ["currently", "actualmente", "receiving", "undergoing", "ongoing", "recibiendo"];
        found || now.iter().any(|w| self.tokens[i].word(w))
    }
}
