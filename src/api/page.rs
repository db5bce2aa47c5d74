//! The page object: one answer to the list request.
//!
//! A page is walked over once, which checks it and finds its partners and their members. They stay what they are in the
//! body, pieces of raw JSON text, so that nothing of them is lost and nothing is copied.

use std::ops::Range;

use serde::de::IgnoredAny;
use url::Url;

use crate::raw::{self, Checker, Flaw, MAX_DEPTH, MAX_MEMBERS, Member, Object, Place};

use super::buffers::Share;
use super::query::Position;

/// The most partners that a page may hold, a hundred times what the API promises. Without a bound, a hostile page of
/// nothing but `{}` would take ten times its size in memory.
const MAX_PARTNERS: usize = 100_000;

/// How many characters of the server's words are kept: more than is ever shown, so that a token in them is recognized.
const MAX_CHARACTERS: usize = 4096;

/// One page of partners, and what the server says of the list around it.
///
/// Every statement may be missing: the documentation leaves open which of them come. One in another form than the
/// documented one counts as missing.
#[derive(Debug)]
pub struct Page {
    body: String,
    items: Vec<Place>,
    /// Those of all partners, one after the other.
    members: Vec<Member>,
    /// What it holds of the memory for all pages.
    share: Option<Share>,
    /// Whether more partners follow this page.
    pub has_more: Option<bool>,
    /// How many partners match in all.
    pub total: Option<u64>,
    /// How many partners precede this page.
    pub offset: Option<u64>,
    /// How many partners the page has.
    pub count: Option<u64>,
    /// The most partners that the page could have.
    pub limit: Option<u64>,
    /// Where `pagination` says that the next page is.
    pub next: Option<Position>,
    /// The beginning of what the server reports as errors, although it sent a page.
    pub errors: Option<String>,
    /// The beginning of a total that cannot be read.
    pub odd_total: Option<String>,
}

impl Page {
    /// Reads the body of an answer, or says what about it is not as the API promises.
    pub fn parse(body: Vec<u8>) -> Result<Self, String> {
        let body = text_of(body)?;
        let mut envelope = Envelope::of(&body)?;
        let (items, members) = envelope.items.take().ok_or_else(|| "it has no `items`".to_owned())?;
        let [total, offset, count, limit] =
            ["total", "offset", "count", "limit"].map(|key| envelope.value(key).and_then(whole_number));
        let has_more = envelope.value("has_more").and_then(|value| value.parse().ok());
        let next = envelope.value("pagination").and_then(next_page);
        let beginning = |words: &str| words.chars().take(MAX_CHARACTERS).collect();
        let errors = ["errors", "error"].into_iter().find_map(|key| envelope.value(key).filter(|value| is_said(value)));
        let errors = errors.map(beginning);
        let odd_total = envelope.value("total").filter(|value| total.is_none() && *value != "null").map(beginning);
        Ok(Self { body, items, members, has_more, total, offset, count, limit, next, errors, odd_total, share: None })
    }

    /// The same page, which holds this share of the memory for all pages until it is dropped.
    pub fn holding(mut self, share: Option<Share>) -> Self {
        self.share = share;
        if let Some(share) = &mut self.share {
            share.count(size_of_val(&*self.members) + size_of_val(&*self.items));
        }
        self
    }

    /// The body as it was received.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// How many partners the page has.
    pub fn len(&self) -> u64 {
        self.items.len() as u64
    }

    /// Whether the page has no partners.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Drops the first partner.
    pub fn drop_first(&mut self) {
        self.items.drain(..1);
    }

    /// Drops the partners beyond the first `length`.
    pub fn truncate(&mut self, length: u64) {
        self.items.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    }

    /// The partners, each as the raw text that came.
    pub fn partners(&self) -> impl Iterator<Item = &str> {
        self.objects().map(Object::text)
    }

    /// The partners and their members.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        self.items.iter().map(|place| Object::new(&self.body, place, &self.members))
    }

    /// The partner at that place, in the memory of the page.
    pub fn into_partner(mut self, index: usize) -> String {
        let range = self.items.get(index).map(|place| place.range.clone()).unwrap_or_default();
        only(std::mem::take(&mut self.body), range)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(share) = &self.share {
            share.give_back(std::mem::take(&mut self.body).into_bytes());
        }
    }
}

/// Reads the body of an answer that is a single partner, not wrapped in a page.
pub fn parse_partner(body: Vec<u8>) -> Result<String, String> {
    let body = text_of(body)?;
    let partner = raw::checked(&body).map_err(|flaw| malformed(flaw, &body))?;
    if !partner.starts_with('{') {
        return Err("it is not an object".to_owned());
    }
    let range = raw::range_within(&body, partner);
    Ok(only(body, range))
}

