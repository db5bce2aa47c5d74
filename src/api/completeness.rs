//! What the pages of a list prove about it: whether it is whole, and if not, why.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use crate::raw::{self, Object};

use super::filter::Equality;
use super::lookup;
use super::page::Page;
use super::partner::PARTNERS;
use super::server_message::shortened;

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
    /// The offset at which the list goes on after the pages that came.
    pub next_offset: u64,
    /// What single pages were found to be, the first of each kind.
    pub page_doubts: Vec<Doubt>,
}

/// Something that speaks against a list being what it should be: every partner that matches, each once, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// So many partners came more than once.
    Repeated(u64),
    /// The page that was asked for at this offset does not begin with the last partner of the one before.
    Moved { offset: u64 },
    /// So many partners came where the total promises another number, or promised one earlier.
    Total { total: u64, earlier: Option<u64>, came: u64 },
    /// What the page at this offset says under a key is not so; in words.
    Page { offset: u64, key: &'static str, words: String },
    /// So many of the partners that came first contradict this condition of the filter.
    Ignored { condition: String, contrary: u64, of: u64 },
    /// So many partners came without a SID, by which one that came twice would be noticed.
    NoSid(u64),
}

impl Doubt {
    /// Whether partners that came or went while the list was read may be all there is to it.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Repeated(_) | Self::Moved { .. } | Self::Total { .. })
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Page { key, .. }, Self::Page { key: other, .. }) => key == other,
            (Self::Moved { .. }, Self::Moved { .. }) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let partners = |count: &u64| PARTNERS.counted(*count);
        match self {
            Self::Repeated(1) => f.write_str("1 partner was returned twice"),
            Self::Repeated(count) => write!(f, "{count} partners were returned more than once"),
            Self::Moved { offset } => write!(
                f,
                "partners came or went while the list was read: \
                 the page at offset {offset} does not begin with the last partner before it"
            ),
            Self::Total { total, earlier: Some(earlier), .. } => {
                write!(f, "the total changed from {earlier} to {total} between pages")
            }
            Self::Total { total, came: 0, .. } => write!(f, "the API reported {} but none arrived", partners(total)),
            Self::Total { total, came, .. } => {
                let only = if came < total { "only " } else { "" };
                write!(f, "the API reported {} but {only}{came} arrived", partners(total))
            }
            Self::Page { offset, words, .. } => write!(f, "the page at offset {offset} {words}"),
            Self::Ignored { condition, contrary, of } => write!(
                f,
                "the API seems to ignore the condition `{condition}`: {contrary} of the first {} {} not match it",
                partners(of),
                if *contrary == 1 { "does" } else { "do" }
            ),
            Self::NoSid(count) => {
                write!(f, "{} came without a SID, so duplicates and gaps cannot be detected", partners(count))
            }
        }
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
        let came = self.offset.saturating_add(self.rows);
        if let Some(total) = self.total {
            let is_short = self.ended && total > came;
            // An offset past the end skips them all.
            let is_exceeded = self.rows > 0 && total < came;
            if self.earlier_total.is_some() || is_short || is_exceeded {
                doubts.push(Doubt::Total { total, earlier: self.earlier_total, came });
            }
        }
        doubts.extend(self.page_doubts.iter().cloned());
        if self.anonymous > 0 {
            doubts.push(Doubt::NoSid(self.anonymous));
        }
        doubts
    }

    /// How many different partners came.
    pub fn partners(&self) -> u64 {
        self.rows - self.repeated
    }

    /// The total, unless anything contradicts it.
    pub fn consistent_total(&self) -> Option<u64> {
        self.total.filter(|_| self.doubts().is_empty())
    }
}

/// What stands for a partner: 128 bits of its SID, or of its whole text if it has none.
pub type Identity = u128;

/// Counts the pages of a list as they come.
///
/// It keeps 16 bytes of each partner in a hash set.
#[derive(Debug)]
pub struct SeenPartners {
    seen: HashSet<Identity>,
    keys: [RandomState; 2],
    pub stats: ListStats,
}

impl SeenPartners {
    /// None were seen yet of a list of which so many are skipped.
    pub fn new(skipped: u64) -> Self {
        let stats = ListStats { offset: skipped, next_offset: skipped, ..ListStats::default() };
        Self { seen: HashSet::new(), keys: Default::default(), stats }
    }

    /// Compares what a page says of itself with what came: it begins at `offset`, which it was asked for by unless it
    /// was by a cursor.
    pub fn compare(&mut self, page: &Page, offset: u64, by_offset: bool) {
        let held = page.len();
        let mut note = |key, words| self.stats.note(Doubt::Page { offset, key, words });
        // Past the end, a server may well say where that is.
        let is_past_end = |said: u64| page.is_empty() && page.total.is_some_and(|total| total <= said.min(offset));
        if let Some(said) = page.offset.filter(|said| by_offset && *said != offset && !is_past_end(*said)) {
            note("offset", format!("claims to be the page at offset {said}"));
        }
        if let Some(said) = page.count.filter(|said| *said != held) {
            note("count", format!("reports {} but holds {held}", PARTNERS.counted(said)));
        }
        if let Some(limit) = page.limit.filter(|limit| *limit < held) {
            note("limit", format!("reports a limit of {limit} but holds {}", PARTNERS.counted(held)));
        }
        if page.has_more == Some(false) && page.next.is_some() {
            note("has_more", "reports that no partners follow but links to a next page".to_owned());
        }
        if let Some(words) = &page.errors {
            note("errors", format!("came with errors: {}", shortened(words)));
        }
        if let Some(total) = &page.odd_total {
            note("total", format!("has the total {}, which is not a whole number", shortened(total)));
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

    /// Counts a page in, and returns how many partners of it did not come before.
    pub fn count(&mut self, page: &Page) -> u64 {
        self.stats.pages += 1;
        self.stats.bytes += page.body().len() as u64;
        self.stats.rows += page.len();
        self.note_total(page);
        let mut new = 0;
        for partner in page.objects() {
            let (identity, has_sid) = self.identity(partner);
            let is_new = self.seen.insert(identity);
            new += u64::from(is_new);
            self.stats.anonymous += u64::from(!has_sid);
            self.stats.repeated += u64::from(has_sid && !is_new);
        }
        new
    }

    /// What stands for the partner, and whether that is its SID.
    pub fn identity(&self, partner: Object) -> (Identity, bool) {
        match sid(partner) {
            Some(sid) => (lookup::uuid(&sid).map_or_else(|| self.hashed(&sid), |uuid| uuid.as_u128()), true),
            None => (self.hashed(partner.text()), false),
        }
    }

    fn hashed(&self, text: &str) -> Identity {
        let [high, low] = [0, 1].map(|half| u128::from(self.keys[half].hash_one(text)));
        high << 64 | low
    }

    fn note_total(&mut self, page: &Page) {
        let Some(total) = page.total else { return };
        if let Some(before) = self.stats.total.replace(total).filter(|before| *before != total) {
            self.stats.earlier_total = Some(before);
        }
    }
}

impl ListStats {
    pub fn note(&mut self, doubt: Doubt) {
        if !self.page_doubts.iter().any(|noted| noted.is_like(&doubt)) {
            self.page_doubts.push(doubt);
        }
    }
}

/// The SID of a partner, if it has one.
fn sid(partner: Object<'_>) -> Option<Cow<'_, str>> {
    let is_sid = |value: &&str| value.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit());
    partner.get(PARTNERS.key).filter(is_sid).map(raw::text).filter(|sid| !sid.is_empty())
}

#[cfg(test)]
mod tests;
