//! A list of partners, in the order in which they came, as the JSON text that came; each is found by its SID.
//!
//! It holds hundreds of thousands of them, so their texts are one after the other in one text.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use uuid::Uuid;

use crate::api::lookup;
use crate::api::partner::SID;
use crate::raw;

/// A SID; a UUID in capitals is the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sid {
    Uuid(Uuid),
    Other(Box<str>),
}

impl Sid {
    pub fn of(text: &str) -> Self {
        lookup::uuid(text).map_or_else(|| Self::Other(text.into()), Self::Uuid)
    }

    /// That of a raw value, unless it is null or empty.
    pub fn of_raw(value: Option<&str>) -> Option<Self> {
        value.filter(|value| raw::is_set(value)).map(|value| Self::of(&raw::text(value)))
    }
}

#[derive(Debug, Default)]
pub struct List {
    text: String,
    /// Where each partner is in the text.
    ranges: Vec<Range<usize>>,
    /// Where the raw value of when it was created does, if that is known.
    created: Vec<Option<Range<usize>>>,
    sids: Vec<Option<Sid>>,
    /// The place of each SID; of one that comes twice, the first.
    places: HashMap<Sid, usize, foldhash::fast::RandomState>,
    repeated: Option<(usize, usize)>,
}

impl List {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a partner, given as the text of a JSON object.
    pub fn add(&mut self, partner: &str) {
        self.add_known(partner, raw::lookup(partner, [SID]));
    }

    /// The same where the raw value of its SID is known.
    pub fn add_known(&mut self, partner: &str, sid: Option<&str>) {
        let start = self.text.len();
        self.text.push_str(partner);
        self.note(start..self.text.len(), sid, None);
    }

    /// Adds a partner that is there in the text which the list is put [`on`](Self::on) in the end.
    pub fn note(&mut self, range: Range<usize>, sid: Option<&str>, created: Option<Range<usize>>) {
        let (place, sid) = (self.ranges.len(), Sid::of_raw(sid));
        if let Some(sid) = sid.clone() {
            match self.places.entry(sid) {
                Entry::Occupied(first) => _ = self.repeated.get_or_insert((*first.get(), place)),
                Entry::Vacant(new) => _ = new.insert(place),
            }
        }
        self.ranges.push(range);
        self.created.push(created);
        self.sids.push(sid);
    }

    /// The same list, whose partners are in this text.
    pub fn on(self, text: String) -> Self {
        Self { text, ..self }
    }

    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The partner at a place, which must be one of this list's.
    pub fn get(&self, place: usize) -> &str {
        &self.text[self.ranges[place].clone()]
    }

    /// What is before the partner at a place in the text of all.
    pub fn before(&self, place: usize) -> &str {
        &self.text[..self.ranges[place].start]
    }

    /// The raw value of when the partner at a place was created, if that is known without a look at the partner.
    pub fn created(&self, place: usize) -> Option<&str> {
        self.created[place].clone().map(|range| &self.text[range])
    }

    /// The SID of the partner at a place; none where it is null, empty or absent.
    pub fn sid(&self, place: usize) -> Option<&Sid> {
        self.sids[place].as_ref()
    }

    /// The place of the first partner that has this SID.
    pub fn place(&self, sid: &Sid) -> Option<usize> {
        self.places.get(sid).copied()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ranges.iter().map(|range| &self.text[range.clone()])
    }

    /// The places of the first partner that has the SID of an earlier one: the earlier one's, and its own.
    pub fn repeated(&self) -> Option<(usize, usize)> {
        self.repeated
    }

    /// The place of the first partner without a SID.
    pub fn without_sid(&self) -> Option<usize> {
        self.sids.iter().position(Option::is_none)
    }

    /// The place of the first partner whose parent is not on the list: the one that sees all others.
    pub fn own(&self) -> Option<usize> {
        (0..self.len()).find(|place| self.parent(*place).is_none_or(|parent| self.place(&parent).is_none()))
    }

    /// The SID of the parent of the partner at a place, on the list or not.
    pub fn parent(&self, place: usize) -> Option<Sid> {
        Sid::of_raw(raw::lookup(self.get(place), ["parent_sid"]))
    }
}

impl<P: AsRef<str>> FromIterator<P> for List {
    fn from_iter<I: IntoIterator<Item = P>>(partners: I) -> Self {
        let mut list = Self::new();
        partners.into_iter().for_each(|partner| list.add(partner.as_ref()));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_finds_the_first_partner_that_has_it() {
        let uuid = "be128456-3098-4564-b0d1-67dbceee265f";
        let texts = [
            r#"{"partner_sid":"a"}"#.to_owned(),
            r#"{"name":"x","partner_sid":""}"#.to_owned(),
            r#"{"partner_sid":"\u0061"}"#.to_owned(),
            format!(r#"{{"partner_sid":"{}"}}"#, uuid.to_uppercase()),
        ];
        let list: List = texts.iter().collect();
        assert!(list.iter().eq(texts.iter()));
        assert_eq!(["a", uuid, "c", ""].map(|sid| list.place(&Sid::of(sid))), [Some(0), Some(3), None, None]);
        assert_eq!((list.repeated(), list.without_sid()), (Some((0, 2)), Some(1)));
    }

    #[test]
    fn the_own_partner_is_the_first_whose_parent_is_not_there() {
        let (child, root) = (r#"{"parent_sid":"a","partner_sid":"b"}"#, r#"{"parent_sid":"x","partner_sid":"a"}"#);
        let itself = r#"{"parent_sid":"a","partner_sid":"a"}"#;
        let own = |texts: &[&str]| texts.iter().collect::<List>().own();
        let owns: [(&[&str], _); 4] = [(&[child, root], Some(1)), (&[child], Some(0)), (&[itself], None), (&[], None)];
        owns.into_iter().for_each(|(texts, place)| assert_eq!(own(texts), place, "{texts:?}"));
    }
}
