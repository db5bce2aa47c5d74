//! The partner that a token belongs to.
//!
//! The API is asked whose token it is. Where it has no answer to that, the partner is guessed: the oldest that the
//! token sees.
//!
//! The token is accepted as soon as one request has been answered; nothing that the way to its owner meets changes
//! that.

use std::sync::Arc;

use crate::error::Failure;
use crate::raw;
use crate::values::Order;

use super::lookup;
use super::page::Page;
use super::partner::PARTNERS;
use super::prefetch::Wait;
use super::query::{FieldSelection, PageRequest, Position, Query};
use super::source::Source;

#[derive(Debug)]
pub enum Owner {
    /// Certainly this partner's, as the API says.
    Certain(String),
    /// Probably this partner's, which is the oldest that the token sees.
    Probable(String),
    /// That of a partner that cannot be seen, as none can.
    Unknown,
}

impl Owner {
    /// What is known of the partner, as the text that came.
    pub fn partner(&self) -> Option<&str> {
        match self {
            Self::Certain(partner) | Self::Probable(partner) => Some(partner),
            Self::Unknown => None,
        }
    }
}

/// Whose token the client has.
pub fn of_token(client: &dyn Source, on_wait: &dyn Fn(Wait)) -> Result<Owner, Failure> {
    match named(client) {
        // Where the token may not read its own partner, what the answer itself says of it is enough.
        Some((sid, told)) => Ok(Owner::Certain(
            lookup::by_sid(client, &sid, &FieldSelection::Everything, on_wait).ok().flatten().unwrap_or(told),
        )),
        None => probable(client, on_wait),
    }
}

/// The SID of the partner whose token the client has, if the API says.
pub fn account(client: &dyn Source) -> Option<String> {
    named(client).map(|(sid, _)| sid)
}

fn named(client: &dyn Source) -> Option<(String, String)> {
    // Whatever else it answers says nothing of the token: the request is in no page of the documentation.
    client.whoami().ok().flatten().and_then(|answer| named_in(&answer))
}

/// The SID of the partner in an answer to whose token it is, and what the answer says of that partner.
fn named_in(answer: &str) -> Option<(String, String)> {
    if raw::lookup(answer, ["errors"]).is_some_and(|errors| !matches!(errors, "null" | "[]")) {
        return None;
    }
    [Some(answer), raw::lookup(answer, ["partner"])].into_iter().flatten().find_map(|object| {
        let sid = raw::text(raw::lookup(object, [PARTNERS.key]).filter(|sid| sid.starts_with('"'))?);
        lookup::is_sid_like(&sid).then(|| (sid.into_owned(), object.to_owned()))
    })
}

/// The oldest partner that the token sees: its own is older than those below it.
fn probable(client: &dyn Source, on_wait: &dyn Fn(Wait)) -> Result<Owner, Failure> {
    let first = oldest(client, Order::oldest_first(), on_wait).or_else(|failure| match failure.status() {
        Some(400 | 422) => oldest(client, Order::Server, on_wait),
        _ => Err(failure),
    })?;
    Ok(first.partners().next().map_or(Owner::Unknown, |partner| Owner::Probable(partner.to_owned())))
}

fn oldest(client: &dyn Source, order: Order, on_wait: &dyn Fn(Wait)) -> Result<Page, Failure> {
    let query = Arc::new(Query { filter: None, order, fields: FieldSelection::Everything });
    client.page(&PageRequest { query, position: Position::Offset(0), limit: 1 }, on_wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_named_at_the_top_or_in_partner_and_nowhere_else() {
        let sid = |answer: &str| named_in(answer).map(|(sid, _)| sid);
        assert_eq!(sid(r#"{"partner_sid":"a","login":"x"}"#).as_deref(), Some("a"));
        assert_eq!(sid(r#"{"partner_sid":null,"partner":{"partner_sid":"a"}}"#).as_deref(), Some("a"));
        for answer in [
            "{}",
            r#"{"partner_sid":""}"#,
            r#"{"partner_sid":" "}"#,
            r#"{"partner_sid":".."}"#,
            r#"{"partner_sid":"a/../b"}"#,
            r#"{"partner_sid":"a","errors":[{"message":"no"}]}"#,
            r#"{"partner_sid":1}"#,
            r#"{"partner_sid":["a"]}"#,
            r#"{"partner":"a"}"#,
            r#"{"partner":[{"partner_sid":"a"}]}"#,
            r#"{"user":{"partner_sid":"a"}}"#,
        ] {
            assert_eq!(sid(answer), None, "{answer}");
        }
    }
}