/// What a flaw makes of the body.
fn malformed(flaw: Flaw, body: &str) -> String {
    match flaw {
        Flaw::TooDeep => format!("it is nested deeper than {MAX_DEPTH} levels"),
        Flaw::TooManyMembers => format!("its partners have more than {MAX_MEMBERS} fields in all"),
        // Only now is there a need for words, and for where it is.
        Flaw::NotJson => match serde_json::from_str::<IgnoredAny>(body) {
            Err(error) => error.to_string(),
            Ok(_) => "it is not JSON".to_owned(),
        },
    }
}

/// The body as text, without the byte order mark that some servers put before it.
fn text_of(mut body: Vec<u8>) -> Result<String, String> {
    if body.starts_with("\u{feff}".as_bytes()) {
        body.drain(.."\u{feff}".len());
    }
    String::from_utf8(body).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// The text without what stands around a part of it. Nothing is copied, as a partner may be large and many be asked
/// for.
fn only(mut text: String, part: Range<usize>) -> String {
    text.truncate(part.end);
    text.drain(..part.start);
    text
}

/// Whether a value beside the items says that something is wrong.
fn is_said(errors: &str) -> bool {
    !matches!(errors, "null" | "[]" | "{}" | "\"\"" | "false" | "0")
}

fn whole_number(value: &str) -> Option<u64> {
    value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What `pagination` says, if it can be read.
fn next_page(pagination: &str) -> Option<Position> {
    let next = raw::lookup(pagination, ["next"]).filter(|next| next.starts_with('"'))?;
    next_at(&raw::text(next))
}

/// The cursor or else the offset in the URL of a next page. Only these are ever taken from such a URL: where it points
/// is not followed.
fn next_at(url: &str) -> Option<Position> {
    let query = Url::parse(url)
        .map(|url| url.query().unwrap_or_default().to_owned())
        .unwrap_or_else(|_| url.split_once('?').map_or("", |(_, query)| query).to_owned());
    let parameter = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value)
    };
    match parameter("after") {
        Some(cursor) => Some(Position::After(cursor.into_owned())),
        None => parameter("offset").and_then(|offset| offset.parse().ok()).map(Position::Offset),
    }
}

/// The keys of the page object that are used, besides `items`.
const KEYS: [&str; 8] = ["has_more", "total", "offset", "count", "limit", "pagination", "errors", "error"];

#[derive(Default)]
struct Envelope<'a> {
    items: Option<(Vec<Place>, Vec<Member>)>,
    /// Those of [`KEYS`].
    values: [Option<&'a str>; KEYS.len()],
}

impl<'a> Envelope<'a> {
    /// Walks over the page object.
    fn of(body: &'a str) -> Result<Self, String> {
        let flaw = |flaw| malformed(flaw, body);
        let mut checker = Checker::new(body);
        if !checker.enter(b'{').map_err(flaw)? {
            checker.value().and_then(|_| checker.end()).map_err(flaw)?;
            return Err("it is not a page object".to_owned());
        }
        let mut envelope = Self::default();
        while let Some(key) = checker.key().map_err(flaw)? {
            let name = raw::text(key);
            let is_second = if name == "items" {
                envelope.items.replace(items_of(body, &mut checker)?).is_some()
            } else {
                let value = checker.value().map_err(flaw)?;
                let place = KEYS.iter().position(|known| *known == name);
                place.is_some_and(|place| envelope.values[place].replace(value).is_some())
            };
            if is_second {
                return Err(format!("the key {key} appears twice"));
            }
        }
        checker.end().map_err(flaw)?;
        Ok(envelope)
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        KEYS.iter().position(|known| *known == key).and_then(|place| self.values[place])
    }
}

/// Walks over the list of partners; finds them and the members of all.
fn items_of(body: &str, checker: &mut Checker) -> Result<(Vec<Place>, Vec<Member>), String> {
    let (mut items, mut members) = (Vec::new(), Vec::new());
    let flaw = |flaw| malformed(flaw, body);
    if !checker.enter(b'[').map_err(flaw)? {
        checker.value().map_err(flaw)?;
        return Err("its `items` are not a list of partners".to_owned());
    }
    while checker.element().map_err(flaw)? {
        let index = items.len();
        if index == MAX_PARTNERS {
            return Err(format!("it has more than {MAX_PARTNERS} partners"));
        }
        if !checker.is_at(b'{') {
            checker.value().map_err(flaw)?;
            return Err(format!("`items` has something other than a partner at index {index}"));
        }
        let place = checker.object(&mut members).map_err(flaw)?;
        if index == 0 {
            // The others are probably like it.
            members.reserve((place.members.len() * (body.len() / place.range.len())).min(MAX_MEMBERS));
        }
        items.push(place);
    }
    Ok((items, members))
}

#[cfg(test)]
mod tests;
