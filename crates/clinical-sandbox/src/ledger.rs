//! What the vendor's side really processed, counted per content. A test asserts "processed once" here, whatever number
//! of times the client had to call.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// More distinct contents than this are counted in `overflow` only, so that a long-running server stays small.
const MOST_ENTRIES: usize = 20_000;

/// A copy of the ledger at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// One entry per distinct content, in the order of the first processing.
    pub entries: Vec<LedgerEntry>,
    /// Processings that no longer found room for an entry (above 20,000 distinct contents).
    pub overflow: u64,
}

/// How often one content was processed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The operation.
    pub operation: String,
    /// The client's reference. Codify has no idempotency key: it is the SHA-256 of the request's canonical content.
    pub reference: String,
    /// Times processed. 1 is what a careful client achieves.
    pub processed: u64,
    /// The numbers of the attempts that were processed, as in the journal; the first 20,000 of them.
    pub attempts: Vec<u64>,
    /// The ids of what was made, in the order of processing, where the vendor's answer tells them (`NovaMed`); the first
    /// 20,000 of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<String>,
}

impl Ledger {
    /// Times anything was processed for `operation`.
    pub fn processed(&self, operation: &str) -> u64 {
        self.entries.iter().filter(|entry| entry.operation == operation).map(|entry| entry.processed).sum()
    }
}

#[derive(Debug, Default)]
pub(crate) struct LedgerBook {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    ledger: Ledger,
    places: BTreeMap<String, usize>,
}

impl LedgerBook {
    pub(crate) fn commit(&self, operation: &str, reference: &str, attempt: u64) {
        self.commit_made(operation, reference, attempt, None);
    }

    /// Counts a processing that made something with this id.
    pub(crate) fn commit_made(&self, operation: &str, reference: &str, attempt: u64, id: Option<&str>) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = book.places.get(reference).copied() {
            let entry = &mut book.ledger.entries[place];
            entry.processed += 1;
            if entry.attempts.len() < MOST_ENTRIES {
                entry.attempts.push(attempt);
                entry.created.extend(id.map(str::to_owned));
            }
        } else if book.places.len() >= MOST_ENTRIES {
            book.ledger.overflow += 1;
        } else {
            let place = book.ledger.entries.len();
            book.places.insert(reference.to_owned(), place);
            book.ledger.entries.push(LedgerEntry {
                operation: operation.to_owned(),
                reference: reference.to_owned(),
                processed: 1,
                attempts: vec![attempt],
                created: id.map(str::to_owned).into_iter().collect(),
            });
        }
    }

    pub(crate) fn copy(&self) -> Ledger {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).ledger.clone()
    }

    pub(crate) fn reset(&self) {
        *self.book.lock().unwrap_or_else(PoisonError::into_inner) = Book::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_processed_twice_is_one_entry_with_two() {
        let book = LedgerBook::default();
        book.commit("codify", "a", 1);
        book.commit("codify", "b", 2);
        book.commit("codify", "a", 3);
        let ledger = book.copy();
        assert_eq!(ledger.processed("codify"), 3);
        assert_eq!(ledger.entries[0].attempts, [1, 3]);
        assert_eq!(ledger.entries[1].processed, 1);
    }
}
