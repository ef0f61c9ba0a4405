//! Coding many notes from code without `async`: an iterator that waits for whichever outcome comes next.

use clinical_http::blocking::Runtime;

use super::Codify;
use crate::{CodifyRequest, Error, Outcome};

/// The outcomes of [`Codify::codify_many`], in the order in which they arrive.
#[must_use = "nothing is sent unless the outcomes are asked for"]
#[derive(Debug)]
pub struct CodifyMany<'a, K> {
    outcomes: Option<crate::CodifyMany<'a, K>>,
    runtime: &'a Runtime,
}

impl Codify {
    /// Codes many notes, at most `in_flight` (at least 1) at the same time. Each request comes with a key of the caller's choice (an index, a
    /// file name), and each outcome carries it back together with the request. One failure stops nothing else.
    ///
    /// Requests are taken from the iterator as places become free, so it may be long and lazy. The notes on their way go on only while
    /// somebody waits for the next outcome, and their deadlines run all the time: what takes long with an outcome belongs elsewhere.
    ///
    /// The iterator runs inside the wait for an outcome and cannot itself call a vendor through a blocking client: that call is refused.
    ///
    /// # Errors
    ///
    /// An item is an error only inside an async runtime ([`Configuration`](crate::ErrorKind::Configuration)), and it is the last one: it
    /// abandons what is on its way as dropping does. What happens to a note is in its outcome.
    ///
    /// # Delivery
    ///
    /// Each outcome has its own answer or error; see [`Error::delivery`]. Dropping the iterator sends no more and closes the connections of
    /// the notes on their way: these may have been coded and billed, and nobody is told.
    ///
    /// ```
    /// # fn example(codify: omniscribe_codify::blocking::Codify, notes: Vec<String>) -> Result<(), omniscribe_codify::Error> {
    /// use omniscribe_codify::CodifyRequest;
    ///
    /// let requests = notes.into_iter().enumerate().map(|(index, note)| (index, CodifyRequest::new().note(note)));
    /// for outcome in codify.codify_many(requests, 10) {
    ///     let outcome = outcome?;
    ///     match outcome.result {
    ///         Ok(answer) => println!("note {}: {} codes", outcome.key, answer.final_code_assessments.len()),
    ///         Err(error) => println!("note {}: {error}", outcome.key),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn codify_many<'a, K, I>(&'a self, requests: I, in_flight: usize) -> CodifyMany<'a, K>
    where
        K: Send + 'a,
        I: IntoIterator<Item = (K, CodifyRequest)>,
        I::IntoIter: Send + 'a,
    {
        CodifyMany { outcomes: Some(self.codify.codify_many(requests, in_flight)), runtime: &self.runtime }
    }
}

impl<K> Iterator for CodifyMany<'_, K> {
    type Item = Result<Outcome<K>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.runtime.run(self.outcomes.as_mut()?.next());
        if !matches!(next, Ok(Some(_))) {
            self.outcomes = None;
        }
        next.map_err(Error::from).transpose()
    }
}

impl<K> std::iter::FusedIterator for CodifyMany<'_, K> {}
