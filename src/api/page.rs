//! The page object: one answer to the list request.
//!
//! A page is parsed once. Its partners stay what they are in the body, pieces of raw JSON text, so that nothing of them
//! is lost and nothing is copied.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use url::Url;

use crate::raw;

use super::buffers::Buffers;

/// How deep arrays and objects may stand in one another. Real partners use three levels, in a page five.
const MAX_DEPTH: usize = 128;

/// The most partners that a page may hold, a hundred times what the API promises. Without a bound, a hostile page of
/// nothing but `{}` would take ten times its size in memory.
const MAX_PARTNERS: usize = 100_000;

/// Levels that a page has around a partner, and around the value of any other key.
const AROUND_A_PARTNER: usize = 2;
const AROUND_A_VALUE: usize = 1;

/// One page of partners, and what the server says of the list around it.
///
/// Every statement may be missing: the documentation leaves open which of them come.
#[derive(Debug)]
pub struct Page {
    body: String,
    items: Vec<Range<usize>>,
    /// Where the memory of the body goes in the end.
    buffers: Option<Arc<Buffers>>,
    /// Whether more partners follow this page.
    pub has_more: Option<bool>,
    /// How many partners match in all.
    pub total: Option<u64>,
    /// What `pagination` says about a next page.
    pub next: Next,
}

/// What a page says about the next one in `pagination`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Nothing: there is no `pagination`.
    Unsaid,
    /// There is none: `pagination` is there without `next`.
    None,
    /// There is one, found by going on from the offset.
    ByOffset,
    /// There is one, found after this cursor.
    After(String),
}

impl Page {
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// A sentence that says what about the body is not as the API promises.
    pub fn parse(body: Vec<u8>) -> Result<Self, String> {
        let body = text_of(body)?;
        let envelope: Envelope = serde_json::from_str(&body).map_err(|error| error.to_string())?;
        let items = envelope.items.ok_or("it has no `items`")?;
        for (index, item) in items.iter().enumerate() {
            if !item.get().starts_with('{') {
                return Err(format!("`items` holds something that is not a partner object, at index {index}"));
            }
            if raw::is_deeper_than(MAX_DEPTH - AROUND_A_PARTNER, item.get()) {
                return Err(format!("it is nested deeper than {MAX_DEPTH} levels, in the partner at index {index}"));
            }
        }
        let items = items.iter().map(|item| range_within(&body, item.get())).collect();
        let has_more = read(envelope.has_more, "has_more", "true or false")?;
        let total = read(envelope.total, "total", "a whole number")?;
        let next = read_next(envelope.pagination)?;
        Ok(Self { body, items, has_more, total, next, buffers: None })
    }

