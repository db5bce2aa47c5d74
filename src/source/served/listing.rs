//! Which partners a request is about, and in which order.

use std::sync::{Arc, Mutex, PoisonError};

use super::matching::Filter;
use super::ordering::SortOrder;
use super::params::ListParams;
use super::partners::Partners;

/// The list that was asked for last. A client asks for it page by page; without this, every page would cost as much as
/// the whole list.
#[derive(Debug, Default)]
pub struct LastListing(Mutex<Option<Listing>>);

#[derive(Debug)]
struct Listing {
    filter: Option<String>,
    order: Option<String>,
    places: Arc<[usize]>,
}

impl LastListing {
    /// The places of the partners that the query asks for, in its order; or what is wrong with the query.
    pub fn places(&self, partners: &Partners, query: &ListParams) -> Result<Arc<[usize]>, String> {
        let (filter, order) = (query.get("filter"), query.get("order"));
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last
            && (last.filter.as_deref(), last.order.as_deref()) == (filter, order)
        {
            return Ok(Arc::clone(&last.places));
        }
        let places: Arc<[usize]> = places(partners, filter, order)?.into();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        *last = Some(Listing { filter: owned(filter), order: owned(order), places: Arc::clone(&places) });
        Ok(places)
    }
}

fn places(partners: &Partners, filter: Option<&str>, order: Option<&str>) -> Result<Vec<usize>, String> {
    let filter = filter.map(Filter::read).transpose()?;
    let order = order.map(SortOrder::read).transpose()?;
    let is_asked_for = |partner: &str| filter.as_ref().is_none_or(|filter| filter.matches(partner));
    let matching = partners.iter().enumerate().filter(|(_, partner)| is_asked_for(partner));
    let mut places: Vec<usize> = matching.map(|(place, _)| place).collect();
    if let Some(order) = order {
        order.arrange(partners, &mut places);
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_arranged_once_for_all_its_pages() {
        let partners = Partners::new([r#"{"login":"b"}"#, r#"{"login":"a"}"#]);
        let listing = LastListing::default();
        let places = |query| listing.places(&partners, &ListParams::read(query)).expect(query);
        let (first, again) = (places("order=login&limit=1"), places("order=login&offset=1"));
        assert_eq!(*first, [1, 0]);
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(*places("order=login&filter=login+eq+b"), [0]);
        assert_eq!(*places("order=login+desc"), [0, 1]);
        assert_eq!(*places(""), [0, 1]);
    }
}
