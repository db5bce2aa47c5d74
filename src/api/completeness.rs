//! What the pages of a list prove about it: whether it is whole, and if not, why.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};

use memchr::memmem::Finder;

use crate::raw;

use super::page::Page;
use super::partner;

/// The key of the SID as it stands in a partner.
const QUOTED_SID: &str = "\"partner_sid\"";

/// Identifiers for which room is made at once, so that a wrong total cannot ask for all memory.
const MOST_ROOM: u64 = 1 << 20;

/// What is known of a list when no further page will come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Partners that were skipped before the list.
    pub offset: u64,
    /// Partners that came.
    pub rows: u64,
    /// Pages that came.
    pub pages: u64,
    /// Bytes of the answers, after decompression.
    pub bytes: u64,
    /// How many partners match in all, as the last page that told it says.
    pub total: Option<u64>,
    /// An earlier total that differs from the last one.
    pub earlier_total: Option<u64>,
    /// Whether more partners follow; none if the server does not say.
    pub has_more: Option<bool>,
    /// Partners that came a second time.
    pub repeated: u64,
    /// Whether the list ended by itself, rather than by a limit or a failure.
    pub ended: bool,
}

impl Facts {
    /// Whether every partner that matches came, and each once.
    pub fn is_complete(&self) -> bool {
        self.ended && self.contradictions().is_empty()
    }

    /// What in the pages contradicts a whole list with every partner once.
    pub fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.repeated > 0 {
            let times = if self.repeated == 1 { "1 partner came" } else { &format!("{} partners came", self.repeated) };
            found.push(format!("{times} a second time"));
        }
        let reached = self.offset.saturating_add(self.rows);
        match (self.earlier_total, self.total) {
            (Some(earlier), Some(total)) => {
                found.push(format!("the total changed from {earlier} to {total} on the way"))
            }
            (None, Some(total)) if self.ended && total != reached => {
                let skipped =
                    if self.offset == 0 { String::new() } else { format!(", {} skipped ones included", self.offset) };
                found.push(format!("the API told of {total} partners, and the list ended after {reached}{skipped}"));
            }
            _ => {}
        }
        found
    }
}

/// What a page brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// Something that may not have come before.
    New,
    /// Nothing but partners that came before, on other pages.
    Nothing,
    /// The very partners of an earlier page.
    SamePage,
}

/// Counts the pages of a list as they come.
///
/// It keeps 16 bytes of each partner's SID in a hash set, 39 bytes a partner at most.
#[derive(Debug, Default)]
pub struct Census {
    seen: HashSet<u128>,
    keys: [RandomState; 2],
    seen_pages: HashSet<u64>,
    facts: Facts,
}

impl Census {
    /// Counts a page in, and tells what it brought.
    pub fn count(&mut self, page: &Page) -> Novelty {
        self.facts.pages += 1;
        self.facts.bytes += page.body().len() as u64;
        self.note_total(page);
        let key = Finder::new(QUOTED_SID);
        let (mut new, mut anonymous) = (0_u64, 0_u64);
        let mut digest = DefaultHasher::new();
        for partner in page.partners() {
            match sid(partner, &key) {
                // Partners without a SID cannot be told apart one by one, only as parts of a page.
                None => {
                    anonymous += 1;
                    partner.hash(&mut digest);
                }
                Some(sid) => {
                    let identifier = self.identifier(&sid);
                    identifier.hash(&mut digest);
                    if self.seen.insert(identifier) { new += 1 } else { self.facts.repeated += 1 }
                }
            }
        }
        let is_same = !page.is_empty() && !self.seen_pages.insert(digest.finish());
        match new {
            0 if is_same => Novelty::SamePage,
            0 if anonymous == 0 && !page.is_empty() => Novelty::Nothing,
            _ => Novelty::New,
        }
    }

    /// What is known by now of a list that began at `offset`, `rows` of whose partners came.
    pub fn facts(&self, offset: u64, rows: u64, has_more: Option<bool>, ended: bool) -> Facts {
        Facts { offset, rows, has_more, ended, ..self.facts.clone() }
    }

    /// How many partners match in all, as the last page that told it says.
    pub fn total(&self) -> Option<u64> {
        self.facts.total
    }

    fn note_total(&mut self, page: &Page) {
        let Some(total) = page.total else { return };
        match self.facts.total.replace(total) {
            // With room for all, the set never grows, which would take half as much again for a moment.
            None => _ = self.seen.try_reserve(usize::try_from(total.min(MOST_ROOM)).unwrap_or_default()),
            Some(before) if before != total => self.facts.earlier_total = Some(before),
            Some(_) => {}
        }
    }

    /// 128 bits that stand for a SID: those of the UUID that it is, or else a hash.
    fn identifier(&self, sid: &str) -> u128 {
        uuid(sid).unwrap_or_else(|| {
            let [high, low] = [0, 1].map(|half| u128::from(self.keys[half].hash_one(sid)));
            high << 64 | low
        })
    }
}

/// The SID of a partner, if it has one.
fn sid<'a>(partner: &'a str, key: &Finder) -> Option<Cow<'a, str>> {
    raw::text_of_only_member(partner, key).map(Cow::Borrowed).or_else(|| {
        let value = raw::lookup(partner, [partner::SID])?;
        (value != "null").then(|| raw::text(value))
    })
}

