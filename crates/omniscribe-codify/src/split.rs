//! Splits an over-long note where it hurts least: between paragraphs, else lines, else sentences, else words.

use std::ops::Range;

/// Cuts a text into parts of at most `limit` bytes of UTF-8 (at least 4, the longest character). The ranges cover the whole text in order,
/// without a gap or an overlap, and none cuts a character.
///
/// Each part is made as long as possible, except that a cut between paragraphs is preferred to one between lines, that to one
/// between sentences, and that to one between words, as long as the part stays at least half full. Only text without any white space is
/// cut between characters.
///
/// ```
/// use omniscribe_codify::split_note;
///
/// let text = "First paragraph.\n\nSecond one. It is longer.";
/// let parts: Vec<_> = split_note(text, 30).into_iter().map(|range| &text[range]).collect();
/// assert_eq!(parts, ["First paragraph.\n\n", "Second one. It is longer."]);
/// ```
pub fn split_note(text: &str, limit: usize) -> Vec<Range<usize>> {
    let limit = limit.max(4);
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > limit {
        let end = start + cut(&text[start..], limit);
        parts.push(start..end);
        start = end;
    }
    if start < text.len() || parts.is_empty() {
        parts.push(start..text.len());
    }
    parts
}

/// Where to cut a text that is longer than `limit`: the end of its first part.
fn cut(text: &str, limit: usize) -> usize {
    let most = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(limit);
    let window = &text[..most];
    let borders = [after_paragraph, after_line, after_sentence, after_word];
    borders
        .iter()
        .find_map(|border| border(window).filter(|at| *at >= most / 2))
        .or_else(|| after_word(window))
        .unwrap_or(most)
}

fn after_paragraph(window: &str) -> Option<usize> {
    let plain = window.rfind("\n\n").map(|at| at + 2);
    let windows = window.rfind("\r\n\r\n").map(|at| at + 4);
    plain.max(windows)
}

fn after_line(window: &str) -> Option<usize> {
    window.rfind('\n').map(|at| at + 1)
}

/// After the white space that follows a full stop, question or exclamation mark. A digit before the stop is no sentence end: it may be a
/// numbered list or a dose.
fn after_sentence(window: &str) -> Option<usize> {
    let mut previous = ['\0'; 2];
    let mut last = None;
    for (at, c) in window.char_indices() {
        let [before, end] = previous;
        if c.is_whitespace() && matches!(end, '.' | '!' | '?') && !before.is_ascii_digit() {
            last = Some(at + c.len_utf8());
        }
        previous = [end, c];
    }
    last
}

fn after_word(window: &str) -> Option<usize> {
    window.char_indices().rev().find(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::split_note;

    fn parts(text: &str, limit: usize) -> Vec<&str> {
        split_note(text, limit).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn the_best_border_wins() {
        let table: &[(&str, usize, &[&str])] = &[
            ("", 10, &[""]),
            ("short", 10, &["short"]),
            ("exactly ten", 11, &["exactly ten"]),
            ("One. Two.\n\nThree. Four.", 14, &["One. Two.\n\n", "Three. Four."]),
            ("One. Two.\nThree. Four.", 14, &["One. Two.\n", "Three. Four."]),
            ("One two. Three four five", 12, &["One two. ", "Three four ", "five"]),
            ("one two three four", 10, &["one two ", "three four"]),
            // A dose is not the end of a sentence, a half-empty part not worth a better border.
            ("Dose of 2.5 mg and 10. mg daily", 25, &["Dose of 2.5 mg and 10. ", "mg daily"]),
            ("A.\n\nOne very long sentence here", 20, &["A.\n\nOne very long ", "sentence here"]),
            ("nowhitespaceatall", 5, &["nowhi", "tespa", "ceata", "ll"]),
            ("ñññññ", 4, &["ññ", "ññ", "ñ"]),
            ("😀😀", 1, &["😀", "😀"]),
        ];
        for (text, limit, expected) in table {
            assert_eq!(parts(text, *limit), *expected, "{text:?} at {limit}");
        }
    }

    #[test]
    fn nothing_is_lost_and_no_part_is_too_long() {
        let alphabet = ["a", "ñ", "😀", " ", ". ", "\n", "\n\n", "\r\n", "word", "1."];
        let mut state = 7_u64;
        let mut next = move |n: usize| {
            // A linear congruential generator is random enough here, and the same everywhere.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % n
        };
        for _ in 0..2_000 {
            let text: String = (0..next(120)).map(|_| alphabet[next(alphabet.len())]).collect();
            let limit = next(40);
            let parts = parts(&text, limit);
            assert_eq!(parts.concat(), text);
            assert!(parts.iter().all(|part| part.len() <= limit.max(4)), "{text:?} at {limit}");
            assert!(text.is_empty() || parts.iter().all(|part| !part.is_empty()));
        }
    }
}
