//! Makes foreign text safe for a terminal: what a vendor sends, and what a file is called, may hold escape sequences that
//! move the cursor, recolour or retitle the window. Text goes through here before it is printed for people.

use omniscribe_codify::clean_text;

/// The text on one line, without control, direction and invisible characters.
pub(crate) fn plain(text: &str) -> String {
    clean_text(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_control_character_survives_and_letters_do() {
        let given = "\u{1b}[2J\u{9b}31mdiabetes\u{7}\r\n\u{202e}tipo 2\t\u{0}niño\u{8}";
        let safe = plain(given);
        assert!(!safe.chars().any(char::is_control), "{safe:?}");
        assert_eq!(safe, "[2J31mdiabetes tipo 2 niño");
    }
}
