//! `partners count`: how many partners match, or exact totals by group.

mod totals;

use std::io::{self, Write};
use std::num::NonZeroU64;

use crate::api::partner::PARTNERS;
use crate::api::query::{FieldSelection, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::CountArgs;
use crate::commands::connection::Connection;
use crate::commands::session::Session;
use crate::commands::{Context, doubts};
use crate::error::{self, Context as _};
use crate::output::{ColumnKind, Shape, Style, Writer};

use super::provenance::Provenance;
use super::target::Target;
use super::{filter, row_options, style};

/// Runs the command.
pub fn run(args: &CountArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let session = Session::new(row_options(&args.rows, global), global, environment, terminal, notices)?;
    let target = Target::of(&args.rows.cells.file);
    target.check(Vec::new(), &session)?;
    let format = target.format(&session.settings.output)?;
    let provenance = Provenance::new(line, &session);
    if !(args.by.is_empty() && args.sum.is_empty()) {
        return totals::run(args, format, &target, &provenance, &session, stdout);
    }
    let sid = FieldSelection::only(&[PARTNERS.key]);
    let query = session.query(filter::expression(&args.filter, notices)?, sid);
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, Some(NonZeroU64::MIN)), stdout);
    }
    let mut sink = target.open(stdout)?;
    let connection = session.connect()?;
    let count = count(&session, &connection, query).context("partners cannot be counted")?;
    let written = match format.is_binary() {
        true => {
            let style = style(format, &args.rows.cells, &session.settings, sink.look(session.look()));
            write_sheet(count, style, &provenance, &mut sink)
        }
        false => writeln!(sink, "{count}"),
    };
    written.map_err(|error| target.named(error.into()))?;
    target.commit(sink)
}

/// A workbook has no number without a column.
fn write_sheet(count: u64, style: Style, provenance: &Provenance, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer::begin(style, Shape::of(&[("partners", ColumnKind::Number)]), out)?;
    writer.write_cells(vec![count.into()])?;
    writer.end_with(|rows| provenance.facts(rows, true)).map(drop)
}

/// The total that the API reports, or else the partners counted one by one.
fn count(session: &Session, connection: &Connection, query: Query) -> error::Result<u64> {
    if let Some(total) = session.total(connection, query.clone())? {
        return Ok(total);
    }
    let stats = session.each(connection, query, |_| ())?;
    doubts::refuse(&stats.doubts(), session.answerer())?;
    Ok(stats.rows)
}