/// The number that a UUID in its usual form with hyphens spells.
fn uuid(text: &str) -> Option<u128> {
    let bytes: &[u8; 36] = text.as_bytes().try_into().ok()?;
    bytes.iter().enumerate().try_fold(0, |number: u128, (index, byte)| match (index, byte) {
        (8 | 13 | 18 | 23, b'-') => Some(number),
        (8 | 13 | 18 | 23, _) => None,
        (_, byte) => Some(number << 4 | u128::from(char::from(*byte).to_digit(16)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sids: &[&str], rest: &str) -> Page {
        let items: Vec<_> = sids.iter().map(|sid| format!(r#"{{"a":1,"partner_sid":"{sid}"}}"#)).collect();
        Page::parse(format!(r#"{{"items":[{}]{rest}}}"#, items.join(",")).into()).expect("a page")
    }

    /// The facts after pages of a list from `offset` on that ended by itself.
    fn facts(offset: u64, pages: &[Page]) -> Facts {
        let mut census = Census::default();
        pages.iter().for_each(|page| _ = census.count(page));
        census.facts(offset, pages.iter().map(Page::len).sum(), Some(false), true)
    }

    const ONE: &str = "6bace9c5-3eef-4f75-8f48-fb98e04408be";
    const TWO: &str = "7bace9c5-3eef-4f75-8f48-fb98e04408be";

    #[test]
    fn a_list_with_every_partner_once_and_one_fitting_total_is_complete() {
        assert!(facts(0, &[page(&[ONE], r#","total":2"#), page(&[TWO], r#","total":2"#)]).is_complete());
        assert!(facts(5, &[page(&[ONE], r#","total":6"#)]).is_complete());
        assert!(facts(0, &[page(&[], r#","total":0"#)]).is_complete());
    }

    #[test]
    fn a_total_that_is_not_told_neither_proves_nor_denies() {
        let facts = facts(0, &[page(&[ONE], r#","total":null"#), page(&[TWO], "")]);
        assert!(facts.is_complete());
        assert_eq!(facts.total, None);
    }

    #[test]
    fn a_partner_that_comes_twice_is_counted_whatever_its_sid_looks_like() {
        for sid in [ONE, "no-uuid", "6bace9c5_3eef_4f75_8f48_fb98e04408be", "é"] {
            let facts = facts(0, &[page(&[sid, TWO], ""), page(&["x", sid], "")]);
            assert_eq!((facts.repeated, facts.is_complete()), (1, false));
            assert_eq!(facts.contradictions(), ["1 partner came a second time"]);
        }
    }

    #[test]
    fn a_total_that_changes_or_does_not_fit_is_a_contradiction() {
        let changed = facts(0, &[page(&[ONE], r#","total":2"#), page(&[TWO], r#","total":3"#)]);
        assert_eq!(changed.contradictions(), ["the total changed from 2 to 3 on the way"]);
        let short = facts(0, &[page(&[ONE], r#","total":5"#)]);
        assert_eq!(short.contradictions(), ["the API told of 5 partners, and the list ended after 1"]);
        assert!(!changed.is_complete() && !short.is_complete());
    }

    #[test]
    fn a_list_that_did_not_end_by_itself_is_not_complete_and_contradicts_nothing() {
        let facts = Facts { ended: false, ..facts(0, &[page(&[ONE], r#","total":5"#)]) };
        assert!(!facts.is_complete() && facts.contradictions().is_empty());
    }

    #[test]
    fn a_page_brings_nothing_new_when_all_its_partners_came_before() {
        let mut census = Census::default();
        assert_eq!(census.count(&page(&[ONE, TWO], "")), Novelty::New);
        assert_eq!(census.count(&page(&[TWO, "new"], "")), Novelty::New);
        assert_eq!(census.count(&page(&[TWO, ONE], "")), Novelty::Nothing);
        assert_eq!(census.count(&page(&[ONE, TWO], "")), Novelty::SamePage);
        assert_eq!(census.count(&page(&[], "")), Novelty::New);
    }

    #[test]
    fn without_sids_the_same_page_again_brings_nothing_new() {
        let anonymous = |text: &str| Page::parse(format!(r#"{{"items":[{text}]}}"#).into()).expect("a page");
        let mut census = Census::default();
        let mixed = r#"{"partner_sid":"x"},{"a":2}"#;
        for (text, expected) in [
            (r#"{"a":1},{"a":2}"#, Novelty::New),
            (r#"{"a":3},{"a":2}"#, Novelty::New),
            (r#"{"a":1},{"a":2}"#, Novelty::SamePage),
            (mixed, Novelty::New),
            (mixed, Novelty::SamePage),
        ] {
            assert_eq!(census.count(&anonymous(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_uuid_is_its_128_bits() {
        assert_eq!(uuid(ONE), Some(0x6bac_e9c5_3eef_4f75_8f48_fb98_e044_08be));
        for text in ["", "6bace9c53eef4f758f48fb98e04408be", "6bace9c5-3eef-4f75-8f48-fb98e04408bg", "x"] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }

    #[test]
    fn a_hostile_total_does_not_ask_for_all_memory() {
        let mut census = Census::default();
        census.count(&page(&[ONE], &format!(r#","total":{}"#, u64::MAX)));
        assert!(census.seen.capacity() <= 2 * MOST_ROOM as usize);
    }
}
