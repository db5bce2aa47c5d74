//! `partners count`: how many partners match, or exact totals by group: a row for each, with the number of its partners
//! and the sums of their amounts.

use std::io::{self, Write};
use std::num::NonZeroU64;
use std::{iter, mem};

use crate::api::{FieldSelection, FieldType, PARTNERS, Query};
use crate::cli::partners::CountArgs;
use crate::commands::{Connection, Context, Session};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::{Cell, Column, ColumnKind, Projection, Rank, Sink};
use crate::partners::sums::{Group, Groups};
use crate::settings::{Origin, Setting};
use crate::values::{FieldName, Format, GroupKey, suggest};

use super::{Job, Selection, phrase, selection};

/// Runs the command.
pub fn run(args: &CountArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(context.options(), &args.rows.cells, Vec::new(), context)?;
    if !(args.by.is_empty() && args.sum.is_empty()) {
        return totals(args, &job, stdout);
    }
    let session = &job.session;
    let sid = FieldSelection::only(&[PARTNERS.key]);
    let query = session.query(session.filter(&args.filter)?, sid);
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, Some(NonZeroU64::MIN)), stdout);
    }
    let mut sink = job.open(stdout)?;
    let connection = session.connect()?;
    let count = count(session, &connection, query).context(FAILED)?;
    let written = match job.format.is_binary() {
        // A workbook has no number without a column.
        true => {
            let projection = Projection::of(&[("partners", ColumnKind::Number)]);
            job.write(&mut sink, projection, true, |writer| writer.write_cells(vec![count.into()]))
        }
        false => writeln!(sink, "{count}"),
    };
    written.map_err(|error| job.named(error))?;
    job.commit(sink)
}

/// The total that the API reports, or else the partners counted one by one.
fn count(session: &Session, connection: &Connection, query: Query) -> error::Result<u64> {
    if let Some(total) = session.total(connection, query.clone())? {
        return Ok(total);
    }
    let stats = session.each(connection, query, |_| ())?;
    session.refuse_doubts(&stats)?;
    Ok(stats.rows)
}

/// Runs the command for groups and sums.
fn totals(args: &CountArgs, job: &Job, out: &mut dyn Write) -> error::Result<()> {
    let (session, CountArgs { by, sum: sums, .. }) = (&job.session, args);
    by.iter().try_for_each(check_group)?;
    sums.iter().try_for_each(check_sum)?;
    let source = Origin::Option(if by.is_empty() { "--sum" } else { "--by" });
    let value = by.iter().map(|key| &key.field).chain(sums).cloned().collect();
    let selection = Selection::new(&[], Some(&Setting { value, source }), Format::Jsonl);
    let filter = session.filter(&args.filter)?;
    let query = session.query(filter, selection.asked().with(PARTNERS.label));
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, None), out);
    }
    let mut sink = job.open(out)?;
    let connection = session.connect()?;
    let mut groups = Groups::new(by, sums);
    let (mut is_first, mut with_left_out) = (true, Vec::new());
    let stats = session.each_page(&connection, query, |page| {
        if mem::take(&mut is_first) {
            selection.check(&page.partners().collect::<Vec<_>>(), session.notices)?;
        }
        for partner in page.objects() {
            let left_out = groups.add(partner).map_err(nested_group)?;
            with_left_out.extend((left_out > 0).then(|| phrase::id_of(|field| partner.get(field))));
        }
        Ok(())
    });
    let stats = stats.context(FAILED)?;
    session.refuse_doubts(&stats).context(FAILED)?;
    // Without partners, every sum is zero.
    let unseen = if stats.rows > 0 { groups.unseen().to_vec() } else { Vec::new() };
    unseen.iter().for_each(|name| session.notices.warn(&format!("no partner has a value in `{name}`")));
    let (mut groups, total) = groups.sorted();
    if by.is_empty() {
        groups = vec![total.clone()];
    } else if groups.is_empty() {
        session.notices.note_on_terminal("no partners match");
    }
    Totals { by, sums, unseen, groups, total: &total }.write(job, &mut sink).map_err(|error| job.named(error))?;
    job.commit(sink)?;
    if total.left_out() > 0 {
        session.notices.warn(&phrase::left_out(total.left_out(), &with_left_out));
    }
    Ok(())
}

