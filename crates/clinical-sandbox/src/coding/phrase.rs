//! A set of phrases, found word by word: the time needed grows with the length of the note, not with the number of
//! phrases. A phrase asks for a word by its stem, by its exact form, or in capitals only. It does not decide what a
//! phrase means; that is the lexicon's or the triggers' part.

use super::token::{Gap, Kind, Token, stem, tokens};
use std::collections::HashMap;

#[derive(Default)]
struct Node {
    by_stem: HashMap<String, usize>,
    by_word: HashMap<String, usize>,
    by_caps: HashMap<String, usize>,
    ends: Vec<usize>,
}

/// How the words of a phrase are compared with the words of a note.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    /// Terms: stems, capitals where the phrase has capitals, small words between them skipped.
    Term,
    /// Triggers: every word and mark exactly, without regard to case and accents.
    Exact,
}

/// One phrase found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    /// Token after the last one.
    pub(crate) end: usize,
    /// The number given to [`Phrases::add`].
    pub(crate) id: usize,
    /// How many words of the phrase were compared.
    pub(crate) words: usize,
    /// Every word stood as the lexicon has it (no plural, no gender, no word skipped).
    pub(crate) exact: bool,
}

/// The set.
pub(crate) struct Phrases {
    nodes: Vec<Node>,
    compare: Compare,
}

/// Words that may stand between the words of a term: articles, prepositions of belonging.
const SMALL: [&str; 20] = [
    "de", "del", "la", "el", "los", "las", "en", "al", "of", "the", "in", "un", "una", "su", "his", "her", "a", "an",
    "lo", "to",
];

/// Words that may stand inside a term without changing its code: degree and side.
const DEGREE: [&str; 38] = [
    "leve",
    "moderada",
    "moderado",
    "severa",
    "severo",
    "grave",
    "intensa",
    "intenso",
    "importante",
    "discreta",
    "discreto",
    "mild",
    "moderate",
    "severe",
    "derecha",
    "derecho",
    "izquierda",
    "izquierdo",
    "dcha",
    "dcho",
    "izq",
    "izda",
    "izqda",
    "right",
    "left",
    "bilateral",
    "acute",
    "aguda",
    "agudo",
    "chronic",
    "cronica",
    "cronico",
    "nondisplaced",
    "displaced",
    "desplazada",
    "intermittent",
    "intermitente",
    "distal",
];

/// A small word; `A` in capitals is a name ("hepatitis A"), and so is a letter after a number ("stage 3a").
fn small(token: &Token) -> bool {
    let name = token.folded.len() == 1 && (token.caps || token.gap == Gap::None);
    !name && SMALL.contains(&token.folded.as_str())
}

impl Phrases {
    pub(crate) fn new(compare: Compare) -> Self {
        Self { nodes: vec![Node::default()], compare }
    }

    /// Adds `phrase`. In a term, `=word` asks for the exact word, and a word all in capitals for capitals.
    pub(crate) fn add(&mut self, phrase: &str, id: usize) {
        let mut node = 0;
        for part in phrase.split_whitespace() {
            let (exact, part) = match part.strip_prefix('=') {
                Some(rest) if self.compare == Compare::Term && !rest.is_empty() => (true, rest),
                _ => (false, part),
            };
            for token in tokens(part) {
                if self.compare == Compare::Term && (token.kind == Kind::Mark || small(&token)) && !exact {
                    continue;
                }
                node = self.child(node, &token, exact);
            }
        }
        if node != 0 && !self.nodes[node].ends.contains(&id) {
            self.nodes[node].ends.push(id);
        }
    }

    fn child(&mut self, node: usize, token: &Token, exact: bool) -> usize {
        let next = self.nodes.len();
        let term = self.compare == Compare::Term;
        let here = &mut self.nodes[node];
        let found = if term && token.caps && !exact {
            *here.by_caps.entry(token.folded.clone()).or_insert(next)
        } else if term && !exact {
            *here.by_stem.entry(stem(&token.folded)).or_insert(next)
        } else {
            *here.by_word.entry(token.folded.clone()).or_insert(next)
        };
        if found == next {
            self.nodes.push(Node::default());
        }
        found
    }

