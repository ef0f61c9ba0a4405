//! Work that many wait for and nobody owns: a fetch, a look at a file. It runs in a task of its own
//! and everyone is told how it ended. Refuses to queue callers: a lock or a permit that is handed to
//! a caller whom nobody polls would keep all the others waiting.

use std::sync::{Arc, Weak};

use tokio::sync::watch;

pub(super) type Waiting<T> = watch::Receiver<Option<T>>;

/// The latest flight. Weak, because only its task keeps it alive: one that panics or loses its
/// runtime is gone by itself.
pub(super) struct Flight<T>(Weak<watch::Sender<Option<T>>>);

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self(Weak::new())
    }
}

impl<T: Clone> Flight<T> {
    /// The flight under way. Not one that ended and whose task is not quite gone: its outcome is
    /// older than the question.
    pub(super) fn under_way(&self) -> Option<Waiting<T>> {
        let flight = self.0.upgrade().filter(|flight| flight.borrow().is_none())?;
        Some(flight.subscribe())
    }

    /// A new flight, which the task that is given the first half ends by sending its outcome.
    pub(super) fn begin(&mut self) -> (Arc<watch::Sender<Option<T>>>, Waiting<T>) {
        let flight = Arc::new(watch::Sender::new(None));
        self.0 = Arc::downgrade(&flight);
        let waiting = flight.subscribe();
        (flight, waiting)
    }
}

/// How the flight ended; `None` if it was broken off.
pub(super) async fn landed<T: Clone>(mut waiting: Waiting<T>) -> Option<T> {
    let outcome = waiting.wait_for(Option::is_some).await.ok()?;
    outcome.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flight_that_ended_or_broke_off_is_not_joined() {
        let mut flight = Flight::default();
        assert!(flight.under_way().is_none());
        let (task, first) = flight.begin();
        let second = flight.under_way().unwrap();
        task.send_replace(Some(7));
        assert!(flight.under_way().is_none(), "its task is still there");
        assert_eq!((landed(first).await, landed(second).await), (Some(7), Some(7)));
        let (task, broken) = flight.begin();
        drop(task);
        assert!(flight.under_way().is_none());
        assert_eq!(landed(broken).await, None);
    }
}
