//! What was found, as a monitoring system and a person read it.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::api::partner::PARTNERS;
use crate::commands::partners::provenance::Provenance;
use crate::commands::partners::{phrase, selection};
use crate::output::notices::Notices;
use crate::output::{Cell, Column, ColumnKind, Rank, Shape, Style, Writer};
use crate::raw;
use crate::values::Layout;

use super::changes::Change;
use super::judge::{Finding, Level, Reason, Shares};
use super::{Findings, Reported};

/// How many characters a full bar has.
const BAR: i128 = 10;

/// What is printed of a check.
pub struct Report<'f> {
    pub findings: &'f Findings,
    /// Whether rows are printed only of what changed since the last run.
    pub only_changes: bool,
    /// Whether somebody asks when balances end.
    pub with_runway: bool,
    pub began: Instant,
    /// Whether every partner that was meant came.
    pub is_whole: bool,
}

impl Report<'_> {
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows().next().is_none()
    }

    fn rows(&self) -> impl Iterator<Item = &Reported> {
        self.findings.reported.iter().filter(|row| row.change.is_some() || !self.only_changes)
    }

    fn has(&self, reason: Reason) -> bool {
        self.rows().any(|row| row.judgement.finding.is_some_and(|finding| finding.has(reason)))
    }

    /// How long a narrow table keeps the column: what made a row stays long.
    fn rank(&self, field: &Field) -> Rank {
        match field.is_about {
            About::Figure => Rank::Decoration,
            About::Finding => Rank::Subject,
            About::Reasons(reasons) if reasons.iter().any(|reason| self.has(*reason)) => Rank::Subject,
            About::Reasons(_) => Rank::Plain,
        }
    }

    /// Writes the first line and the rows of a table, or the rows alone of another format.
    pub fn write(
        &self,
        style: Style,
        provenance: &Provenance,
        notices: &Notices,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let layout = style.format.layout();
        let (for_people, for_monitoring) = (layout.is_for_people(), layout == Layout::Screen);
        if for_monitoring {
            writeln!(out, "{}", first_line(self.findings, self.began.elapsed()))?;
        }
        let is_shown = |field: &&Field| match field.shown {
            Shown::Always => true,
            Shown::WithChanges => self.only_changes,
            Shown::WithRunway => self.with_runway,
            Shown::For(reason) => !for_people || self.has(reason),
        };
        let fields: Vec<_> = if for_people { TABLE } else { ROW }.iter().filter(is_shown).collect();
        let column = |field: &&Field| Column::of_key(field.name, field.kind).ranked(self.rank(field));
        let shape = Shape { columns: Some(fields.iter().map(column).collect()), ..Shape::default() };
        let mut writer = Writer::begin(style, shape.keeping(PARTNERS.label), out)?;
        for row in self.rows() {
            let cells = fields.iter().map(|field| (field.cell)(row));
            writer.write_cells(match for_monitoring {
                true => cells.map(|cell| cell.text().map(|text| without_bars(&text)).into()).collect(),
                false => cells.collect(),
            })?;
        }
        writer.state(|rows| provenance.facts(rows, self.is_whole));
        writer.end()?;
        selection::report_written(&writer, "use -o csv", notices);
        Ok(())
    }
}

/// Status, counts, and the counts once more for a monitoring system to draw, with the time taken. No word of the API
/// stands in it.
///
/// The counts of `warning` and `critical` carry their thresholds: one partner is enough. The labels are always the
/// same, as what draws them is set up once.
fn first_line(findings: &Findings, taken: Duration) -> String {
    let (critical, warning) = (findings.count(Level::Critical), findings.count(Level::Warning));
    let Findings { checked, unjudged, .. } = findings;
    let status = findings.worst().map_or("OK", |level| match level {
        Level::Warning => "WARNING",
        Level::Critical => "CRITICAL",
    });
    let words = if *unjudged > 0 { format!(", {unjudged} not judged") } else { String::new() };
    format!(
        "CARRIERX {status} - {critical} critical, {warning} warning of {checked}{words} | \
         critical={critical};;0;0 warning={warning};0;;0 checked={checked};;;0 unjudged={unjudged};;;0 \
         time={:.3}s;;;0",
        taken.as_secs_f64()
    )
}

/// The text without the character that begins performance data, on any line.
pub fn without_bars(text: &str) -> String {
    text.replace('|', "\\u{7c}")
}

/// A column of rows.
struct Field {
    name: &'static str,
    kind: ColumnKind,
    shown: Shown,
    is_about: About,
    /// The cell of a row.
    cell: for<'r> fn(&'r Reported) -> Cell<'r>,
}

