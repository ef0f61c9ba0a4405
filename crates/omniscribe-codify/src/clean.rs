//! The optional clean-up of a note's text before it is sent.
//!
//! The vendor recommends one in its guide; the guide's sample first limits runs of line breaks and then turns every run of white space,
//! line breaks included, into one space, so that all paragraphs are lost. Here paragraphs and lines are kept.

/// Cleans a text: line endings become LF, control and invisible formatting characters go, runs of spaces and tabs become one space, white
/// space at line ends and at both ends of the text goes, and more than one empty line in a row becomes one. Doing it twice changes
/// nothing more.
///
/// ```
/// use omniscribe_codify::clean_text;
///
/// let text = "Dx:\t HTA  \r\n\r\n\r\n\r\nPlan:\u{a0}\u{7} control \n";
/// assert_eq!(clean_text(text), "Dx: HTA\n\nPlan: control");
/// ```
pub fn clean_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut empty_lines = 0;
    // CR alone ends a line in texts from old systems; CR LF is one end.
    for line in text.replace("\r\n", "\n").split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let before = clean.len();
        let words = line.split(is_space).map(|word| word.chars().filter(|c| !is_invisible(*c)));
        let mut line_has_text = false;
        for word in words {
            let mut word = word.peekable();
            if word.peek().is_none() {
                continue;
            }
            if line_has_text {
                clean.push(' ');
            } else {
                if before > 0 {
                    clean.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
                }
                line_has_text = true;
            }
            clean.extend(word);
        }
        empty_lines = if line_has_text { 0 } else { empty_lines + 1 };
    }
    clean
}

/// White space inside a line, Unicode's included. Form feed and vertical tab separate words, too.
fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Characters without a shape of their own: controls, soft hyphen, zero-width and direction marks, byte-order mark.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::clean_text;

    #[test]
    fn paragraphs_stay_and_noise_goes() {
        let table = [
            ("", ""),
            (" \n\t\r\n ", ""),
            ("one line", "one line"),
            ("a\nb", "a\nb"),
            ("a\n\nb", "a\n\nb"),
            ("a\n \t \n\n\n b", "a\n\nb"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("  a   b\t\tc  ", "a b c"),
            ("a\u{a0}b\u{2003}c", "a b c"),
            ("pa\u{ad}labra\u{200b}s \u{feff}x", "palabras x"),
            ("a\u{0}b\u{7}c", "abc"),
            ("a \u{0} b", "a b"),
            ("a\u{c}b", "a b"),
            ("año, niño, 38,5 ºC, ≥ 5 µg", "año, niño, 38,5 ºC, ≥ 5 µg"),
            ("línea\u{2028}otra", "línea\notra"),
        ];
        for (given, expected) in table {
            assert_eq!(clean_text(given), expected, "{given:?}");
            assert_eq!(clean_text(expected), expected, "again: {given:?}");
        }
    }
}
