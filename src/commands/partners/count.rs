//! `partners count`: how many partners match.

use std::num::NonZeroU64;
use std::sync::Arc;

use anyhow::Context as _;

use crate::api::{address, partner};
use crate::cli::GlobalArgs;
use crate::cli::partners::CountArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Context, load, options};

use super::all_partners::{self, AllPartners};
use super::{doubts, filter};

/// Runs the command.
///
/// # Errors
/// When the partners cannot be counted to the last.
pub(crate) fn run(args: &CountArgs, global: &GlobalArgs, context: Context) -> anyhow::Result<()> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    connection::check(global)?;
    let settings = load(options(global), environment, notices)?;
    let query = all_partners::query(filter::expression(&args.filter, notices)?, &[partner::SID], &settings);
    if args.request.dry_run {
        let first = all_partners::first_request(query, Some(NonZeroU64::MIN), &settings);
        return connection::show_requests(global, &settings, |base| vec![address::of_page(base, &first)], stdout);
    }
    let connection = Arc::new(Connection::open(global, &settings, notices)?);
    let all_partners = AllPartners::new(&connection, &settings, "partners cannot be counted");
    let count = match all_partners.total(query.clone(), notices)? {
        Some(total) => total,
        None => {
            let listed = all_partners.each(query, all_partners::progress(terminal, global), notices, |_| ())?;
            doubts::refuse_incomplete(&listed.doubts).context("partners cannot be counted")?;
            listed.partners
        }
    };
    writeln!(stdout, "{count}")?;
    Ok(stdout.flush()?)
}
