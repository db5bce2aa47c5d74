//! `partners count`: how many partners match, or exact totals by group.

mod totals;

use std::num::NonZeroU64;

use crate::api::partner::PARTNERS;
use crate::api::query::{FieldSelection, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::CountArgs;
use crate::commands::connection::Connection;
use crate::commands::session::Session;
use crate::commands::{Context, doubts};
use crate::error::{self, Context as _};

use super::{filter, format, row_options};

/// Runs the command.
pub fn run(args: &CountArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    let session = Session::new(row_options(&args.rows, global), global, environment, terminal, notices)?;
    let format = format(&session.settings)?;
    if !(args.by.is_empty() && args.sum.is_empty()) {
        return totals::run(args, format, &session, stdout);
    }
    let sid = FieldSelection::only(&[PARTNERS.key]);
    let query = session.query(filter::expression(&args.filter, notices)?, sid);
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query, Some(NonZeroU64::MIN)), stdout);
    }
    let connection = session.connect()?;
    let count = count(&session, &connection, query).context("partners cannot be counted")?;
    writeln!(stdout, "{count}")?;
    Ok(stdout.flush()?)
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
