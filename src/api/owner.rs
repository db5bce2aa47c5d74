//! The partner that a token belongs to.
//!
//! The API is asked whose token it is. Where it has no answer to that, the partner is guessed: the oldest that the
//! token sees.
//!
//! The token is accepted as soon as one request has been answered; nothing that the way to its owner meets changes
//! that.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::error::Failure;
use crate::raw;
use crate::values::{Order, PageSize, Parallel};

use super::lookup;
use super::pages::{OrderRefused, Pages, Paging};
use super::partner::PARTNERS;
use super::prefetch::Wait;
use super::query::{FieldSelection, Query};
use super::source::{self, Source};

/// The partner that a token belongs to.
#[derive(Debug)]
pub struct Owner {
    /// What is known of it, as the original text.
    pub partner: String,
    /// Whether the API says so, rather than that it is the oldest that the token sees.
    pub is_certain: bool,
}

/// The partner that the token belongs to; none if the token can see no partner.
pub fn of_token(client: &Arc<dyn Source>, on_wait: &dyn Fn(Wait)) -> Result<Option<Owner>, Failure> {
    if let Some((sid, told)) = named(&**client) {
        let found = lookup::by_sid(&**client, &sid, &FieldSelection::Everything, on_wait);
        // Where the token may not read its own partner, what the answer itself says of it is enough.
        let partner = found.ok().flatten().unwrap_or(told);
        return Ok(Some(Owner { partner, is_certain: true }));
    }
    // Its own is older than those below it.
    let query = Query { filter: None, order: Order::oldest_first(), fields: FieldSelection::Everything };
    let paging = Paging { offset: 0, limit: Some(NonZeroU64::MIN), page_size: PageSize::MAX, parallel: Parallel::ONE };
    let mut pages = Pages::new(query, paging, OrderRefused::AskWithout, source::fetch(client), on_wait);
    let first = pages.next().transpose()?.filter(|page| !page.is_empty());
    Ok(first.map(|page| Owner { partner: page.into_partner(0), is_certain: false }))
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
