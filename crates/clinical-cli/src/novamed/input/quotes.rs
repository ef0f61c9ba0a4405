//! Whether the quotation marks of a CSV text stand where RFC 4180 has them. The reading library is lenient: with a mark that is never closed
//! it would take all further rows for one field, and with it a batch of prescriptions for one with long notes.

/// The line of the first mark that is misplaced, and what is wrong with it.
pub(super) fn misplaced(text: &str) -> Option<(u64, &'static str)> {
    const LOOSE: &str =
        "has a quotation mark inside a field; put the field into quotation marks, and write \"\" for each one in it";
    enum At {
        Start,
        Plain,
        Quoted { since: u64 },
        Closed,
    }
    let (mut at, mut line) = (At::Start, 1);
    for byte in text.bytes() {
        at = match (at, byte) {
            // The second of two is one of the text.
            (At::Start | At::Closed, b'"') => At::Quoted { since: line },
            (At::Quoted { .. }, b'"') => At::Closed,
            (At::Quoted { since }, _) => At::Quoted { since },
            (_, b',' | b'\n' | b'\r') => At::Start,
            (At::Plain, b'"') | (At::Closed, _) => return Some((line, LOOSE)),
            (At::Start | At::Plain, _) => At::Plain,
        };
        line += u64::from(byte == b'\n');
    }
    match at {
        At::Quoted { since } => Some((since, "has a quotation mark that is never closed; close it")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::misplaced;

    #[test]
    fn quotation_marks_enclose_whole_fields_are_doubled_inside_and_closed() {
        for good in ["", "a,b\r\n1,2\r\n", "\"a\",\"b \"\"c\"\" d\"\n\"1\n2\",\"\"", "\"\"\"\"", "a,\"b,c\"\n"] {
            assert_eq!(misplaced(good), None, "{good}");
        }
        for (bad, line) in
            [("a,b\n\"1,2\n3,4\n", 2), ("a\n5\" tube\n", 2), ("a\n\"5\" tube\n", 2), ("\"a\nb\"c\n", 2), ("\"", 1)]
        {
            assert_eq!(misplaced(bad).map(|(line, _)| line), Some(line), "{bad}");
        }
    }
}
