//! A table of words from `data/structuring/`: which line of it stands at a place of the text. The longest phrase wins.
//! It does not know what a column means.

use super::reader::Text;
use crate::coding::phrase::{Compare, Found, Phrases};
use crate::coding::token::tokens;

/// A phrase of a table found in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Hit {
    /// Token after the last.
    pub(super) end: usize,
    /// Line of the table, for [`Table::cell`].
    pub(super) row: usize,
    /// The column the phrase stands in.
    pub(super) column: usize,
    /// The words stand as in the table.
    pub(super) exact: bool,
}

/// One table, ready for use.
pub(super) struct Table {
    rows: Vec<Vec<&'static str>>,
    phrases: Phrases,
    /// Per phrase: its line and column.
    places: Vec<(usize, usize)>,
}

impl Table {
    /// Reads a table whose phrases stand in `columns`, divided by `|`.
    pub(super) fn read(table: &'static str, columns: &[usize], compare: Compare) -> Self {
        let lines = table.lines().filter(|line| !line.starts_with("# ") && !line.is_empty());
        let rows: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
        let mut phrases = Phrases::new(compare);
        let mut places = Vec::new();
        for (row, cells) in rows.iter().enumerate() {
            for &column in columns {
                for phrase in cells.get(column).copied().unwrap_or_default().split('|').filter(|p| !p.is_empty()) {
                    phrases.add(&phrase.replace(['\'', '’'], " "), places.len());
                    places.push((row, column));
                }
            }
        }
        Self { rows, phrases, places }
    }

    /// One cell; empty where the line has none.
    pub(super) fn cell(&self, row: usize, column: usize) -> &'static str {
        self.rows[row].get(column).copied().unwrap_or_default()
    }

    /// Its lines.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The line of a phrase that is `words` and nothing else.
    pub(super) fn whole(&self, words: &str) -> Option<usize> {
        let tokens = tokens(words);
        let found = self.phrases.at(&tokens, 0, tokens.len());
        found.iter().filter(|f| f.end == tokens.len()).min_by_key(|f| f.id).map(|f| self.places[f.id].0)
    }

    /// Every phrase that begins at token `first` and ends at most at `limit`, the longest first.
    pub(super) fn all(&self, text: &Text<'_>, first: usize, limit: usize) -> Vec<Hit> {
        text.count();
        let mut found = self.phrases.at(&text.tokens, first, limit);
        found.sort_by_key(|f| (usize::MAX - f.end, !f.exact, f.id));
        let hit = |f: &Found| {
            let (row, column) = self.places[f.id];
            Hit { end: f.end, row, column, exact: f.exact }
        };
        found.iter().map(hit).collect()
    }

    /// The longest phrase that begins at token `first` and that `fits`.
    pub(super) fn at(&self, text: &Text<'_>, first: usize, limit: usize, fits: impl Fn(&Hit) -> bool) -> Option<Hit> {
        self.all(text, first, limit).into_iter().find(fits)
    }
}
