//! A single partner by what people call it: its SID, its display ID or its login.

use std::str::FromStr;
use std::sync::Arc;

use url::Url;

use crate::error::{Failure, Kind};
use crate::values::{BaseUrl, Order};

use super::address;
use super::ahead::Wait;
use super::client::Client;
use super::query::{FieldSelection, PageRequest, Position, Query};

/// What a partner is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartnerId {
    /// The secure ID, a UUID.
    Sid(String),
    /// The short public ID: `CX` and digits.
    DisplayId(String),
    /// The login; never with a backslash or both kinds of quotes in it, so that it can be quoted.
    Login(String),
}

impl FromStr for PartnerId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() {
            Err("it is empty".to_owned())
        } else if is_uuid(text) {
            Ok(Self::Sid(text.to_owned()))
        } else if text.strip_prefix("CX").is_some_and(is_digits) {
            Ok(Self::DisplayId(text.to_owned()))
        } else if text.contains('\\') || (text.contains('"') && text.contains('\'')) {
            Err("a login with a backslash or both kinds of quotes in it cannot be asked for".to_owned())
        } else {
            Ok(Self::Login(text.to_owned()))
        }
    }
}

/// Whether the text has the form `8-4-4-4-12` of hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The partner as the text that came; none if there is no such partner.
///
/// # Errors
/// When no answer comes, or one that the API does not promise.
pub fn find(
    client: &Client,
    id: &PartnerId,
    fields: &FieldSelection,
    on_wait: &dyn Fn(Wait),
) -> Result<Option<String>, Failure> {
    if let PartnerId::Sid(sid) = id {
        return match client.partner(sid, fields, on_wait) {
            Ok(partner) => Ok(Some(partner)),
            Err(failure) if failure.kind == Kind::Rejected && failure.status == Some(404) => Ok(None),
            Err(failure) => Err(failure),
        };
    }
    let page = client.page(&request(id, fields), on_wait)?;
    Ok(page.partners().next().map(str::to_owned))
}

/// Where the partner is asked for.
pub fn address(base: &BaseUrl, id: &PartnerId, fields: &FieldSelection) -> Url {
    match id {
        PartnerId::Sid(sid) => address::of_partner(base, sid, fields),
        _ => address::of_page(base, &request(id, fields)),
    }
}

/// The request for the one partner that has the ID.
fn request(id: &PartnerId, fields: &FieldSelection) -> PageRequest {
    let filter = match id {
        PartnerId::Sid(sid) => format!("partner_sid eq {sid}"),
        PartnerId::DisplayId(id) => format!("display_id eq {id}"),
        PartnerId::Login(login) => {
            let quote = if login.contains('"') { '\'' } else { '"' };
            format!("login eq {quote}{login}{quote}")
        }
    };
    let query = Arc::new(Query { filter: Some(filter), order: Order::Server, fields: fields.clone() });
    PageRequest { query, position: Position::Offset(0), limit: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_an_id_tells_what_it_is() {
        let uuid = "be128456-3098-4564-b0d1-67DBCEEE265F";
        for (text, id) in [
            (uuid, PartnerId::Sid(uuid.to_owned())),
            ("CX15650613", PartnerId::DisplayId("CX15650613".to_owned())),
            ("CX", PartnerId::Login("CX".to_owned())),
            ("CX12a", PartnerId::Login("CX12a".to_owned())),
            ("be128456-3098-4564-b0d1-67dbceee265", PartnerId::Login("be128456-3098-4564-b0d1-67dbceee265".to_owned())),
            ("a\" or x eq \"b", PartnerId::Login("a\" or x eq \"b".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(id));
        }
        for text in ["", "a\\b", "a\"b'c"] {
            assert!(text.parse::<PartnerId>().is_err(), "{text}");
        }
    }
}
