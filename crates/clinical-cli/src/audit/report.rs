//! The report on an audit trail, for people and for programs. It names lines and calls, and nobody.

use std::fmt::Display;
use std::io::{self, Write};
use std::time::SystemTime;

use clinical_audit::Report;
use serde::Serialize;

use super::Verdict;
use crate::plain::plain;
use crate::style::Style;

/// How many lines of one kind people are shown; programs get all that the report lists.
const SHOWN: usize = 20;

pub(super) fn text(out: &mut impl Write, file: &str, report: &Report, verdict: Verdict) -> io::Result<()> {
    let style = Style::stdout();
    let word = match verdict {
        Verdict::Intact => style.green("intact"),
        Verdict::NotIntact => style.red("NOT INTACT"),
        Verdict::Empty => style.red("EMPTY"),
    };
    let (lines, begun) = (count(report.lines, "line"), count(report.openings, "call"));
    writeln!(out, "{}: {word}, {lines}, {begun} begun, {} recorded", style.bold(file), report.records)?;
    if let (Some(first), Some(last)) = (report.first, report.last) {
        writeln!(out, "from {} to {}", rfc3339(first), rfc3339(last))?;
    }
    writeln!(out, "head {}", report.head)?;
    if verdict == Verdict::Empty {
        writeln!(
            out,
            "it was never used, or all of it was removed; if it is known to be unused, give that head with --head"
        )?;
    }
    list(out, report.findings.iter(), report.findings_left_out)?;
    let without_record = report.unfinished.len() as u64 + report.unfinished_left_out;
    if without_record > 0 {
        let calls = count(without_record, "call");
        match (report.is_intact(), without_record) {
            (true, 1) => writeln!(out, "1 call was begun and has no record; it may have been processed:")?,
            (true, _) => writeln!(out, "{calls} were begun and have no record; they may have been processed:")?,
            (false, _) => writeln!(out, "{calls} without a record that can be read:")?,
        }
        let calls = report.unfinished.iter().map(|call| {
            let (vendor, operation) = (plain(&call.vendor), plain(&call.operation));
            let server = call.server.as_deref().map(|server| format!(" at {}", plain(server))).unwrap_or_default();
            let begun = call.started.map(rfc3339).unwrap_or_default();
            format!("  line {}: {vendor} {operation}{server}, begun {begun}, call {}", call.line, plain(&call.call))
        });
        list(out, calls, report.unfinished_left_out)?;
    }
    let torn = report.torn.iter().map(|torn| {
        let (line, bytes) = (torn.line, torn.bytes);
        if torn.closed {
            format!("line {line} is unfinished ({bytes} bytes), and the trail went on after it: a crash, not tampering")
        } else {
            format!("line {line} is unfinished ({bytes} bytes): a crash, or a writer at work; not tampering")
        }
    });
    list(out, torn, report.torn_left_out)?;
    if report.records_without_opening > 0 {
        let records = count(report.records_without_opening, "record");
        let why = if report.is_intact() { ": the trail could not be written, and nothing was sent" } else { "" };
        writeln!(out, "{records} without an opening{why}")?;
    }
    if report.lost_records > 0 {
        writeln!(out, "{} could not be kept, as the trail itself says", count(report.lost_records, "record"))?;
    }
    Ok(())
}

fn list(out: &mut impl Write, items: impl ExactSizeIterator<Item = impl Display>, left_out: u64) -> io::Result<()> {
    let more = items.len().saturating_sub(SHOWN) as u64 + left_out;
    for item in items.take(SHOWN) {
        writeln!(out, "{item}")?;
    }
    if more > 0 {
        writeln!(
            out,
            "  and {more} more; --format json lists up to 1,000 findings, 1,000 unfinished lines and 100,000 calls"
        )?;
    }
    Ok(())
}

fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_micros(time).to_string()
}

#[derive(Serialize)]
struct Object<'a> {
    file: &'a str,
    intact: bool,
    empty: bool,
    lines: u64,
    openings: u64,
    records: u64,
    records_without_opening: u64,
    lost_records: u64,
    first: Option<String>,
    last: Option<String>,
    head: String,
    findings: Vec<Finding<'a>>,
    findings_left_out: u64,
    unfinished: Vec<Unfinished<'a>>,
    unfinished_left_out: u64,
    torn: Vec<Torn>,
    torn_left_out: u64,
}

#[derive(Serialize)]
struct Finding<'a> {
    kind: &'a str,
    line: Option<u64>,
    message: String,
}

#[derive(Serialize)]
struct Unfinished<'a> {
    line: u64,
    call: &'a str,
    started: Option<String>,
    vendor: &'a str,
    server: Option<&'a str>,
    operation: &'a str,
}

#[derive(Serialize)]
struct Torn {
    line: u64,
    bytes: u64,
    closed: bool,
}

pub(super) fn json(out: &mut impl Write, file: &str, report: &Report, verdict: Verdict) -> io::Result<()> {
    let findings = report.findings.iter();
    let calls = report.unfinished.iter();
    let torn = report.torn.iter();
    let object = Object {
        file,
        intact: verdict == Verdict::Intact,
        empty: report.lines == 0,
        lines: report.lines,
        openings: report.openings,
        records: report.records,
        records_without_opening: report.records_without_opening,
        lost_records: report.lost_records,
        first: report.first.map(rfc3339),
        last: report.last.map(rfc3339),
        head: report.head.to_string(),
        findings: findings
            .map(|found| Finding { kind: found.as_str(), line: found.line(), message: found.to_string() })
            .collect(),
        findings_left_out: report.findings_left_out,
        unfinished: calls
            .map(|call| Unfinished {
                line: call.line,
                call: &call.call,
                started: call.started.map(rfc3339),
                vendor: &call.vendor,
                server: call.server.as_deref(),
                operation: &call.operation,
            })
            .collect(),
        unfinished_left_out: report.unfinished_left_out,
        torn: torn.map(|torn| Torn { line: torn.line, bytes: torn.bytes, closed: torn.closed }).collect(),
        torn_left_out: report.torn_left_out,
    };
    writeln!(out, "{}", serde_json::to_string(&object)?)
}
