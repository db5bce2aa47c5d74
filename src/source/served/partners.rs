//! The partners that are served, each the JSON text that came.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::api::partner::PARTNERS;
use crate::raw;

/// Partners in the order in which they came, found by their SID without a search.
#[derive(Debug)]
pub struct Partners {
    texts: Vec<Box<str>>,
    /// The place of each SID; of one that comes twice, the first.
    places: HashMap<Box<str>, usize>,
    /// The places of the first two partners that have the same SID.
    repeated: Option<(usize, usize)>,
}

impl Partners {
    /// Keeps the JSON text of each, which must be an object.
    pub fn new(texts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let texts: Vec<Box<str>> = texts.into_iter().map(Into::into).collect();
        let mut partners = Self { places: HashMap::with_capacity(texts.len()), repeated: None, texts };
        for place in 0..partners.texts.len() {
            if let Some(sid) = partners.sid(place).map(Into::into) {
                let first = *partners.places.entry(sid).or_insert(place);
                if first != place {
                    partners.repeated.get_or_insert((first, place));
                }
            }
        }
        partners
    }

    /// How many there are, with their noun.
    pub fn counted(&self) -> String {
        PARTNERS.counted(self.texts.len() as u64)
    }

    /// The places of the first two partners that have the same SID.
    pub fn repeated(&self) -> Option<(usize, usize)> {
        self.repeated
    }

    /// The SID of the partner at a place.
    pub fn sid(&self, place: usize) -> Option<Cow<'_, str>> {
        raw::lookup(self.at(place), [PARTNERS.key]).filter(|sid| raw::is_set(sid)).map(raw::text)
    }

    /// Every partner, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The partner at a place, which must be one of this list's.
    pub fn at(&self, place: usize) -> &str {
        &self.texts[place]
    }

    /// The place of the partner with that SID.
    pub fn place(&self, sid: &str) -> Option<usize> {
        self.places.get(sid).copied()
    }

    /// The SID of the first partner whose parent is not among them: the one that sees all others.
    pub fn owner(&self) -> Option<Cow<'_, str>> {
        let is_below_another = |place: &usize| {
            let parent = raw::lookup(self.at(*place), ["parent_sid"]);
            parent.is_some_and(|parent| self.place(&raw::text(parent)).is_some())
        };
        (0..self.texts.len()).find(|place| !is_below_another(place)).and_then(|place| self.sid(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_finds_the_first_partner_that_has_it() {
        let texts =
            [r#"{"partner_sid":"a"}"#, r#"{"name":"x"}"#, r#"{"partner_sid":"\u0061"}"#, r#"{"partner_sid":"b"}"#];
        let partners = Partners::new(texts);
        assert_eq!(["a", "b", "c", ""].map(|sid| partners.place(sid)), [Some(0), Some(3), None, None]);
        assert!(partners.iter().eq(texts));
        assert_eq!(partners.repeated(), Some((0, 2)));
    }

    #[test]
    fn the_owner_is_the_first_whose_parent_is_not_there() {
        let owner = |texts: &[&str]| Partners::new(texts.iter().copied()).owner().map(Cow::into_owned);
        let (child, root) = (r#"{"parent_sid":"a","partner_sid":"b"}"#, r#"{"parent_sid":"x","partner_sid":"a"}"#);
        assert_eq!(owner(&[child, root]).as_deref(), Some("a"));
        assert_eq!(owner(&[child]).as_deref(), Some("b"));
        assert_eq!(owner(&[r#"{"parent_sid":"a","partner_sid":"a"}"#]), None);
        assert_eq!(owner(&[]), None);
    }
}
