//! The page object: one answer to the list request.
//!
//! A page is walked over once, which checks it and finds its partners and their members. They stay what they are in the
//! body, pieces of raw JSON text, so that nothing of them is lost and nothing is copied.

use std::ops::Range;
use std::sync::Arc;

use serde::de::IgnoredAny;
use url::Url;

use crate::raw::{self, Checker, Flaw, MAX_DEPTH, MAX_MEMBERS, Member, Object};
use crate::values::Token;

use super::buffers::Buffers;

/// The most partners that a page may hold, a hundred times what the API promises. Without a bound, a hostile page of
/// nothing but `{}` would take ten times its size in memory.
const MAX_PARTNERS: usize = 100_000;

/// How many characters of the server's words are kept: more than is ever shown, so that a token in them is recognized.
const MAX_WORDS: usize = 4096;

/// One page of partners, and what the server says of the list around it.
///
/// Every statement may be missing: the documentation leaves open which of them come. One that cannot be read counts as
/// missing and is among the [`oddities`](Self::oddities).
#[derive(Debug)]
pub struct Page {
    body: String,
    items: Vec<Item>,
    /// Those of all partners, one after the other.
    members: Vec<Member>,
    /// Where the memory of the body goes in the end.
    buffers: Option<Arc<Buffers>>,
    /// Whether more partners follow this page.
    pub has_more: Option<bool>,
    /// How many partners match in all.
    pub total: Option<u64>,
    /// How many partners precede this page.
    pub offset: Option<u64>,
    /// How many partners the page holds.
    pub count: Option<u64>,
    /// The most partners that the page could hold.
    pub limit: Option<u64>,
    /// What `pagination` says about a next page.
    pub next: Next,
    /// The beginning of what the server reports as errors, although it sent a page.
    pub errors: Option<String>,
    /// Statements that have another form than the documented one.
    pub oddities: Vec<Oddity>,
}

/// Where a partner stands in the body, and its members among those of all.
#[derive(Debug, Clone)]
struct Item {
    partner: Range<usize>,
    members: Range<usize>,
}

/// A statement of the page object in another form than the documented one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// The key in the page object.
    pub key: &'static str,
    /// The beginning of the value as it came.
    pub value: String,
    /// What the documentation has there.
    pub expected: &'static str,
    /// Whether its meaning is clear all the same.
    pub is_understood: bool,
}

/// What about a body is not as the API promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    NotUtf8,
    /// It is no JSON; in the words of a parser.
    Json(String),
    /// A page that is no object.
    NotAPage,
    /// A page without `items`.
    NoItems,
    /// `items` is something other than a list.
    NotAList,
    /// `items` holds something that is no object.
    NotAPartner {
        index: usize,
    },
    /// A partner that is no object.
    NotAnObject,
    TooDeep {
        max: usize,
        place: DeepPlace,
    },
    TooManyPartners {
        max: usize,
    },
    TooManyMembers {
        max: usize,
    },
    /// A key of the page object, as raw JSON, comes twice.
    KeyTwice(String),
}

impl Malformed {
    /// The same, with what it repeats of the body changed.
    pub fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Json(words) => Self::Json(change(words)),
            Self::KeyTwice(key) => Self::KeyTwice(change(key)),
            Self::TooDeep { max, place: DeepPlace::Key(key) } => {
                Self::TooDeep { max, place: DeepPlace::Key(change(key)) }
            }
            other => other,
        }
    }
}

/// Where a body is nested too deep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeepPlace {
    Whole,
    /// The partner at this index.
    Partner(usize),
    /// The value of this key, as raw JSON.
    Key(String),
}

/// What a page says about the next one in `pagination`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: there is no `pagination`.
    Unsaid,
    /// There is none: `pagination` is there without `next`.
    None,
    /// There is one, found by going on from the offset; the number is the offset that its URL names.
    ByOffset(Option<u64>),
    /// There is one, found after this cursor.
    After(String),
}

impl Page {
    /// Reads the body of an answer.
    pub fn parse(body: Vec<u8>) -> Result<Self, Malformed> {
        let body = text_of(body)?;
        let envelope = Envelope::of(&body)?;
        let (items, members) = envelope.items.ok_or(Malformed::NoItems)?;
        let mut oddities = Vec::new();
        let mut number = |value, key| read(value, key, "a whole number", whole_number, &mut oddities);
        let total = number(envelope.total, "total");
        let offset = number(envelope.offset, "offset");
        let count = number(envelope.count, "count");
        let limit = number(envelope.limit, "limit");
        let has_more = read(envelope.has_more, "has_more", "true or false", truth, &mut oddities);
        let next = read(envelope.pagination, "pagination", "an object with a URL as `next`", next_page, &mut oddities);
        let errors = envelope.errors.filter(|errors| !matches!(*errors, "null" | "[]" | "{}" | "\"\"" | "false" | "0"));
        let errors = errors.map(|errors| errors.chars().take(MAX_WORDS).collect());
        let next = next.unwrap_or(Next::Unsaid);
        Ok(Self { body, items, members, has_more, total, offset, count, limit, next, errors, oddities, buffers: None })
    }

