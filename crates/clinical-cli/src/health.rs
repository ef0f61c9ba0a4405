//! `clinical health`: one question to the vendor, whether the service is up.

use std::io::{self, Write};

use crate::advice;
use crate::args::HealthArgs;
use crate::connect::Session;
use crate::exit::{Exit, Stop};
use crate::plain::plain;
use crate::progress::Progress;
use crate::signals;

/// How much of the vendor's answer is shown: it is not documented, and a page of HTML helps nobody.
const SHOWN: usize = 300;

pub(crate) async fn run(args: HealthArgs) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let progress = Progress::new(1);
    let session = Session::open(&args.connection, progress.clone(), None).await?;
    let result = tokio::select! {
        exit = stopped => return Ok(exit),
        result = session.codify.health() => result,
    };
    progress.clear();
    let health = result.map_err(|error| {
        Stop::new(
            match Exit::of(error.kind()) {
                // There is no input here that could be the reason.
                Exit::SomeFailed => Exit::Vendor,
                exit => exit,
            },
            advice::sentence(&error),
        )
    })?;
    let body = plain(&String::from_utf8_lossy(health.body.expose()));
    let body: String = body.chars().take(SHOWN).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "up: HTTP {}{}{body}", health.status, if body.is_empty() { "" } else { " " })?;
    out.flush()?;
    drop(out);
    session.close().await;
    Ok(Exit::Ok)
}
