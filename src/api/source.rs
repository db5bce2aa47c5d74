//! What answers queries about partners: the API over HTTP, or a source in its place.

use std::sync::Arc;

use crate::error::Failure;
use crate::values::BaseUrl;

use super::page::Page;
use super::prefetch::{Fetch, Wait, Wanted};
use super::query::{FieldSelection, PageRequest};

/// Asked for pages and single partners. `on_wait` is called for every wait before another attempt as it begins.
pub trait Source: Send + Sync {
    /// A page of partners, as long as it is wanted: no further attempt is made for one that is not.
    fn page_while(&self, wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure>;

    /// The partner with that SID, as the original text; none if there is nothing at its address.
    fn partner(&self, sid: &str, fields: &FieldSelection, on_wait: &dyn Fn(Wait)) -> Result<Option<String>, Failure>;

    /// What is known of the token, as the original text.
    fn whoami(&self) -> Result<Option<String>, Failure>;

    fn page(&self, request: &PageRequest, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure> {
        self.page_while(&Wanted::default(), request, on_wait)
    }

    /// Where the token came from, in words; of a source that needs none, what it is called.
    fn token_source(&self) -> &str;

    /// Where it is asked, if it has an address.
    fn base_url(&self) -> Option<&BaseUrl> {
        None
    }

    /// The fields that a filter and an order name and that certainly no partner has.
    fn missing(&self, _filter: Option<&str>, _order: Option<&str>) -> Vec<String> {
        Vec::new()
    }
}

/// How a page is got from there.
pub fn fetch(source: &Arc<dyn Source>) -> Arc<Fetch> {
    let source = Arc::clone(source);
    Arc::new(move |wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)| {
        source.page_while(wanted, request, on_wait)
    })
}
