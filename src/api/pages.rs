//! Walking the pages of a list: where the next one begins, and when the list has ended.
//!
//! Nothing here knows how a page is fetched; that is a closure's business.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::values::{Order, PageSize};

use super::completeness::{ListStats, PageNovelty, PageStart, SeenPartners};
use super::error::{Error, Stuck};
use super::filter::Equality;
use super::page::{Next, Page};
use super::prefetch::{Concurrency, Fetch, Prefetch, Wait};
use super::query::{PageRequest, Position, Query};

/// How far a list is walked, and in which steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How many partners to skip first.
    pub offset: u64,
    /// The most partners wanted in all; none means every one.
    pub limit: Option<NonZeroU64>,
    /// The most partners to ask for in one request.
    pub page_size: PageSize,
    /// How many requests at a time, once the total is known.
    pub concurrency: Concurrency,
}

/// The pages of a list, in their order.
///
/// The first one is fetched alone. If it has the total, and the list goes on by offsets, those after it are
/// requested ahead. After a page that failed there is no further one.
pub struct Pages<'w> {
    query: Arc<Query>,
    walk: Paging,
    ahead: Prefetch<'w>,
    order: OrderRefused,
    position: Option<Position>,
    rows: u64,
    /// The offset behind the pages so far.
    reached: u64,
    /// How far the last page's beginning is from that of the next: the server may cap the page size.
    stride: u64,
    /// Whether that is as far as the time before, so that it is likely where the next ones begin.
    is_steady: bool,
    /// The most partners that a page held.
    longest: u64,
    /// After a short page that claims more, where the next one begins if the server drops partners from full pages.
    beyond_short: Option<BeyondShort>,
    /// Whether the server was seen to do that.
    drops_partners: bool,
    conditions: Vec<Equality>,
    census: SeenPartners,
    has_more: Option<bool>,
    end: End,
    /// Pages in a row that brought nothing new.
    stale_pages: u32,
    /// Pages in a row that held nothing.
    empty_pages: u32,
}

/// Another place where the page after a short one may begin.
struct BeyondShort {
    offset: u64,
    /// How many partners the short page held.
    came: u64,
}

/// The most pages in a row that may hold nothing although more partners follow: all theirs may have been dropped.
const MAX_EMPTY_PAGES: u32 = 16;

