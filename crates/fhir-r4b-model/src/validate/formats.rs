//! The forms of the primitive types, as the regular expressions of the specification have them. They are written out, because an engine for regular
//! expressions would be half of this crate; a test compares them with the expressions.

/// Whether a text has the form of its type.
pub(super) fn fits(type_name: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    match type_name {
        "base64Binary" => is_base64(bytes),
        "canonical" | "uri" | "url" => !bytes.iter().any(|byte| is_space(*byte)),
        "code" => is_code(bytes),
        "date" => is_date_time(bytes, Until::Day),
        "dateTime" => is_date_time(bytes, Until::Second),
        "instant" => bytes.len() > 10 && is_date_time(bytes, Until::Second),
        "time" => time(bytes) == Some(bytes.len()),
        "id" => bytes.len() <= 64 && is_id(text),
        // The range is that of 32 bits, which the expressions leave out.
        "integer" => whole(text).is_some() || text == "-0",
        "unsignedInt" => whole(text).is_some_and(|number| number >= 0),
        "positiveInt" => whole(text).is_some_and(|number| number > 0),
        "string" | "markdown" => !bytes.is_empty() && !bytes.iter().any(|byte| matches!(byte, 0x0b | 0x0c)),
        "oid" => text.strip_prefix("urn:oid:").is_some_and(is_oid),
        "uuid" => text.strip_prefix("urn:uuid:").is_some_and(|uuid| is_uuid(uuid.as_bytes())),
        "xhtml" => super::narrative::is_div(text),
        _ => true,
    }
}

/// Whether the day exists, where a date or time names one. The expressions let the 31st of each month pass; the specification does not.
pub(super) fn is_in_calendar(type_name: &str, text: &str) -> bool {
    if !matches!(type_name, "date" | "dateTime" | "instant") {
        return true;
    }
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else { return true };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day <= days
}

/// Whether a text has the letters of an `id`, however many.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// The number, if it is written as numbers are: without a plus sign or zeros before it.
fn whole(text: &str) -> Option<i32> {
    text.parse::<i32>().ok().filter(|number| number.to_string() == text)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0d)
}

/// Groups of four letters of base64, with space around each.
fn is_base64(bytes: &[u8]) -> bool {
    let pass_space = |bytes: &[u8]| bytes.iter().take_while(|byte| is_space(**byte)).count();
    let mut groups = 0;
    let mut rest = &bytes[pass_space(bytes)..];
    while let Some((group, after)) = rest.split_at_checked(4) {
        if !group.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)) {
            return false;
        }
        groups += 1;
        rest = &after[pass_space(after)..];
    }
    groups > 0 && rest.is_empty()
}

/// Words with one space between each.
fn is_code(bytes: &[u8]) -> bool {
    bytes.split(|byte| is_space(*byte)).all(|word| !word.is_empty())
}

