//! `partners count`: how many partners match.

use std::num::NonZeroU64;
use std::sync::Arc;

use anyhow::Context;

use crate::api::address;
use crate::api::ahead::Wait;
use crate::api::pages::{OrderRefused, Pages, Walk};
use crate::api::partner;
use crate::api::query::{FieldSelection, PageRequest, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::CountArgs;
use crate::commands::connection::{self, Connection};
use crate::commands::{Surroundings, options};
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::settings::{Settings, Source};
use crate::values::PageSize;

use super::filter;

/// Runs the command.
///
/// # Errors
/// When the partners cannot be counted to the last.
pub fn run(args: &CountArgs, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    let Surroundings { environment, stdout, notices, .. } = surroundings;
    connection::check(global)?;
    let settings = Settings::load(options(global), environment)?;
    let query = Query {
        filter: filter::expression(&args.filter, notices)?,
        order: settings.order.value.clone(),
        fields: FieldSelection::Only(partner::SID.parse().into_iter().collect()),
    };
    let order_refused = match settings.order.source {
        Source::Default => OrderRefused::AskWithout,
        _ => OrderRefused::Report,
    };
    let walk = |limit| Walk { offset: 0, limit, page_size: PageSize::MAX, parallel: settings.parallel.value };
    if args.dry_run {
        let first = walk(Some(NonZeroU64::MIN)).first_request(query);
        return connection::show_requests(global, &settings, |base| vec![address::of_page(base, &first)], stdout);
    }
    let connection = Arc::new(Connection::open(global, &settings, notices)?);
    let on_wait = |wait: Wait| connection::say_wait(wait, notices);
    let pages = |limit| {
        let asked = Arc::clone(&connection);
        let fetch = move |request: &PageRequest, on_wait: &dyn Fn(Wait)| asked.client.page(request, on_wait);
        Pages::new(query.clone(), walk(limit), order_refused, Arc::new(fetch), &on_wait)
    };
    let count = match told(&mut pages(Some(NonZeroU64::MIN)))? {
        Some(total) => total,
        None => counted(&mut pages(None), notices)?,
    };
    writeln!(stdout, "{count}")?;
    Ok(stdout.flush()?)
}

const FAILED: &str = "partners cannot be counted";

/// The total that the API tells with a page of one row.
fn told(pages: &mut Pages) -> anyhow::Result<Option<u64>> {
    pages.next().transpose().context(FAILED)?;
    Ok(pages.total())
}

/// The partners that come, each once.
fn counted(pages: &mut Pages, notices: &Notices) -> anyhow::Result<u64> {
    while pages.next().transpose().context(FAILED)?.is_some() {}
    let facts = pages.facts();
    if !facts.ended {
        return Err(Failure::new(Kind::Incomplete, "the list of partners did not come to its end")
            .hint("run it again")
            .into());
    }
    facts.contradictions().iter().for_each(|reason| notices.warn(&format!("the count may be wrong: {reason}")));
    Ok(facts.rows - facts.repeated)
}