/// What a column shows.
enum About {
    /// Another one once more, as a drawing.
    Figure,
    /// What is found in all.
    Finding,
    /// What is compared for these reasons.
    Reasons(&'static [Reason]),
}

/// When a column is there.
enum Shown {
    Always,
    /// If changes are asked for.
    WithChanges,
    /// If it is asked for when balances end.
    WithRunway,
    /// In a table if that is the reason of some row; in other formats, which have the same columns every night, always.
    For(Reason),
}

impl Field {
    const fn new(name: &'static str, kind: ColumnKind, cell: for<'r> fn(&'r Reported) -> Cell<'r>) -> Self {
        Self { name, kind, shown: Shown::Always, is_about: About::Reasons(&[]), cell }
    }

    const fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    const fn about(self, is_about: About) -> Self {
        Self { is_about, ..self }
    }
}

const TABLE: &[Field] = {
    use ColumnKind::{Code, Number, Status, Text};
    use Reason::{Balance, Owed, Recharge, Runway, Spend};
    &[
        Field::new("change", Code, change).shown(Shown::WithChanges).about(About::Finding),
        Field::new("level", Status, level).about(About::Finding),
        Field::new("display_id", Code, |row| value(row, "display_id")),
        Field::new("name", Text, name),
        Field::new("reason", Code, reason).about(About::Finding),
        Field::new("", Code, |row| row.judgement.shares.spent.map_or(String::new(), bar).into()).about(About::Figure),
        Field::new("used", Number, |row| share(row, |shares| shares.spent).map(|share| format!("{share}%")).into())
            .about(About::Reasons(&[Spend])),
        Field::new("balance", Number, |row| value(row, "balance")).about(About::Reasons(&[Owed, Balance, Recharge])),
        Field::new("spent", Number, |row| value(row, "daily_spent_amount")),
        Field::new("limit", Number, |row| value(row, "daily_spending_limit")),
        Field::new("owed", Number, |row| share(row, |shares| shares.owed).map(|share| format!("{share}%")).into())
            .shown(Shown::For(Owed))
            .about(About::Reasons(&[Owed])),
        Field::new("spending_limit", Number, |row| value(row, "spending_limit")).shown(Shown::For(Owed)),
        Field::new("charge_at", Number, |row| value(row, "charge_at"))
            .shown(Shown::For(Recharge))
            .about(About::Reasons(&[Recharge])),
        Field::new("runway_hours", Number, runway_hours).shown(Shown::WithRunway).about(About::Reasons(&[Runway])),
    ]
};

const ROW: &[Field] = {
    use ColumnKind::{Code, Number, Text};
    &[
        Field::new("change", Code, change).shown(Shown::WithChanges),
        Field::new("level", Code, level),
        Field::new("reason", Code, reason),
        Field::new("partner_sid", Code, |row| value(row, "partner_sid")),
        Field::new("display_id", Code, |row| value(row, "display_id")),
        Field::new("name", Text, name),
        Field::new("used_percent", Number, |row| Cell::raw(share(row, |shares| shares.spent))),
        Field::new("daily_spent_amount", Number, |row| value(row, "daily_spent_amount")),
        Field::new("daily_spending_limit", Number, |row| value(row, "daily_spending_limit")),
        Field::new("balance", Number, |row| value(row, "balance")),
        Field::new("owed_percent", Number, |row| Cell::raw(share(row, |shares| shares.owed))),
        Field::new("spending_limit", Number, |row| value(row, "spending_limit")),
        Field::new("charge_at", Number, |row| value(row, "charge_at")),
        Field::new("runway_hours", Number, runway_hours).shown(Shown::WithRunway),
    ]
};

fn change(row: &Reported) -> Cell<'_> {
    row.change.map(Change::name).into()
}

/// The level; none of a partner that is gone.
fn level(row: &Reported) -> Cell<'_> {
    match (row.judgement.finding, row.change) {
        (Some(finding), _) => finding.level.name().into(),
        (None, Some(Change::Gone)) => Cell::Absent,
        (None, _) => "ok".into(),
    }
}

fn runway_hours(row: &Reported) -> Cell<'_> {
    Cell::raw(row.judgement.runway.hours().map(|hours| hours.to_string()))
}

fn reason(row: &Reported) -> Cell<'_> {
    row.judgement.finding.as_ref().map(Finding::reason).into()
}

/// The company's name, or the partner's own where there is none.
fn name(row: &Reported) -> Cell<'_> {
    let names = ["company_name", "name"].map(|field| raw::lookup(&row.partner, [field]));
    Cell::raw(names.into_iter().flatten().find(|name| raw::is_set(name)))
}

fn value<'r>(row: &'r Reported, field: &str) -> Cell<'r> {
    Cell::raw(raw::lookup(&row.partner, [field]))
}

fn share(row: &Reported, of: fn(Shares) -> Option<i128>) -> Option<String> {
    of(row.judgement.shares).map(percent)
}

/// A bar of what is used, full at 100 % and not before.
fn bar(used: i128) -> String {
    let filled = (used.saturating_mul(BAR) / 10_000).clamp(0, BAR) as usize;
    format!("{}{}", "█".repeat(filled), "░".repeat(BAR as usize - filled))
}

/// Hundredths of a percent as a decimal.
fn percent(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What names the partner to all other commands.
pub fn id(partner: &str) -> String {
    phrase::id_of(|field| raw::lookup(partner, [field]))
}
