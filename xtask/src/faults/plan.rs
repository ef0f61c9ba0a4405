//! What a seed means: the submissions, the faults of the network, and the deaths of the client, drawn before anything happens.

use std::fmt::{self, Write as _};

use clinical_sandbox::Fault;
use fastrand::Rng;

use super::point::Point;
use super::wire::{Death, Submission};
use super::{Suite, draw};

/// One schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it was drawn from.
    pub seed: u64,
    /// What is put to the test.
    pub suite: Suite,
    /// What is submitted.
    pub submissions: Vec<Submission>,
    /// What goes wrong on the network, until the last life.
    pub faults: Vec<Fault>,
    /// How the lives but the last one end.
    pub deaths: Vec<Death>,
    /// How two lives end that then begin at the same moment, on one store.
    pub rivals: Option<[Option<Death>; 2]>,
    /// After how many polls the caller of the first life leaves its own future.
    pub leave: Option<u32>,
    /// Whether a person asks again, after all that, for what may be lost.
    pub ask_again: bool,
    /// How the life ends in which the person asks again.
    pub death_while_asking: Option<Death>,
    /// Whether the vendor takes a result away when it has worked out the answer, and not at its first byte.
    pub taken_early: bool,
}

impl Plan {
    /// Draws the schedule of a seed, for a suite that submits and asks after tasks.
    pub fn draw(suite: Suite, seed: u64) -> Self {
        // Neighbouring seeds, and the suites, have nothing in common.
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ suite as u64);
        let count = [1, 1, 1, 1, 2, 2, 3][rng.usize(..7)];
        let submissions: Vec<Submission> = (0..count).map(|number| submission(&mut rng, seed, number)).collect();
        let faults = (0..rng.usize(0..4)).map(|_| {
            let operation = operation(suite, &submissions, &mut rng);
            draw::fault(&mut rng, operation)
        });
        let mut faults: Vec<Fault> = faults.collect();
        let lives = [0, 1, 1, 1, 2, 2, 3][rng.usize(..7)];
        let mut deaths: Vec<Death> = (1..=lives).map(|life| death(&mut rng, suite, life)).collect();
        if matches!(deaths.first(), Some(Death::At { point: Point::NotCreatedBegins | Point::NotCreatedEnds, .. })) {
            // A life that is to die when it takes a submission back has to have one that was turned down.
            faults.insert(0, draw::denial_of(&mut rng, submissions[0].operation()));
        }
        let rivals = (suite == Suite::Claims && rng.u32(0..5) == 0).then(|| {
            if rng.bool() {
                // They have something to quarrel about.
                deaths = vec![Death::At { point: Point::SleepBegins, nth: 1 }];
            }
            [(); 2].map(|()| rng.bool().then(|| death(&mut rng, suite, 2)))
        });
        Self {
            seed,
            suite,
            submissions,
            faults,
            deaths,
            rivals,
            leave: (rng.u32(0..5) == 0).then(|| rng.u32(1..40)),
            ask_again: rng.u32(0..3) == 0,
            death_while_asking: (rng.u32(0..3) == 0).then(|| death_while_asking(&mut rng)),
            taken_early: rng.u32(0..4) == 0,
        }
    }
}

impl Plan {
    /// How many lives there are before the one without faults and death.
    pub(super) fn troubled(&self) -> usize {
        self.deaths.len() + if self.rivals.is_some() { 2 } else { 0 }
    }

    /// One in which nothing goes wrong.
    pub fn without_faults(suite: Suite) -> Self {
        let submission =
            |number| Submission { number, fhir: number == 0, text: format!("Note {number}. No complaint.") };
        Self {
            seed: 0,
            suite,
            submissions: (0..2).map(submission).collect(),
            faults: Vec::new(),
            deaths: Vec::new(),
            rivals: None,
            leave: None,
            ask_again: false,
            death_while_asking: None,
            taken_early: false,
        }
    }
}

/// Mostly what the suite is about; now and then the other, for what it does to this one.
fn operation(suite: Suite, submissions: &[Submission], rng: &mut Rng) -> &'static str {
    let create = submissions[rng.usize(..submissions.len())].operation();
    match (suite, rng.u32(0..8)) {
        (Suite::Claims, 0) | (Suite::Submissions | Suite::Creates, 1..) => create,
        _ => "tasks",
    }
}

fn submission(rng: &mut Rng, seed: u64, number: usize) -> Submission {
    let mut text = format!("Note {seed}-{number}. The patient takes lisinopril 10 mg daily. Known hypertension.");
    let lines = match rng.u32(0..10) {
        0..6 => 0,
        6..9 => rng.usize(1..40),
        _ => rng.usize(100..400),
    };
    for line in 0..lines {
        // Writing to a String cannot fail.
        let _ = write!(text, "\nVisit {line}: no new complaint, the plan remains as it was.");
    }
    Submission { number, fhir: rng.bool(), text }
}