const FAILED: &str = "cannot count partners";

/// What was counted.
struct Totals<'q> {
    by: &'q [GroupKey],
    sums: &'q [FieldName],
    /// The fields that no partner has a value in.
    unseen: Vec<&'q FieldName>,
    groups: Vec<Group>,
    total: &'q Group,
}

impl Totals<'_> {
    /// Writes a row for each group and, for people, one for all partners.
    fn write(&self, job: &Job, sink: &mut Sink) -> io::Result<()> {
        let for_people = job.format.kind().is_for_people();
        let projection = Projection { columns: Some(self.columns()), ..Projection::default() };
        job.write(sink, projection, true, |writer| {
            for group in &self.groups {
                let values = group.values.iter().map(|value| Cell::raw(value.as_deref()));
                writer.write_cells(self.cells(values, group, for_people))?;
            }
            // A total among the rows would be counted twice when they are added up.
            if for_people && !self.by.is_empty() && !self.groups.is_empty() {
                let values = iter::once("total").chain(iter::repeat("")).map(Cell::from).take(self.by.len());
                writer.write_cells(self.cells(values, self.total, for_people))?;
            }
            Ok(())
        })
    }

    /// The sums are what was asked for, and say nothing without their groups.
    fn columns(&self) -> Vec<Column> {
        let by = self.by.iter().map(|key| {
            let kind = if key.part.is_some() { ColumnKind::Code } else { selection::kind_of(&key.field) };
            Column::of_key(&key.to_string(), kind).ranked(Rank::Stays)
        });
        let number = |name: &str| Column::of_key(name, ColumnKind::Number);
        let sums = self.sums.iter().map(|name| number(&format!("{name}_sum")).ranked(Rank::Stays));
        let left_out = (self.total.left_out() > 0).then(|| number("left_out"));
        by.chain([number("partners")]).chain(sums).chain(left_out).collect()
    }

    fn cells<'c>(&self, values: impl Iterator<Item = Cell<'c>>, group: &Group, for_people: bool) -> Vec<Cell<'c>> {
        let sums = group.sums.iter().zip(self.sums).map(|(sum, name)| match () {
            () if self.unseen.contains(&name) => Cell::Absent,
            () if for_people => sum.marked().into(),
            () => sum.amount.to_string().into(),
        });
        let left_out = (self.total.left_out() > 0).then(|| group.left_out().into());
        values.chain([group.partners.into()]).chain(sums).chain(left_out).collect()
    }
}

/// Refuses what the documentation already shows to be a mistake: objects and arrays have no text to group by, and only
/// a moment has a year, a month and a day.
fn check_group(key: &GroupKey) -> Result<(), Failure> {
    let Some(field) = PARTNERS.field(key.field.as_str()) else { return Ok(()) };
    if !field.kind.is_scalar() {
        return Err(nested_group(key));
    }
    if key.part.is_some() && field.kind != FieldType::Timestamp {
        let failure = Failure::new(Kind::Usage, format!("cannot group by `{key}`: {} is not a timestamp", field.name));
        return Err(failure.hint(format!("use --by {}", field.name)));
    }
    Ok(())
}

fn nested_group(key: &GroupKey) -> Failure {
    Failure::new(Kind::Usage, format!("cannot group by `{key}`: it is an object or an array"))
        .hint("use a field with a single value, such as callbacks.sms")
}

fn check_sum(name: &FieldName) -> Result<(), Failure> {
    let is_known = PARTNERS.field(name.as_str()).is_some();
    let decimals = PARTNERS.fields.iter().filter(|field| field.kind == FieldType::Decimal).map(|field| field.name);
    let decimals: Vec<_> = decimals.collect();
    if decimals.contains(&name.as_str()) {
        return Ok(());
    }
    let hint = match suggest::closest(name.as_str(), decimals.iter().copied()) {
        Some(meant) if !is_known => format!("did you mean `{meant}`?"),
        _ => format!("the decimal fields are {}", decimals.join(", ")),
    };
    Err(Failure::new(Kind::Usage, format!("cannot sum `{name}`: it is not a decimal field")).hint(hint))
}
