//! One of two lists: its partners as the text that came, each found by its SID.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::api::lookup;
use crate::api::partner::PARTNERS;
use crate::raw;

/// Partners in the order in which they came.
#[derive(Debug)]
pub struct List {
    texts: Vec<Box<str>>,
    sids: Vec<Sid>,
    places: HashMap<Sid, usize>,
}

/// A SID; a UUID in capitals is the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sid {
    Uuid(u128),
    Other(Box<str>),
}

impl Sid {
    pub fn of(text: &str) -> Self {
        lookup::uuid(text).map_or_else(|| Self::Other(text.into()), |uuid| Self::Uuid(uuid.as_u128()))
    }
}

/// The text of a member of a partner, unless it is empty, null or absent.
pub fn set_text<'p>(partner: &'p str, name: &str) -> Option<Cow<'p, str>> {
    raw::lookup(partner, [name]).map(raw::text).filter(|text| !matches!(&**text, "" | "null"))
}

/// Why a partner cannot be on a list that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// It has no SID.
    NoSid,
    /// Another partner of the list has this SID, too: the one at that place, counted from 0.
    Twice { sid: String, first: usize },
}

impl List {
    pub fn new() -> Self {
        Self { texts: Vec::new(), sids: Vec::new(), places: HashMap::new() }
    }

    /// Adds a partner, given as the text of a JSON object.
    pub fn add(&mut self, partner: impl Into<Box<str>>) -> Result<(), Defect> {
        let partner = partner.into();
        let sid = set_text(&partner, PARTNERS.key).ok_or(Defect::NoSid)?;
        let key = Sid::of(&sid);
        if let Some(first) = self.places.get(&key) {
            return Err(Defect::Twice { sid: sid.into_owned(), first: *first });
        }
        drop(sid);
        self.places.insert(key.clone(), self.texts.len());
        self.sids.push(key);
        self.texts.push(partner);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Every partner with its SID, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Sid, &str)> {
        self.sids.iter().zip(self.texts.iter().map(|text| &**text))
    }

    /// The partner at a place, which must be one of this list's.
    pub fn at(&self, place: usize) -> &str {
        &self.texts[place]
    }

    /// The place of the partner with that SID.
    pub fn place(&self, sid: &Sid) -> Option<usize> {
        self.places.get(sid).copied()
    }
}
