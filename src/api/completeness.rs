//! What the pages of a list prove about it: whether it is whole, and if not, why.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::raw::{self, Object};

use super::filter::Condition;
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
    /// Partners that were received without a SID.
    pub anonymous: u64,
    /// Whether the list ended by itself, rather than by a limit or a failure.
    pub ended: bool,
    /// The offset at which the list goes on after the pages that came.
    pub next_offset: u64,
    /// What single pages were found to be, the first that is about each thing.
    page_doubts: Vec<(&'static str, Doubt)>,
}

/// Something that speaks against a list being what it should be: every partner that matches, each once, and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub cause: Cause,
    pub words: String,
}

/// What may be behind a doubt, by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Partners that were added or removed while the list was read.
    Changes,
    /// A condition that the API does not know.
    Filter,
    /// The answer itself.
    Answer,
}

impl ListStats {
    /// Whether every matching partner was received exactly once.
    pub fn is_complete(&self) -> bool {
        self.ended && self.doubts().is_empty()
    }

    /// What speaks against a whole list with every partner once.
    pub fn doubts(&self) -> Vec<Doubt> {
        let repeated = match self.repeated {
            0 => None,
            1 => Some("1 partner was returned twice".to_owned()),
            count => Some(format!("{count} partners were returned more than once")),
        };
        let changes =
            repeated.into_iter().chain(self.wrong_total()).map(|words| Doubt { cause: Cause::Changes, words });
        let without_sid = (self.anonymous > 0).then(|| {
            let partners = PARTNERS.counted(self.anonymous);
            let words = format!("{partners} came without a SID, so duplicates and gaps cannot be detected");
            Doubt { cause: Cause::Answer, words }
        });
        changes.chain(self.page_doubts.iter().map(|(_, doubt)| doubt.clone())).chain(without_sid).collect()
    }

    fn wrong_total(&self) -> Option<String> {
        let (total, came) = (self.total?, self.offset.saturating_add(self.rows));
        if let Some(earlier) = self.earlier_total {
            return Some(format!("the total changed from {earlier} to {total} between pages"));
        }
        let is_short = self.ended && total > came;
        // An offset past the end skips them all.
        let is_exceeded = self.rows > 0 && total < came;
        let came = match came {
            0 => "none".to_owned(),
            came if is_short => format!("only {came}"),
            came => came.to_string(),
        };
        let words = || format!("the API reported {} but {came} arrived", PARTNERS.counted(total));
        (is_short || is_exceeded).then(words)
    }

    /// Notes what a page is found to be, unless another was found to be wrong about the same.
    pub fn note(&mut self, about: &'static str, cause: Cause, words: String) {
        if self.page_doubts.iter().all(|(noted, _)| *noted != about) {
            self.page_doubts.push((about, Doubt { cause, words }));
        }
    }

    /// How many different partners were received.
    pub fn partners(&self) -> u64 {
        self.rows - self.repeated
    }

    /// The total, unless anything contradicts it.
    pub fn consistent_total(&self) -> Option<u64> {
        self.total.filter(|_| self.doubts().is_empty())
    }
}

/// What stands for a partner: 128 bits of its SID, or of its whole text if it has none.
pub type Fingerprint = u128;

/// Counts the pages of a list as they come.
///
/// It keeps 16 bytes of each partner in a hash set.
#[derive(Debug)]
pub struct SeenPartners {
    seen: HashSet<Fingerprint, foldhash::fast::RandomState>,
    keys: [RandomState; 2],
    pub stats: ListStats,
}

impl SeenPartners {
    /// None were seen yet of a list of which so many are skipped.
    pub fn new(skipped: u64) -> Self {
        let stats = ListStats { offset: skipped, next_offset: skipped, ..ListStats::default() };
        Self { seen: HashSet::default(), keys: Default::default(), stats }
    }

    /// Compares what a page says of itself with what came: it begins at `offset`, which it was asked for by unless it
    /// was by a cursor.
    pub fn compare(&mut self, page: &Page, offset: u64, by_offset: bool) {
        let held = page.len();
        let mut note =
            |about, words| self.stats.note(about, Cause::Answer, format!("the page at offset {offset} {words}"));
        // Past the end, a server may well say where that is.
        let is_past_end = |said: u64| page.is_empty() && page.total.is_some_and(|total| total <= said.min(offset));
        if let Some(said) = page.offset.filter(|said| by_offset && *said != offset && !is_past_end(*said)) {
            note("offset", format!("claims to be the page at offset {said}"));
        }
        if let Some(said) = page.count.filter(|said| *said != held) {
            note("count", format!("reports {} but has {held}", PARTNERS.counted(said)));
        }
        if let Some(limit) = page.limit.filter(|limit| *limit < held) {
            note("limit", format!("reports a limit of {limit} but has {}", PARTNERS.counted(held)));
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
    pub fn compare_with(&mut self, conditions: &[Condition], page: &Page) {
        for condition in conditions {
            let contrary = page.partners().filter(|partner| condition.is_contradicted_by(partner)).count() as u64;
            if contrary > 0 {
                let words = format!(
                    "the API seems to ignore the condition `{condition}`: {contrary} of the first {} {} not match it",
                    PARTNERS.counted(page.len()),
                    if contrary == 1 { "does" } else { "do" }
                );
                self.stats.page_doubts.push(("filter", Doubt { cause: Cause::Filter, words }));
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
    pub fn identity(&self, partner: Object) -> (Fingerprint, bool) {
        match sid(partner) {
            Some(sid) => (lookup::uuid(&sid).map_or_else(|| self.hashed(&sid), |uuid| uuid.as_u128()), true),
            None => (self.hashed(partner.text()), false),
        }
    }

    fn hashed(&self, text: &str) -> Fingerprint {
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

/// The SID of a partner, if it has one.
fn sid(partner: Object<'_>) -> Option<Cow<'_, str>> {
    let is_sid = |value: &&str| value.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit());
    let text = |value| if partner.is_plain() { Cow::Borrowed(raw::unquoted(value)) } else { raw::text(value) };
    partner.get(PARTNERS.key).filter(is_sid).map(text).filter(|sid| !sid.is_empty())
}

#[cfg(test)]
mod tests;