fn is_oid(arcs: &str) -> bool {
    let mut arcs = arcs.split('.');
    let root = arcs.next().is_some_and(|root| matches!(root, "0" | "1" | "2"));
    let mut count = 0;
    let numbers = arcs.all(|arc| {
        count += 1;
        !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
    });
    root && numbers && count > 0
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[derive(Clone, Copy, PartialEq)]
enum Until {
    Day,
    Second,
}

/// Year, month, day, time and zone, each only after the one before it.
fn is_date_time(bytes: &[u8], until: Until) -> bool {
    let Some(year) = bytes.first_chunk::<4>() else { return false };
    if !year.iter().all(u8::is_ascii_digit) || year == b"0000" {
        return false;
    }
    let Some(rest) = part(&bytes[4..], b'-', 1, 12) else { return bytes.len() == 4 };
    let Some(rest) = part(rest, b'-', 1, 31) else { return rest.is_empty() };
    let Some(rest) = rest.strip_prefix(b"T").filter(|_| until == Until::Second) else { return rest.is_empty() };
    time(rest).is_some_and(|length| is_zone(&rest[length..]))
}

/// What follows a mark and two digits in a range.
fn part(bytes: &[u8], mark: u8, least: u8, most: u8) -> Option<&[u8]> {
    let [first, tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = bytes else { return None };
    let number = (tens - b'0') * 10 + (ones - b'0');
    (*first == mark && (least..=most).contains(&number)).then_some(rest)
}

/// How long the time of day is with which the text begins.
fn time(bytes: &[u8]) -> Option<usize> {
    let mut with_mark = vec![b':'];
    with_mark.extend_from_slice(bytes.get(..8)?);
    let rest = part(&with_mark, b':', 0, 23)?;
    let rest = part(rest, b':', 0, 59)?;
    // 60 is a leap second.
    part(rest, b':', 0, 60)?;
    if bytes.get(8) != Some(&b'.') {
        return Some(8);
    }
    let digits = bytes[9..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(9 + digits)
}

fn is_zone(bytes: &[u8]) -> bool {
    match bytes {
        b"Z" | b"+14:00" | b"-14:00" => true,
        [b'+' | b'-', rest @ ..] => {
            let mut with_mark = vec![b':'];
            with_mark.extend_from_slice(rest);
            part(&with_mark, b':', 0, 13).and_then(|rest| part(rest, b':', 0, 59)).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    /// The expressions of the specification's definitions of the primitive types, 4.3.0.
    const EXPRESSIONS: [(&str, &str); 16] = [
        ("base64Binary", r"(\s*([0-9a-zA-Z\+/=]){4}\s*)+"),
        ("canonical", r"\S*"),
        ("code", r"[^\s]+(\s[^\s]+)*"),
        (
            "date",
            r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]))?)?",
        ),
        (
            "dateTime",
            r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?",
        ),
        (
            "instant",
            r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
        ),
        ("id", r"[A-Za-z0-9\-\.]{1,64}"),
        ("integer", r"-?([0]|([1-9][0-9]*))"),
        ("markdown", r"[ \r\n\t\S]+"),
        ("oid", r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
        ("positiveInt", r"[1-9][0-9]*"),
        ("string", r"[ \r\n\t\S]+"),
        ("time", r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"),
        ("unsignedInt", r"[0]|([1-9][0-9]*)"),
        ("uri", r"\S*"),
        ("uuid", r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ];

    const SEEDS: [&str; 14] = [
        "2024-02-29T23:59:60.123456789+13:59",
        "2024-02",
        "0001-12-31T00:00:00Z",
        "1000-01-01T10:10:10-14:00",
        "12:30:45.5",
        "urn:oid:2.16.840.1.0",
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "a code of words",
        "AAAA BBB= \tCC==",
        "http://example.org/a?b#c|1.0",
        "A-b.9",
        "12345",
        "0",
        "text\r\n\twith ä",
    ];

    #[test]
    fn each_form_is_that_of_the_specifications_expression() {
        let mut random = fastrand::Rng::with_seed(43);
        let letters: Vec<char> = "0123456789-+:.TZurnoid= \t\u{b}aF/_".chars().collect();
        for (type_name, expression) in EXPRESSIONS {
            // Space is that of ASCII, as in the language the expressions come from.
            let expression = regex::Regex::new(&format!(
                "^(?:{})$",
                expression
                    .replace(r"\s", r"[ \t\n\x0b\x0c\r]")
                    .replace(r"[^[ \t\n\x0b\x0c\r]]", r"[^ \t\n\x0b\x0c\r]")
                    .replace(r"[ \r\n\t\S]", r"[^\x0b\x0c]")
                    .replace(r"\S", r"[^ \t\n\x0b\x0c\r]")
            ))
            .unwrap();
            let (mut both, mut neither) = (0, 0);
            for seed in SEEDS {
                for round in 0..3_000 {
                    let mut text: Vec<char> = seed.chars().collect();
                    for _ in 0..round % 4 {
                        let at = random.usize(0..=text.len());
                        match random.u8(..3) {
                            0 if at < text.len() => text[at] = *random.choice(&letters).unwrap(),
                            1 => text.insert(at, *random.choice(&letters).unwrap()),
                            _ => text.truncate(at),
                        }
                    }
                    let text: String = text.into_iter().collect();
                    let expected = expression.is_match(&text);
                    if text.len() > 9 && matches!(type_name, "integer" | "positiveInt" | "unsignedInt") {
                        continue;
                    }
                    assert_eq!(fits(type_name, &text), expected, "{type_name} {text:?}");
                    if expected { both += 1 } else { neither += 1 }
                }
            }
            assert!(
                both > 100 && (neither > 100 || type_name == "string" || type_name == "markdown"),
                "{type_name}: {both} {neither}"
            );
        }
    }

    #[test]
    fn whole_numbers_have_the_range_of_32_bits() {
        for (type_name, text, fit) in [
            ("integer", "2147483647", true),
            ("integer", "2147483648", false),
            ("integer", "-2147483648", true),
            ("unsignedInt", "2147483648", false),
            ("positiveInt", "0", false),
            ("integer", "-0", true),
            ("integer", "1.0", false),
        ] {
            assert_eq!(fits(type_name, text), fit, "{type_name} {text}");
        }
    }
}
