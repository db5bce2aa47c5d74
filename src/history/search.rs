//! Who had an ID: a SID, a display ID or a login.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::api::lookup::PartnerId;
use crate::api::partner::PARTNERS;
use crate::partners::diff::{Sid, set_text};
use crate::raw;

use super::file::{Buffers, Lines};
use super::replay::Parts;
use super::{History, Problem};

/// The fields by which a partner may be called.
const FIELDS: [&str; 3] = [PARTNERS.key, PARTNERS.label, "login"];

impl History {
    /// The partner that had each of these IDs last, if any had.
    pub fn find(&self, ids: &[PartnerId]) -> Result<Vec<Option<Sid>>, Problem> {
        let mut search = Search::new(ids);
        let mut buffers = Buffers::default();
        let mut end = self.snapshots().len();
        // Most are found in the first file of the last month, which has every partner.
        while end > 0 && !search.is_done() {
            let begin = self.beginning_of_month(end - 1);
            for snapshot in std::iter::once(begin).chain((begin + 1..end).rev()) {
                if !search.is_done() {
                    search.read(&mut Lines::open(self.path(self.snapshots()[snapshot]), &mut buffers)?)?;
                }
            }
            end = begin;
        }
        Ok(search.found)
    }
}

struct Search {
    /// What is looked for in each of [`FIELDS`], and by which of the IDs.
    wanted: [HashMap<String, Vec<usize>>; 3],
    found: Vec<Option<Sid>>,
    left: usize,
}

impl Search {
    fn new(ids: &[PartnerId]) -> Self {
        let mut wanted: [HashMap<String, Vec<usize>>; 3] = Default::default();
        for (number, id) in ids.iter().enumerate() {
            let mut want =
                |field: usize, text: &str| wanted[field].entry(folded(field, text)).or_default().push(number);
            match id {
                PartnerId::Sid(sid) => want(0, sid),
                PartnerId::DisplayId(id) => want(1, id),
                PartnerId::Login(login) => {
                    want(2, login);
                    // SIDs need not be UUIDs.
                    want(0, login);
                }
            }
        }
        Self { wanted, found: vec![None; ids.len()], left: ids.len() }
    }

    fn is_done(&self) -> bool {
        self.left == 0
    }

    fn read(&mut self, lines: &mut Lines) -> Result<(), Problem> {
        lines.next()?;
        while let Some(line) = lines.next()? {
            if !line.starts_with("{\"change\":") {
                self.take_partner(line);
                continue;
            }
            match Parts::of(line) {
                Some(Parts { partner: Some(partner), .. }) => self.take_partner(partner),
                Some(Parts { members: Some(members), .. }) => {
                    for member in members {
                        let field = FIELDS.iter().position(|name| *name == member.name);
                        if let (Some(field), Some(value)) = (field, member.new) {
                            self.take(field, &raw::text(value), || set_text(line, PARTNERS.key));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take_partner(&mut self, partner: &str) {
        for (field, name) in FIELDS.into_iter().enumerate() {
            if !self.wanted[field].is_empty()
                && let Some(text) = set_text(partner, name)
            {
                self.take(field, &text, || set_text(partner, PARTNERS.key));
            }
        }
    }

    fn take<'p>(&mut self, field: usize, text: &str, sid: impl FnOnce() -> Option<Cow<'p, str>>) {
        let Some(numbers) = self.wanted[field].get(&folded(field, text)) else { return };
        let Some(sid) = sid().map(|sid| Sid::of(&sid)) else { return };
        for number in numbers {
            if self.found[*number].is_none() {
                self.found[*number] = Some(sid.clone());
                self.left -= 1;
            }
        }
    }
}

/// The text by which values of a field are compared: IDs are the same in any case, logins are not.
fn folded(field: usize, text: &str) -> String {
    match field {
        2 => text.to_owned(),
        _ => text.to_ascii_uppercase(),
    }
}
