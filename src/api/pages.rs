//! Walking the pages of a list: where the next one begins, and when the list has ended.
//!
//! Nothing here knows how a page is fetched; that is a closure's business.

use std::num::NonZeroU64;

use crate::error::{Failure, Kind};
use crate::values::{Order, PageSize};

use super::page::{Next, Page};
use super::query::{PageRequest, Position, Query};

/// How far a list is walked, and in which steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// How many partners to skip first.
    pub offset: u64,
    /// The most partners wanted in all; none means every one.
    pub limit: Option<NonZeroU64>,
    /// The most partners to ask for in one request.
    pub page_size: PageSize,
}

/// The pages of a list, fetched one at a time as they are asked for.
///
/// After a page that failed there is no further one.
pub struct Pages<F> {
    query: Query,
    walk: Walk,
    fetch: F,
    order: OrderRefused,
    position: Option<Position>,
    rows: u64,
    last: LastPage,
    ended_early: bool,
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

/// What the last page said about the list.
#[derive(Debug, Clone, Copy, Default)]
struct LastPage {
    total: Option<u64>,
    more: Option<bool>,
}

impl<F: FnMut(&PageRequest) -> Result<Page, Failure>> Pages<F> {
    /// The pages that answer `query`, each got by `fetch`.
    pub fn new(query: Query, walk: Walk, order: OrderRefused, fetch: F) -> Self {
        let position = Some(Position::Offset(walk.offset));
        Self { query, walk, fetch, order, position, rows: 0, last: LastPage::default(), ended_early: false }
    }

    /// How many partners the pages so far held.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The offset at which the list goes on after the pages so far.
    pub fn next_offset(&self) -> u64 {
        self.walk.offset.saturating_add(self.rows)
    }

    /// How many partners match in all, if the server said so.
    pub fn total(&self) -> Option<u64> {
        self.last.total
    }

    /// Whether there are more partners than those that came; none when the server does not say.
    pub fn more(&self) -> Option<bool> {
        self.last.more
    }

    /// Whether the list came in the server's own order because it refused ours.
    pub fn order_was_refused(&self) -> bool {
        self.order == OrderRefused::AskedWithout
    }

    /// Whether the list ended with a page that held nothing and yet claimed that more would follow.
    pub fn ended_on_an_empty_claim(&self) -> bool {
        self.ended_early
    }

    fn fetch_at(&mut self, position: Position) -> Result<Page, Failure> {
        let left = self.walk.limit.map_or(u64::MAX, |limit| limit.get() - self.rows);
        let limit = left.min(self.walk.page_size.get());
        let request = PageRequest { query: &self.query, position, limit };
        match (self.fetch)(&request) {
            Err(refusal) if self.may_ask_without_order(&refusal) => {
                let query = Query { order: Order::Server, ..self.query.clone() };
                let page = (self.fetch)(&PageRequest { query: &query, ..request }).map_err(|_| refusal)?;
                self.query = query;
                self.order = OrderRefused::AskedWithout;
                Ok(page)
            }
            answer => answer,
        }
    }

    fn may_ask_without_order(&self, refusal: &Failure) -> bool {
        self.order == OrderRefused::AskWithout && self.rows == 0 && matches!(refusal.status, Some(400 | 422))
    }

    /// Counts the page in, cuts it to what is wanted, and finds where the next one begins.
    fn follow(&mut self, page: &mut Page, position: &Position) -> Result<(), Failure> {
        let came = page.len();
        if let Some(limit) = self.walk.limit {
            page.truncate(limit.get() - self.rows);
        }
        self.rows += page.len();
        let claim = claims_more(page, self.walk.offset.saturating_add(self.rows));
        self.last = LastPage { total: page.total.or(self.last.total), more: claim };
        if came > page.len() {
            self.last.more = Some(true);
        }
        let limit_is_reached = self.walk.limit.is_some_and(|limit| self.rows == limit.get());
        if limit_is_reached || !claim.unwrap_or(came > 0) {
            if claim.is_none() && came == 0 {
                self.last.more = Some(false);
            }
            return Ok(());
        }
        if came == 0 {
            return self.end_without_rows(position);
        }
        self.position = Some(match &page.next {
            Next::After(cursor) => Position::After(cursor.clone()),
            _ => Position::Offset(self.next_offset()),
        });
        if self.position.as_ref() == Some(position) {
            self.position = None;
            return Err(no_progress("its cursor for the next page is that of the same page"));
        }
        Ok(())
    }

