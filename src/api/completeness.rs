//! What the pages of a list prove about it: whether it is whole, and if not, why.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::mem;

use memchr::memmem::Finder;

use crate::raw;

use super::filter::Equality;
use super::page::{Next, Oddity, Page};
use super::partner;
use super::query::Position;

/// The key of the SID as it stands in a partner.
const QUOTED_SID: &str = "\"partner_sid\"";

/// Identifiers for which room is made at once, so that a wrong total cannot ask for all memory.
const MOST_ROOM: u64 = 1 << 20;

/// How many characters of the server's words are shown.
const MAX_SHOWN: usize = 200;

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
    /// Partners that came without a SID.
    pub anonymous: u64,
    /// Whether the list ended by itself, rather than by a limit or a failure.
    pub ended: bool,
    /// What single pages said that is not so, the first of each kind.
    pub page_doubts: Vec<Doubt>,
    /// Statements of pages in another form than the documented one, the first of each key.
    pub oddities: Vec<Oddity>,
}

/// Something that speaks against a list being what it should be: every partner that matches, each once, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the sentence of each variant names its fields")]
pub enum Doubt {
    /// So many partners came more than once.
    Repeated(u64),
    /// The total changed from one page to another.
    TotalChanged { from: u64, to: u64 },
    /// Fewer partners came than the total promises.
    TooFew { total: u64, came: u64 },
    /// More partners came than the total allows.
    TooMany { total: u64, came: u64 },
    /// A page says that it begins elsewhere than was asked.
    OtherOffset { asked: u64, said: u64 },
    /// A page says that it holds another number of partners than it does.
    OtherCount { place: Place, said: u64, held: u64 },
    /// A page holds more partners than it says it could.
    OverLimit { place: Place, limit: u64, held: u64 },
    /// A page says that nothing follows, and names the page that follows.
    TwoEnds(Place),
    /// What a page says of its end cannot be understood, so that the list may have ended too early.
    UnclearEnd { place: Place, oddity: Oddity },
    /// A page came with errors; their words.
    Errors { place: Place, words: String },
    /// So many of the partners that came first contradict this condition of the filter.
    Ignored { condition: String, contrary: u64, of: u64 },
    /// So many partners came without a SID, by which one that came twice would be noticed.
    NoSid(u64),
}

/// Where a page begins, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At this offset.
    Offset(u64),
    /// At a cursor, after so many partners.
    Cursor(u64),
}

impl Place {
    /// The place of a page that is asked for at `position`, `rows` partners having come before it.
    pub fn of(position: &Position, rows: u64) -> Self {
        match position {
            Position::Offset(offset) => Self::Offset(*offset),
            Position::After(_) => Self::Cursor(rows),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Offset(offset) => write!(f, "page at offset {offset}"),
            Self::Cursor(rows) => write!(f, "page after {}", partners(*rows)),
        }
    }
}

impl Doubt {
    /// Whether something that was sent contradicts a whole list, rather than that nothing proves it.
    pub fn is_contradiction(&self) -> bool {
        !matches!(self, Self::NoSid(_))
    }

    /// Whether partners that match may be missing from those that came.
    pub fn may_lack_partners(&self) -> bool {
        !matches!(self, Self::TooMany { .. } | Self::Ignored { .. } | Self::NoSid(_))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Repeated(1) => f.write_str("1 partner was returned twice"),
            Self::Repeated(count) => write!(f, "{count} partners were returned more than once"),
            Self::TotalChanged { from, to } => write!(f, "the total changed from {from} to {to} between pages"),
            Self::TooFew { total, came } => {
                let arrived = if *came == 0 { "none" } else { &format!("only {came}") };
                write!(f, "the API reported {} but {arrived} arrived", partners(*total))
            }
            Self::TooMany { total, came } => write!(f, "the API reported {} but {came} arrived", partners(*total)),
            Self::OtherOffset { asked, said } => {
                write!(f, "the API answered the request for offset {asked} with the page at offset {said}")
            }
            Self::OtherCount { place, said, held } => {
                write!(f, "the {place} reports {} but holds {held}", partners(*said))
            }
            Self::OverLimit { place, limit, held } => {
                write!(f, "the {place} reports a limit of {limit} but holds {}", partners(*held))
            }
            Self::TwoEnds(place) => write!(f, "the {place} reports that no partners follow but links to a next page"),
            Self::UnclearEnd { place, oddity } => write!(f, "the {place} has {oddity}, so its end is unclear"),
            Self::Errors { place, words } => write!(f, "the {place} came with errors: {words}"),
            Self::Ignored { condition, contrary, of } => write!(
                f,
                "the API seems to ignore the condition `{condition}`: {contrary} of the first {} {} not match it",
                partners(*of),
                if *contrary == 1 { "does" } else { "do" }
            ),
            Self::NoSid(count) => {
                write!(f, "{} came without a SID, so duplicates and gaps cannot be detected", partners(*count))
            }
        }
    }
}

