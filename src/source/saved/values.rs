//! JSON and JSON Lines: the objects of an array, or objects one after the other, in one walk that checks them.

use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use crate::api::partner::SID;
use crate::error::Failure;
use crate::partners::List;
use crate::raw::{Checker, Flaw, Member, Object};

use super::{CREATED, Lines, Saved, Source};

/// Reads the partners of a list; gives the line at which the text ends, if it ends within the list.
pub fn read(text: String, source: Source) -> Result<(Saved, Option<u64>), Failure> {
    let counted = Lines::of(text.as_bytes());
    let mut walk = Walk { text: &text, found: Vec::new(), lines: Vec::new(), counted, members: Vec::new() };
    let cut = match walk.list(&mut Checker::new(&text)) {
        Ok(()) => None,
        Err(stop) => Some(cut(&text, stop, source)?),
    };
    let Walk { found, lines, .. } = walk;
    let created = found.iter().map(|partner| partner.created.clone()).collect();
    let mut partners = List::within(text, found.len());
    found.into_iter().for_each(|Found { range, sid, .. }| partners.add_at(range, sid));
    Ok((Saved { partners, lines, created, ..Saved::default() }, cut))
}

/// Where a partner stands in the text, and what of it is asked for first.
struct Found {
    range: Range<usize>,
    sid: Option<Range<usize>>,
    /// Within the partner.
    created: Range<u32>,
}

struct Walk<'t> {
    text: &'t str,
    found: Vec<Found>,
    lines: Vec<u64>,
    counted: Lines<'t>,
    /// Those of the object that was walked over last.
    members: Vec<Member>,
}

/// Where the walk stopped, and why.
type Stop = (usize, Flaw);

impl<'t> Walk<'t> {
    fn list(&mut self, checker: &mut Checker<'t>) -> Result<(), Stop> {
        if checker.enter(b'[').map_err(|flaw| (checker.place(), flaw))? {
            while checker.element().map_err(|flaw| (checker.place(), flaw))? {
                self.object(checker, true)?;
            }
            return checker.end().map_err(|flaw| (checker.place(), flaw));
        }
        while checker.goes_on_with_another() {
            self.object(checker, true)?;
        }
        Ok(())
    }

    /// Takes the partner that begins here, or the partners of a page that was saved with its envelope.
    fn object(&mut self, checker: &mut Checker<'t>, may_be_page: bool) -> Result<(), Stop> {
        if !checker.is_at(b'{') {
            return Err((checker.place(), Flaw::NotJson));
        }
        self.members.clear();
        let range = checker.object(&mut self.members).map_err(|flaw| (checker.place(), flaw))?;
        let object = Object::new(self.text, range.clone(), &self.members);
        let sid = object.place(SID);
        // A page is known by what a partner never has.
        if sid.is_none() && may_be_page && object.get("items").is_some_and(|items| items.starts_with('[')) {
            let items = object.place("items").map_or(0, |items| items.start);
            return self.page(&mut Checker::at(self.text, items));
        }
        let within = |place: Range<usize>| (place.start - range.start) as u32..(place.end - range.start) as u32;
        let created = object.place(CREATED).map(within).unwrap_or_default();
        self.lines.push(self.counted.at(range.start));
        self.found.push(Found { range, sid, created });
        Ok(())
    }

    fn page(&mut self, checker: &mut Checker<'t>) -> Result<(), Stop> {
        checker.enter(b'[').map_err(|flaw| (checker.place(), flaw))?;
        while checker.element().map_err(|flaw| (checker.place(), flaw))? {
            self.object(checker, false)?;
        }
        Ok(())
    }
}

/// The line at which the text ends, if that is what is wrong at this place.
fn cut(text: &str, (place, flaw): Stop, source: Source) -> Result<u64, Failure> {
    let rest = text[place..].trim_start_matches([' ', '\n', '\r', '\t']);
    let begins = text.len() - rest.len();
    let line = Lines::of(text.as_bytes()).at(begins);
    let value = Deserializer::from_str(rest).into_iter::<IgnoredAny>().next();
    let found = match (flaw, value) {
        (Flaw::TooDeep, _) => "an object that is nested too deep",
        (Flaw::TooManyMembers, _) => "an object with too many fields",
        (Flaw::NotJson, None) => return Ok(line),
        (Flaw::NotJson, Some(Err(error))) if error.is_eof() => return Ok(line),
        (Flaw::NotJson, Some(Err(_))) if rest.starts_with('{') => "an object that is not JSON",
        (Flaw::NotJson, _) => "something other than a partner",
    };
    Err(source.no_list(line, found))
}
