//! Numbers about calls: the counts that the transport core keeps, read whenever they are exported, and a histogram of how long calls
//! take. Attributes are names fixed in the code (operation, outcome, kind of error), never data of a call.

use omniscribe_codify::http_core::audit::Outcome;
use omniscribe_codify::http_core::{Counters, Counts, Event, Observer};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Histogram, Meter};

/// From a healthy answer to the time limit of a whole call, in seconds.
const DURATIONS: [f64; 12] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0];

type Report = fn(&Counts, &dyn AsyncInstrument<u64>);

/// Each counter: name, unit, what it says, and how it is read.
const COUNTERS: [(&str, &str, &str, Report); 5] = [
    ("clinical.client.calls", "{call}", "Calls that ended, by outcome", |counts, to| {
        let outcomes = [("succeeded", counts.succeeded), ("failed", counts.failed), ("abandoned", counts.abandoned)];
        for (outcome, calls) in outcomes {
            to.observe(calls, &[KeyValue::new("outcome", outcome)]);
        }
    }),
    (
        "clinical.client.calls.uncertain",
        "{call}",
        "Calls without a result that may have been processed",
        |counts, to| {
            to.observe(counts.uncertain, &[]);
        },
    ),
    ("clinical.client.attempts", "{attempt}", "Requests that ended", |counts, to| to.observe(counts.attempts, &[])),
    (
        "clinical.client.attempts.repeated",
        "{attempt}",
        "Requests that were not the first of their call",
        |counts, to| {
            to.observe(counts.repeated, &[]);
        },
    ),
    ("clinical.client.attempts.throttled", "{attempt}", "Requests answered with \"too many\"", |counts, to| {
        to.observe(counts.throttled, &[]);
    }),
];

/// Watches calls and turns them into metrics. Clones share the numbers, also over several clients.
#[derive(Debug, Clone)]
pub struct Metrics {
    counters: Counters,
    duration: Histogram<f64>,
}

impl Metrics {
    /// Makes the instruments. Make them once for a meter.
    pub fn new(meter: &Meter) -> Self {
        let counters = Counters::new();
        for (name, unit, description, report) in COUNTERS {
            let counters = counters.clone();
            // The meter keeps the callback; the handle that comes back is of no further use.
            let _ = meter
                .u64_observable_counter(name)
                .with_unit(unit)
                .with_description(description)
                .with_callback(move |to| report(&counters.counts(), to))
                .build();
        }
        let duration = meter
            .f64_histogram("clinical.client.call.duration")
            .with_unit("s")
            .with_description("How long calls took, repeats and waits included")
            .with_boundaries(DURATIONS.to_vec())
            .build();
        Self { counters, duration }
    }

    /// The counts at this moment.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }
}

impl Observer for Metrics {
    fn on_event(&self, event: Event<'_>) {
        if let Event::CallEnded { operation, outcome, elapsed, .. } = event {
            let mut attributes = vec![KeyValue::new("operation", operation)];
            match outcome {
                Outcome::Failed(kind) => attributes.push(KeyValue::new("error.type", kind.as_str())),
                Outcome::Abandoned => attributes.push(KeyValue::new("error.type", "abandoned")),
                _ => {}
            }
            self.duration.record(elapsed.as_secs_f64(), &attributes);
        }
        self.counters.on_event(event);
    }
}