/// A number of partners.
fn partners(count: u64) -> String {
    if count == 1 { "1 partner".to_owned() } else { format!("{count} partners") }
}

impl Facts {
    /// Whether every partner that matches came, and each once.
    pub fn is_complete(&self) -> bool {
        self.ended && self.doubts().is_empty()
    }

    /// What speaks against a whole list with every partner once.
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        if self.repeated > 0 {
            doubts.push(Doubt::Repeated(self.repeated));
        }
        let reached = self.offset.saturating_add(self.rows);
        match (self.earlier_total, self.total) {
            (Some(from), Some(to)) => doubts.push(Doubt::TotalChanged { from, to }),
            (None, Some(total)) if self.ended && total > reached => {
                doubts.push(Doubt::TooFew { total, came: reached });
            }
            // An offset past the end skips them all.
            (None, Some(total)) if self.rows > 0 && total < reached => {
                doubts.push(Doubt::TooMany { total, came: reached });
            }
            _ => {}
        }
        // What is known of the total in the end says more than a page did.
        let is_about_total =
            |doubt: &Doubt| matches!(doubt, Doubt::TooFew { .. } | Doubt::TooMany { .. } | Doubt::TotalChanged { .. });
        let has_total = doubts.iter().any(is_about_total);
        doubts.extend(self.page_doubts.iter().filter(|doubt| !(has_total && is_about_total(doubt))).cloned());
        if self.anonymous > 0 {
            doubts.push(Doubt::NoSid(self.anonymous));
        }
        doubts
    }

    fn note(&mut self, doubt: Doubt) {
        if !self.page_doubts.iter().any(|noted| mem::discriminant(noted) == mem::discriminant(&doubt)) {
            self.page_doubts.push(doubt);
        }
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
    /// Whether the last page claims that partners follow where its total is reached.
    claims_beyond_total: bool,
    facts: Facts,
}

impl Census {
    /// Compares all that a page says with what came and what was asked: where it was to begin, and how many partners of
    /// the whole list came before it.
    pub fn compare(&mut self, page: &Page, position: &Position, before: u64) {
        let held = page.len();
        let place = Place::of(position, before);
        let facts = &mut self.facts;
        if let (Position::Offset(asked), Some(said)) = (position, page.offset)
            && said != *asked
        {
            // Past the end, a server may well say where that is.
            let is_past_end = page.is_empty() && page.total.is_some_and(|total| *asked >= total && said >= total);
            if !is_past_end {
                facts.note(Doubt::OtherOffset { asked: *asked, said });
            }
        }
        if let Some(said) = page.count.filter(|said| *said != held) {
            facts.note(Doubt::OtherCount { place, said, held });
        }
        if let Some(limit) = page.limit.filter(|limit| *limit < held) {
            facts.note(Doubt::OverLimit { place, limit, held });
        }
        if let Some(total) = page.total.filter(|total| held > 0 && *total < before.saturating_add(held)) {
            facts.note(Doubt::TooMany { total, came: before.saturating_add(held) });
        }
        if let Some(total) =
            page.total.filter(|total| page.has_more == Some(false) && *total > before.saturating_add(held))
        {
            facts.note(Doubt::TooFew { total, came: before.saturating_add(held) });
        }
        self.claims_beyond_total =
            page.has_more == Some(true) && page.total.is_some_and(|total| total <= before.saturating_add(held));
        if page.has_more == Some(false) && matches!(page.next, Next::ByOffset(_) | Next::After(_)) {
            facts.note(Doubt::TwoEnds(place));
        }
        if let Some(words) = &page.errors {
            facts.note(Doubt::Errors { place, words: words.chars().take(MAX_SHOWN).collect() });
        }
        for oddity in &page.oddities {
            if !oddity.is_understood && matches!(oddity.key, "has_more" | "pagination") {
                facts.note(Doubt::UnclearEnd { place, oddity: oddity.clone() });
            } else if !facts.oddities.iter().any(|noted| noted.key == oddity.key) {
                facts.oddities.push(oddity.clone());
            }
        }
    }

    /// Looks whether the partners that came first meet these conditions.
    pub fn compare_with(&mut self, conditions: &[Equality], page: &Page) {
        for condition in conditions {
            let contrary = page.partners().filter(|partner| condition.is_contradicted_by(partner)).count() as u64;
            if contrary > 0 {
                let condition = condition.to_string();
                self.facts.page_doubts.push(Doubt::Ignored { condition, contrary, of: page.len() });
            }
        }
    }

