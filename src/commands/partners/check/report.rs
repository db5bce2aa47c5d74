//! The rows of a check, for people and for programs.

use std::io;

use crate::api::PARTNERS;
use crate::commands::partners::{Job, phrase};
use crate::commands::past::Nights;
use crate::output::{Cell, Column, ColumnKind, Projection, Rank, Sink, Writer};
use crate::partners::called;
use crate::partners::judge::{Level, Reason, Turn};
use crate::raw;
use crate::values::FormatKind;

use super::findings::{Reported, without_bars};

/// How many characters a full bar has, and as many nights.
const WIDTH: usize = 10;

/// What is printed of a check.
pub struct CheckReport<'f> {
    pub rows: Vec<&'f Reported>,
    /// Whether they are only of what changed since the last run.
    pub only_changes: bool,
    /// Whether runways are requested.
    pub with_runway: bool,
    /// What is shown of the past.
    pub nights: Option<Nights>,
    /// Whether every partner that was meant came.
    pub is_whole: bool,
}

impl CheckReport<'_> {
    pub fn write(&self, job: &Job, sink: &mut Sink) -> io::Result<()> {
        let for_people = job.format.kind().is_for_people();
        let names = self.columns(for_people);
        let columns = names.iter().map(|(name, title, kind, rank)| {
            Column::of_key(if for_people { title } else { name }, *kind).ranked(*rank)
        });
        let projection = Projection { columns: Some(columns.collect()), ..Projection::default() };
        let mut writer = Writer::begin(job.format_options(sink), projection.keeping(PARTNERS.label), sink)?;
        for row in &self.rows {
            let cells = names.iter().map(|(name, ..)| self.cell(row, name));
            writer.write_cells(match job.format.kind() {
                FormatKind::Screen => cells.map(|cell| cell.text().map(|text| without_bars(&text)).into()).collect(),
                _ => cells.collect(),
            })?;
        }
        job.end(&mut writer, self.is_whole, "use -o csv")
    }

    /// The columns by the names that programs know, who have the same ones every night; people are shown those of a
    /// reason if it is that of some row. In a narrow table, what made a row stays long.
    fn columns(&self, for_people: bool) -> Vec<ReportColumn> {
        use ColumnKind::{Code, Number, Status, Text};
        use Rank::{Decoration, Plain, Subject};
        use Reason::{Balance, Owed, Recharge, Runway, Spend};
        let has = |reason| self.rows.iter().any(|row| row.judgement.has(reason));
        let of = |reason| !for_people || has(reason);
        let rank = |reasons: &[Reason]| if reasons.iter().any(|one| has(*one)) { Subject } else { Plain };
        let columns = [
            (self.only_changes, ("change", "change", Code, Subject)),
            (true, ("level", "level", Status, Subject)),
            (!for_people, ("partner_sid", "partner_sid", Code, Plain)),
            (true, ("display_id", "display_id", Code, Plain)),
            (true, ("partner", "partner", Text, Plain)),
            (true, ("reason", "reason", Code, Subject)),
            (for_people, (BAR, BAR, Code, Decoration)),
            (true, ("used_percent", "used %", Number, rank(&[Spend]))),
            (true, ("balance", "balance", Number, rank(&[Owed, Balance, Recharge]))),
            (self.nights.is_some(), (NIGHTS, NIGHTS, Code, Decoration)),
            (true, ("daily_spent_amount", "spent", Number, Plain)),
            (true, ("daily_spending_limit", "limit", Number, Plain)),
            (of(Owed), ("owed_percent", "owed %", Number, rank(&[Owed]))),
            (of(Owed), ("spending_limit", "spending_limit", Number, Plain)),
            (of(Recharge), ("charge_at", "charge_at", Number, rank(&[Recharge]))),
            (self.with_runway, ("runway_hours", "runway_hours", Number, rank(&[Runway]))),
        ];
        columns.into_iter().filter_map(|(is_shown, column)| is_shown.then_some(column)).collect()
    }

    fn cell<'r>(&self, row: &'r Reported, name: &str) -> Cell<'r> {
        match name {
            "change" => row.change.map(Turn::name).into(),
            "level" => level(row),
            "partner" => Cell::raw(called(|field| raw::lookup(&row.partner, [field]))),
            "reason" => row.judgement.reasons().into(),
            BAR => bar(row).into(),
            NIGHTS => self.nights.as_ref().and_then(|nights| Some(nights.of(&row.partner, WIDTH)?.0)).into(),
            "used_percent" => Cell::raw(row.judgement.spent.map(percent)),
            "owed_percent" => Cell::raw(row.judgement.owed.map(percent)),
            "runway_hours" => Cell::raw(row.judgement.runway_hours().map(|hours| hours.to_string())),
            field => Cell::raw(raw::lookup(&row.partner, [field])),
        }
    }
}

/// The name of a column, what people call it, what is in it, and how long a narrow table keeps it.
type ReportColumn = (&'static str, &'static str, ColumnKind, Rank);

/// The column of bars.
const BAR: &str = "";

/// The column of the balances of the past.
const NIGHTS: &str = "30 nights";

/// The level; none of a partner that is gone.
fn level(row: &Reported) -> Cell<'_> {
    match (row.judgement.level(), row.change) {
        (None, Some(Turn::Gone)) => Cell::Absent,
        (level, _) => level.map_or("ok", Level::name).into(),
    }
}

/// A bar of the share that made the row, else of what is spent; full at 100 % and not before.
fn bar(row: &Reported) -> Option<String> {
    let share = row.judgement.share().or(row.judgement.spent)?;
    let filled = (share / (10_000 / WIDTH as i128)).clamp(0, WIDTH as i128) as usize;
    Some(format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled)))
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
