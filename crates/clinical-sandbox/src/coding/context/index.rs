//! What a sentence holds and where, counted once, so that every question of reach is answered without reading the
//! sentence again: a note of thousands of negations must not take the square of its length. It decides nothing.

use super::super::segment::Segment;
use super::super::token::{Kind, Token};
use super::super::trigger::{Class, Reach, Trigger};

/// How many tokens up to each place have a property.
struct Count {
    base: usize,
    sums: Vec<usize>,
}

impl Count {
    fn new(segment: &Segment, has: impl Fn(usize) -> bool) -> Self {
        let mut sums = vec![0];
        let mut sum = 0;
        for i in segment.first..segment.end {
            sum += usize::from(has(i));
            sums.push(sum);
        }
        Self { base: segment.first, sums }
    }

    fn at(&self, i: usize) -> usize {
        let i = i.saturating_sub(self.base).min(self.sums.len() - 1);
        self.sums[i]
    }

    fn between(&self, from: usize, to: usize) -> usize {
        self.at(to).saturating_sub(self.at(from))
    }
}

/// Spans in the order of the sentence, none over another.
#[derive(Default)]
struct Spans(Vec<(usize, usize)>);

impl Spans {
    fn first_from(&self, from: usize) -> Option<(usize, usize)> {
        let i = self.0.partition_point(|s| s.0 < from);
        self.0.get(i).copied()
    }

    fn within(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        self.first_from(from).filter(|s| s.1 <= to)
    }
}

/// The index of one sentence.
pub(super) struct Index {
    words: Count,
    numbers: Count,
    items: Count,
    or: Count,
    or_versus: Count,
    commas: Spans,
    /// Stop words: all of them; those that no "or" joins to the words before; the hard ones.
    stops: Spans,
    unjoined: Spans,
    hard: Spans,
    /// Triggers that begin a new subject after a comma.
    subjects: Spans,
    /// Per token: the bracket that closes around it.
    close: Vec<usize>,
    base: usize,
}

/// Which stop words end a reach.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stops {
    All,
    Unjoined,
    Hard,
}

impl Index {
    pub(super) fn new(tokens: &[Token], segment: &Segment, triggers: &[Trigger]) -> Self {
        let any = |i: usize, words: &[&str]| words.iter().any(|w| tokens[i].word(w));
        let or = |i: usize| any(i, &["o", "u", "or", "ni", "nor"]);
        let spans = |keep: &dyn Fn(&Trigger) -> bool| {
            Spans(triggers.iter().filter(|t| keep(t)).map(|t| (t.first, t.end)).collect())
        };
        let stop = |t: &Trigger| t.class == Class::Stop;
        let joined = |t: &Trigger| t.first > segment.first && or(t.first - 1);
        let after_comma = |t: &Trigger| t.first > segment.first && tokens[t.first - 1].is(',');
        let mut close = vec![usize::MAX; segment.end - segment.first + 1];
        let mut open: Vec<usize> = Vec::new();
        for i in (segment.first..segment.end).rev() {
            close[i - segment.first] = if tokens[i].is('(') {
                open.pop();
                open.last().copied().unwrap_or(usize::MAX)
            } else {
                if tokens[i].is(')') {
                    open.push(i);
                }
                open.last().copied().unwrap_or(usize::MAX)
            };
        }
        Self {
            words: Count::new(segment, |i| tokens[i].kind == Kind::Word),
            numbers: Count::new(segment, |i| tokens[i].kind == Kind::Number),
            items: Count::new(segment, |i| tokens[i].is(',') || tokens[i].is('+')),
            or: Count::new(segment, or),
            or_versus: Count::new(segment, |i| any(i, &["o", "u", "or", "vs", "versus"])),
            commas: Spans((segment.first..segment.end).filter(|&i| tokens[i].is(',')).map(|i| (i, i + 1)).collect()),
            stops: spans(&stop),
            unjoined: spans(&|t| stop(t) && !joined(t)),
            hard: spans(&|t| stop(t) && t.reach == Reach::Clause),
            subjects: spans(&|t| {
                after_comma(t) && matches!(t.class, Class::History | Class::Uncertain | Class::Family)
            }),
            close,
            base: segment.first,
        }
    }

    /// Words of letters between two tokens.
    pub(super) fn words(&self, from: usize, to: usize) -> usize {
        self.words.between(from, to)
    }

    pub(super) fn number(&self, from: usize, to: usize) -> bool {
        self.numbers.between(from, to) > 0
    }

    /// A comma or a plus.
    pub(super) fn item(&self, from: usize, to: usize) -> bool {
        self.items.between(from, to) > 0
    }

    pub(super) fn or(&self, from: usize, to: usize) -> bool {
        self.or.between(from, to) > 0
    }

    pub(super) fn or_versus(&self, from: usize, to: usize) -> bool {
        self.or_versus.between(from, to) > 0
    }

    pub(super) fn comma(&self, from: usize, to: usize) -> Option<usize> {
        self.commas.within(from, to).map(|c| c.0)
    }

    /// The first stop word wholly between two tokens.
    pub(super) fn stop(&self, which: Stops, from: usize, to: usize) -> Option<(usize, usize)> {
        match which {
            Stops::All => &self.stops,
            Stops::Unjoined => &self.unjoined,
            Stops::Hard => &self.hard,
        }
        .within(from, to)
    }

    /// Where the first stop word from here on begins.
    pub(super) fn next_stop(&self, from: usize) -> Option<usize> {
        self.stops.first_from(from).map(|s| s.0)
    }

    pub(super) fn new_subject(&self, from: usize, to: usize) -> bool {
        self.subjects.within(from, to).is_some()
    }

    /// A bracket that holds token `from` closes before token `to`.
    pub(super) fn bracket_closes(&self, from: usize, to: usize) -> bool {
        self.close.get(from - self.base).is_some_and(|&close| close < to)
    }
}