    /// Counts a page in, and tells what it brought.
    pub fn count(&mut self, page: &Page) -> Novelty {
        self.facts.pages += 1;
        self.facts.bytes += page.body().len() as u64;
        self.note_total(page);
        let key = Finder::new(QUOTED_SID);
        let (mut new, mut anonymous) = (0_u64, 0_u64);
        let mut digest = DefaultHasher::new();
        let mut sum_of_anonymous = 0_u64;
        for partner in page.partners() {
            match sid(partner, &key) {
                // Partners without a SID cannot be told apart one by one, only as parts of a page, in whatever order.
                None => {
                    anonymous += 1;
                    sum_of_anonymous = sum_of_anonymous.wrapping_add(self.keys[0].hash_one(partner));
                }
                Some(sid) => {
                    let identifier = self.identifier(&sid);
                    identifier.hash(&mut digest);
                    if self.seen.insert(identifier) { new += 1 } else { self.facts.repeated += 1 }
                }
            }
        }
        self.facts.anonymous += anonymous;
        (anonymous, sum_of_anonymous).hash(&mut digest);
        let is_same = !page.is_empty() && !self.seen_pages.insert(digest.finish());
        match new {
            0 if is_same => Novelty::SamePage,
            0 if anonymous == 0 && !page.is_empty() => Novelty::Nothing,
            _ => Novelty::New,
        }
    }

    /// How many partners of a page came before, and the first that did not, all without counting it in.
    pub fn look_at(&self, page: &Page) -> (u64, Option<u128>) {
        let key = Finder::new(QUOTED_SID);
        let identifiers = page.partners().filter_map(|partner| Some(self.identifier(&sid(partner, &key)?)));
        identifiers.fold((0, None), |(seen, first_new), identifier| {
            if self.seen.contains(&identifier) { (seen + 1, first_new) } else { (seen, first_new.or(Some(identifier))) }
        })
    }

    /// What is known by now of a list that began at `offset`, `rows` of whose partners came.
    pub fn facts(&self, offset: u64, rows: u64, has_more: Option<bool>, ended: bool) -> Facts {
        Facts { offset, rows, has_more, ended, ..self.facts.clone() }
    }

    /// How many partners match in all, as the last page that told it says.
    pub fn total(&self) -> Option<u64> {
        self.facts.total
    }

    /// How many pages came.
    pub fn pages(&self) -> u64 {
        self.facts.pages
    }

