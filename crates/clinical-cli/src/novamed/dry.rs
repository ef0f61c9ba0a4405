//! `--dry-run`: requests as they would be sent, on stdout. Nothing is sent, and the key is not known.

use std::io::{self, Write};

use novamed_api::{NovaMed, Preview, Request};

use super::input::{Input, Row};
use crate::args::DryRun;

/// Shows the request of each row, which were all checked before.
pub(super) fn show<T: Request>(novamed: &NovaMed, input: &Input<T>, form: DryRun) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for Row { number, line, request } in &input.rows {
        let Some(preview) = request.as_ref().ok().and_then(|request| novamed.preview(request).ok()) else { continue };
        if let Some(line) = line {
            writeln!(out, "{}# row {number} (line {line})", if *number > 1 { "\n" } else { "" })?;
        }
        write(&mut out, &preview, form)?;
    }
    out.flush()
}

/// One request.
pub(super) fn write(out: &mut impl Write, preview: &Preview, form: DryRun) -> io::Result<()> {
    writeln!(out, "{} {}", preview.method, preview.url.expose())?;
    for (name, value) in &preview.headers {
        writeln!(out, "{name}: {value}")?;
    }
    let Some(body) = &preview.body else { return Ok(()) };
    writeln!(out)?;
    match form {
        DryRun::Exact => out.write_all(body.expose())?,
        DryRun::Pretty => out.write_all(&pretty(body.expose()))?,
    }
    writeln!(out)
}

/// JSON with line breaks, and every other byte as it is: reading and writing it anew could change an order or a number.
fn pretty(json: &[u8]) -> Vec<u8> {
    let (mut out, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
    let new_line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth * 2));
    };
    for byte in json {
        if quoted {
            out.push(*byte);
            quoted = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'{' | b'[' => {
                depth += 1;
                out.push(*byte);
                new_line(&mut out, depth);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(*byte);
            }
            b',' => {
                out.push(*byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend(b": "),
            _ => {
                quoted = *byte == b'"';
                out.push(*byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn only_line_breaks_and_spaces_are_added() {
        let json = br#"{"z":"a{,:\"]\\","a":[{"n":32.440,"b":true}]}"#;
        let text = String::from_utf8(pretty(json)).unwrap();
        let expected =
            "{\n  \"z\": \"a{,:\\\"]\\\\\",\n  \"a\": [\n    {\n      \"n\": 32.440,\n      \"b\": true\n    }\n  ]\n}";
        assert_eq!(text, expected);
    }
}
