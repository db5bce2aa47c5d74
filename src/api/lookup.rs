//! A single partner by what people call it: its SID, its display ID or its login.
//!
//! However the server interprets the query, the received partner is compared with the requested one.

use std::str::FromStr;
use std::sync::Arc;

use url::Url;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::error::Failure;
use crate::output::message::quoted;
use crate::raw;
use crate::values::{BaseUrl, Order};

use super::address;
use super::failures::invalid;
use super::page::Page;
use super::partner::PARTNERS;
use super::prefetch::Wait;
use super::query::{FieldSelection, PageRequest, Position, Query};
use super::source::Source;

/// The rows that are asked for: a second one shows that an ID is ambiguous.
const ROWS: u64 = 2;

/// A login of at least so many characters may be a SID.
const MIN_SID: usize = 20;

/// No SID has more characters.
const MAX_SID: usize = 200;

/// What a partner is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PartnerId {
    /// The secure ID, if it has the usual form: a UUID.
    Sid(String),
    /// The short public ID: `CX` and digits.
    DisplayId(String),
    /// The login; never with a backslash or both kinds of quotes in it, so that it can be quoted. It may turn out to be
    /// a SID of another form.
    Login(String),
}

impl FromStr for PartnerId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() {
            Err("it is empty".to_owned())
        } else if uuid(text).is_some() {
            Ok(Self::Sid(text.to_owned()))
        } else if text.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("CX")) && is_digits(&text[2..]) {
            Ok(Self::DisplayId(text.to_ascii_uppercase()))
        } else if text.contains('\\') || (text.contains('"') && text.contains('\'')) {
            Err("the API cannot look up a login with a backslash or both kinds of quotes".to_owned())
        } else {
            Ok(Self::Login(text.to_owned()))
        }
    }
}

impl PartnerId {
    /// The field that holds it, and its text.
    fn field(&self) -> (&'static str, &str) {
        match self {
            Self::Sid(id) => (PARTNERS.key, id),
            Self::DisplayId(id) => ("display_id", id),
            Self::Login(id) => ("login", id),
        }
    }
}

/// The UUID that a text is, in its usual form with hyphens.
pub fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == Hyphenated::LENGTH)
}

/// Whether a login has the form that SIDs have, UUIDs among them.
pub fn may_be_sid(text: &str) -> bool {
    text.len() >= MIN_SID && is_sid_like(text)
}