    /// The same page, its memory to be used for another one when it is dropped.
    pub fn recycled_by(mut self, buffers: &Arc<Buffers>) -> Self {
        self.buffers = Some(Arc::clone(buffers));
        self
    }

    /// The same page, without the token where the server's words repeat it.
    pub fn redacted(mut self, token: &Token) -> Self {
        let words = self.oddities.iter_mut().map(|oddity| &mut oddity.value).chain(&mut self.errors);
        words.for_each(|words| *words = token.redact(words));
        self
    }

    /// The body as it came.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// How many partners the page holds.
    pub fn len(&self) -> u64 {
        self.items.len() as u64
    }

    /// Whether the page holds no partner.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Drops the partners beyond the first `length`.
    pub fn truncate(&mut self, length: u64) {
        self.items.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    }

    /// The partners, each as the raw text that came.
    pub fn partners(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|item| &self.body[item.partner.clone()])
    }

    /// The partners and their members.
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        let object = |item: &Item| Object::new(&self.body, item.partner.clone(), &self.members[item.members.clone()]);
        self.items.iter().map(object)
    }
}

impl Page {
    /// The partner at that place, in the memory of the page.
    pub fn into_partner(mut self, index: usize) -> String {
        let range = self.items.get(index).map(|item| item.partner.clone()).unwrap_or_default();
        only(std::mem::take(&mut self.body), range)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(buffers) = &self.buffers {
            buffers.give_back(std::mem::take(&mut self.body).into_bytes());
        }
    }
}

/// Reads the body of an answer that is a single partner, not wrapped in a page.
pub fn parse_partner(body: Vec<u8>) -> Result<String, Malformed> {
    let body = text_of(body)?;
    let partner = raw::checked(&body).map_err(|flaw| malformed(flaw, &body, DeepPlace::Whole))?;
    if !partner.starts_with('{') {
        return Err(Malformed::NotAnObject);
    }
    let range = range_within(&body, partner);
    Ok(only(body, range))
}

/// What a flaw makes of the body, which is nested too deep at that place if it is so at all.
fn malformed(flaw: Flaw, body: &str, place: DeepPlace) -> Malformed {
    match flaw {
        Flaw::TooDeep => Malformed::TooDeep { max: MAX_DEPTH, place },
        Flaw::TooManyMembers => Malformed::TooManyMembers { max: MAX_MEMBERS },
        // Only now is there a need for words, and for where it is.
        Flaw::NotJson => match serde_json::from_str::<IgnoredAny>(body) {
            Err(error) => Malformed::Json(error.to_string()),
            Ok(_) => Malformed::Json("it is not JSON".to_owned()),
        },
    }
}

/// The body as text, without the byte order mark that some servers put before it.
fn text_of(mut body: Vec<u8>) -> Result<String, Malformed> {
    if body.starts_with("\u{feff}".as_bytes()) {
        body.drain(.."\u{feff}".len());
    }
    String::from_utf8(body).map_err(|_| Malformed::NotUtf8)
}

/// The text without what stands around a part of it. Nothing is copied, as a partner may be large and many be asked
/// for.
fn only(mut text: String, part: Range<usize>) -> String {
    text.truncate(part.end);
    text.drain(..part.start);
    text
}

/// Where `piece`, which was borrowed from `whole`, stands in it.
fn range_within(whole: &str, piece: &str) -> Range<usize> {
    let start = piece.as_ptr().addr() - whole.as_ptr().addr();
    start..start + piece.len()
}

/// How a statement was understood.
enum Reading<T> {
    /// It has the documented form.
    Plain(T),
    /// It has another form, and its meaning is clear all the same.
    Understood(T),
    /// What it means is not known.
    Unclear,
}

/// The value of an envelope key; `null` is like an absent key, and so is what cannot be understood.
fn read<T>(
    value: Option<&str>,
    key: &'static str,
    expected: &'static str,
    understand: fn(&str) -> Reading<T>,
    oddities: &mut Vec<Oddity>,
) -> Option<T> {
    let value = value.filter(|value| *value != "null")?;
    let (read, is_understood) = match understand(value) {
        Reading::Plain(read) => return Some(read),
        Reading::Understood(read) => (Some(read), true),
        Reading::Unclear => (None, false),
    };
    let value = value.chars().take(MAX_WORDS).collect();
    oddities.push(Oddity { key, value, expected, is_understood });
    read
}

/// A number that counts something: `12`, or else `"12"` or `12.0`.
fn whole_number(value: &str) -> Reading<u64> {
    let digits = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(number) = digits(value) {
        return Reading::Plain(number);
    }
    let text = value.trim_matches('"').trim_ascii();
    let whole = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|byte| byte == b'0'));
    digits(whole.map_or(text, |(whole, _)| whole)).map_or(Reading::Unclear, Reading::Understood)
}

