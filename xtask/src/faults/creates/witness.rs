//! Who hears what happens on the client's side, lets time pass when it waits, and may end its life. In this process that is a list; in a process of its own
//! it is a pipe.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use clinical_http::{BoxFuture, Clock};

use super::wire::Event;
use crate::faults::point::Point;

/// Hears the client's side.
pub trait Witness: Send + Sync + 'static {
    /// Something happened. It is known for good when this returns.
    fn say(&self, event: Event);

    /// The client comes to a point, and perhaps no further.
    fn pass(&self, point: Point);

    /// So much virtual time passes, for everybody.
    fn sleeps(&self, length: Duration) -> BoxFuture<'static, ()>;
}

/// Virtual time, shared by all clients of a life: to wait is to move it on. Nothing really waits.
#[derive(Clone)]
pub(crate) struct StepClock {
    now: Arc<Mutex<Duration>>,
    witness: Arc<dyn Witness>,
}

impl StepClock {
    pub(crate) fn new(passed: Duration, witness: Arc<dyn Witness>) -> Self {
        Self { now: Arc::new(Mutex::new(passed)), witness }
    }

    /// In whole milliseconds.
    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.now().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Clock for StepClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        // Sleepers that wait at the same time wait for the same time to pass.
        let until = self.now().saturating_add(duration);
        let this = self.clone();
        Box::pin(async move {
            // Others come first, as they would during a real wait.
            tokio::task::yield_now().await;
            let left = until.saturating_sub(this.now());
            let left = Duration::from_millis(u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX));
            if !left.is_zero() {
                this.witness.pass(Point::SleepBegins);
                this.witness.sleeps(left).await;
                *this.now.lock().unwrap_or_else(PoisonError::into_inner) += left;
                this.witness.pass(Point::SleepEnds);
            }
            tokio::task::yield_now().await;
        })
    }
}
