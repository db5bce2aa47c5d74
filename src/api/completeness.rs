//! What the pages of a list prove about it: whether it is whole, and if not, why.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::mem;

use crate::raw::{self, Object};

use super::filter::Equality;
use super::lookup;
use super::page::{Next, Oddity, Page};
use super::partner::PARTNERS;
use super::query::Position;

/// Identifiers for which room is made at once, so that a wrong total cannot ask for all memory.
const MAX_ROOM: u64 = 1 << 20;

/// How many characters of the server's words are shown.
const MAX_SHOWN: usize = 200;

/// What is known of a list when no further page will come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListStats {
    /// Partners that were skipped before the list.
    pub offset: u64,
    pub rows: u64,
    pub pages: u64,
    /// Bytes of the answers, after decompression.
    pub bytes: u64,
    /// How many partners match in all, as the last page that had it says.
    pub total: Option<u64>,
    /// An earlier total that differs from the last one.
    pub earlier_total: Option<u64>,
    /// Whether more partners follow; none if the server does not say.
    pub has_more: Option<bool>,
    /// Partners that were returned twice.
    pub repeated: u64,
    /// Partners that came without a SID.
    pub anonymous: u64,
    /// Whether the list ended by itself, rather than by a limit or a failure.
    pub ended: bool,
    /// Whether it ended, every partner of the total having come, with a page that held nothing and yet claimed that
    /// more would follow.
    pub ended_on_empty_claim: bool,
    /// The offset at which the list goes on after the pages that came.
    pub next_offset: u64,
    /// Whether the last page claims that partners follow where its total is reached.
    pub claims_beyond_total: bool,
    /// What single pages said that is not so, the first of each kind.
    pub page_doubts: Vec<Doubt>,
    /// Statements of pages in another form than the documented one, the first of each key.
    pub oddities: Vec<Oddity>,
}

/// Something that speaks against a list being what it should be: every partner that matches, each once, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    OtherCount { place: PageStart, said: u64, held: u64 },
    /// A page holds more partners than it says it could.
    OverLimit { place: PageStart, limit: u64, held: u64 },
    /// A page says that nothing follows, and names the page that follows.
    TwoEnds(PageStart),
    /// What a page says of its end cannot be understood, so that the list may have ended too early.
    UnclearEnd { place: PageStart, oddity: Oddity },
    /// A page came with errors; their words.
    Errors { place: PageStart, words: String },
    /// So many of the partners that came first contradict this condition of the filter.
    Ignored { condition: String, contrary: u64, of: u64 },
    /// So many partners came without a SID, by which one that came twice would be noticed.
    NoSid(u64),
}

/// Where a page begins, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    Offset(u64),
    /// At a cursor, after so many partners.
    Cursor(u64),
}

