//! `GET /partners`: which partners, in which order, and the page of them that was asked for.

use serde_json::json;

use super::data::{Partner, Partners};
use super::matching::Filter;
use super::ordering::SortOrder;
use super::query::ListParams;
use super::selection::Projection;

/// Items in a page when nobody says how many.
const DEFAULT_LIMIT: &str = "10";

/// Items in a page at most; who asks for more gets as many.
const MAXIMAL_LIMIT: usize = 1000;

/// The page that a query asks for, as JSON, or what is wrong with the query. `url` is the address without a query.
pub(crate) fn page(partners: &Partners, query: &ListParams, url: &str) -> Result<String, String> {
    let limit = number(query, "limit", DEFAULT_LIMIT)?.min(MAXIMAL_LIMIT);
    if limit == 0 {
        return Err("limit must be from 1 to 1000".to_owned());
    }
    let list = list(partners, query)?;
    let offset = match query.get("after") {
        Some(sid) => offset_after(sid, &list, query)?,
        None => number(query, "offset", "0")?,
    };
    let end = offset.saturating_add(limit).min(list.len());
    let items = list.get(offset..end).unwrap_or_default();
    let has_more = end < list.len();
    let pagination = match items.last() {
        Some(last) if has_more => {
            let next = match query.get("after") {
                Some(_) => query.with("after", &last.sid),
                None => query.with("offset", &end.to_string()),
            };
            json!({"next": format!("{url}?{next}")})
        }
        _ => json!({}),
    };
    // The items are text already, so the page around them is put together as text, too.
    let (count, total, items) = (items.len(), list.len(), joined(items, query));
    let start =
        format!(r#"{{"count":{count},"has_more":{has_more},"items":[{items}],"limit":{limit},"offset":{offset}"#);
    Ok(format!(r#"{start},"pagination":{pagination},"total":{total}}}"#))
}

/// Every partner that the query is about, in its order.
fn list<'p>(partners: &'p Partners, query: &ListParams) -> Result<Vec<&'p Partner>, String> {
    let filter = query.get("filter").map(Filter::read).transpose()?;
    let order = query.get("order").map(SortOrder::read).transpose()?;
    let is_asked_for = |partner: &&Partner| filter.as_ref().is_none_or(|filter| filter.matches(&partner.text));
    let mut list: Vec<&Partner> = partners.iter().filter(is_asked_for).collect();
    if let Some(order) = order {
        order.arrange(&mut list);
    }
    Ok(list)
}

/// The place in the list that follows the partner with that SID.
fn offset_after(sid: &str, list: &[&Partner], query: &ListParams) -> Result<usize, String> {
    if query.get("offset").is_some() {
        return Err("offset and after cannot be used together".to_owned());
    }
    let place = list.iter().position(|partner| &*partner.sid == sid);
    place.map(|place| place + 1).ok_or_else(|| format!("No item to start after: {sid}"))
}

/// A parameter that counts something; a number too large to be stored is as good as the largest.
fn number(query: &ListParams, name: &str, default: &str) -> Result<usize, String> {
    let value = query.get(name).unwrap_or(default);
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{name} must be a number: {value}"));
    }
    Ok(value.parse().unwrap_or(usize::MAX))
}

fn joined(items: &[&Partner], query: &ListParams) -> String {
    let selection = Projection::read(query.get("include_fields"), query.get("exclude_fields"));
    let texts: Vec<_> = items.iter().map(|partner| selection.of(&partner.text)).collect();
    texts.join(",")
}
