//! The guides quote what errors say. What they quote must be what the libraries say, or a reader would look for it in vain. That the
//! right error is given is proved elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

/// What an error about a setting begins with; the rule that follows is a text of its own in the source.
const SETTINGS: [&str; 7] = ["trusted authority", "client key", "TLS", "proxy", "base URL", "token file", "token"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The source of the libraries, without the unit tests below it.
fn source(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source(&path, into);
        } else {
            *into += fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap();
        }
    }
}

/// The first cells of the tables about what an error says, cut at `;`, `:`, `...` and where a number `N` stands.
fn quotes(guide: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/guides").join(guide)).unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while lines.any(|line| line.starts_with("| the error says |")) {
        for row in lines.by_ref().skip(1).take_while(|line| line.starts_with('|')) {
            let cell = row.split('|').nth(1).unwrap().replace('`', "");
            let pieces =
                cell.split([';', ':']).flat_map(|piece| piece.split("...")).flat_map(|piece| piece.split(" N "));
            let pieces = pieces.map(|piece| piece.trim().to_owned());
            found.extend(pieces.filter(|piece| !piece.is_empty()));
        }
    }
    found
}

#[test]
fn every_error_that_a_guide_quotes_is_one_that_the_libraries_give() {
    let (mut said, mut wrong) = (String::new(), Vec::new());
    for library in ["clinical-http", "clinical-transport"] {
        source(&root().join("crates").join(library).join("src"), &mut said);
    }
    for (guide, least) in [("limits.md", 10), ("credentials.md", 10), ("tls.md", 20)] {
        let quotes = quotes(guide);
        assert!(quotes.len() >= least, "{guide}: {quotes:?}");
        for quote in quotes {
            // A status is a number in the source.
            let status = quote.strip_prefix("the vendor answered ").map(|_| "the vendor answered {}");
            let quote = status.unwrap_or(&quote);
            let setting = SETTINGS.iter().find(|setting| quote.starts_with(*setting));
            let rule = setting.map(|setting| quote[setting.len()..].trim());
            let known = said.contains(quote)
                || setting.zip(rule).is_some_and(|(setting, rule)| {
                    said.contains(&format!("\"{setting}\"")) && said.contains(&format!("\"{rule}"))
                });
            if !known && quote != "OMNISCRIBE_API_TOKEN" {
                wrong.push(format!("{guide}: {quote}"));
            }
        }
    }
    assert!(wrong.is_empty(), "no library says what the guides quote: {wrong:#?}");
}
