//! Virtual time, shared with the sandbox: to wait is to have the sandbox's clock moved on by so much. Nothing really waits, and how often a task is
//! asked after does not depend on how busy this machine is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use clinical_http::{BoxFuture, Clock};
use xtask::faults::point::Point;
use xtask::faults::wire::Line;

use crate::deaths::Deaths;
use crate::pipe::Pipe;

/// The client's clock.
pub(crate) struct SharedClock {
    pub(crate) now: Arc<Mutex<Duration>>,
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) deaths: Deaths,
}

impl Clock for SharedClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (now, pipe, deaths) = (self.now.clone(), self.pipe.clone(), self.deaths.clone());
        Box::pin(async move {
            deaths.pass(Point::SleepBegins);
            let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
            pipe.ask(&Line::Sleep { millis });
            *now.lock().unwrap_or_else(PoisonError::into_inner) += Duration::from_millis(millis);
            // Others come first, as they would during a real wait.
            tokio::task::yield_now().await;
            deaths.pass(Point::SleepEnds);
        })
    }
}
