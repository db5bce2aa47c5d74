//! Walking the pages of a list: where the next one begins, and when the list has ended.
//!
//! Each page after the first is asked for from the last partner of the one before and has to begin with it. If it does
//! not, partners were added or removed meanwhile. A closure fetches the pages.

use std::iter;
use std::num::NonZeroU64;
use std::sync::Arc;

use crate::error::Failure;
use crate::values::{Order, PageSize, Parallel};

use super::completeness::{Cause, Fingerprint, ListStats, SeenPartners};
use super::failures::{SERVER_ERROR, invalid};
use super::filter::Condition;
use super::page::Page;
use super::prefetch::{Fetch, Prefetch, Wait};
use super::query::{PageRequest, Position, Query};

/// How far a list is walked, and in which steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How many partners to skip first.
    pub offset: u64,
    /// The most partners wanted in all; none means every one.
    pub limit: Option<NonZeroU64>,
    /// The most new partners to ask for in one request.
    pub page_size: PageSize,
    /// How many requests at a time, once the total is known.
    pub parallel: Parallel,
}

/// The pages of a list, in their order, each without what it shares with the one before.
///
/// The first one is fetched alone. If it has the total, and the list goes on by offsets, those after it are
/// requested ahead. After a page that failed there is no further one.
pub struct Pages<'w> {
    query: Arc<Query>,
    walk: Paging,
    ahead: Prefetch<'w>,
    order: OrderRefused,
    conditions: Vec<Condition>,
    next: Option<Start>,
    /// The last partner that was received.
    last: Option<Fingerprint>,
    /// How many places of the list the next pages probably take.
    length: u64,
    seen: SeenPartners,
}

/// Where a page is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Start {
    position: Position,
    overlap: Overlap,
}

/// Whether a page is requested from the last received partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overlap {
    /// It is asked for from where the next partners are.
    None,
    /// It is, and has to begin with that partner.
    Due,
    /// It may begin with that partner: the server leaves others out of a full page, so where that one stands is
    /// unknown.
    Possible,
}

/// What to do when the server refuses the order of the first request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRefused {
    /// Report it: the order was asked for.
    Report,
    /// Ask once more without: the order is only our own default.
    AskWithout,
    /// That has happened, and succeeded.
    AskedWithout,
}

impl Paging {
    /// The request that a walk begins with.
    pub fn first_request(&self, query: Query) -> PageRequest {
        self.request(query.into(), &self.start(), 0)
    }

    fn start(&self) -> Start {
        Start { position: Position::Offset(self.offset), overlap: Overlap::None }
    }

    /// The request for the page at `start`, `before` partners having come before it. The partner that it shares with
    /// the page before comes on top of those that are wanted.
    fn request(&self, query: Arc<Query>, start: &Start, before: u64) -> PageRequest {
        let left = self.limit.map_or(u64::MAX, |limit| limit.get() - before);
        let shared = u64::from(start.overlap != Overlap::None);
        let limit = (left.min(self.page_size.get()) + shared).min(PageSize::MAX.get());
        PageRequest { query, position: start.position.clone(), limit }
    }
}

impl<'w> Pages<'w> {
    /// The pages that answer `query`, each got by `fetch`; `on_wait` is called for waits before further attempts.
    pub fn new(
        query: Query,
        walk: Paging,
        order: OrderRefused,
        fetch: Arc<Fetch>,
        on_wait: impl Fn(Wait) + 'w,
    ) -> Self {
        Self {
            conditions: query.equalities(),
            seen: SeenPartners::new(walk.offset),
            query: query.into(),
            ahead: Prefetch::new(fetch, walk.parallel, on_wait),
            order,
            next: Some(walk.start()),
            last: None,
            length: 0,
            walk,
        }
    }

    /// How many partners will come in all, if that is known.
    pub fn expected_rows(&self) -> Option<u64> {
        let left = self.stats().total?.saturating_sub(self.walk.offset);
        Some(self.walk.limit.map_or(left, |limit| left.min(limit.get())))
    }

    /// What is known of the list so far.
    pub fn stats(&self) -> &ListStats {
        &self.seen.stats
    }

