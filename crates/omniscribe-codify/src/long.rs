//! Coding a note that is longer than the vendor accepts: split, coded part by part, merged.

use std::ops::Range;

use futures_util::StreamExt;
use futures_util::stream;

use crate::merge::{Merged, merge};
use crate::split::split_note;
use crate::{Answer, Codify, CodifyRequest, CodifyResponse, Error};

/// How many parts of one note are on their way at the same time.
const IN_FLIGHT: usize = 4;

/// One part of a split note and what became of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Part {
    /// Which bytes of the note it is.
    pub range: Range<usize>,
    /// The vendor's answer, or why there is none.
    pub result: Result<Answer<CodifyResponse>, Error>,
}

/// What became of a split note: one result per part, in the order of the text. No part's result is lost because another part failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct LongCoding {
    /// The parts, in order; at least one.
    pub parts: Vec<Part>,
}

impl LongCoding {
    /// Whether every part was coded.
    pub fn is_complete(&self) -> bool {
        self.parts.iter().all(|part| part.result.is_ok())
    }

    /// The first error, if there is one.
    pub fn first_error(&self) -> Option<&Error> {
        self.parts.iter().find_map(|part| part.result.as_ref().err())
    }

    /// The results of the parts that were coded, as one. Incomplete if [`is_complete`](Self::is_complete) is not true.
    pub fn merged(&self) -> Merged {
        merge(&self.parts)
    }
}

impl Codify {
    /// Codes a note of any length: cuts it with [`split_note`](crate::split_note) at the note limit and codes the parts, four at a time. A
    /// PDF goes with the first part only. A note that is short enough is one part.
    ///
    /// The parts go on only while the future is polled, and their deadlines run all the time: what blocks the task, or another branch of the
    /// same task that works long, can let them run out. Spawn it if that can happen.
    ///
    /// Coding a part without the rest of the note can miss what only the whole tells (a condition named in one part, its denial in
    /// another). Use it when there is no other way.
    ///
    /// # Delivery
    ///
    /// Each part has its own answer or error; see [`Error::delivery`]. Each is billed as a note.
    ///
    /// # Errors
    ///
    /// Those of the checks before sending, if the request itself is wrong: nothing was sent. What happens to a part is in the part.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the parts on their way; what was coded before is lost to the caller and may have been billed.
    pub async fn codify_long(&self, request: &CodifyRequest) -> Result<LongCoding, Error> {
        let Some(note) = request.note_text() else {
            self.check(request).await?;
            let result = self.codify(request).await;
            return Ok(LongCoding { parts: vec![Part { range: 0..0, result }] });
        };
        // White space alone is not worth a call, and the vendor may refuse it.
        let ranges: Vec<_> = split_note(note, self.limits().note_bytes())
            .into_iter()
            .filter(|range| !note[range.clone()].trim().is_empty())
            .collect();
        let first = ranges.first().cloned().unwrap_or(0..0);
        // The whole request is checked with its first part before anything is sent, so that a wrong doctor or PDF costs nothing.
        self.check(&request.clone().note(&note[first])).await?;
        let parts = stream::iter(ranges.into_iter().enumerate())
            .map(|(number, range)| async move {
                let part = request.clone().note(&note[range.clone()]);
                let part = if number == 0 { part } else { part.without_pdf() };
                Part { range, result: self.codify(&part).await }
            })
            .buffered(IN_FLIGHT)
            .collect()
            .await;
        Ok(LongCoding { parts })
    }
}