/// `true` or `false`, or else the same in quotes or as a number.
fn truth(value: &str) -> Reading<bool> {
    match (value, value.trim_matches('"').to_ascii_lowercase().as_str()) {
        ("true", _) => Reading::Plain(true),
        ("false", _) => Reading::Plain(false),
        (_, "true" | "1") => Reading::Understood(true),
        (_, "false" | "0") => Reading::Understood(false),
        _ => Reading::Unclear,
    }
}

/// What `pagination` says; an empty array is the empty object of some languages.
fn next_page(pagination: &str) -> Reading<Next> {
    let is_empty_array = pagination.strip_prefix('[').is_some_and(|rest| rest.trim_ascii_start() == "]");
    if !pagination.starts_with('{') && !is_empty_array {
        return Reading::Unclear;
    }
    match raw::lookup(pagination, ["next"]) {
        None | Some("null" | "\"\"" | "false") => Reading::Plain(Next::None),
        Some(next) if next.starts_with('"') => Reading::Plain(next_at(&raw::text(next))),
        Some(_) => Reading::Unclear,
    }
}

/// The cursor or else the offset in the URL of a next page. Only these are ever taken from such a URL: where it points
/// is not followed.
fn next_at(url: &str) -> Next {
    let query = Url::parse(url)
        .map(|url| url.query().unwrap_or_default().to_owned())
        .unwrap_or_else(|_| url.split_once('?').map_or("", |(_, query)| query).to_owned());
    let parameter = |wanted: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value)
    };
    match parameter("after") {
        Some(cursor) => Next::After(cursor.into_owned()),
        None => Next::ByOffset(parameter("offset").and_then(|offset| offset.parse().ok())),
    }
}

#[derive(Default)]
struct Envelope<'a> {
    items: Option<(Vec<Item>, Vec<Member>)>,
    has_more: Option<&'a str>,
    total: Option<&'a str>,
    offset: Option<&'a str>,
    count: Option<&'a str>,
    limit: Option<&'a str>,
    pagination: Option<&'a str>,
    errors: Option<&'a str>,
}

impl<'a> Envelope<'a> {
    /// Walks over the page object.
    fn of(body: &'a str) -> Result<Self, Malformed> {
        let flaw = |flaw| malformed(flaw, body, DeepPlace::Whole);
        let mut checker = Checker::new(body);
        if !checker.enter(b'{').map_err(flaw)? {
            checker.value().and_then(|_| checker.end()).map_err(flaw)?;
            return Err(Malformed::NotAPage);
        }
        let mut envelope = Self::default();
        while let Some(key) = checker.key().map_err(flaw)? {
            let name = raw::text(key);
            let is_second = if name == "items" {
                let items = items_of(body, &mut checker)?;
                envelope.items.replace(items).is_some()
            } else {
                let flaw = |flaw| malformed(flaw, body, DeepPlace::Key(key.to_owned()));
                let value = checker.value().map_err(flaw)?;
                envelope.place(&name).is_some_and(|place| place.replace(value).is_some())
            };
            if is_second {
                return Err(Malformed::KeyTwice(key.to_owned()));
            }
        }
        checker.end().map_err(flaw)?;
        Ok(envelope)
    }

    /// Where the value of a key belongs, if anybody wants it.
    fn place(&mut self, key: &str) -> Option<&mut Option<&'a str>> {
        match key {
            "has_more" => Some(&mut self.has_more),
            "total" => Some(&mut self.total),
            "offset" => Some(&mut self.offset),
            "count" => Some(&mut self.count),
            "limit" => Some(&mut self.limit),
            "pagination" => Some(&mut self.pagination),
            "errors" => Some(&mut self.errors),
            _ => None,
        }
    }
}

/// Walks over the list of partners; finds them and the members of all.
fn items_of(body: &str, checker: &mut Checker) -> Result<(Vec<Item>, Vec<Member>), Malformed> {
    let (mut items, mut members) = (Vec::new(), Vec::new());
    let at = |index| move |flaw| malformed(flaw, body, DeepPlace::Partner(index));
    if !checker.enter(b'[').map_err(at(0))? {
        checker.value().map_err(at(0))?;
        return Err(Malformed::NotAList);
    }
    while checker.element().map_err(at(items.len()))? {
        let flaw = at(items.len());
        if items.len() == MAX_PARTNERS {
            return Err(Malformed::TooManyPartners { max: MAX_PARTNERS });
        }
        if !checker.is_at(b'{') {
            checker.value().map_err(flaw)?;
            return Err(Malformed::NotAPartner { index: items.len() });
        }
        let first = members.len();
        let partner = checker.object(&mut members).map_err(flaw)?;
        items.push(Item { partner, members: first..members.len() });
    }
    Ok((items, members))
}

#[cfg(test)]
mod tests;