/// Whether the text can be a SID at all.
pub fn is_sid_like(text: &str) -> bool {
    text.len() <= MAX_SID
        && text.bytes().any(|byte| byte != b'.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The partner with that ID as the original text, if the token can see one.
pub fn find(
    client: &dyn Source,
    id: &PartnerId,
    fields: &FieldSelection,
    on_wait: &dyn Fn(Wait),
) -> Result<Option<String>, Failure> {
    if let PartnerId::Sid(sid) = id {
        return by_sid(client, sid, fields, on_wait);
    }
    let page = client.page(&request(id, fields), on_wait);
    let listed = page.and_then(|page| Ok(only_match(&page, id)?.map(|index| page.into_partner(index))));
    let may_be_sid = matches!(id, PartnerId::Login(login) if may_be_sid(login));
    if !may_be_sid || listed.as_ref().map_or_else(|error| !is_about_logins(error), Option::is_some) {
        return listed;
    }
    match by_sid(client, id.field().1, fields, on_wait) {
        Ok(Some(partner)) => Ok(Some(partner)),
        // The API may reject what is not a SID.
        Err(failure) if listed.is_ok() && !matches!(failure.status(), Some(400 | 404 | 422)) => Err(failure),
        _ => listed,
    }
}

/// Whether the error only shows that the API cannot find partners by their logins.
fn is_about_logins(failure: &Failure) -> bool {
    matches!(failure.status(), Some(200 | 400 | 422))
}

/// Asks for the partner with that SID.
pub fn by_sid(
    client: &dyn Source,
    sid: &str,
    fields: &FieldSelection,
    on_wait: &dyn Fn(Wait),
) -> Result<Option<String>, Failure> {
    match client.partner(sid, &fields.with(PARTNERS.key), on_wait)? {
        Some(found) if !is_called(&found, PARTNERS.key, sid) => Err(another(&found, PARTNERS.key, sid)),
        found => Ok(found),
    }
}

/// Where the partner is asked for.
pub fn address(base: &BaseUrl, id: &PartnerId, fields: &FieldSelection) -> Url {
    match id {
        PartnerId::Sid(sid) => address::of_one(base, sid, &fields.with(PARTNERS.key)),
        _ => address::of_page(base, &request(id, fields)),
    }
}

/// The request for the one partner that has the ID.
fn request(id: &PartnerId, fields: &FieldSelection) -> PageRequest {
    let (field, text) = id.field();
    let quote = match id {
        PartnerId::Login(login) if login.contains('"') => "'",
        PartnerId::Login(_) => "\"",
        _ => "",
    };
    let filter = Some(format!("{field} eq {quote}{text}{quote}"));
    let query = Arc::new(Query { filter, order: Order::Server, fields: fields.with(field).with(PARTNERS.key) });
    PageRequest { query, position: Position::Offset(0), limit: ROWS }
}

/// Where on the page the one partner with the ID is; nowhere if the page is empty.
fn only_match(page: &Page, id: &PartnerId) -> Result<Option<usize>, Failure> {
    let (field, wanted) = id.field();
    if page.is_empty() {
        return page.errors.as_ref().map_or(Ok(None), |errors| Err(reported(errors)));
    }
    let mut matching = page.partners().enumerate().filter(|(_, partner)| is_called(partner, field, wanted));
    match (matching.next(), matching.next()) {
        (Some((index, _)), None) => Ok(Some(index)),
        (Some((_, one)), Some((_, other))) => {
            let [one, other] = [one, other].map(|partner| quoted(&text_of(partner, PARTNERS.key).unwrap_or_default()));
            let message =
                format!("the API returned several partners with the {field} {}: {one}, {other}", quoted(wanted));
            Err(invalid(message, "use the SID of one of them"))
        }
        (None, _) => Err(another(page.partners().next().unwrap_or_default(), field, wanted)),
    }
}

/// Whether the field of the partner has that text, case aside.
fn is_called(partner: &str, field: &str, wanted: &str) -> bool {
    text_of(partner, field).is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
}

/// The error of receiving something other than the requested partner.
fn another(came: &str, field: &'static str, wanted: &str) -> Failure {
    if let Some(errors) = raw::lookup(came, ["errors"]) {
        return reported(errors);
    }
    let came = match text_of(came, field) {
        Some(text) => format!("the partner with the {field} {}", quoted(&text)),
        None => format!("a partner without a {field}"),
    };
    let message = format!("the API returned {came} instead of {}", quoted(wanted));
    invalid(message, "check the base URL; if it is right, the server or a proxy ignores the query")
}

/// The error of an answer that reports errors and calls itself a success.
fn reported(errors: &str) -> Failure {
    invalid(format!("the API reported errors with status 200: {}", quoted(errors)), "try again later")
}

/// The text of a partner's field, if it has any.
pub fn text_of(partner: &str, field: &str) -> Option<String> {
    let value = raw::lookup(partner, [field]).filter(|value| *value != "null")?;
    Some(raw::text(value).into_owned()).filter(|text| !text.is_empty())
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
            ("cx15650613", PartnerId::DisplayId("CX15650613".to_owned())),
            ("cX1", PartnerId::DisplayId("CX1".to_owned())),
            ("CX", PartnerId::Login("CX".to_owned())),
            ("CX12a", PartnerId::Login("CX12a".to_owned())),
            ("東", PartnerId::Login("東".to_owned())),
            ("be128456-3098-4564-b0d1-67dbceee265", PartnerId::Login("be128456-3098-4564-b0d1-67dbceee265".to_owned())),
            ("a\" or x eq \"b", PartnerId::Login("a\" or x eq \"b".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(id));
        }
        for text in ["", "a\\b", "a\"b'c"] {
            assert!(text.parse::<PartnerId>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_uuid_is_one_in_its_usual_form_only() {
        let usual = "6bace9c5-3eef-4f75-8f48-fb98e04408be";
        assert_eq!(uuid(usual).map(|uuid| uuid.as_u128()), Some(0x6bac_e9c5_3eef_4f75_8f48_fb98_e044_08be));
        assert_eq!(uuid(&usual.to_uppercase()), uuid(usual));
        for text in ["", "x", &usual.replace('-', ""), &format!("{{{usual}}}"), "6bace9c5-3eef-4f75-8f48-fb98e04408bg"]
        {
            assert_eq!(uuid(text), None, "{text}");
        }
    }

    #[test]
    fn a_login_of_twenty_letters_digits_dots_and_dashes_may_be_a_sid() {
        for text in ["b9Ua99icuAdvDvv2kvlNaPzMLDXwuEYJ", "ypdm9zW2d-f3rH.mljbilExkNXL2Zi5x", &"_".repeat(20)] {
            assert!(may_be_sid(text), "{text}");
        }
        for text in [
            "nineteen-characters",
            &".".repeat(20),
            &"x".repeat(201),
            "somebody@example.example",
            "twenty characters and more",
            &"é".repeat(20),
        ] {
            assert!(!may_be_sid(text), "{text}");
        }
    }

    /// The partner in a page of these items, or why it has none.
    fn matched(id: &str, items: &str, rest: &str) -> Result<Option<String>, String> {
        let page = Page::parse(format!(r#"{{"items":[{items}]{rest}}}"#).into()).expect(items);
        let found = only_match(&page, &id.parse().expect(id));
        found.map(|index| index.map(|index| page.into_partner(index))).map_err(|error| error.to_string())
    }

    #[test]
    fn only_the_partner_that_was_asked_for_is_found() {
        let (a, b) = (r#"{"login":"Anna","partner_sid":"1"}"#, r#"{"login":"bob","partner_sid":"2"}"#);
        assert_eq!(matched("anna", "", ""), Ok(None));
        assert_eq!(matched("anna", a, ""), Ok(Some(a.to_owned())));
        assert_eq!(matched("anna", &format!("{b},{a}"), ""), Ok(Some(a.to_owned())));
        for (id, items, rest, says) in [
            ("anna", b, "", vec!["'bob'", "'anna'"]),
            ("CX1", a, "", vec!["without a display_id", "'CX1'"]),
            ("CX1", r#"{"display_id":null}"#, "", vec!["without a display_id", "'CX1'"]),
            ("anna", r#"{"login":"anna","partner_sid":"1"},{"login":"ANNA","partner_sid":"2"}"#, "", vec!["'1', '2'"]),
            ("CX1", r#"{"display_id":"CX12"}"#, "", vec!["'CX12'", "'CX1'"]),
            ("CX1", r#"{"display_id":1}"#, "", vec!["'1'", "'CX1'"]),
            ("anna", "", r#","errors":[{"message":"no"}]"#, vec!["errors", "no"]),
        ] {
            let problem = matched(id, items, rest).expect_err(items);
            assert!(says.iter().all(|part| problem.contains(part)), "{items}: {problem}");
        }
    }

    #[test]
    fn what_identifies_a_partner_is_asked_for_whatever_is_shown() {
        let base: BaseUrl = "https://host".parse().expect("a URL");
        let fields = |text: &str| text.split(',').filter_map(|name| name.parse().ok()).collect();
        let only = FieldSelection::Only(fields("zip"));
        let except = FieldSelection::Except(fields("login,display_id,partner_sid"));
        for (id, selection, part) in [
            ("CX1", &only, "include_fields=zip%2Cdisplay_id%2Cpartner_sid"),
            ("a", &only, "include_fields=zip%2Clogin%2Cpartner_sid"),
            ("be128456-3098-4564-b0d1-67dbceee265f", &only, "include_fields=zip%2Cpartner_sid"),
            ("CX1", &except, "exclude_fields=login"),
            ("a", &except, "exclude_fields=display_id"),
            ("be128456-3098-4564-b0d1-67dbceee265f", &except, "exclude_fields=login%2Cdisplay_id"),
        ] {
            let url = address(&base, &id.parse().expect(id), selection);
            assert!(url.as_str().ends_with(part), "{id}: {url}");
        }
    }
}
