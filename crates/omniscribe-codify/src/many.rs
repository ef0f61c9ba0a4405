//! Coding many notes with a bounded number on their way at the same time.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use crate::{Answer, Codify, CodifyRequest, CodifyResponse, Error};

/// What became of one request of many, together with what it was.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome<K> {
    /// What the caller named the request by.
    pub key: K,
    /// The request, to be sent again if the caller wants to.
    pub request: CodifyRequest,
    /// The vendor's answer, or why there is none.
    pub result: Result<Answer<CodifyResponse>, Error>,
}

/// The outcomes of [`Codify::codify_many`], in the order in which they arrive. A [`Stream`] that can also be read with
/// [`next`](CodifyMany::next).
#[must_use = "nothing is sent unless the outcomes are asked for"]
pub struct CodifyMany<'a, K> {
    outcomes: BoxStream<'a, Outcome<K>>,
}

impl<K> std::fmt::Debug for CodifyMany<'_, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodifyMany")
    }
}

impl<K> CodifyMany<'_, K> {
    /// The next outcome, or `None` after the last.
    ///
    /// # Cancel safety
    ///
    /// Safe: a future that is dropped loses no outcome.
    pub async fn next(&mut self) -> Option<Outcome<K>> {
        self.outcomes.next().await
    }
}

impl<K> Stream for CodifyMany<'_, K> {
    type Item = Outcome<K>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.outcomes.poll_next_unpin(cx)
    }
}

impl Codify {
    /// Codes many notes, at most `in_flight` (at least 1) at the same time. Each request comes with a key of the caller's choice (an index, a
    /// file name), and each outcome carries it back together with the request. One failure stops nothing else.
    ///
    /// Requests are taken from the iterator as places become free, so it may be long and lazy. The notes on their way go on only while the
    /// stream is polled, and their deadlines run all the time: hand an outcome with which much is to be done to a channel or to a task of
    /// its own, and ask for the next one at once.
    ///
    /// # Delivery
    ///
    /// Each outcome has its own answer or error; see [`Error::delivery`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream abandons the notes on their way (they may have been coded and billed) and sends no more.
    ///
    /// ```
    /// # async fn example(codify: omniscribe_codify::Codify, notes: Vec<String>) {
    /// use omniscribe_codify::CodifyRequest;
    ///
    /// let requests = notes.into_iter().enumerate().map(|(index, note)| (index, CodifyRequest::new().note(note)));
    /// let mut outcomes = codify.codify_many(requests, 10);
    /// while let Some(outcome) = outcomes.next().await {
    ///     match outcome.result {
    ///         Ok(answer) => println!("note {}: {} codes", outcome.key, answer.final_code_assessments.len()),
    ///         Err(error) => println!("note {}: {error}", outcome.key),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn codify_many<'a, K, I>(&'a self, requests: I, in_flight: usize) -> CodifyMany<'a, K>
    where
        K: Send + 'a,
        I: IntoIterator<Item = (K, CodifyRequest)>,
        I::IntoIter: Send + 'a,
    {
        let outcomes = stream::iter(requests)
            .map(move |(key, request)| async move {
                let result = self.codify(&request).await;
                Outcome { key, request, result }
            })
            .buffer_unordered(in_flight.max(1));
        CodifyMany { outcomes: outcomes.boxed() }
    }
}
