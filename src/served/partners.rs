//! The partners that are served, each the JSON text that came.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::api::partner;
use crate::raw;

/// Partners in the order in which they came, found by their SID without a search.
#[derive(Debug)]
pub(crate) struct Partners {
    texts: Vec<Box<str>>,
    /// The place of each SID; of one that comes twice, the first.
    places: HashMap<Box<str>, usize>,
}

impl Partners {
    /// Every partner, in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The partner at a place, which must be one of this list's.
    pub(crate) fn at(&self, place: usize) -> &str {
        &self.texts[place]
    }

    /// The place of the partner with that SID.
    pub(crate) fn place(&self, sid: &str) -> Option<usize> {
        self.places.get(sid).copied()
    }

    /// The first partner whose parent is not among them: the one that sees all others.
    pub(crate) fn owner(&self) -> Option<&str> {
        let is_below_another = |partner: &&str| {
            raw::lookup(partner, ["parent_sid"]).is_some_and(|parent| self.place(&raw::text(parent)).is_some())
        };
        self.iter().find(|partner| !is_below_another(partner))
    }
}

/// From the JSON text of each partner, which must be an object.
impl<T: Into<Box<str>>> FromIterator<T> for Partners {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let texts: Vec<Box<str>> = texts.into_iter().map(Into::into).collect();
        let mut places = HashMap::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            if let Some(sid) = sid(text) {
                places.entry(sid.into()).or_insert(place);
            }
        }
        Self { texts, places }
    }
}

/// The SID in a partner's text.
pub(crate) fn sid(partner: &str) -> Option<Cow<'_, str>> {
    raw::lookup(partner, [partner::SID]).filter(|sid| raw::is_set(sid)).map(raw::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_finds_the_first_partner_that_has_it() {
        let texts =
            [r#"{"partner_sid":"a"}"#, r#"{"name":"x"}"#, r#"{"partner_sid":"\u0061"}"#, r#"{"partner_sid":"b"}"#];
        let partners: Partners = texts.into_iter().collect();
        assert_eq!(["a", "b", "c", ""].map(|sid| partners.place(sid)), [Some(0), Some(3), None, None]);
        assert!(partners.iter().eq(texts));
    }

    #[test]
    fn the_owner_is_the_first_whose_parent_is_not_there() {
        let owner = |texts: &[&str]| texts.iter().copied().collect::<Partners>().owner().map(str::to_owned);
        let (child, root) = (r#"{"parent_sid":"a","partner_sid":"b"}"#, r#"{"parent_sid":"x","partner_sid":"a"}"#);
        assert_eq!(owner(&[child, root]).as_deref(), Some(root));
        assert_eq!(owner(&[child]).as_deref(), Some(child));
        assert_eq!(owner(&[r#"{"parent_sid":"a","partner_sid":"a"}"#]), None);
        assert_eq!(owner(&[]), None);
    }
}