fn death(rng: &mut Rng, suite: Suite, life: u32) -> Death {
    if rng.u32(0..6) == 0 {
        return Death::Torn { bytes: if rng.bool() { rng.u64(0..500) } else { rng.u64(0..3_000) } };
    }
    let wanted = |point: &Point| match suite {
        // Nobody asks again in these lives.
        Suite::Claims if matches!(point, Point::ReopenBegins | Point::ReopenEnds) => false,
        Suite::Claims => life > 1 || !point.is_of_recovery(),
        Suite::Submissions | Suite::Creates => point.is_of_creates(),
    };
    let points: Vec<Point> = Point::ALL.iter().copied().filter(wanted).collect();
    let point = points[rng.usize(..points.len())];
    // A later life has less left to do.
    let most = point.passes().div_ceil(life);
    Death::At { point, nth: rng.u32(1..=most) }
}

fn death_while_asking(rng: &mut Rng) -> Death {
    use Point::{ClaimBegins, ClaimEnds, EndBegins, ReopenBegins, ReopenEnds, SendEnds, WriteEnds};
    let points =
        [ReopenBegins, ReopenEnds, ReopenBegins, ReopenEnds, ClaimBegins, ClaimEnds, SendEnds, WriteEnds, EndBegins];
    Death::At { point: points[rng.usize(..points.len())], nth: 1 }
}

fn shown(death: &Death) -> String {
    match death {
        Death::At { point, nth } => format!("killed at \"{point}\", time {nth}"),
        Death::Torn { bytes } => format!("killed by a write past byte {bytes} of a file"),
    }
}

/// For a person who replays it.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "suite {}, seed {}", self.suite.name(), self.seed)?;
        for submission in &self.submissions {
            let kind = if submission.fhir { "a bundle" } else { "a patient" };
            writeln!(f, "  submission {}: {} bytes, {kind} wanted", submission.number, submission.text.len())?;
        }
        for fault in &self.faults {
            let fault = serde_json::to_string(fault).map_err(|_| fmt::Error)?;
            writeln!(f, "  fault: {fault}")?;
        }
        if let Some(polls) = self.leave {
            writeln!(f, "  life 1: the caller leaves its future after {polls} polls, and waits anew")?;
        }
        for (life, death) in (1..).zip(&self.deaths) {
            writeln!(f, "  life {life}: {}", shown(death))?;
        }
        for death in self.rivals.iter().flatten() {
            let end = death.as_ref().map_or_else(|| "not killed".to_owned(), shown);
            writeln!(f, "  then two at the same time, one of them {end}")?;
        }
        writeln!(f, "  then a life without faults and death")?;
        if self.ask_again {
            writeln!(f, "  then a person asks again for what may be lost")?;
            if let Some(death) = &self.death_while_asking {
                writeln!(f, "  and is {}; then a last life", shown(death))?;
            }
        }
        if self.taken_early {
            writeln!(f, "  a result is taken when its answer is worked out, not at its first byte")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SUITES: [Suite; 2] = [Suite::Claims, Suite::Submissions];

    const SEEDS: std::ops::Range<u64> = 0..5_000;

    #[test]
    fn a_seed_always_means_the_same_schedule_and_another_seed_another() {
        for suite in SUITES {
            let drawn: BTreeSet<String> = SEEDS.map(|seed| Plan::draw(suite, seed).to_string()).collect();
            assert_eq!(drawn.len() as u64, SEEDS.end);
            assert!(SEEDS.take(100).all(|seed| Plan::draw(suite, seed) == Plan::draw(suite, seed)));
        }
    }

    #[test]
    fn every_point_and_every_fault_is_drawn_sooner_or_later() {
        let plans: Vec<Plan> = SEEDS.map(|seed| Plan::draw(Suite::Claims, seed)).collect();
        let deaths = plans.iter().flat_map(|plan| plan.deaths.iter().chain(&plan.death_while_asking));
        assert!(plans.iter().any(|plan| plan.rivals.is_some()));
        let points: BTreeSet<Point> = deaths
            .filter_map(|death| match death {
                Death::At { point, .. } => Some(*point),
                Death::Torn { .. } => None,
            })
            .collect();
        assert_eq!(points, Point::ALL.iter().copied().collect());
        let faults = || plans.iter().flat_map(|plan| &plan.faults);
        let kinds: BTreeSet<&str> = faults().map(|fault| fault.kind().name()).collect();
        // All that the sandbox has, but for a body past the cap, of which there is none for a result.
        assert_eq!(kinds.len(), 17, "{kinds:?}");
        assert!(faults().any(clinical_sandbox::Fault::is_after_commit));
    }

    #[test]
    fn no_refusal_is_played_on_what_was_processed() {
        for fault in SEEDS.flat_map(|seed| Plan::draw(Suite::Submissions, seed).faults) {
            let written = serde_json::to_value(fault.kind()).unwrap();
            let refuses = matches!(written["status"].as_u64(), Some(408 | 425 | 429))
                || (written["status"] == 503 && written["retry_after"]["seconds"].is_u64());
            assert!(!(refuses && fault.is_after_commit()), "{written}");
        }
    }
}