    /// A page held nothing and claimed that more follows: the end if every partner has come, else a fault.
    fn end_without_rows(&mut self, position: &Position) -> Result<(), Failure> {
        if self.last.total.is_some_and(|total| self.next_offset() >= total) {
            self.ended_early = true;
            self.last.more = Some(false);
            return Ok(());
        }
        let place = match position {
            Position::Offset(offset) => format!("offset {offset}"),
            Position::After(_) => format!("its cursor after {} partners", self.rows),
        };
        Err(no_progress(&format!("the page at {place} is empty and claims that more partners follow")))
    }
}

/// Whether a page says that more partners follow, `reached` partners of the list being behind it.
fn claims_more(page: &Page, reached: u64) -> Option<bool> {
    page.has_more.or_else(|| page.total.map(|total| reached < total)).or(match page.next {
        Next::Unsaid => None,
        Next::None => Some(false),
        Next::ByOffset | Next::After(_) => Some(true),
    })
}

fn no_progress(what: &str) -> Failure {
    Failure::new(Kind::Server, format!("the server's list makes no progress: {what}"))
        .hint("a fault of the server; try again later, or with another --page-size")
}

impl<F: FnMut(&PageRequest) -> Result<Page, Failure>> Iterator for Pages<F> {
    type Item = Result<Page, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.position.take()?;
        Some(self.fetch_at(position.clone()).and_then(|mut page| {
            self.follow(&mut page, &position)?;
            Ok(page)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::api::query::FieldSelection;

    /// A server of `count` partners, each `{"n":INDEX}`, that hands out at most `cap` at a time.
    struct Server {
        count: u64,
        cap: u64,
        /// The members of the page object beside `items`, made from offset and rows.
        says: fn(u64, u64, u64) -> String,
        requests: RefCell<Vec<String>>,
    }

    impl Server {
        fn new(count: u64, cap: u64, says: fn(u64, u64, u64) -> String) -> Self {
            Self { count, cap, says, requests: RefCell::default() }
        }

        fn answer(&self, request: &PageRequest) -> Result<Page, Failure> {
            let (offset, name) = match &request.position {
                Position::Offset(offset) => (*offset, format!("{}@{offset}", request.limit)),
                Position::After(cursor) => {
                    (cursor.parse().expect("a cursor"), format!("{}@after {cursor}", request.limit))
                }
            };
            self.requests.borrow_mut().push(name);
            let end = self.count.min(offset + self.cap.min(request.limit));
            let items: Vec<_> = (offset..end).map(|n| format!("{{\"n\":{n}}}")).collect();
            let says = (self.says)(offset, items.len() as u64, self.count);
            Ok(Page::parse(format!("{{\"items\":[{}]{says}}}", items.join(",")).into()).expect("a page"))
        }

        /// The requests that a walk makes, and the numbers of partners that came.
        fn walk(&self, offset: u64, limit: u64, page_size: u64) -> (Vec<String>, Vec<u64>) {
            let mut pages = self.pages(offset, limit, page_size);
            let lengths = pages.by_ref().map(|page| page.expect("a page").len()).collect();
            (self.requests.take(), lengths)
        }

        fn pages(
            &self,
            offset: u64,
            limit: u64,
            page_size: u64,
        ) -> Pages<impl FnMut(&PageRequest) -> Result<Page, Failure>> {
            Pages::new(query(), walk(offset, limit, page_size), OrderRefused::Report, |request| self.answer(request))
        }
    }

    fn query() -> Query {
        Query { filter: None, order: Order::oldest_first(), fields: FieldSelection::Everything }
    }

    /// A limit of 0 means all.
    fn walk(offset: u64, limit: u64, page_size: u64) -> Walk {
        Walk { offset, limit: NonZeroU64::new(limit), page_size: page_size.to_string().parse().expect("a page size") }
    }

    fn documented(offset: u64, rows: u64, total: u64) -> String {
        let more = offset + rows < total;
        let next =
            if more { format!(r#""next":"https://host/partners?offset={}""#, offset + rows) } else { String::new() };
        format!(r#","has_more":{more},"total":{total},"pagination":{{{next}}}"#)
    }

    fn has_more_only(offset: u64, rows: u64, total: u64) -> String {
        format!(r#","has_more":{}"#, offset + rows < total)
    }

    fn total_only(_: u64, _: u64, total: u64) -> String {
        format!(r#","total":{total}"#)
    }

    fn null_total(offset: u64, rows: u64, total: u64) -> String {
        format!(r#","total":null{}"#, has_more_only(offset, rows, total))
    }

    fn pagination_only(offset: u64, rows: u64, total: u64) -> String {
        let next = if offset + rows < total { r#""next":"x""# } else { "" };
        format!(r#","total":null,"pagination":{{{next}}}"#)
    }

    fn cursors(offset: u64, rows: u64, total: u64) -> String {
        let end = offset + rows;
        let next = if end < total { format!(r#""next":"https://host/x?after={end}&limit=7""#) } else { String::new() };
        format!(r#","has_more":{},"pagination":{{{next}}}"#, end < total)
    }

    fn nothing(_: u64, _: u64, _: u64) -> String {
        String::new()
    }

    #[test]
    fn limit_counts_rows_not_pages_and_the_last_request_asks_for_the_rest_only() {
        let server = Server::new(250, 1000, documented);
        assert_eq!(server.walk(0, 25, 10), (vec!["10@0".into(), "10@10".into(), "5@20".into()], vec![10, 10, 5]));
        assert_eq!(server.walk(0, 20, 10).0, ["10@0", "10@10"]);
    }

    #[test]
    fn the_end_is_seen_by_whatever_the_server_says_and_never_one_request_later() {
        for says in [documented, has_more_only, total_only, null_total, pagination_only] {
            let server = Server::new(20, 1000, says);
            assert_eq!(server.walk(0, 0, 10).0, ["10@0", "10@10"]);
            assert_eq!(server.walk(5, 0, 10).0, ["10@5", "10@15"]);
        }
    }

    #[test]
    fn a_server_that_says_nothing_has_ended_at_the_first_empty_page() {
        let server = Server::new(20, 1000, nothing);
        assert_eq!(server.walk(0, 0, 15), (vec!["15@0".into(), "15@15".into(), "15@20".into()], vec![15, 5, 0]));
    }

    #[test]
    fn a_capped_page_is_followed_from_where_it_really_ended() {
        for says in [documented, has_more_only, total_only, null_total, pagination_only] {
            let server = Server::new(25, 10, says);
            assert_eq!(server.walk(0, 0, 1000).0, ["1000@0", "1000@10", "1000@20"]);
            assert_eq!(server.walk(0, 15, 1000).0, ["15@0", "5@10"]);
        }
    }

    #[test]
    fn a_cursor_is_followed_in_place_of_the_offset_with_our_own_limit() {
        let server = Server::new(25, 10, cursors);
        assert_eq!(server.walk(0, 22, 10).0, ["10@0", "10@after 10", "2@after 20"]);
    }

    #[test]
    fn a_server_that_sends_more_than_asked_is_cut_to_the_limit() {
        let answer =
            |_: &PageRequest| Ok(Page::parse(br#"{"items":[{},{},{}],"has_more":false}"#.to_vec()).expect("a page"));
        let mut pages = Pages::new(query(), walk(0, 2, 1000), OrderRefused::Report, answer);
        assert_eq!(pages.by_ref().map(|page| page.expect("a page").len()).collect::<Vec<_>>(), [2]);
        assert_eq!(pages.more(), Some(true));
    }

    #[test]
    fn whether_more_partners_exist_is_known_after_a_limit() {
        for (says, limit, expected) in [
            (documented as fn(u64, u64, u64) -> String, 10, Some(true)),
            (documented, 20, Some(false)),
            (total_only, 10, Some(true)),
            (pagination_only, 10, Some(true)),
            (nothing, 10, None),
        ] {
            let server = Server::new(20, 1000, says);
            let mut pages = server.pages(0, limit, 1000);
            assert_eq!(pages.by_ref().count(), 1);
            assert_eq!(pages.more(), expected);
        }
    }

    #[test]
    fn an_empty_page_that_claims_more_is_a_fault_and_not_a_loop() {
        let answer = |_: &PageRequest| Ok(Page::parse(br#"{"items":[],"has_more":true}"#.to_vec()).expect("a page"));
        let results: Vec<_> = Pages::new(query(), walk(0, 0, 10), OrderRefused::Report, answer).collect();
        let [Err(failure)] = &results[..] else { panic!("one failure, not {results:?}") };
        assert_eq!(failure.kind, Kind::Server);
        assert!(failure.message.contains("offset 0"), "{failure}");
    }

    #[test]
    fn an_empty_page_that_claims_more_is_the_end_once_the_total_is_reached() {
        let server = Server::new(20, 10, |_, _, total| format!(r#","has_more":true,"total":{total}"#));
        let mut pages = server.pages(0, 0, 10);
        assert!(pages.by_ref().all(|page| page.is_ok()));
        assert_eq!((pages.rows(), pages.more(), pages.ended_on_an_empty_claim()), (20, Some(false), true));
    }

    #[test]
    fn a_cursor_that_leads_to_its_own_page_is_a_fault() {
        let answer = |_: &PageRequest| {
            let body = br#"{"items":[{}],"has_more":true,"pagination":{"next":"https://host/?after=x"}}"#;
            Ok(Page::parse(body.to_vec()).expect("a page"))
        };
        let results: Vec<_> = Pages::new(query(), walk(0, 0, 10), OrderRefused::Report, answer).collect();
        assert!(matches!(&results[..], [Ok(_), Err(_)]));
    }

    #[test]
    fn pages_end_after_the_one_that_failed() {
        let answer = |request: &PageRequest| match request.position {
            Position::Offset(0) => Ok(Page::parse(br#"{"items":[{}],"has_more":true}"#.to_vec()).expect("a page")),
            _ => Err(Failure::new(Kind::Network, "gone")),
        };
        let mut pages = Pages::new(query(), walk(0, 0, 10), OrderRefused::Report, answer);
        let results: Vec<_> = pages.by_ref().collect();
        assert!(matches!(&results[..], [Ok(_), Err(_)]));
        assert_eq!((pages.rows(), pages.next_offset()), (1, 1));
    }

    fn refusal(status: u16) -> Failure {
        Failure { status: Some(status), ..Failure::new(Kind::Rejected, format!("refused by {status}")) }
    }

    #[test]
    fn a_refused_default_order_is_left_out_for_the_whole_list() {
        let server = Server::new(20, 10, documented);
        let orders = RefCell::new(Vec::new());
        let answer = |request: &PageRequest| {
            orders.borrow_mut().push(request.query.order.to_string());
            if request.query.order == Order::Server { server.answer(request) } else { Err(refusal(422)) }
        };
        let mut pages = Pages::new(query(), walk(0, 0, 10), OrderRefused::AskWithout, answer);
        assert!(pages.by_ref().all(|page| page.is_ok()));
        assert!(pages.order_was_refused());
        assert_eq!(orders.take(), ["date_created:asc", "none", "none"]);
    }

    #[test]
    fn the_first_refusal_is_reported_when_the_order_was_not_the_reason() {
        let answer = |request: &PageRequest| Err(refusal(if request.query.order == Order::Server { 500 } else { 400 }));
        let mut pages = Pages::new(query(), walk(0, 0, 10), OrderRefused::AskWithout, answer);
        assert_eq!(
            pages.next().and_then(Result::err).map(|failure| failure.message),
            Some("refused by 400".to_owned())
        );
        assert!(!pages.order_was_refused());
    }

    #[test]
    fn an_order_that_was_asked_for_is_never_left_out() {
        let count = RefCell::new(0);
        let answer = |_: &PageRequest| {
            *count.borrow_mut() += 1;
            Err(refusal(400))
        };
        assert!(Pages::new(query(), walk(0, 0, 10), OrderRefused::Report, answer).all(|page| page.is_err()));
        assert_eq!(count.take(), 1);
    }
}