    /// The total, unless what the pages say and hold contradicts it.
    pub fn consistent_total(&self) -> Option<u64> {
        let is_about_pages = |doubt: &Doubt| !matches!(doubt, Doubt::Ignored { .. });
        let is_doubtful = self.claims_beyond_total || self.facts.page_doubts.iter().any(is_about_pages);
        self.facts.total.filter(|_| !is_doubtful)
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
    let sid = raw::text_of_only_member(partner, key).map(Cow::Borrowed).or_else(|| {
        let value = raw::lookup(partner, [partner::SID])?;
        value
            .starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit())
            .then(|| raw::text(value))
    });
    sid.filter(|sid| !sid.is_empty())
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
        let mut before = offset;
        for page in pages {
            census.compare(page, &Position::Offset(before), before);
            census.count(page);
            before += page.len();
        }
        census.facts(offset, pages.iter().map(Page::len).sum(), Some(false), true)
    }

    fn sentences(facts: &Facts) -> Vec<String> {
        facts.doubts().iter().map(ToString::to_string).collect()
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
            assert_eq!(sentences(&facts), ["1 partner was returned twice"]);
        }
    }

    #[test]
    fn a_total_that_changes_or_does_not_fit_is_a_contradiction() {
        let changed = facts(0, &[page(&[ONE], r#","total":2"#), page(&[TWO], r#","total":3"#)]);
        assert_eq!(sentences(&changed), ["the total changed from 2 to 3 between pages"]);
        let short = facts(0, &[page(&[ONE], r#","total":5"#)]);
        assert_eq!(sentences(&short), ["the API reported 5 partners but only 1 arrived"]);
        assert!(!changed.is_complete() && !short.is_complete());
    }

    #[test]
    fn a_list_that_did_not_end_by_itself_is_not_complete_and_contradicts_nothing() {
        let facts = Facts { ended: false, ..facts(0, &[page(&[ONE], r#","total":5"#)]) };
        assert!(!facts.is_complete() && facts.doubts().is_empty());
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
            (r#"{"a":2},{"a":1}"#, Novelty::SamePage),
            (mixed, Novelty::New),
            (mixed, Novelty::SamePage),
        ] {
            assert_eq!(census.count(&anonymous(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_a_page_says_that_is_not_so_is_a_doubt() {
        for (rest, sentence) in [
            (r#","offset":5"#, "the API answered the request for offset 0 with the page at offset 5"),
            (r#","count":3"#, "the page at offset 0 reports 3 partners but holds 2"),
            (r#","count":1"#, "the page at offset 0 reports 1 partner but holds 2"),
            (r#","limit":1"#, "the page at offset 0 reports a limit of 1 but holds 2 partners"),
            (r#","total":1"#, "the API reported 1 partner but 2 arrived"),
            (r#","total":9,"has_more":false"#, "the API reported 9 partners but only 2 arrived"),
            (
                r#","has_more":false,"pagination":{"next":"https://host/?offset=2"}"#,
                "the page at offset 0 reports that no partners follow but links to a next page",
            ),
            (r#","errors":[{"message":"half"}]"#, r#"the page at offset 0 came with errors: [{"message":"half"}]"#),
        ] {
            let facts = facts(0, &[page(&[ONE, TWO], rest)]);
            assert_eq!((sentences(&facts), facts.is_complete()), (vec![sentence.to_owned()], false), "{rest}");
            assert!(facts.doubts()[0].is_contradiction(), "{rest}");
        }
    }

    #[test]
    fn a_fault_of_a_later_page_is_named_with_its_place_and_once() {
        let wrong = |sid| page(&[sid], r#","count":9"#);
        let facts = facts(0, &[page(&[ONE], r#","count":1"#), wrong(TWO), wrong("x")]);
        assert_eq!(sentences(&facts), ["the page at offset 1 reports 9 partners but holds 1"]);
    }

    #[test]
    fn an_offset_past_the_end_is_a_complete_and_empty_list() {
        for rest in [
            r#","total":250,"has_more":false,"offset":300,"count":0"#,
            r#","total":250"#,
            // Some say where the end is.
            r#","total":250,"offset":250"#,
            r#","total":null,"has_more":false"#,
            r#","total":0"#,
            "",
        ] {
            assert!(facts(300, &[page(&[], rest)]).is_complete(), "{rest}");
        }
        for rest in [r#","total":301"#, r#","total":250,"offset":0"#, r#","total":250,"count":5"#] {
            assert!(!facts(300, &[page(&[], rest)]).is_complete(), "{rest}");
        }
    }

    #[test]
    fn without_sids_nothing_is_proven_and_nothing_contradicted() {
        for partner in [r#"{"a":1}"#, r#"{"partner_sid":null}"#, r#"{"partner_sid":""}"#, r#"{"partner_sid":[]}"#] {
            let page = Page::parse(format!(r#"{{"items":[{partner},{{"partner_sid":"x"}}],"total":2}}"#).into());
            let facts = facts(0, &[page.expect("a page")]);
            assert_eq!(facts.doubts(), [Doubt::NoSid(1)], "{partner}");
            assert!(!facts.is_complete() && !facts.doubts()[0].is_contradiction());
        }
    }

    #[test]
    fn a_condition_that_the_first_partners_contradict_is_a_doubt() {
        let mut census = Census::default();
        let conditions = Equality::all_of("status eq suspended and name eq x");
        let partners = r#"{"items":[{"partner_sid":"a","status":"active"},{"partner_sid":"b","status":"SUSPENDED"}]}"#;
        let page = Page::parse(partners.into()).expect("a page");
        census.compare_with(&conditions, &page);
        census.count(&page);
        let facts = census.facts(0, 2, Some(false), true);
        let sentence =
            "the API seems to ignore the condition `status eq suspended`: 1 of the first 2 partners does not match it";
        assert_eq!(sentences(&facts), [sentence]);
        assert!(!facts.doubts()[0].may_lack_partners());
    }

    #[test]
    fn the_total_is_consistent_unless_its_page_contradicts_it() {
        for (sids, rest, expected) in [
            (&[ONE][..], r#","total":5,"has_more":true,"count":1,"limit":1,"offset":0"#, Some(5)),
            (&[ONE], r#","total":1,"has_more":false"#, Some(1)),
            (&[ONE], r#","total":1"#, Some(1)),
            (&[], r#","total":0,"has_more":false"#, Some(0)),
            (&[ONE, TWO], r#","total":2"#, Some(2)),
            (&[ONE, TWO], r#","total":1"#, None),
            (&[ONE], r#","total":0"#, None),
            (&[ONE], r#","total":5,"has_more":false"#, None),
            (&[ONE], r#","total":1,"has_more":true"#, None),
            (&[], r#","total":3,"has_more":false"#, None),
            (&[ONE], r#","total":5,"has_more":true,"count":2"#, None),
            (&[ONE], r#","total":5,"has_more":true,"offset":4"#, None),
            (&[ONE], r#","total":5,"has_more":true,"errors":["x"]"#, None),
            (&[ONE], r#","total":-1"#, None),
        ] {
            let mut census = Census::default();
            let page = page(sids, rest);
            census.compare(&page, &Position::Offset(0), 0);
            census.count(&page);
            assert_eq!(census.consistent_total(), expected, "{sids:?} {rest}");
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
