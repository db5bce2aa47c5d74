//! What was found, as a monitoring system and a person read it.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::api::partner::PARTNERS;
use crate::commands::partners::{phrase, selection};
use crate::notices::Notices;
use crate::output::{Cell, ColumnKind, Shape, Style, Writer};
use crate::raw;
use crate::values::Layout;

use super::Findings;
use super::judge::{Finding, Level};

/// How many characters a full bar has.
const BAR: i128 = 10;

/// Writes the first line and the rows of a table, or the rows alone of another format.
///
/// # Errors
/// When the output cannot be written to.
pub(crate) fn write(
    findings: &Findings,
    style: Style,
    ascii: bool,
    notices: &Notices,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_table = style.format.layout() == Layout::People;
    if is_table {
        writeln!(out, "{}", first_line(findings))?;
    }
    let columns = if is_table { TABLE_COLUMNS } else { ROW_COLUMNS };
    let mut writer = Writer::begin(style, Shape::of(columns).keeping(PARTNERS.label), out)?;
    for (finding, partner) in &findings.reported {
        writer.write_cells(if is_table { table_row(finding, partner, ascii) } else { row(finding, partner) })?;
    }
    writer.end()?;
    selection::report_hidden(writer.hidden(), "use -o csv", notices);
    Ok(())
}

/// Status, counts, and the counts once more for a monitoring system to draw. No word of the API stands in it.
fn first_line(findings: &Findings) -> String {
    let (critical, warning) = (findings.count(Level::Critical), findings.count(Level::Warning));
    let checked = findings.checked;
    let status = findings.worst().map_or("OK", |level| match level {
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    });
    let (words, data) = match findings.unjudged {
        0 => (String::new(), String::new()),
        unjudged => (format!(", {unjudged} not judged"), format!(" unjudged={unjudged}")),
    };
    format!(
        "CARRIERX {status} - {critical} critical, {warning} warning of {checked}{words} | \
         critical={critical} warning={warning} checked={checked}{data}"
    )
}

/// The text without the character that begins performance data, on any line.
pub(crate) fn without_bars(text: &str) -> String {
    text.replace('|', "\\u{7c}")
}

const TABLE_COLUMNS: &[(&str, ColumnKind)] = &[
    ("level", ColumnKind::Status),
    ("display_id", ColumnKind::Code),
    ("name", ColumnKind::Text),
    ("reason", ColumnKind::Code),
    ("used", ColumnKind::Code),
    ("balance", ColumnKind::Number),
    ("spent", ColumnKind::Number),
    ("limit", ColumnKind::Number),
];

fn table_row<'a>(finding: &Finding, partner: &'a str, ascii: bool) -> Vec<Cell<'a>> {
    let text = |cell: Cell| cell.text().map(|text| without_bars(&text)).into();
    let value = |field: &str| text(Cell::raw(raw::lookup(partner, [field])));
    vec![
        finding.level.name().into(),
        value("display_id"),
        text(name(partner)),
        finding.reason().into(),
        finding.used.map(|used| format!("{} {:>7}", bar(used, ascii), format!("{}%", percent(used)))).into(),
        value("balance"),
        value("daily_spent_amount"),
        value("daily_spending_limit"),
    ]
}

/// A bar of what is used, full at 100 % and not before.
fn bar(used: i128, ascii: bool) -> String {
    let (open, full, empty, close) = if ascii { ("[", "#", "-", "]") } else { ("", "█", "░", "") };
    let filled = (used.saturating_mul(BAR) / 10_000).clamp(0, BAR) as usize;
    format!("{open}{}{}{close}", full.repeat(filled), empty.repeat(BAR as usize - filled))
}

/// Hundredths of a percent as a decimal.
fn percent(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

const ROW_COLUMNS: &[(&str, ColumnKind)] = &[
    ("level", ColumnKind::Code),
    ("reason", ColumnKind::Code),
    ("partner_sid", ColumnKind::Code),
    ("display_id", ColumnKind::Code),
    ("name", ColumnKind::Text),
    ("used_percent", ColumnKind::Number),
    ("daily_spent_amount", ColumnKind::Number),
    ("daily_spending_limit", ColumnKind::Number),
    ("balance", ColumnKind::Number),
];

fn row<'a>(finding: &Finding, partner: &'a str) -> Vec<Cell<'a>> {
    let value = |field: &str| Cell::raw(raw::lookup(partner, [field]));
    vec![
        finding.level.name().into(),
        finding.reason().into(),
        value("partner_sid"),
        value("display_id"),
        name(partner),
        Cell::raw(finding.used.map(percent)),
        value("daily_spent_amount"),
        value("daily_spending_limit"),
        value("balance"),
    ]
}

/// What names the partner to all other commands.
pub(crate) fn id(partner: &str) -> String {
    phrase::first_set(["display_id", "partner_sid"].map(|field| raw::lookup(partner, [field]).map(Cow::Borrowed)))
}

/// The name, or the company's where there is none.
fn name(partner: &str) -> Cell<'_> {
    let names = ["name", "company_name"].map(|field| raw::lookup(partner, [field]));
    Cell::raw(names.into_iter().flatten().find(|name| raw::is_set(name)))
}
