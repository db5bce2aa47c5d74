//! The rows of a check, for people and for programs.

use std::io;

use crate::api::partner::PARTNERS;
use crate::commands::partners::job::Job;
use crate::commands::partners::phrase;
use crate::output::sink::Sink;
use crate::output::{Cell, Column, ColumnKind, Rank, Shape, Writer};
use crate::partners::called;
use crate::partners::judge::{Change, Level, Reason};
use crate::raw;
use crate::values::Layout;

use super::findings::Reported;
use super::line;

/// How many characters a full bar has.
const BAR: usize = 10;

/// What is printed of a check.
pub struct Report<'f> {
    pub rows: Vec<&'f Reported>,
    /// Whether they are only of what changed since the last run.
    pub only_changes: bool,
    /// Whether somebody asks when balances end.
    pub with_runway: bool,
    /// Whether every partner that was meant came.
    pub is_whole: bool,
}

impl Report<'_> {
    pub fn write(&self, job: &Job, sink: &mut Sink) -> io::Result<()> {
        let layout = job.format.layout();
        let fields: Vec<_> = FIELDS.iter().filter(|field| self.shows(field, layout.is_for_people())).collect();
        let column = |field: &&Field| {
            let name = if layout.is_for_people() { field.title } else { field.name };
            Column::of_key(name, field.kind).ranked(self.rank(field))
        };
        let shape = Shape { columns: Some(fields.iter().map(column).collect()), ..Shape::default() };
        let mut writer = Writer::begin(job.style(sink), shape.keeping(PARTNERS.label), sink)?;
        for row in &self.rows {
            let cells = fields.iter().map(|field| (field.cell)(row));
            writer.write_cells(match layout {
                Layout::Screen => cells.map(|cell| cell.text().map(|text| line::without_bars(&text)).into()).collect(),
                _ => cells.collect(),
            })?;
        }
        job.end(&mut writer, self.is_whole, "use -o csv")
    }

    fn has(&self, reason: Reason) -> bool {
        self.rows.iter().any(|row| row.judgement.has(reason))
    }

    fn shows(&self, field: &Field, for_people: bool) -> bool {
        match field.shown {
            Shown::Always => true,
            Shown::ToPeople => for_people,
            Shown::ToPrograms => !for_people,
            Shown::WithChanges => self.only_changes,
            Shown::WithRunway => self.with_runway,
            Shown::For(reason) => !for_people || self.has(reason),
        }
    }

    /// How long a narrow table keeps the column: what made a row stays long.
    fn rank(&self, field: &Field) -> Rank {
        if field.reasons.iter().any(|reason| self.has(*reason)) { Rank::Subject } else { field.rank }
    }
}

/// A column of rows.
struct Field {
    /// What programs call it.
    name: &'static str,
    /// What people call it.
    title: &'static str,
    kind: ColumnKind,
    shown: Shown,
    rank: Rank,
    /// For which reasons it has what is compared.
    reasons: &'static [Reason],
    cell: for<'r> fn(&'r Reported) -> Cell<'r>,
}

/// When a column is there.
enum Shown {
    Always,
    ToPeople,
    ToPrograms,
    /// If changes are asked for.
    WithChanges,
    /// If it is asked for when balances end.
    WithRunway,
    /// To people if that is the reason of some row; to programs, which have the same columns every night, always.
    For(Reason),
}

impl Field {
    const fn new(name: &'static str, kind: ColumnKind, cell: for<'r> fn(&'r Reported) -> Cell<'r>) -> Self {
        Self { name, title: name, kind, shown: Shown::Always, rank: Rank::Plain, reasons: &[], cell }
    }

    const fn titled(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    const fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    const fn ranked(self, rank: Rank) -> Self {
        Self { rank, ..self }
    }

    const fn about(self, reasons: &'static [Reason]) -> Self {
        Self { reasons, ..self }
    }
}

const FIELDS: &[Field] = {
    use ColumnKind::{Code, Number, Status, Text};
    use Reason::{Balance, Owed, Recharge, Runway, Spend};
    &[
        Field::new("change", Code, |row| row.change.map(Change::name).into())
            .shown(Shown::WithChanges)
            .ranked(Rank::Subject),
        Field::new("level", Status, level).ranked(Rank::Subject),
        Field::new("partner_sid", Code, |row| value(row, "partner_sid")).shown(Shown::ToPrograms),
        Field::new("display_id", Code, |row| value(row, "display_id")),
        Field::new("partner", Text, partner),
        Field::new("reason", Code, |row| row.judgement.reasons().into()).ranked(Rank::Subject),
        Field::new("", Code, bar).shown(Shown::ToPeople).ranked(Rank::Decoration),
        Field::new("used_percent", Number, |row| percent(row.judgement.spent)).titled("used %").about(&[Spend]),
        Field::new("balance", Number, |row| value(row, "balance")).about(&[Owed, Balance, Recharge]),
        Field::new("daily_spent_amount", Number, |row| value(row, "daily_spent_amount")).titled("spent"),
        Field::new("daily_spending_limit", Number, |row| value(row, "daily_spending_limit")).titled("limit"),
        Field::new("owed_percent", Number, |row| percent(row.judgement.owed))
            .titled("owed %")
            .shown(Shown::For(Owed))
            .about(&[Owed]),
        Field::new("spending_limit", Number, |row| value(row, "spending_limit")).shown(Shown::For(Owed)),
        Field::new("charge_at", Number, |row| value(row, "charge_at")).shown(Shown::For(Recharge)).about(&[Recharge]),
        Field::new("runway_hours", Number, |row| {
            Cell::raw(row.judgement.runway.hours().map(|hours| hours.to_string()))
        })
        .shown(Shown::WithRunway)
        .about(&[Runway]),
    ]
};

/// The level; none of a partner that is gone.
fn level(row: &Reported) -> Cell<'_> {
    match (row.judgement.level(), row.change) {
        (None, Some(Change::Gone)) => Cell::Absent,
        (level, _) => level.map_or("ok", Level::name).into(),
    }
}

fn partner(row: &Reported) -> Cell<'_> {
    Cell::raw(called(|field| raw::lookup(&row.partner, [field])))
}

fn value<'r>(row: &'r Reported, field: &str) -> Cell<'r> {
    Cell::raw(raw::lookup(&row.partner, [field]))
}

/// A bar of the share that made the row, else of what is spent; full at 100 % and not before.
fn bar(row: &Reported) -> Cell<'_> {
    let share = row.judgement.share().or(row.judgement.spent);
    let bar = |share: i128| {
        let filled = (share / (10_000 / BAR as i128)).clamp(0, BAR as i128) as usize;
        format!("{}{}", "█".repeat(filled), "░".repeat(BAR - filled))
    };
    share.map(bar).into()
}

/// Hundredths of a percent as a decimal.
fn percent<'r>(hundredths: Option<i128>) -> Cell<'r> {
    let decimal = |hundredths: i128| {
        let sign = if hundredths < 0 { "-" } else { "" };
        let hundredths = hundredths.unsigned_abs();
        format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
    };
    Cell::raw(hundredths.map(decimal))
}

/// What names the partner to all other commands.
pub fn id(partner: &str) -> String {
    phrase::id_of(|field| raw::lookup(partner, [field]))
}
