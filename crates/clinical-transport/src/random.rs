//! Chance: for jitter, where a test gives the seed, and for names that nobody may guess. Not for
//! keys.

use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;

/// A small generator (`SplitMix64`, Steele, Lea and Flood 2014). Jitter asks for no more, and a
/// generator of our own keeps a foreign type out of the public API.
///
/// Whoever sees a few of its numbers can compute the rest: take [`unguessable`] for names.
///
/// ```
/// use clinical_transport::Random;
///
/// let mut dice = Random::with_seed(7);
/// let thrown: Vec<u64> = (0..3).map(|_| dice.within(1..=6)).collect();
/// let mut again = Random::with_seed(7);
/// assert!(thrown.iter().all(|eyes| *eyes == again.within(1..=6)));
/// ```
pub struct Random(u64);

impl Random {
    /// Seeded by the operating system.
    pub fn seeded_by_chance() -> Self {
        Self(word())
    }

    /// The same numbers for the same seed.
    pub fn with_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number of the range; an empty range gives its start.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^= word >> 31;
        let (start, end) = range.into_inner();
        let width = u128::from(end.saturating_sub(start)) + 1;
        // The high half of the product: every number of the range gets an equal share, to within 2^-64 of the whole.
        let share = (u128::from(word) * width) >> 64;
        start.saturating_add(u64::try_from(share).unwrap_or(u64::MAX))
    }
}

/// 128 bits that differ each time and cannot be guessed: two outputs of a hash whose key the
/// operating system drew.
pub fn unguessable() -> u128 {
    u128::from(word()) << 64 | u128::from(word())
}

fn word() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_filled_evenly_and_never_left() {
        let mut random = Random::with_seed(7);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[usize::try_from(random.within(3..=12)).unwrap() - 3] += 1;
        }
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
    }

    #[test]
    fn the_ends_of_the_type_neither_overflow_nor_panic() {
        let mut random = Random::with_seed(1);
        assert_eq!(random.within(5..=5), 5);
        assert_eq!(random.within(u64::MAX..=u64::MAX), u64::MAX);
        let whole: Vec<_> = (0..100).map(|_| random.within(0..=u64::MAX)).collect();
        assert!(whole.iter().any(|n| *n > u64::MAX / 2) && whole.iter().any(|n| *n < u64::MAX / 2));
    }

    #[test]
    fn the_seed_decides_and_without_one_nothing_repeats() {
        let draw = |seed| Random::with_seed(seed).within(0..=u64::MAX);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(Random::seeded_by_chance().within(0..=u64::MAX), Random::seeded_by_chance().within(0..=u64::MAX));
        assert_ne!(unguessable(), unguessable());
    }
}
