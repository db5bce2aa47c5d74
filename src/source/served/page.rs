//! The page that was asked for.

use serde_json::json;

use super::listing::LastListing;
use super::params::ListParams;
use super::partners::Partners;
use super::projection::Projection;

/// Items in a page when nobody says how many.
const DEFAULT_LIMIT: &str = "10";

/// Items in a page at most; who asks for more gets as many.
const MAX_LIMIT: usize = 1000;

/// The page that a query asks for, as JSON, or what is wrong with the query. `url` is the address without a query.
pub fn page(partners: &Partners, listing: &LastListing, query: &ListParams, url: &str) -> Result<String, String> {
    let limit = number(query, "limit", DEFAULT_LIMIT)?.min(MAX_LIMIT);
    if limit == 0 {
        return Err("limit must be from 1 to 1000".to_owned());
    }
    let list = listing.places(partners, query)?;
    let offset = match query.get("after") {
        Some(sid) => offset_after(partners.place(sid), &list, query)?,
        None => number(query, "offset", "0")?,
    };
    let end = offset.saturating_add(limit).min(list.len());
    let items = list.get(offset..end).unwrap_or_default();
    let has_more = end < list.len();
    let next = items.last().filter(|_| has_more).and_then(|last| match query.get("after") {
        Some(_) => partners.sid(*last).map(|sid| query.with("after", &sid)),
        None => Some(query.with("offset", &end.to_string())),
    });
    let pagination = next.map_or(json!({}), |next| json!({"next": format!("{url}?{next}")}));
    // The items are text already, so the page around them is put together as text, too.
    let (count, total, items) = (items.len(), list.len(), joined(partners, items, query));
    let start =
        format!(r#"{{"count":{count},"has_more":{has_more},"items":[{items}],"limit":{limit},"offset":{offset}"#);
    Ok(format!(r#"{start},"pagination":{pagination},"total":{total}}}"#))
}

/// The place in the list that follows the partner at that place among all.
fn offset_after(after: Option<usize>, list: &[usize], query: &ListParams) -> Result<usize, String> {
    if query.get("offset").is_some() {
        return Err("offset and after cannot be used together".to_owned());
    }
    let found = after.and_then(|after| list.iter().position(|place| *place == after));
    let unknown = || format!("No item to start after: {}", query.get("after").unwrap_or_default());
    found.map(|found| found + 1).ok_or_else(unknown)
}

/// A parameter that counts something; a number too large to be stored is as good as the largest.
fn number(query: &ListParams, name: &str, default: &str) -> Result<usize, String> {
    let value = query.get(name).unwrap_or(default);
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} must be a number: {value}"));
    }
    Ok(value.parse().unwrap_or(usize::MAX))
}

fn joined(partners: &Partners, items: &[usize], query: &ListParams) -> String {
    let projection = Projection::read(query.get("include_fields"), query.get("exclude_fields"));
    let texts: Vec<_> = items.iter().map(|place| projection.of(partners.at(*place))).collect();
    texts.join(",")
}