    /// Ends the walk, wherever it is, and returns what is known of the list.
    pub fn finish(self) -> ListStats {
        self.seen.stats
    }

    /// Whether the list is in the server's own order because it refused ours.
    pub fn order_was_refused(&self) -> bool {
        self.order == OrderRefused::AskedWithout
    }

    fn request(&self, start: &Start, before: u64) -> PageRequest {
        self.walk.request(Arc::clone(&self.query), start, before)
    }

    fn fetch(&mut self, request: &PageRequest) -> Result<Page, Failure> {
        match self.ahead.get(request) {
            Err(refusal) if self.may_ask_without_order(&refusal) => {
                self.query = Query { order: Order::Server, ..(*self.query).clone() }.into();
                let page = self.ahead.get(&PageRequest { query: Arc::clone(&self.query), ..request.clone() });
                let page = page.map_err(|_| self.advised(refusal))?;
                self.order = OrderRefused::AskedWithout;
                Ok(page)
            }
            answer => answer.map_err(|failure| self.advised(failure)),
        }
    }

    fn may_ask_without_order(&self, refusal: &Failure) -> bool {
        self.order == OrderRefused::AskWithout && self.stats().pages == 0 && is_of_question(refusal)
    }

    /// The failure, with advice on the question if it was that which the API rejected.
    fn advised(&self, failure: Failure) -> Failure {
        match self.query.advice() {
            Some(advice) if is_of_question(&failure) => failure.hint(advice),
            _ => failure,
        }
    }

    /// Cuts the page to what is wanted and new, counts it in, and finds where the next one begins.
    fn follow(&mut self, page: &mut Page, start: &Start, asked: u64) -> Result<(), Failure> {
        let begins = match start.position {
            Position::Offset(offset) => offset,
            Position::After(_) => self.stats().next_offset,
        };
        let held = page.len();
        self.compare(page, start, begins);
        let came = page.len();
        if let Some(limit) = self.walk.limit {
            page.truncate(limit.get() - self.stats().rows);
        }
        let new = self.seen.count(page);
        self.last = page.objects().last().map(|partner| self.seen.identity(partner).0).or(self.last);

        let said = leads_on(page, start, begins);
        let behind = self.walk.offset.saturating_add(self.stats().partners());
        let is_reached = self.stats().total.map(|total| total <= behind);
        let is_end = page.has_more == Some(false) || (said.is_none() && (held == 0 || is_reached == Some(true)));
        let is_cut = page.len() < came;
        let stats = &mut self.seen.stats;
        if came > 0 && new == 0 && page.has_more != Some(false) {
            stats.rows -= page.len();
            let message = format!("the server keeps returning the same partners (page at offset {begins})");
            return Err(invalid(message, SERVER_ERROR));
        }
        stats.next_offset = begins.saturating_add(held - came + page.len());
        stats.ended = is_end && !is_cut;
        stats.has_more = match stats.ended {
            true => Some(false),
            false if is_cut => Some(true),
            false => page.has_more.or(said.as_ref().map(|_| true)).or(is_reached.map(|is_reached| !is_reached)),
        };
        let (has_ended, rows) = (stats.ended, stats.rows);
        self.note_end(page, begins, behind.saturating_add(came - page.len()), is_cut);
        if !has_ended && self.walk.limit.is_none_or(|limit| rows < limit.get()) {
            let full = page.limit.map_or(held, |limit| limit.min(asked).max(held));
            let next = said.unwrap_or(Position::Offset(begins.saturating_add(full)));
            self.go_on(next, begins, held, asked, came > 0);
        }
        Ok(())
    }

    /// Notes what the page says of the end of the list and is not so, `whole` partners being behind all that it holds.
    fn note_end(&mut self, page: &Page, begins: u64, whole: u64, is_cut: bool) {
        let stats = &mut self.seen.stats;
        let is_wrong = |total: &u64| *total < whole || (page.has_more == Some(false) && *total > whole);
        if let Some(total) = stats.total.filter(is_wrong).filter(|_| is_cut) {
            let words = format!("the page at offset {begins} contradicts its total of {total}");
            stats.note("total", Cause::Answer, words);
        }
        if stats.ended && page.has_more == Some(true) {
            let what = if page.is_empty() { "is empty" } else { "reaches its total" };
            let words = format!("the page at offset {begins} {what} but reports that more partners follow");
            stats.note("has_more", Cause::Answer, words);
        }
    }