/// How a list came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    Said,
    /// With a page that held nothing and yet claimed that more would follow, every partner of the total having come.
    EmptyClaim,
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
        let most = self.limit.map_or(u64::MAX, NonZeroU64::get);
        let position = Position::Offset(self.offset);
        PageRequest { query: query.into(), position, limit: most.min(self.page_size.get()) }
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
            census: SeenPartners::new(walk.offset, walk.limit.map_or(u64::MAX, NonZeroU64::get)),
            query: query.into(),
            ahead: Prefetch::new(fetch, walk.concurrency, on_wait),
            order,
            position: Some(Position::Offset(walk.offset)),
            rows: 0,
            reached: walk.offset,
            stride: walk.page_size.get(),
            is_steady: false,
            longest: 0,
            beyond_short: None,
            drops_partners: false,
            has_more: None,
            end: End::NotYet,
            stale_pages: 0,
            empty_pages: 0,
            walk,
        }
    }

    /// How many partners the pages so far held.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many partners of the whole list are skipped or came.
    fn behind(&self) -> u64 {
        self.walk.offset.saturating_add(self.rows)
    }

    /// How many partners match in all, if the server said so.
    fn total(&self) -> Option<u64> {
        self.census.total()
    }

    /// How many partners will come in all, if that is known.
    pub fn expected_rows(&self) -> Option<u64> {
        let left = self.total()?.saturating_sub(self.walk.offset);
        Some(self.walk.limit.map_or(left, |limit| left.min(limit.get())))
    }

    /// Ends the walk, wherever it is, and gives what is known of the list.
    pub fn finish(self) -> ListStats {
        self.stats()
    }

    /// What is known of the list so far.
    pub fn stats(&self) -> ListStats {
        ListStats {
            offset: self.walk.offset,
            rows: self.rows,
            next_offset: self.reached,
            has_more: self.has_more,
            ended: self.end != End::NotYet,
            ended_on_empty_claim: self.end == End::EmptyClaim,
            ..self.census.stats().clone()
        }
    }

    /// Whether the list came in the server's own order because it refused ours.
    pub fn order_was_refused(&self) -> bool {
        self.order == OrderRefused::AskedWithout
    }

    /// The request for the page at `position`, `before` partners having come before it.
    fn request(&self, position: Position, before: u64) -> PageRequest {
        let left = self.walk.limit.map_or(u64::MAX, |limit| limit.get() - before);
        PageRequest { query: Arc::clone(&self.query), position, limit: left.min(self.walk.page_size.get()) }
    }

    fn fetch_at(&mut self, position: Position) -> Result<Page, Error> {
        let request = self.request(position, self.rows);
        match self.ahead.get(&request) {
            Err(refusal) if self.may_ask_without_order(&refusal) => {
                self.query = Query { order: Order::Server, ..(*self.query).clone() }.into();
                let page = self.ahead.get(&PageRequest { query: Arc::clone(&self.query), ..request });
                let page = page.map_err(|_| refusal)?;
                self.order = OrderRefused::AskedWithout;
                Ok(page)
            }
            answer => answer,
        }
    }

    /// Requests the pages after the last one, if it is likely where they begin. Should a page turn out shorter or
    /// longer than the one before, those after it are asked for anew.
    fn look_ahead(&mut self) {
        let (Some(Position::Offset(next)), Some(total)) = (&self.position, self.total()) else { return };
        if self.ahead.most() == 1 || !self.is_steady {
            return;
        }
        let (next, start) = (*next, self.walk.offset);
        let end = self.walk.limit.map_or(total, |limit| total.min(start.saturating_add(limit.get())));
        let offsets = std::iter::successors(Some(next), |offset| offset.checked_add(self.stride));
        let requests: Vec<_> = offsets
            .take_while(|offset| *offset < end)
            .take(self.ahead.most())
            .map(|offset| self.request(Position::Offset(offset), offset - start))
            .collect();
        self.ahead.send(requests.into_iter());
    }

    fn may_ask_without_order(&self, refusal: &Error) -> bool {
        self.order == OrderRefused::AskWithout && self.rows == 0 && matches!(refusal.status(), Some(400 | 422))
    }

    /// Cuts the page to what is wanted, counts it in, and finds where the next one begins.
    fn follow(&mut self, page: &mut Page, position: &Position) -> Result<(), Error> {
        self.compare(page, position);
        let (came, begins) = (page.len(), self.offset_of(position));
        let asked = self.request(position.clone(), self.rows).limit;
        if let Some(limit) = self.walk.limit {
            page.truncate(limit.get() - self.rows);
        }
        let leads_round = self.leads_round(page);
        self.longest = self.longest.max(came);
        let rows = self.rows + page.len();
        let behind = self.walk.offset.saturating_add(rows);
        self.has_more = if came > page.len() { Some(true) } else { claims_more(page, behind) };
        // A page that ends the list is the end, whatever it holds.
        if leads_round && page.has_more != Some(false) {
            return Err(self.no_progress(position, Stuck::SamePartners));
        }
        if !self.has_more.unwrap_or(came > 0) {
            self.has_more = Some(false);
            self.end = End::Said;
        } else if came == 0 {
            self.go_on_without_rows(page, position, begins, asked)?;
        } else if self.walk.limit.is_none_or(|limit| rows < limit.get()) {
            self.check_total(behind, position)?;
            self.go_on(page, begins, came, asked);
        }
        self.reached = match self.position {
            Some(Position::Offset(offset)) => offset,
            _ => begins.saturating_add(page.len()),
        };
        self.rows = rows;
        Ok(())
    }

    /// Compares what the page says with what came; the first one also with what was asked.
    fn compare(&mut self, page: &Page, position: &Position) {
        if self.census.pages() == 0 {
            self.census.compare_with(&self.conditions, page);
        }
        self.census.compare(page, position, self.behind());
        self.empty_pages = if page.is_empty() { self.empty_pages + 1 } else { 0 };
    }

    /// Finds where the next page begins: at the cursor or the offset that the server names, else behind the partners
    /// that came, or, with a server that drops some of a full page, behind its limit.
    fn go_on(&mut self, page: &Page, begins: u64, came: u64, asked: u64) {
        let full = page.limit.map_or(asked, |limit| limit.min(asked));
        let next = match &page.next {
            Next::After(cursor) => {
                self.is_steady = false;
                self.position = Some(Position::After(cursor.clone()));
                return;
            }
            Next::ByOffset(Some(offset)) if *offset > begins => *offset,
            _ if self.drops_partners => begins.saturating_add(full.max(came)),
            _ => {
                let offset = begins.saturating_add(full);
                self.beyond_short = (came < full).then_some(BeyondShort { offset, came });
                begins.saturating_add(came)
            }
        };
        self.is_steady = next - begins == self.stride;
        self.stride = next - begins;
        self.position = Some(Position::Offset(next));
    }

    /// The page that really follows a short one, which claimed more and named no place for it.
    ///
    /// Most servers that send less than was asked cap the page size, and go on behind what came. Others drop some
    /// partners of a full page: from there they send some a second time. Then what lies behind the full page is asked
    /// for, and taken if it begins with the very partner that is the first new one here.
    fn page_behind_short(&mut self, page: Page, position: Position) -> (Page, Position) {
        let Some(BeyondShort { offset, came }) = self.beyond_short.take() else { return (page, position) };
        let (repeated, first_new) = self.census.look_at(&page);
        if repeated == 0 || (first_new.is_none() && page.len() >= came) {
            return (page, position);
        }
        let beyond = Position::Offset(offset);
        match self.fetch_at(beyond.clone()) {
            Ok(behind) if self.continues(first_new, &behind) => {
                self.drops_partners = true;
                (behind, beyond)
            }
            _ => (page, position),
        }
    }

    /// Whether a page holds only new partners, this one first.
    fn continues(&self, first_new: Option<u128>, page: &Page) -> bool {
        let (repeated, first) = self.census.look_at(page);
        repeated == 0 && (first_new.is_none() || first_new == first)
    }

    /// Where a page begins; with a cursor, as far as it is known.
    fn offset_of(&self, position: &Position) -> u64 {
        match position {
            Position::Offset(offset) => *offset,
            Position::After(_) => self.reached,
        }
    }

    /// A server that sends a whole page more than its total has lost count, and might go on for ever.
    fn check_total(&self, behind: u64, position: &Position) -> Result<(), Error> {
        match self.total() {
            Some(total) if behind.saturating_sub(total) >= self.longest => {
                Err(self.no_progress(position, Stuck::BeyondTotal(total)))
            }
            _ => Ok(()),
        }
    }

    /// Counts a page in, and returns whether going on from it would be going round in circles: it is an earlier page
    /// once more, or the second in a row that holds only partners that came before.
    ///
    /// A single repeated partner, or a page of several in another company, may only have been pushed on by new ones
    /// before them, so that gets a second chance.
    fn leads_round(&mut self, page: &Page) -> bool {
        let novelty = self.census.count(page);
        self.stale_pages = if novelty == PageNovelty::New { 0 } else { self.stale_pages + 1 };
        self.stale_pages > 1 || (novelty == PageNovelty::SamePage && page.len() > 1)
    }

    /// A page held nothing and claimed that more follows: the end if every partner has come; else a fault, unless the
    /// server names a place further on, or was seen to drop partners.
    fn go_on_without_rows(&mut self, page: &Page, position: &Position, begins: u64, asked: u64) -> Result<(), Error> {
        let total = self.total();
        if total.is_some_and(|total| self.behind() >= total || begins >= total) {
            self.end = End::EmptyClaim;
            self.has_more = Some(false);
            return Ok(());
        }
        let leads_on = match (&page.next, position) {
            (Next::After(cursor), Position::After(before)) => cursor != before,
            (Next::After(_), _) => true,
            (Next::ByOffset(Some(offset)), _) if *offset > begins => total.is_none_or(|total| *offset < total),
            _ => self.drops_partners,
        };
        if leads_on && self.empty_pages <= MAX_EMPTY_PAGES {
            self.go_on(page, begins, 0, asked);
            return Ok(());
        }
        Err(self.no_progress(position, Stuck::EmptyPage))
    }

    fn no_progress(&self, position: &Position, stuck: Stuck) -> Error {
        Error::NoProgress { place: PageStart::of(position, self.behind()), stuck }
    }
}

/// Whether a page says that more partners follow, `behind` partners of the list being behind it.
fn claims_more(page: &Page, behind: u64) -> Option<bool> {
    page.has_more.or_else(|| page.total.map(|total| behind < total)).or(match page.next {
        Next::Unsaid => None,
        Next::None => Some(false),
        Next::ByOffset(_) | Next::After(_) => Some(true),
    })
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.position.take()?;
        Some(self.fetch_at(position.clone()).and_then(|page| {
            let (mut page, position) = self.page_behind_short(page, position);
            self.follow(&mut page, &position)?;
            self.look_ahead();
            Ok(page)
        }))
    }
}

#[cfg(test)]
mod tests;
