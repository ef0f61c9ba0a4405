//! Dies on order: counts how often each point was passed, and at the one that was ordered ends the process as `kill -9` does. No destructor runs, no
//! buffer is written, no other thread is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use xtask::faults::point::Point;
use xtask::faults::wire::{Death, Line};

use crate::pipe::Pipe;

/// Shared by everything that can be a place to die.
#[derive(Clone)]
pub(crate) struct Deaths {
    inner: Arc<Inner>,
}

struct Inner {
    pipe: Arc<Pipe>,
    death: Option<Death>,
    passed: Mutex<HashMap<Point, u32>>,
}

impl Deaths {
    pub(crate) fn new(death: Option<Death>, pipe: Arc<Pipe>) -> anyhow::Result<Self> {
        if let Some(Death::Torn { bytes }) = death {
            limit_files(bytes).context("the length of files could not be limited")?;
        }
        Ok(Self { inner: Arc::new(Inner { pipe, death, passed: Mutex::default() }) })
    }

    /// Comes to a point, and perhaps no further.
    pub(crate) fn pass(&self, point: Point) {
        let mut passed = self.inner.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = passed.entry(point).or_default();
        *nth += 1;
        if self.inner.death == Some(Death::At { point, nth: *nth }) {
            self.inner.pipe.say_last(&Line::Dies { point, nth: *nth }, die);
        }
    }
}

#[cfg(unix)]
fn die() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    // The signal is there before the call returns.
    std::process::abort()
}

#[cfg(not(unix))]
fn die() -> ! {
    std::process::abort()
}

/// A write that goes past this length kills the process, with everything up to there written.
#[cfg(unix)]
fn limit_files(bytes: u64) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(setrlimit(Resource::Fsize, Rlimit { current: Some(bytes), maximum: None })?)
}

#[cfg(not(unix))]
fn limit_files(_bytes: u64) -> std::io::Result<()> {
    Ok(())
}
