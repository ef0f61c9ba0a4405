//! Tables for people: one per input, accepted codes first, then the discarded ones with the reason.

use std::io::{self, Write};

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets::UTF8_HORIZONTAL_ONLY,
};

use crate::output::item::{Coding, Row};
use crate::plain::plain;
use crate::style::Style;

/// How wide a table is where there is no terminal to ask.
const WIDTH: u16 = 100;

/// Narrower than this, text columns would fall apart into single letters.
const LEAST_WIDTH: u16 = 60;

/// How tables look.
pub(crate) struct Settings {
    pub(crate) width: u16,
    pub(crate) style: Style,
    pub(crate) simulated: bool,
    /// Whether accepted codes show the vendor's reason too.
    pub(crate) all_reasons: bool,
}

impl Settings {
    pub(crate) fn of_stdout(simulated: bool) -> Self {
        let width = terminal_size::terminal_size_of(io::stdout()).map_or(WIDTH, |(width, _)| width.0);
        Self { width: width.max(LEAST_WIDTH), style: Style::stdout(), simulated, all_reasons: true }
    }
}

/// A table in the common look; the columns named in `fixed` keep their content on one line.
pub(crate) fn new(width: u16, header: &[&str], fixed: &[usize]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(UTF8_HORIZONTAL_ONLY)
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(header);
    for column in fixed {
        if let Some(column) = table.column_mut(*column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

/// Writes the heading and the table of one input.
pub(crate) fn write(out: &mut impl Write, settings: &Settings, input: &str, coding: &Coding) -> io::Result<()> {
    let style = settings.style;
    let simulated = if settings.simulated { " (SIMULATED)" } else { "" };
    writeln!(
        out,
        "{}{}: {}, {} discarded",
        style.bold(plain(input)),
        style.yellow(simulated),
        style.green(format_args!("{} accepted", coding.accepted.len())),
        coding.discarded.len()
    )?;
    if coding.accepted.is_empty() && coding.discarded.is_empty() {
        return writeln!(out, "No codes.\n");
    }
    let header = ["Verdict", "Code", "Description", "Confidence", "Reason"];
    let mut table = new(settings.width, &header, &[0, 1, 3]);
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    // Without a lower bound the longer text would leave the other column a few letters.
    if let Some(column) = table.column_mut(2) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(settings.width / 4)));
    }
    for row in &coding.accepted {
        let reason = if settings.all_reasons { plain(&row.assessment.justification) } else { String::new() };
        table.add_row(cells("accepted", row, reason));
    }
    for row in &coding.discarded {
        table.add_row(cells("discarded", row, plain(&row.assessment.justification)));
    }
    writeln!(out, "{}\n", table.trim_fmt())
}

fn cells(verdict: &str, row: &Row, reason: String) -> [String; 5] {
    let found = &row.assessment;
    [
        verdict.to_owned(),
        plain(&found.code),
        plain(&found.description),
        format!("{:.1} %", found.confidence_percent),
        reason,
    ]
}
