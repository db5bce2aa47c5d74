//! The partner that a token belongs to.
//!
//! The API has no request for it. A token sees its own partner and those below, and the oldest of them stands near the
//! top, so the way leads from there from parent to parent until there is none that the token may see.

use std::sync::Arc;

use crate::error::{Failure, Kind};
use crate::raw;
use crate::values::Order;

use super::ahead::Wait;
use super::client::Client;
use super::page::Page;
use super::partner;
use super::query::{FieldSelection, PageRequest, Position, Query};

/// More parents than any hierarchy has in a row.
const MOST_STEPS: usize = 20;

/// The token's own partner, as the text that came; none if it sees no partner at all.
///
/// # Errors
/// When the API refuses the token, or no answer comes.
pub fn of_token(client: &Client, on_wait: &dyn Fn(Wait)) -> Result<Option<String>, Failure> {
    let first = oldest(client, Order::oldest_first(), on_wait).or_else(|failure| match failure.status {
        Some(400 | 422) => oldest(client, Order::Server, on_wait),
        _ => Err(failure),
    })?;
    let Some(mut owner) = first.partners().next().map(str::to_owned) else { return Ok(None) };
    for _ in 0..MOST_STEPS {
        let Some(parent) =
            text_of(&owner, "parent_sid").filter(|parent| Some(parent) != text_of(&owner, partner::SID).as_ref())
        else {
            break;
        };
        match client.partner(&parent, &FieldSelection::Everything, on_wait) {
            Ok(partner) => owner = partner,
            // The parent is out of this token's sight.
            Err(failure) if matches!(failure.kind, Kind::Forbidden) || failure.status == Some(404) => break,
            Err(failure) => return Err(failure),
        }
    }
    Ok(Some(owner))
}

fn oldest(client: &Client, order: Order, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure> {
    let query = Arc::new(Query { filter: None, order, fields: FieldSelection::Everything });
    client.page(&PageRequest { query, position: Position::Offset(0), limit: 1 }, on_wait)
}

/// The text of a partner's field, if it has any.
pub fn text_of(partner: &str, field: &str) -> Option<String> {
    let value = raw::lookup(partner, [field]).filter(|value| *value != "null")?;
    Some(raw::text(value).into_owned()).filter(|text| !text.is_empty())
}
