//! The way to the judge's side: lines out, one byte in. What a line says is in the pipe, and safe from this process's death, before `say` returns.

use std::io::{Read as _, Stdout, Write as _, stdin, stdout};

use anyhow::Context as _;
use xtask::faults::wire::{Job, Line};

/// Standard input and output.
pub(crate) struct Pipe {
    out: Stdout,
}

impl Pipe {
    pub(crate) fn new() -> Self {
        Self { out: stdout() }
    }

    /// Reads what this process is to do.
    pub(crate) fn job() -> anyhow::Result<Job> {
        let mut line = String::new();
        stdin().read_line(&mut line).context("there is no order")?;
        serde_json::from_str(&line).context("the order makes no sense")
    }

    /// Says what happened. If nobody hears it any more there is no sense in going on.
    pub(crate) fn say(&self, line: &Line) {
        let Ok(mut text) = serde_json::to_vec(line) else { std::process::exit(3) };
        text.push(b'\n');
        let mut out = self.out.lock();
        if out.write_all(&text).and_then(|()| out.flush()).is_err() {
            std::process::exit(3);
        }
    }

    /// Says it, and does what ends this process before any other thread can say another word: what is not said has not happened.
    pub(crate) fn say_last(&self, line: &Line, die: fn() -> !) -> ! {
        let _silence = self.out.lock();
        self.say(line);
        die()
    }

    /// Says it, and waits for the answer.
    pub(crate) fn ask(&self, line: &Line) {
        self.say(line);
        if stdin().read_exact(&mut [0]).is_err() {
            std::process::exit(3);
        }
    }
}
