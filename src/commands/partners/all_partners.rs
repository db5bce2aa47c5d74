//! Every partner that matches, for commands that need them all before they can say anything.

use std::num::NonZeroU64;
use std::sync::Arc;

use anyhow::Context as _;

use crate::api::completeness::Doubt;
use crate::api::pages::{OrderRefused, Pages, Paging};
use crate::api::prefetch::{Fetch, Wait, Wanted};
use crate::api::query::{FieldSelection, PageRequest, Query};
use crate::cli::GlobalArgs;
use crate::commands::connection::{self, Connection};
use crate::error::{Failure, Kind};
use crate::notices::Notices;
use crate::settings::{Settings, Source};
use crate::terminal::{Progress, Terminal};
use crate::values::{PageSize, Parallel};

use super::doubts;

/// The way to ask for them all.
pub(crate) struct AllPartners {
    fetch: Arc<Fetch>,
    order: OrderRefused,
    parallel: Parallel,
    /// What cannot be done if an answer fails, in a sentence.
    failed: &'static str,
}

/// What is known of partners that were all handed over.
pub(crate) struct Listed {
    /// How many different ones there were.
    pub(crate) partners: u64,
    /// What speaks against these being all that match, and no others.
    pub(crate) doubts: Vec<Doubt>,
}

impl AllPartners {
    pub(crate) fn new(connection: &Arc<Connection>, settings: &Settings, failed: &'static str) -> Self {
        let connection = Arc::clone(connection);
        let fetch = move |wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)| {
            connection.client.page_while(wanted, request, on_wait)
        };
        let order = match settings.order.source {
            Source::Default => OrderRefused::AskWithout,
            _ => OrderRefused::Report,
        };
        Self { fetch: Arc::new(fetch), order, parallel: settings.parallel.value, failed }
    }

    /// The total that the API reports with a page of one row, if it reports one and nothing contradicts it.
    ///
    /// # Errors
    /// When no answer comes, or one that the API does not promise.
    pub(crate) fn total(&self, query: Query, notices: &Notices) -> anyhow::Result<Option<u64>> {
        let on_wait = |wait: Wait| connection::report_wait(wait, notices);
        let mut pages = self.pages(query, Some(NonZeroU64::MIN), &on_wait);
        pages.next().transpose().context(self.failed)?;
        let total = pages.consistent_total();
        if total.is_some() {
            doubts::warn(&pages.facts(), notices);
        }
        Ok(total)
    }

    /// Hands over every partner that matches as it comes, and tells what is known of them all.
    ///
    /// # Errors
    /// When a page fails, or the list does not come to its end. What only makes it doubtful is a warning.
    pub(crate) fn each(
        &self,
        query: Query,
        mut progress: Progress,
        notices: &Notices,
        mut take: impl FnMut(&str),
    ) -> anyhow::Result<Listed> {
        let on_wait = |wait: Wait| connection::report_wait(wait, notices);
        let mut pages = self.pages(query, None, &on_wait);
        while let Some(page) = pages.next() {
            page.context(self.failed)?.partners().for_each(&mut take);
            progress.update(pages.rows(), pages.expected_rows());
        }
        progress.clear();
        let facts = pages.facts();
        if !facts.ended {
            let failure = Failure::new(Kind::Incomplete, "the list of partners did not come to its end");
            return Err(anyhow::Error::new(failure.hint("run it again")).context(self.failed));
        }
        doubts::warn_of_all(&facts, notices);
        Ok(Listed { partners: facts.rows - facts.repeated, doubts: facts.doubts() })
    }

    fn pages<'w>(&self, query: Query, limit: Option<NonZeroU64>, on_wait: &'w dyn Fn(Wait)) -> Pages<'w> {
        Pages::new(query, paging(limit, self.parallel), self.order, Arc::clone(&self.fetch), on_wait)
    }
}

/// What to ask for: these fields of the partners that match, in the order of the settings.
pub(crate) fn query(filter: Option<String>, fields: &[&str], settings: &Settings) -> Query {
    let fields = FieldSelection::Only(fields.iter().filter_map(|name| name.parse().ok()).collect());
    Query { filter, order: settings.order.value.clone(), fields }.with_compared_fields()
}

/// The request that everything begins with, of so many partners at most.
pub(crate) fn first_request(query: Query, limit: Option<NonZeroU64>, settings: &Settings) -> PageRequest {
    paging(limit, settings.parallel.value).first_request(query)
}

/// The progress on stderr, unless something else is said there.
pub(crate) fn progress(terminal: Terminal, global: &GlobalArgs) -> Progress {
    Progress::new(terminal.stderr && !terminal.dumb && !global.quiet && !global.verbose)
}

fn paging(limit: Option<NonZeroU64>, parallel: Parallel) -> Paging {
    Paging { offset: 0, limit, page_size: PageSize::MAX, parallel }
}
