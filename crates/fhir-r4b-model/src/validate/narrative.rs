//! What can be said of a narrative without an engine for XML: that it is a `div` of XHTML, and that something is in it (`txt-2`). Whether its elements are
//! among those that `txt-1` allows is not looked at.

/// Whether the text is one `div` with the namespace of XHTML.
pub(super) fn is_div(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix("<div") else { return false };
    let Some((attributes, rest)) = rest.split_once('>') else { return false };
    let named = attributes.starts_with(|letter: char| letter.is_ascii_whitespace());
    named
        && attributes.contains("http://www.w3.org/1999/xhtml")
        && (rest.ends_with("</div>") || attributes.ends_with('/'))
}

/// Whether there is anything but space between its tags, or a picture.
pub(super) fn has_content(text: &str) -> bool {
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        if !before.trim().is_empty() || tag.starts_with("img") {
            return true;
        }
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    !rest.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::{has_content, is_div};

    #[test]
    fn a_narrative_is_a_div_of_xhtml_with_something_in_it() {
        let open = r#"<div xmlns="http://www.w3.org/1999/xhtml">"#;
        for (text, div, content) in [
            (format!("{open}a</div>"), true, true),
            (format!(" \n{open}<p>a</p></div>\n"), true, true),
            (format!("{open}<img src=\"#p\"/></div>"), true, true),
            (format!("{open} <p>\t</p><!-- a > b --></div>"), true, false),
            (r#"<div xmlns="http://www.w3.org/1999/xhtml"/>"#.to_owned(), true, false),
            (format!("{open}a"), false, true),
            ("<div>a</div>".to_owned(), false, true),
            ("<divxmlns=\"http://www.w3.org/1999/xhtml\">a</div>".to_owned(), false, true),
            ("<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>".to_owned(), false, true),
            ("a".to_owned(), false, true),
            (String::new(), false, false),
        ] {
            assert_eq!((is_div(&text), has_content(&text)), (div, content), "{text}");
        }
    }
}