    /// Compares what the page says with what came, the first one also with what was asked, and drops what it shares
    /// with the one before.
    fn compare(&mut self, page: &mut Page, start: &Start, begins: u64) {
        if self.stats().pages == 0 {
            self.seen.compare_with(&self.conditions, page);
        }
        self.seen.compare(page, begins, matches!(start.position, Position::Offset(_)));
        let first = page.objects().next().map(|partner| self.seen.identity(partner).0);
        match start.overlap {
            Overlap::None => {}
            _ if first.is_some() && first == self.last => page.drop_first(),
            Overlap::Due => {
                let words = format!(
                    "partners were added or removed meanwhile: \
                     the page at offset {begins} does not begin with the last partner before it"
                );
                self.seen.stats.note("overlap", Cause::Changes, words);
            }
            Overlap::Possible => {}
        }
    }

    /// Goes on at `next`, after a page of which `asked` partners were asked for and `held` came, new ones or none.
    fn go_on(&mut self, next: Position, begins: u64, held: u64, asked: u64, has_new: bool) {
        let Position::Offset(next) = next else {
            self.next = Some(Start { position: next, overlap: Overlap::None });
            return;
        };
        self.seen.stats.next_offset = next;
        // A page that brought nothing is followed from its end, so that the list goes on in any case.
        let overlap = match has_new {
            false => Overlap::None,
            true if next == begins.saturating_add(held) => Overlap::Due,
            true => Overlap::Possible,
        };
        let position = Position::Offset(next - u64::from(has_new));
        self.next = Some(Start { position, overlap });
        // As many as are asked for, or where the server cuts pages short as many as this one.
        let is_whole = next - begins == asked;
        let most = (self.walk.page_size.get() + 1).min(PageSize::MAX.get());
        self.length = if is_whole { most } else { next - begins };
        // The first page may show that no further one is wanted.
        if self.stats().pages > 1 {
            self.look_ahead();
        }
    }

    /// Requests the next pages, if it is likely where they begin. Should a page turn out shorter or longer than was
    /// thought, those after it are asked for anew.
    fn look_ahead(&mut self) {
        let (Some(start), Some(total)) = (&self.next, self.stats().total) else { return };
        let &Start { position: Position::Offset(next), overlap: Overlap::Due | Overlap::Possible } = start else {
            return;
        };
        let skipped = self.walk.offset;
        let end = self.walk.limit.map_or(total, |limit| total.min(skipped.saturating_add(limit.get())));
        if self.length < 2 || self.ahead.most() == 1 {
            return;
        }
        let offsets = iter::successors(Some(next), |offset| offset.checked_add(self.length - 1));
        let requests: Vec<_> = offsets
            .take_while(|offset| offset.saturating_add(1) < end)
            .take(self.ahead.most())
            .map(|offset| {
                let start = Start { position: Position::Offset(offset), overlap: Overlap::Due };
                self.request(&start, offset + 1 - skipped)
            })
            .collect();
        self.ahead.send(requests.into_iter());
    }
}

/// Whether the API rejected the question itself.
fn is_of_question(failure: &Failure) -> bool {
    matches!(failure.status(), Some(400 | 422))
}

/// Where the page says that the next one is, if that is further on.
fn leads_on(page: &Page, start: &Start, begins: u64) -> Option<Position> {
    let is_further = |next: &Position| match next {
        Position::Offset(next) => *next > begins,
        Position::After(_) => *next != start.position,
    };
    page.next.clone().filter(is_further)
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.stats().pages == 1 {
            self.look_ahead();
        }
        let start = self.next.take()?;
        let request = self.request(&start, self.stats().rows);
        Some(self.fetch(&request).and_then(|mut page| {
            self.follow(&mut page, &start, request.limit)?;
            Ok(page)
        }))
    }
}

#[cfg(test)]
mod tests;
