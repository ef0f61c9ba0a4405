//! Counts what is under way, so that a program can wait for it before it ends.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts what is under way.
pub(crate) struct Tracker {
    count: Arc<watch::Sender<usize>>,
}

impl Default for Tracker {
    fn default() -> Self {
        Self { count: Arc::new(watch::Sender::new(0)) }
    }
}

/// Something under way. Dropping it ends it.
pub(crate) struct Busy {
    count: Arc<watch::Sender<usize>>,
}

impl Tracker {
    pub(crate) fn enter(&self) -> Busy {
        self.count.send_modify(|count| *count += 1);
        Busy { count: self.count.clone() }
    }

    /// Resolves when nothing is under way.
    pub(crate) async fn idle(&self) {
        // The sender lives as long as `self`: it cannot fail.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.count.send_modify(|count| *count -= 1);
    }
}
