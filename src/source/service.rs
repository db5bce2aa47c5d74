//! What is answered about a list in memory: filter, order, fields and paging, as the API has them.
//!
//! All of it is a function of the list and of the parameters of a request; whether those came over HTTP is not known
//! here.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::api::partner::SID;
use crate::partners::{List, Sid};
use crate::raw;

use super::matching::Filter;
use super::ordering::SortOrder;

/// Items in a page by default.
const DEFAULT_LIMIT: &str = "10";

/// Maximum items in a page; a larger limit is reduced to it.
const MAX_LIMIT: usize = 1000;

/// The parameters of a request, not percent-encoded.
#[derive(Debug)]
pub struct Parameters<'q>(pub Vec<(Cow<'q, str>, Cow<'q, str>)>);

impl Parameters<'_> {
    /// The value of a parameter, the first one if it is given twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    /// A parameter that counts something; a number too large to be stored is as good as the largest.
    fn number(&self, name: &str, default: &str) -> Result<usize, String> {
        let value = self.get(name).unwrap_or(default);
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("{name} must be a number: {value}"));
        }
        Ok(value.parse().unwrap_or(usize::MAX))
    }

    /// The query string of the same request with another value for one parameter.
    fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(known, _)| known != name);
        Serializer::new(String::new()).extend_pairs(others).append_pair(name, value).finish()
    }

    /// The fields of a partner that are asked for, in its own order; with none named that is the very same text.
    fn selected<'p>(&self, partner: &'p str) -> Cow<'p, str> {
        let paths = |name| -> Vec<Vec<&str>> {
            let named = self.get(name).unwrap_or_default().split(',').map(str::trim).filter(|path| !path.is_empty());
            named.map(|path| path.split('.').collect()).collect()
        };
        let (include, exclude) = (paths("include_fields"), paths("exclude_fields"));
        let included = if include.is_empty() { partner.into() } else { Cow::Owned(raw::only(partner, &include)) };
        if exclude.is_empty() { included } else { raw::without(&included, &exclude).into() }
    }
}

/// Partners, and what is answered about them.
#[derive(Debug)]
pub struct Service {
    partners: List,
    /// The list that was asked for last. It is asked for page by page; without this, every page would cost as much as
    /// the whole list.
    last: Mutex<Option<Answered>>,
}

/// A filter and an order, and the places of the partners that they ask for.
type Answered = ([Option<String>; 2], Arc<[usize]>);

impl Service {
    pub fn new(partners: List) -> Self {
        Self { partners, last: Mutex::default() }
    }

    /// The page that is asked for, as JSON, or what is wrong with the request. The link to the next page begins with
    /// `url`.
    pub fn page(&self, parameters: &Parameters, url: &str) -> Result<String, String> {
        let limit = parameters.number("limit", DEFAULT_LIMIT)?.min(MAX_LIMIT);
        if limit == 0 {
            return Err("limit must be from 1 to 1000".to_owned());
        }
        let list = self.listing(parameters.get("filter"), parameters.get("order"))?;
        let offset = parameters.number("offset", "0")?;
        let end = offset.saturating_add(limit).min(list.len());
        let items = list.get(offset..end).unwrap_or_default();
        let has_more = end < list.len();
        let next = has_more.then(|| parameters.with("offset", &end.to_string()));
        let pagination = next.map_or(json!({}), |next| json!({"next": format!("{url}?{next}")}));
        // The items are text already, so the page around them is put together as text, too.
        let (count, total) = (items.len(), list.len());
        let mut page = format!(r#"{{"count":{count},"has_more":{has_more},"items":["#);
        for (index, place) in items.iter().enumerate() {
            page += if index > 0 { "," } else { "" };
            page += &parameters.selected(self.partners.get(*place));
        }
        Ok(page + &format!(r#"],"limit":{limit},"offset":{offset},"pagination":{pagination},"total":{total}}}"#))
    }

    /// The partner with that SID.
    pub fn partner(&self, sid: &str, parameters: &Parameters) -> Option<String> {
        let place = self.partners.place(&Sid::of(sid))?;
        Some(parameters.selected(self.partners.get(place)).into_owned())
    }

    /// The partner that sees all others.
    pub fn whoami(&self) -> Option<String> {
        let sid = raw::lookup(self.partners.get(self.partners.own()?), [SID]).map(raw::text)?;
        Some(json!({SID: sid}).to_string())
    }

    /// The fields that a filter and an order name and that no partner has.
    pub fn missing(&self, filter: Option<&str>, order: Option<&str>) -> Vec<String> {
        let filter = filter.and_then(|filter| Filter::read(filter).ok());
        let order = order.and_then(|order| SortOrder::read(order).ok());
        let named = filter.iter().flat_map(Filter::fields).chain(order.as_ref().map(SortOrder::field));
        let lacks = |field: &&str| self.partners.iter().all(|partner| raw::lookup(partner, [*field]).is_none());
        named.filter(|_| !self.partners.is_empty()).filter(lacks).map(str::to_owned).collect()
    }

    /// The places of the partners that are asked for, in the order that is asked for.
    fn listing(&self, filter: Option<&str>, order: Option<&str>) -> Result<Arc<[usize]>, String> {
        let asked = [filter, order].map(|text| text.map(str::to_owned));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, places)) = &*last
            && *known == asked
        {
            return Ok(Arc::clone(places));
        }
        let places: Arc<[usize]> = self.places(filter, order)?.into();
        *last = Some((asked, Arc::clone(&places)));
        Ok(places)
    }

    fn places(&self, filter: Option<&str>, order: Option<&str>) -> Result<Vec<usize>, String> {
        let filter = filter.map(Filter::read).transpose()?;
        let order = order.map(SortOrder::read).transpose()?;
        let is_asked_for = |partner: &str| filter.as_ref().is_none_or(|filter| filter.matches(partner));
        let matching = self.partners.iter().enumerate().filter(|(_, partner)| is_asked_for(partner));
        let mut places: Vec<usize> = matching.map(|(place, _)| place).collect();
        if let Some(order) = order {
            order.arrange(&mut places, &self.partners);
        }
        Ok(places)
    }
}

#[cfg(test)]
mod tests;
