//! How an order goes on after it was made, on the virtual clock: the four documented steps and the shipment, at times that
//! depend on the seed and the order's id alone. The vendor documents the steps' names and neither their order nor their times.

use std::time::Duration;

use super::facts::OrderStatus;
use crate::digest;

/// The events of an order in their order, with the status that each begins and the shortest and longest time since the
/// one before, in milliseconds. All of it is over after six minutes.
pub(super) const STAGES: [(&str, OrderStatus, u64, u64); 5] = [
    ("medication_order:verified", OrderStatus::Verified, 2_000, 8_000),
    ("medication_order:submitted", OrderStatus::Submitted, 3_000, 12_000),
    ("medication_order:acknowledged", OrderStatus::Acknowledged, 5_000, 20_000),
    ("medication_order:filled", OrderStatus::Filled, 20_000, 90_000),
    ("shipment:created", OrderStatus::Shipped, 30_000, 180_000),
];

/// The stage at which an order is shipped.
pub(super) const SHIPPED: usize = STAGES.len() - 1;

/// The event of a practitioner, and its time after the creation.
pub(super) const ACTIVATED: &str = "practitioner:activated";
const ACTIVATION: (u64, u64) = (1_000, 5_000);

/// The times of one order's stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) at: [Duration; STAGES.len()],
}

impl Life {
    pub(super) fn new(seed: u64, id: &str, born: Duration) -> Self {
        let mut draw = fastrand::Rng::with_seed(digest::number(seed, id));
        let mut time = born;
        let at = STAGES.map(|(_, _, shortest, longest)| {
            time = time.saturating_add(Duration::from_millis(draw.u64(shortest..=longest)));
            time
        });
        Self { at }
    }

    pub(super) fn status(&self, now: Duration) -> OrderStatus {
        let passed = self.at.iter().filter(|at| **at <= now).count();
        passed.checked_sub(1).map_or(OrderStatus::Created, |last| STAGES[last].1)
    }

    pub(super) fn is_shipped(&self, now: Duration) -> bool {
        self.at[SHIPPED] <= now
    }
}

/// When a practitioner that was made at `born` becomes active.
pub(super) fn activation(seed: u64, id: &str, born: Duration) -> Duration {
    let mut draw = fastrand::Rng::with_seed(digest::number(seed, id));
    born.saturating_add(Duration::from_millis(draw.u64(ACTIVATION.0..=ACTIVATION.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stages_follow_each_other_and_are_over_after_six_minutes() {
        for seed in 0..200 {
            let life = Life::new(seed, "id", Duration::ZERO);
            assert!(life.at.windows(2).all(|pair| pair[0] < pair[1]), "seed {seed}");
            assert!(life.at[SHIPPED] < Duration::from_secs(360), "seed {seed}");
        }
        assert_eq!(Life::new(7, "id", Duration::ZERO), Life::new(7, "id", Duration::ZERO));
        assert_ne!(Life::new(7, "id", Duration::ZERO), Life::new(8, "id", Duration::ZERO));
    }

    #[test]
    fn a_stage_begins_at_its_time_and_not_before() {
        let life = Life::new(7, "id", Duration::from_secs(100));
        assert_eq!(life.status(Duration::from_secs(100)), OrderStatus::Created);
        for (stage, at) in life.at.into_iter().enumerate() {
            let before = life.status(at.saturating_sub(Duration::from_nanos(1)));
            let expected = stage.checked_sub(1).map_or(OrderStatus::Created, |last| STAGES[last].1);
            assert_eq!((before, life.status(at)), (expected, STAGES[stage].1));
        }
        assert!(life.is_shipped(life.at[SHIPPED]));
        assert!(!life.is_shipped(life.at[SHIPPED].saturating_sub(Duration::from_nanos(1))));
    }
}
