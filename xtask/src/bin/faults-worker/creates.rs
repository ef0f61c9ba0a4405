//! One life of clients that create: what they do is in the library, for most schedules need no process; here it is heard through the pipe, and it dies.

use std::sync::Arc;
use std::time::Duration;

use clinical_http::BoxFuture;
use xtask::faults::creates::wire::{Event, Order};
use xtask::faults::creates::{Witness, act};
use xtask::faults::point::Point;
use xtask::faults::wire::Line;

use crate::deaths::Deaths;
use crate::pipe::Pipe;

/// Lives.
pub(crate) async fn live(order: Order, pipe: &Arc<Pipe>) -> anyhow::Result<()> {
    let deaths = Deaths::new(order.death, pipe.clone())?;
    act(order, Arc::new(Ear { pipe: pipe.clone(), deaths })).await
}

struct Ear {
    pipe: Arc<Pipe>,
    deaths: Deaths,
}

impl Witness for Ear {
    fn say(&self, event: Event) {
        self.pipe.say(&Line::Creates(Box::new(event)));
    }

    fn pass(&self, point: Point) {
        self.deaths.pass(point);
    }

    fn sleeps(&self, length: Duration) -> BoxFuture<'static, ()> {
        let millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        self.pipe.ask(&Line::Sleep { millis });
        Box::pin(std::future::ready(()))
    }
}
