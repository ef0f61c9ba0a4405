//! Colour, where it is wanted: only on a terminal, and never when `NO_COLOR` is set (<https://no-color.org>) or the
//! terminal is dumb. Also the one way to write to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Whether colours may be used on a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    pub(crate) fn stdout() -> Self {
        Self::of(&std::io::stdout())
    }

    pub(crate) fn stderr() -> Self {
        Self::of(&std::io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { colour: !refused && stream.is_terminal() }
    }

    pub(crate) fn is_coloured(self) -> bool {
        self.colour
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    pub(crate) fn green(self, text: impl Display) -> String {
        self.paint("32", text)
    }

    pub(crate) fn yellow(self, text: impl Display) -> String {
        self.paint("33", text)
    }

    pub(crate) fn red(self, text: impl Display) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: impl Display) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Writes a line to stderr. If that fails there is nobody left to tell.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes an error to stderr, as one sentence.
pub(crate) fn error(sentence: impl Display) {
    let style = Style::stderr();
    say(format_args!("{} {sentence}", style.red("error:")));
}

/// Says that answers are simulated. The wording is the same everywhere, so that nobody has to guess.
#[cfg(feature = "sandbox")]
pub(crate) fn simulated() {
    let style = Style::stderr();
    say(style.yellow(
        "SIMULATED: the answers come from a test double inside this process, not from the vendor. Nothing leaves this machine.",
    ));
}
