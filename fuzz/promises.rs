//! What must hold for any input; a module of the library where it is fuzzed.

use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::filter;
use crate::api::page::Page;
use crate::output::text;
use crate::raw;
use crate::source::saved;

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect(json)
}

/// JSON is what another reader takes for it, and means the same in every layout.
pub fn check(text: &str) {
    let expected = serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get);
    assert_eq!(raw::checked(text).ok(), expected);
    if serde_json::from_str::<Value>(text).is_ok() {
        assert_eq!(parsed(&raw::compact(text)), parsed(text));
        assert_eq!(parsed(&text::escape_json(text)), parsed(text));
    }
}

/// Whatever a server sends is a page of objects, or refused.
pub fn page(body: &[u8]) {
    let Ok(page) = Page::parse(body.to_vec()) else { return };
    for partner in page.objects() {
        assert!(raw::checked(partner.text()) == Ok(partner.text()) && partner.text().starts_with('{'));
        assert_eq!(partner.members().collect::<Vec<_>>(), raw::members(partner.text()).collect::<Vec<_>>());
    }
}

/// A filter is read, or its mistake points into it.
pub fn filter(expression: &str) {
    match filter::parse(expression) {
        Ok(_) => drop(filter::for_rejected(expression)),
        Err(mistake) => assert!(expression.get(mistake.span).is_some(), "{}", mistake.problem),
    }
}

/// Whatever a file holds is a list of objects, or refused.
pub fn saved(bytes: &[u8]) {
    for name in ["list.jsonl", "list.csv", "list.tsv.gz"] {
        let Ok(saved) = saved::of(bytes.to_vec(), Path::new(name)) else { continue };
        assert!(saved.partners.iter().all(|partner| raw::checked(partner).is_ok()), "{name}");
    }
}

/// No text that is escaped drives a terminal, and what is escaped stays as it is.
pub fn escape(words: &str) {
    let escaped = text::escape(words);
    let drives =
        |c: char| c.is_control() || matches!(c, '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    assert_eq!(escaped.chars().find(|c| drives(*c)), None);
    assert_eq!(text::escape(&escaped), escaped);
}
