//! `partners count`: how many partners match, or exact totals by group.

mod totals;

use std::io::Write;
use std::num::NonZeroU64;

use crate::api::partner::PARTNERS;
use crate::api::query::{FieldSelection, Query};
use crate::cli::partners::CountArgs;
use crate::commands::connection::Connection;
use crate::commands::session::Session;
use crate::commands::{Context, doubts};
use crate::error::{self, Context as _};
use crate::output::{ColumnKind, Projection};

use super::filter;
use super::job::Job;

/// Runs the command.
pub fn run(args: &CountArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(context.options(), &args.rows.cells, Vec::new(), context)?;
    if !(args.by.is_empty() && args.sum.is_empty()) {
        return totals::run(args, &job, stdout);
    }
    let session = &job.session;
    let sid = FieldSelection::only(&[PARTNERS.key]);
    let query = session.query(filter::expression(&args.filter, session.notices)?, sid);
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, Some(NonZeroU64::MIN)), stdout);
    }
    let mut sink = job.open(stdout)?;
    let connection = session.connect()?;
    let count = count(session, &connection, query).context("partners cannot be counted")?;
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
    doubts::refuse(&stats, session.answerer())?;
    Ok(stats.rows)
}
