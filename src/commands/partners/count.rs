//! `partners count`: how many partners match.

use std::num::NonZeroU64;
use std::sync::Arc;

use anyhow::Context;

use crate::api::{address, partner};
use crate::cli::GlobalArgs;
use crate::cli::partners::CountArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, load, options};

use super::everyone::{self, Everyone};
use super::{doubts, filter};

/// Runs the command.
///
/// # Errors
/// When the partners cannot be counted to the last.
pub fn run(args: &CountArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let Surroundings { environment, terminal, stdout, notices, .. } = surroundings;
    connection::check(global)?;
    let settings = load(options(global), environment, notices)?;
    let query = everyone::query(filter::expression(&args.filter, notices)?, &[partner::SID], &settings);
    if args.request.dry_run {
        let first = everyone::first_request(query, Some(NonZeroU64::MIN), &settings);
        return connection::show_requests(global, &settings, |base| vec![address::of_page(base, &first)], stdout);
    }
    let connection = Arc::new(Connection::open(global, &settings, notices)?);
    let everyone = Everyone::new(&connection, &settings, "partners cannot be counted");
    let count = match everyone.total(query.clone(), notices)? {
        Some(total) => total,
        None => {
            let listed = everyone.each(query, everyone::progress(terminal, global), notices, |_| ())?;
            doubts::refuse_incomplete(&listed.doubts).context("partners cannot be counted")?;
            listed.partners
        }
    };
    writeln!(stdout, "{count}")?;
    Ok(stdout.flush()?)
}