    /// Every phrase that begins at token `first`, at most up to token `limit`.
    pub(crate) fn at(&self, tokens: &[Token], first: usize, limit: usize) -> Vec<Found> {
        // No phrase is longer than this with the words skipped inside it; a hostile note must not make it deep.
        let limit = limit.min(first + 14);
        let mut out = Vec::new();
        self.walk(tokens, first, limit, 0, 0, true, &mut out);
        out
    }

    #[allow(clippy::too_many_arguments)] // one recursive step; a struct would only rename these
    fn walk(
        &self,
        tokens: &[Token],
        i: usize,
        limit: usize,
        node: usize,
        words: usize,
        exact: bool,
        out: &mut Vec<Found>,
    ) {
        out.extend(self.nodes[node].ends.iter().map(|&id| Found { end: i, id, words, exact }));
        let Some(token) = tokens.get(i).filter(|_| i < limit) else {
            return;
        };
        let here = &self.nodes[node];
        if let Some(&next) = here.by_word.get(&token.folded) {
            self.walk(tokens, i + 1, limit, next, words + 1, exact, out);
        }
        if token.caps
            && let Some(&next) = here.by_caps.get(&token.folded)
        {
            self.walk(tokens, i + 1, limit, next, words + 1, exact, out);
        }
        if let Some(&next) = here.by_stem.get(&token.stem) {
            self.walk(tokens, i + 1, limit, next, words + 1, exact, out);
        }
        let nothing_more = here.by_word.is_empty() && here.by_caps.is_empty() && here.by_stem.is_empty();
        if self.compare == Compare::Term && words > 0 && !nothing_more {
            let skip = if token.kind == Kind::Mark { token.is('-') || token.is('/') } else { small(token) };
            let degree = DEGREE.contains(&token.folded.as_str());
            // A skipped word is not a beginning of its own: what follows must still belong to the phrase.
            if skip || degree {
                let mut rest = Vec::new();
                self.walk(tokens, i + 1, limit, node, words, exact && !degree, &mut rest);
                out.extend(rest.into_iter().filter(|found| found.words > words));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(set: &Phrases, text: &str) -> Option<(usize, usize)> {
        let t = tokens(text);
        set.at(&t, 0, t.len()).into_iter().max_by_key(|f| (f.words, f.end)).map(|f| (f.id, f.end))
    }

    #[test]
    fn small_words_and_degree_may_stand_inside_a_term() {
        let mut set = Phrases::new(Compare::Term);
        set.add("dolor pecho", 1);
        set.add("fractura cadera", 2);
        assert_eq!(longest(&set, "dolor en el pecho"), Some((1, 4)));
        assert_eq!(longest(&set, "fracturas desplazada de cadera"), Some((2, 4)));
        assert_eq!(longest(&set, "dolor al palpar el pecho"), None);
    }

    #[test]
    fn capitals_in_a_term_ask_for_capitals_in_the_note() {
        let mut set = Phrases::new(Compare::Term);
        set.add("FA", 1);
        set.add("=gota", 2);
        assert_eq!(longest(&set, "FA"), Some((1, 1)));
        assert_eq!(longest(&set, "fa"), None);
        assert_eq!(longest(&set, "gotas"), None);
    }

    #[test]
    fn a_trigger_is_compared_exactly_with_its_marks() {
        let mut set = Phrases::new(Compare::Exact);
        set.add("r / o", 1);
        set.add("no se descarta", 2);
        assert_eq!(longest(&set, "r/o PE"), Some((1, 3)));
        assert_eq!(longest(&set, "No se descarta TEP"), Some((2, 3)));
    }
}