impl PageStart {
    /// The place of a page that is asked for at `position`, `rows` partners having come before it.
    pub fn of(position: &Position, rows: u64) -> Self {
        match position {
            Position::Offset(offset) => Self::Offset(*offset),
            Position::After(_) => Self::Cursor(rows),
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

impl ListStats {
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

    /// How many different partners came.
    pub fn partners(&self) -> u64 {
        self.rows - self.repeated
    }

    /// The total, unless what the pages say and hold contradicts it.
    pub fn consistent_total(&self) -> Option<u64> {
        let is_about_pages = |doubt: &Doubt| !matches!(doubt, Doubt::Ignored { .. });
        let is_doubtful = self.claims_beyond_total || self.page_doubts.iter().any(is_about_pages);
        self.total.filter(|_| !is_doubtful)
    }

    fn note(&mut self, doubt: Doubt) {
        if !self.page_doubts.iter().any(|noted| mem::discriminant(noted) == mem::discriminant(&doubt)) {
            self.page_doubts.push(doubt);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageNovelty {
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
#[derive(Debug)]
pub struct SeenPartners {
    skipped: u64,
    most: u64,
    seen: HashSet<u128>,
    keys: [RandomState; 2],
    seen_pages: HashSet<u64>,
    stats: ListStats,
}

impl SeenPartners {
    /// None were seen yet of a list of which so many are skipped, and no more than `most` wanted.
    pub fn new(skipped: u64, most: u64) -> Self {
        Self {
            skipped,
            most,
            seen: HashSet::new(),
            keys: Default::default(),
            seen_pages: HashSet::new(),
            stats: ListStats::default(),
        }
    }

    /// Compares all that a page says with what came and what was asked: where it was to begin, and how many partners of
    /// the whole list came before it.
    pub fn compare(&mut self, page: &Page, position: &Position, before: u64) {
        let held = page.len();
        let place = PageStart::of(position, before);
        let stats = &mut self.stats;
        if let (Position::Offset(asked), Some(said)) = (position, page.offset)
            && said != *asked
        {
            // Past the end, a server may well say where that is.
            let is_past_end = page.is_empty() && page.total.is_some_and(|total| *asked >= total && said >= total);
            if !is_past_end {
                stats.note(Doubt::OtherOffset { asked: *asked, said });
            }
        }
        if let Some(said) = page.count.filter(|said| *said != held) {
            stats.note(Doubt::OtherCount { place, said, held });
        }
        if let Some(limit) = page.limit.filter(|limit| *limit < held) {
            stats.note(Doubt::OverLimit { place, limit, held });
        }
        if let Some(total) = page.total.filter(|total| held > 0 && *total < before.saturating_add(held)) {
            stats.note(Doubt::TooMany { total, came: before.saturating_add(held) });
        }
        if let Some(total) =
            page.total.filter(|total| page.has_more == Some(false) && *total > before.saturating_add(held))
        {
            stats.note(Doubt::TooFew { total, came: before.saturating_add(held) });
        }
        stats.claims_beyond_total =
            page.has_more == Some(true) && page.total.is_some_and(|total| total <= before.saturating_add(held));
        if page.has_more == Some(false) && matches!(page.next, Next::ByOffset(_) | Next::After(_)) {
            stats.note(Doubt::TwoEnds(place));
        }
        if let Some(words) = &page.errors {
            stats.note(Doubt::Errors { place, words: words.chars().take(MAX_SHOWN).collect() });
        }
        for oddity in &page.oddities {
            if !oddity.is_understood && matches!(oddity.key, "has_more" | "pagination") {
                stats.note(Doubt::UnclearEnd { place, oddity: oddity.clone() });
            } else if !stats.oddities.iter().any(|noted| noted.key == oddity.key) {
                stats.oddities.push(oddity.clone());
            }
        }
    }

    /// Looks whether the partners that came first meet these conditions.
    pub fn compare_with(&mut self, conditions: &[Equality], page: &Page) {
        for condition in conditions {
            let contrary = page.partners().filter(|partner| condition.is_contradicted_by(partner)).count() as u64;
            if contrary > 0 {
                let condition = condition.to_string();
                self.stats.page_doubts.push(Doubt::Ignored { condition, contrary, of: page.len() });
            }
        }
    }

    /// Counts a page in, and returns what it brought.
    pub fn count(&mut self, page: &Page) -> PageNovelty {
        self.stats.pages += 1;
        self.stats.bytes += page.body().len() as u64;
        self.note_total(page);
        let (mut new, mut anonymous) = (0_u64, 0_u64);
        let mut digest = DefaultHasher::new();
        let mut sum_of_anonymous = 0_u64;
        for partner in page.objects() {
            match sid(partner) {
                // Partners without a SID cannot be distinguished one by one, only as parts of a page, in whatever
                // order.
                None => {
                    anonymous += 1;
                    sum_of_anonymous = sum_of_anonymous.wrapping_add(self.keys[0].hash_one(partner.text()));
                }
                Some(sid) => {
                    let identifier = self.identifier(&sid);
                    identifier.hash(&mut digest);
                    if self.seen.insert(identifier) { new += 1 } else { self.stats.repeated += 1 }
                }
            }
        }
        self.stats.anonymous += anonymous;
        (anonymous, sum_of_anonymous).hash(&mut digest);
        let is_same = !page.is_empty() && !self.seen_pages.insert(digest.finish());
        match new {
            0 if is_same => PageNovelty::SamePage,
            0 if anonymous == 0 && !page.is_empty() => PageNovelty::Nothing,
            _ => PageNovelty::New,
        }
    }

    /// How many partners of a page came before, and the first that did not, all without counting it in.
    pub fn look_at(&self, page: &Page) -> (u64, Option<u128>) {
        let identifiers = page.objects().filter_map(|partner| Some(self.identifier(&sid(partner)?)));
        identifiers.fold((0, None), |(seen, first_new), identifier| {
            if self.seen.contains(&identifier) { (seen + 1, first_new) } else { (seen, first_new.or(Some(identifier))) }
        })
    }

    /// What the pages proved.
    pub fn stats(&self) -> &ListStats {
        &self.stats
    }

    /// How many partners match in all, as the last page that had it says.
    pub fn total(&self) -> Option<u64> {
        self.stats.total
    }

    pub fn pages(&self) -> u64 {
        self.stats.pages
    }

    fn note_total(&mut self, page: &Page) {
        let Some(total) = page.total else { return };
        match self.stats.total.replace(total) {
            // With room for all that can come, the set never grows, which would take half as much again for a moment.
            None => {
                let room = total.saturating_sub(self.skipped).min(self.most).min(MAX_ROOM);
                _ = self.seen.try_reserve(usize::try_from(room).unwrap_or_default());
            }
            Some(before) if before != total => self.stats.earlier_total = Some(before),
            Some(_) => {}
        }
    }

    /// 128 bits that stand for a SID: those of the UUID that it is, or else a hash.
    fn identifier(&self, sid: &str) -> u128 {
        lookup::uuid(sid).map(|uuid| uuid.as_u128()).unwrap_or_else(|| {
            let [high, low] = [0, 1].map(|half| u128::from(self.keys[half].hash_one(sid)));
            high << 64 | low
        })
    }
}

/// The SID of a partner, if it has one.
fn sid<'a>(partner: Object<'a>) -> Option<Cow<'a, str>> {
    let is_sid = |value: &&str| value.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit());
    partner.get(PARTNERS.key).filter(is_sid).map(raw::text).filter(|sid| !sid.is_empty())
}

#[cfg(test)]
mod tests;
