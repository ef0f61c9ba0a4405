//! Which faults fall on which attempt. The plan only counts and draws; it sends nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Fault, FaultKind, When};

/// More planned faults than this are refused.
pub(crate) const MOST_FAULTS: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Plan {
    seed: u64,
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    planned: Vec<Planned>,
    injected: u64,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    seen: u64,
    owed: bool,
    done: bool,
    draw: fastrand::Rng,
}

/// The faults of one attempt: any latencies, and at most one other.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) latencies: Vec<Fault>,
    pub(crate) other: Option<Fault>,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, list: Mutex::default() }
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault; `false` when the plan is full.
    pub(crate) fn add(&self, fault: Fault) -> bool {
        let mut list = self.list();
        if list.planned.len() >= MOST_FAULTS {
            return false;
        }
        list.injected += 1;
        // Each fault has its own sequence, so that adding one does not change when another is played.
        let draw = fastrand::Rng::with_seed(self.seed ^ list.injected.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        list.planned.push(Planned { fault, seen: 0, owed: false, done: false, draw });
        true
    }

    pub(crate) fn clear(&self) {
        self.list().planned.clear();
    }

    /// Forgets the faults and starts the random sequences again.
    pub(crate) fn reset(&self) {
        *self.list() = List::default();
    }

    pub(crate) fn pending(&self) -> Vec<Fault> {
        self.list().planned.iter().map(|planned| planned.fault.clone()).collect()
    }

    /// The faults of the next attempt on `operation`.
    pub(crate) fn draw(&self, operation: &str) -> Drawn {
        let mut list = self.list();
        let mut drawn = Drawn::default();
        for planned in &mut list.planned {
            let on_connections = planned.fault.kind == FaultKind::AcceptThenClose;
            if on_connections || !planned.fault.is_on(operation) || !planned.falls_due() {
                continue;
            }
            if matches!(planned.fault.kind, FaultKind::Latency { .. }) {
                drawn.latencies.push(planned.fault.clone());
            } else if drawn.other.is_none() {
                drawn.other = Some(planned.fault.clone());
            } else {
                planned.hold_over();
            }
        }
        list.planned.retain(|planned| !planned.done);
        drawn
    }

    /// The fault of the next connection.
    pub(crate) fn draw_connection(&self) -> Option<Fault> {
        let mut list = self.list();
        let mut drawn = None;
        for planned in &mut list.planned {
            if planned.fault.kind != FaultKind::AcceptThenClose || !planned.falls_due() {
                continue;
            }
            if drawn.is_none() {
                drawn = Some(planned.fault.clone());
            } else {
                planned.hold_over();
            }
        }
        list.planned.retain(|planned| !planned.done);
        drawn
    }
}

impl Planned {
    /// Counts one attempt and says whether the fault falls on it.
    fn falls_due(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        let (due, last) = match self.fault.when {
            When::Nth(nth) => (self.owed || self.seen == nth, nth),
            When::First(count) => (self.seen <= count, count),
            When::Range { from, to } => ((from..=to).contains(&self.seen), to),
            When::Every => (true, u64::MAX),
            When::Probability(p) => (self.draw.f64() < p, u64::MAX),
        };
        self.done = self.seen >= last;
        due
    }

    /// Another fault took the attempt: one that was meant for one exact call waits for the next.
    fn hold_over(&mut self) {
        if matches!(self.fault.when, When::Nth(_)) {
            self.owed = true;
            self.done = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(faults: impl IntoIterator<Item = Fault>) -> Plan {
        let plan = Plan::new(7);
        for fault in faults {
            assert!(plan.add(fault));
        }
        plan
    }

    fn names(plan: &Plan, attempts: usize) -> Vec<&'static str> {
        (0..attempts).map(|_| plan.draw("codify").other.map_or("-", |fault| fault.kind.name())).collect()
    }

    #[test]
    fn each_condition_plays_on_its_attempts_and_is_then_forgotten() {
        let kind = || FaultKind::BadChunk;
        let nth = plan([Fault::new(kind()).nth(2)]);
        assert_eq!(names(&nth, 4), ["-", "bad_chunk", "-", "-"]);
        assert_eq!(nth.pending(), []);
        assert_eq!(names(&plan([Fault::new(kind()).first(2)]), 3), ["bad_chunk", "bad_chunk", "-"]);
        assert_eq!(names(&plan([Fault::new(kind()).range(2, 3)]), 4), ["-", "bad_chunk", "bad_chunk", "-"]);
        let every = plan([Fault::new(kind()).every()]);
        assert_eq!(names(&every, 3), ["bad_chunk"; 3]);
        every.clear();
        assert_eq!(names(&every, 1), ["-"]);
    }

    #[test]
    fn attempts_on_other_operations_are_not_counted() {
        let plan = plan([Fault::new(FaultKind::BadChunk).on("codify").nth(1)]);
        assert!(plan.draw("health").other.is_none());
        assert!(plan.draw("codify").other.is_some());
    }

    #[test]
    fn two_faults_for_the_same_call_are_played_one_after_the_other() {
        let plan = plan([Fault::new(FaultKind::BadChunk).nth(1), Fault::new(FaultKind::NoAnswer).nth(1)]);
        assert_eq!(names(&plan, 3), ["bad_chunk", "no_answer", "-"]);
    }

    #[test]
    fn latency_is_played_together_with_another_fault() {
        let plan = plan([Fault::new(FaultKind::Latency { millis: 5 }), Fault::new(FaultKind::BadChunk)]);
        let drawn = plan.draw("codify");
        assert_eq!((drawn.latencies.len(), drawn.other.is_some()), (1, true));
    }

    #[test]
    fn probability_follows_the_seed() {
        let often = || names(&plan([Fault::new(FaultKind::BadChunk).probability(0.5)]), 200);
        assert_eq!(often(), often());
        let played = often().iter().filter(|name| **name == "bad_chunk").count();
        assert!((60..=140).contains(&played), "{played} of 200");
    }

    #[test]
    fn a_fault_on_connections_is_not_spent_on_attempts() {
        let plan = plan([Fault::new(FaultKind::AcceptThenClose)]);
        assert!(plan.draw("codify").other.is_none());
        assert!(plan.draw_connection().is_some());
        assert!(plan.draw_connection().is_none());
    }

    #[test]
    fn the_plan_is_bounded() {
        let plan = Plan::new(1);
        assert!((0..MOST_FAULTS).all(|_| plan.add(Fault::new(FaultKind::BadChunk))));
        assert!(!plan.add(Fault::new(FaultKind::BadChunk)));
    }
}
