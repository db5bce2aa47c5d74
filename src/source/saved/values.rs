//! JSON and JSON Lines: the objects of an array, or objects one after the other, in one walk that checks them.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use crate::api::partner::{CREATED, SID};
use crate::error::Failure;
use crate::partners::List;
use crate::raw::{self, Checker, Flaw, Member, Object};

use super::{Lines, Saved, SavedFile};

/// Reads the partners of a list.
pub fn read(text: String, source: SavedFile) -> Result<Saved, Failure> {
    let mut walk = Walk { text: &text, checker: Checker::new(&text), members: Vec::new(), partners: List::new() };
    match walk.list() {
        Ok(()) => {
            let partners = walk.partners;
            Ok(Saved { partners: partners.on(text), ..Saved::default() })
        }
        Err(flaw) => Err(refused(&text, walk.checker.place(), flaw, source)),
    }
}

struct Walk<'t> {
    text: &'t str,
    checker: Checker<'t>,
    /// Those of the object that was walked over last.
    members: Vec<Member>,
    partners: List,
}

impl Walk<'_> {
    fn list(&mut self) -> Result<(), Flaw> {
        if self.checker.enter(b'[')? {
            while self.checker.element()? {
                self.object()?;
            }
            return self.checker.end();
        }
        while self.checker.goes_on_with_another() {
            self.object()?;
        }
        Ok(())
    }

    /// Takes the partner that begins here, or the partners of a page that was saved with its envelope.
    fn object(&mut self) -> Result<(), Flaw> {
        if !self.checker.is_at(b'{') {
            return Err(Flaw::NotJson);
        }
        self.members.clear();
        let place = self.checker.object(&mut self.members)?;
        let object = Object::new(self.text, &place, &self.members);
        let sid = object.get(SID);
        // A page is known by what a partner never has.
        let items = if sid.is_none() { object.get("items") } else { None };
        match items.filter(|items| items.starts_with('[')) {
            Some(items) => raw::elements(items).for_each(|item| {
                self.partners.note(raw::range_within(self.text, item), raw::lookup(item, [SID]), None);
            }),
            None => self.partners.note(place.range, sid, object.place(CREATED)),
        }
        Ok(())
    }
}

/// Says what is wrong at this place; it may be that the text ends there.
fn refused(text: &str, place: usize, flaw: Flaw, source: SavedFile) -> Failure {
    let rest = text[place..].trim_start_matches([' ', '\n', '\r', '\t']);
    let line = Lines::of(text.as_bytes()).at(text.len() - rest.len());
    let value = Deserializer::from_str(rest).into_iter::<IgnoredAny>().next();
    let found = match (flaw, value) {
        (Flaw::TooDeep, _) => "an object that is nested too deep",
        (Flaw::TooManyMembers, _) => "an object with too many fields",
        (Flaw::NotJson, None) => return source.cut(line),
        (Flaw::NotJson, Some(Err(error))) if error.is_eof() => return source.cut(line),
        (Flaw::NotJson, Some(Err(_))) if rest.starts_with('{') => "an object that is not JSON",
        (Flaw::NotJson, _) => "something other than a partner",
    };
    source.no_list(line, found)
}