    /// The same page, its memory to be used for another one when it is dropped.
    pub fn recycled_by(mut self, buffers: &Arc<Buffers>) -> Self {
        self.buffers = Some(Arc::clone(buffers));
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
        self.items.iter().map(|item| &self.body[item.clone()])
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
///
/// # Errors
/// A sentence that says what about the body is not as the API promises.
pub fn parse_partner(body: Vec<u8>) -> Result<String, String> {
    let mut body = text_of(body)?;
    let partner = serde_json::from_str::<&RawValue>(&body).map_err(|error| error.to_string())?.get();
    if !partner.starts_with('{') {
        return Err("it is not an object".to_owned());
    }
    if raw::is_deeper_than(MAX_DEPTH, partner) {
        return Err(format!("it is nested deeper than {MAX_DEPTH} levels"));
    }
    let Range { start, end } = range_within(&body, partner);
    body.truncate(end);
    body.drain(..start);
    Ok(body)
}

/// The body as text, without the byte order mark that some servers put before it.
fn text_of(mut body: Vec<u8>) -> Result<String, String> {
    if body.starts_with("\u{feff}".as_bytes()) {
        body.drain(.."\u{feff}".len());
    }
    String::from_utf8(body).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// Where `piece`, which was borrowed from `whole`, stands in it.
fn range_within(whole: &str, piece: &str) -> Range<usize> {
    let start = piece.as_ptr().addr() - whole.as_ptr().addr();
    start..start + piece.len()
}

/// The value of an envelope key; `null` is like an absent key.
fn read<'a, T: Deserialize<'a>>(value: Option<&'a RawValue>, key: &str, expected: &str) -> Result<Option<T>, String> {
    let Some(value) = value else { return Ok(None) };
    serde_json::from_str(value.get()).map_err(|_| format!("`{key}` is not {expected}"))
}

fn read_next(pagination: Option<&RawValue>) -> Result<Next, String> {
    #[derive(serde::Deserialize)]
    struct Pagination {
        next: Option<String>,
    }
    let Some(pagination) = read::<Pagination>(pagination, "pagination", "an object with a URL as `next`")? else {
        return Ok(Next::Unsaid);
    };
    Ok(pagination.next.map_or(Next::None, |next| cursor_of(&next).map_or(Next::ByOffset, Next::After)))
}

/// The cursor in the URL of a next page. Only this is ever taken from such a URL: where it points is not followed.
fn cursor_of(next: &str) -> Option<String> {
    let query = Url::parse(next)
        .map(|url| url.query().unwrap_or_default().to_owned())
        .unwrap_or_else(|_| next.split_once('?').map_or("", |(_, query)| query).to_owned());
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "after" && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

#[derive(Default)]
struct Envelope<'a> {
    items: Option<Vec<&'a RawValue>>,
    has_more: Option<&'a RawValue>,
    total: Option<&'a RawValue>,
    pagination: Option<&'a RawValue>,
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PageObject;

        impl<'de> Visitor<'de> for PageObject {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a page object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<'de>, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(key) = map.next_key::<&RawValue>()? {
                    let twice = match &*raw::text(key.get()) {
                        "items" => envelope.items.replace(map.next_value::<Items>()?.0).is_some(),
                        "has_more" => envelope.has_more.replace(map.next_value()?).is_some(),
                        "total" => envelope.total.replace(map.next_value()?).is_some(),
                        "pagination" => envelope.pagination.replace(map.next_value()?).is_some(),
                        _ => {
                            let value = map.next_value::<&RawValue>()?;
                            if raw::is_deeper_than(MAX_DEPTH - AROUND_A_VALUE, value.get()) {
                                let problem = format!("it is nested deeper than {MAX_DEPTH} levels, in {}", key.get());
                                return Err(A::Error::custom(problem));
                            }
                            false
                        }
                    };
                    if twice {
                        return Err(A::Error::custom(format!("the key {} comes twice", key.get())));
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(PageObject)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of partners as `items`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    if items.len() == MAX_PARTNERS {
                        return Err(A::Error::custom(format!("it holds more than {MAX_PARTNERS} partners")));
                    }
                    items.push(item);
                }
                Ok(Items(items))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        Page::parse(body.into()).expect(body)
    }

    fn problem(body: &str) -> String {
        Page::parse(body.into()).expect_err(body)
    }

    #[test]
    fn partners_stay_the_text_that_came() {
        let body = r#"{"count":2, "items": [ {"b":1.10,"a":12345678901234567890123} , {"new": "\u00e9"}], "x": 1}"#;
        let page = page(body);
        let partners: Vec<_> = page.partners().collect();
        assert_eq!(partners, [r#"{"b":1.10,"a":12345678901234567890123}"#, r#"{"new": "\u00e9"}"#]);
        assert_eq!(page.body(), body);
    }

    #[test]
    fn what_is_missing_or_null_is_unsaid() {
        for body in [r#"{"items":[]}"#, r#"{"items":[],"has_more":null,"total":null,"pagination":null}"#] {
            let page = page(body);
            assert_eq!((page.has_more, page.total, &page.next), (None, None, &Next::Unsaid), "{body}");
        }
    }

    #[test]
    fn only_the_cursor_is_taken_from_the_next_url() {
        for (pagination, next) in [
            ("{}", Next::None),
            (r#"{"next":null}"#, Next::None),
            (r#"{"next":"https://api.example.com/partners?limit=1&offset=1"}"#, Next::ByOffset),
            (r#"{"next":"https://evil.example.com/x?limit=1&after=a%2Bb%20c&offset=9"}"#, Next::After("a+b c".into())),
            (r#"{"next":"/partners?after=abc"}"#, Next::After("abc".into())),
            (r#"{"next":"no url","prev":1}"#, Next::ByOffset),
        ] {
            assert_eq!(page(&format!(r#"{{"items":[],"pagination":{pagination}}}"#)).next, next, "{pagination}");
        }
    }

    #[test]
    fn what_is_not_a_page_is_named() {
        for (body, part) in [
            ("[]", "expected a page object"),
            ("{}", "no `items`"),
            (r#"{"items":null}"#, "expected a list of partners as `items`"),
            (r#"{"items":{}}"#, "expected a list of partners as `items`"),
            (r#"{"items":[{},null]}"#, "at index 1"),
            (r#"{"items":[[]]}"#, "at index 0"),
            (r#"{"items":[],"items":[]}"#, "\"items\" comes twice"),
            (r#"{"items":[],"total":"many"}"#, "`total` is not a whole number"),
            (r#"{"items":[],"total":-1}"#, "`total` is not a whole number"),
            (r#"{"items":[],"has_more":1}"#, "`has_more` is not true or false"),
            (r#"{"items":[],"pagination":{"next":5}}"#, "`pagination` is not"),
            (r#"{"items":[]"#, "EOF"),
            (r#"{"items":[]} x"#, "trailing"),
            ("", "EOF"),
        ] {
            assert!(problem(body).contains(part), "{body}: {}", problem(body));
        }
        assert!(Page::parse(b"{\"items\":[],\"x\":\"\xff\"}".to_vec()).expect_err("not UTF-8").contains("UTF-8"));
    }

    #[test]
    fn what_is_nested_too_deep_is_refused_not_followed() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        for levels in [126, 100_000] {
            let partner = format!(r#"{{"items":[{{"a":{}}}]}}"#, nested(levels));
            assert!(problem(&partner).contains("deeper than 128 levels, in the partner at index 0"));
            let unknown = format!(r#"{{"items":[],"new":{}}}"#, nested(levels + 2));
            assert!(problem(&unknown).contains("deeper than 128 levels, in \"new\""));
        }
        assert_eq!(page(&format!(r#"{{"items":[{{"a":{}}}],"new":{}}}"#, nested(125), nested(127))).len(), 1);
    }
}
