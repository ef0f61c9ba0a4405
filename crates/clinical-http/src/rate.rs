//! Pacing: how many requests may begin within a period, by the client's own count and by what the
//! vendor says is left.
//!
//! The vendor's word (`X-RateLimit-Remaining` and `X-RateLimit-Reset`, which no standard defines) is
//! believed for five minutes at most, and only to slow down: it never lifts a limit of our own.
//! Attempts under way are taken as not yet in its count, which errs on the safe side.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName};

use crate::retry_after::server_seconds;

/// At most so many requests within any period of this length, counted over all clones of a client.
/// Short bursts are not slowed down: the limit is on the count within every window of that length,
/// as vendors state it ("60 requests per minute").
///
/// Attempts count, not calls: a retry needs room as well. A call that finds none waits for its
/// turn, first come first served; one that could not begin within its deadline is turned away at
/// once with [`Throttled`](crate::ErrorKind::Throttled) and nothing sent. Other processes are not
/// seen: where several share an account, give each its part.
///
/// ```
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
/// use clinical_http::RateLimit;
/// use std::time::Duration;
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// # let clock = JumpingClock::new();
/// let client = Client::builder(&VENDOR, base).rate_limit(RateLimit::per_minute(2))
/// #     .transport(ScriptedTransport::always(Step::answer(200, "{}"))).clock(clock.clone())
///     .build()?;
/// for _ in 0..3 {
///     client.send_raw(Call::new(&READ)).await?;
/// }
/// // Two went at once; the third waited until the first was a minute old.
/// assert_eq!(clock.sleeps(), [Duration::from_secs(60)]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    per: Duration,
}

impl RateLimit {
    /// `requests` (at least 1; 0 counts as 1) within any `per`. A `per` of zero limits nothing.
    pub const fn new(requests: u32, per: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, per }
    }

    /// `requests` (at least 1; 0 counts as 1) within any minute.
    pub const fn per_minute(requests: u32) -> Self {
        Self::new(requests, Duration::from_secs(60))
    }
}

/// What a vendor says about its own limit with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remaining {
    requests: u32,
    resets_in: Duration,
}

impl Remaining {
    /// From `X-RateLimit-Remaining` and `X-RateLimit-Reset`, if both are readable. The reset is
    /// seconds from now or, as numbers of ten digits must be, a moment in Unix seconds, by the
    /// vendor's clock.
    pub(crate) fn read(headers: &HeaderMap, wall: impl FnOnce() -> SystemTime) -> Option<Self> {
        const EARLIEST_MOMENT: u64 = 1_000_000_000;
        const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
        const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
        let number = |name: HeaderName| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let reset = number(RESET)?;
        let seconds =
            if reset < EARLIEST_MOMENT { reset } else { reset.saturating_sub(server_seconds(headers, wall())) };
        let requests = u32::try_from(number(REMAINING)?).unwrap_or(u32::MAX);
        Some(Self { requests, resets_in: Duration::from_secs(seconds).min(LONGEST_WORD) })
    }
}

/// The longest that a vendor's word about its limit holds: a reset far away is a mistake, or in
/// another unit.
const LONGEST_WORD: Duration = Duration::from_secs(300);

/// When requests began, and what the vendor last said is left.
#[derive(Debug, Default)]
pub(crate) struct Window {
    limit: Option<RateLimit>,
    begun: VecDeque<Duration>,
    /// The fewest requests that the vendor said are left, and when that word ends.
    word: Option<(u32, Duration)>,
}

