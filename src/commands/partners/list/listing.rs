//! What a list asks for and shows, made of options and settings.

use crate::api::pages::Paging;
use crate::api::partner::PARTNERS;
use crate::api::query::Query;
use crate::cli::partners::ListArgs;
use crate::commands::partners::filter;
use crate::commands::partners::job::Job;
use crate::commands::partners::selection::Selection;
use crate::commands::session::Session;
use crate::error::Failure;

/// What a list asks for and shows.
pub struct Listing {
    pub query: Query,
    pub paging: Paging,
    /// The fields that are shown.
    pub selection: Selection,
}

impl Listing {
    /// Makes the listing.
    pub fn new(args: &ListArgs, job: &Job) -> Result<Self, Failure> {
        let session = &job.session;
        let Session { settings, notices, .. } = session;
        let all = args.all || (args.require_complete && args.limit.is_none());
        let limit = (!all).then_some(settings.limit.value);
        let filter = filter::expression(&args.filter, notices)?;
        // A list in memory knows better which fields there are, and says so itself.
        let is_unknown = |field: &&str| !session.answerer().is_local() && PARTNERS.field(field).is_none();
        if let Some(field) = settings.order.value.field().filter(is_unknown) {
            notices.warn(&format!("the order names {}", PARTNERS.undocumented(field)));
        }
        let selection = Selection::new(&args.fields.exclude_fields, settings.fields.as_ref(), job.format)
            .adding(args.fields.added());
        Ok(Self {
            query: session.query(filter, selection.asked()),
            paging: Paging { offset: args.offset, page_size: args.page_size, ..session.paging(limit) },
            selection,
        })
    }
}
