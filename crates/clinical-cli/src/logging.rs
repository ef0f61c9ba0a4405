//! Logging to stderr, off unless `CLINICAL_LOG` asks for it.
//!
//! Only the crates of this project are let through, whatever the filter says: they are tested to log no note, token or
//! reference, and nobody has tested that of the libraries below them.

use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::exit::Stop;
use crate::style::Style;

const VARIABLE: &str = "CLINICAL_LOG";

/// The crates whose events may be shown.
const OURS: [&str; 4] = [
    "clinical_http",
    "omniscribe_codify",
    "clinical_sandbox",
    "clinical",
];

pub(crate) fn init() -> Result<(), Stop> {
    let Some(directives) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    let wrong = || {
        Stop::usage(format!(
            "{VARIABLE} is not a log filter; use a level (error, warn, info, debug, trace) or a form such as clinical_http=debug"
        ))
    };
    let directives = directives.to_str().ok_or_else(wrong)?;
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::OFF.into())
        .parse(directives)
        .map_err(|_| wrong())?;
    let ours = filter_fn(|event| {
        let name = event.target().split("::").next().unwrap_or_default();
        OURS.contains(&name)
    });
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(Style::stderr().is_coloured())
        .with_filter(filter.and(ours));
    // Fails only if a subscriber is set already, which nobody else does in this process.
    let _ = tracing_subscriber::registry().with(layer).try_init();
    Ok(())
}