impl Window {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, ..Self::default() }
    }

    /// The earliest moment at which another request may begin while `in_flight` others are under
    /// way, `reserved` of which have yet to begin. With zeros: the earliest moment whatever becomes
    /// of the others.
    pub(crate) fn opens_at(&mut self, now: Duration, in_flight: u32, reserved: u32) -> Duration {
        self.forget(now);
        let own = self.limit.filter(|limit| self.begun.len() + reserved as usize >= limit.requests as usize);
        let own = own.map_or(Duration::ZERO, |limit| self.begun.front().unwrap_or(&now).saturating_add(limit.per));
        // What is under way may not be in the vendor's count yet.
        let word = self.word.filter(|(left, _)| *left <= in_flight).map_or(Duration::ZERO, |(_, until)| until);
        own.max(word)
    }

    pub(crate) fn begins(&mut self, now: Duration) {
        if self.limit.is_some() {
            self.begun.push_back(now);
        }
    }

    /// An attempt is over; `said` is what the vendor's answer told.
    pub(crate) fn ends(&mut self, now: Duration, said: Option<Remaining>) {
        self.forget(now);
        let Some(Remaining { requests, resets_in }) = said else { return self.unanswered() };
        let resets_at = now.saturating_add(resets_in);
        // Answers may overtake each other: within one window of the vendor the lowest number is the newest.
        let same = self.word.filter(|(_, until)| resets_at <= until.saturating_add(Duration::from_secs(2)));
        self.word =
            Some(same.map_or((requests, resets_at), |(left, until)| (left.min(requests), until.min(resets_at))));
    }

    /// No answer came: the request counts as one that was used up.
    pub(crate) fn unanswered(&mut self) {
        self.word = self.word.map(|(left, until)| (left.saturating_sub(1), until));
    }

    /// How many requests may begin now, if that is limited; `reserved` others are about to.
    pub(crate) fn left(&mut self, now: Duration, reserved: u32) -> Option<u32> {
        self.forget(now);
        let begun = u32::try_from(self.begun.len()).unwrap_or(u32::MAX).saturating_add(reserved);
        let own = self.limit.map(|limit| limit.requests.saturating_sub(begun));
        own.into_iter().chain(self.word.map(|(left, _)| left)).min()
    }

    fn forget(&mut self, now: Duration) {
        let per = self.limit.map_or(Duration::ZERO, |limit| limit.per);
        while self.begun.front().is_some_and(|begun| begun.saturating_add(per) <= now) {
            self.begun.pop_front();
        }
        self.word = self.word.filter(|(_, until)| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn said(requests: u32, resets_in: u64) -> Remaining {
        Remaining { requests, resets_in: at(resets_in) }
    }

    #[test]
    fn no_window_of_the_period_ever_holds_more_than_the_limit() {
        let mut random = fastrand::Rng::with_seed(7);
        for limit in [1, 2, 7, 60] {
            let mut window = Window::new(Some(RateLimit::per_minute(limit)));
            let (mut now, mut begun) = (at(0), Vec::new());
            for _ in 0..1_000 {
                now += Duration::from_millis(random.u64(0..3_000));
                now = now.max(window.opens_at(now, 0, 0));
                window.begins(now);
                begun.push(now);
            }
            for (index, last) in begun.iter().enumerate().skip(limit as usize) {
                assert!(*last >= begun[index - limit as usize] + at(60), "{limit}: {index}");
            }
        }
    }

    #[test]
    fn a_burst_up_to_the_limit_is_not_slowed_down() {
        let mut window = Window::new(Some(RateLimit::per_minute(60)));
        for n in 0..60 {
            assert_eq!(window.left(at(100), 0), Some(60 - n));
            assert!(window.opens_at(at(100), 0, 0) <= at(100));
            window.begins(at(100));
        }
        assert_eq!(window.opens_at(at(101), 0, 0), at(160));
        assert_eq!(window.left(at(101), 0), Some(0));
        assert_eq!(window.left(at(160), 0), Some(60));
    }

    #[test]
    fn the_vendors_word_stops_what_our_own_count_would_allow_and_ends_with_its_window() {
        let mut window = Window::new(Some(RateLimit::per_minute(60)));
        window.ends(at(10), Some(said(2, 30)));
        assert_eq!(window.left(at(10), 0), Some(2));
        assert!(window.opens_at(at(10), 1, 0) <= at(10));
        // Two are left and two are under way: whether those are counted already is not known.
        assert_eq!(window.opens_at(at(10), 2, 0), at(40));
        window.ends(at(11), Some(said(0, 29)));
        assert_eq!(window.opens_at(at(39), 0, 0), at(40));
        assert!(window.opens_at(at(40), 0, 0) <= at(40));
        assert_eq!(window.left(at(40), 0), Some(60));
    }

    #[test]
    fn without_a_limit_of_our_own_the_vendors_word_still_counts() {
        let mut window = Window::new(None);
        assert_eq!(window.left(at(0), 0), None);
        window.begins(at(0));
        window.ends(at(0), Some(said(0, 5)));
        assert_eq!(window.opens_at(at(1), 0, 0), at(5));
        assert!(window.begun.is_empty());
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_raise_the_count() {
        let mut window = Window::new(None);
        window.ends(at(10), Some(said(3, 30)));
        window.ends(at(11), Some(said(9, 30)));
        assert_eq!(window.left(at(11), 0), Some(3));
        // Nor do they put off the end of its window bit by bit.
        window.ends(at(11), Some(said(0, 30)));
        assert_eq!(window.opens_at(at(11), 0, 0), at(40));
        // A reset later than that is a new window of the vendor's.
        window.ends(at(12), Some(said(50, 31)));
        assert_eq!(window.left(at(12), 0), Some(50));
    }

    #[test]
    fn an_answer_without_a_word_counts_as_one_used_up() {
        let mut window = Window::new(None);
        window.ends(at(10), None);
        assert_eq!(window.left(at(10), 0), None);
        window.ends(at(10), Some(said(2, 30)));
        window.ends(at(11), None);
        assert_eq!(window.left(at(11), 0), Some(1));
    }

    #[test]
    fn the_fields_are_read_in_both_forms_and_junk_is_ignored() {
        let read = |remaining: &str, reset: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-ratelimit-remaining", remaining.parse().unwrap());
            headers.insert("x-ratelimit-reset", reset.parse().unwrap());
            Remaining::read(&headers, || SystemTime::UNIX_EPOCH + at(1_705_320_000))
        };
        let table = [
            ("5", "30", Some(said(5, 30))),
            ("0", "0", Some(said(0, 0))),
            (" 7 ", "1705320042", Some(said(7, 42))),
            ("7", "1705319000", Some(said(7, 0))),
            ("7", "999999999", Some(said(7, 300))),
            ("7", "1000000000", Some(said(7, 0))),
            ("99999999999", "12", Some(said(u32::MAX, 12))),
            ("5", "100000", Some(said(5, 300))),
            ("5", "1705320042000", Some(said(5, 300))),
            ("-1", "30", None),
            ("5", "soon", None),
            ("", "30", None),
        ];
        for (remaining, reset, expected) in table {
            assert_eq!(read(remaining, reset), expected, "{remaining:?} {reset:?}");
        }
        assert_eq!(Remaining::read(&HeaderMap::new(), SystemTime::now), None);
    }
}
