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
const OURS: [&str; 7] = [
    "clinical_http",
    "clinical_long_tasks",
    "omniscribe_codify",
    "haidy_analyst",
    "novamed_api",
    "clinical_sandbox",
    "clinical",
];

pub(crate) fn init() -> Result<(), Stop> {
    let Some(directives) = std::env::var_os(VARIABLE) else {
        return Ok(());
    };
    let wrong = || {
        Stop::usage(format!(
            "{VARIABLE} is not a log filter; use a level (off, error, warn, info, debug, trace) or a form such as clinical_http=debug, \
             several separated by commas; the crates are {}",
            OURS.join(", ")
        ))
    };
    let directives = directives.to_str().filter(|text| is_known(text)).ok_or_else(wrong)?;
    let filter =
        EnvFilter::builder().with_default_directive(LevelFilter::OFF.into()).parse(directives).map_err(|_| wrong())?;
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

/// Whether each directive is a level, or one of our crates (or a module in it) with or without a level. The library takes any
/// other word for the name of a crate, and a level with a typing error would silently show nothing.
fn is_known(directives: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    let is_ours = |target: &str| OURS.contains(&target.split("::").next().unwrap_or_default());
    let mut directives = directives.split(',').map(str::trim);
    directives.all(|directive| match directive.split_once('=') {
        _ if directive.is_empty() => true,
        Some((target, level)) => is_ours(target) && is_level(level),
        None => is_level(directive) || is_ours(directive),
    })
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn levels_and_our_crates_are_known_and_nothing_else_is() {
        for good in
            ["", "debug", "DEBUG", "off", "clinical_http", "clinical_http=debug", "clinical_http::retry=trace, warn"]
        {
            assert!(is_known(good), "{good}");
        }
        for bad in ["verbose", "clinical-http=debug", "clinical_http=loud", "hyper=trace", "debug,verbose", "a=b=c"] {
            assert!(!is_known(bad), "{bad}");
        }
    }
}
