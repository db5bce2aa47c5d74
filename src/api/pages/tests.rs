//! Walks over servers of many kinds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::api::failures::lost;
use crate::api::prefetch::{SLOW, Wanted};
use crate::api::query::FieldSelection;
use crate::error::{Exchange, Kind};

fn refused(status: u16) -> Failure {
    Failure::new(Kind::Rejected, "refused").of(Exchange { status: Some(status), ..Exchange::default() })
}

/// A server of `count` partners, each `{"partner_sid":INDEX}`, that hands out at most `cap` at a time.
struct FakeServer {
    count: u64,
    cap: u64,
    /// The members of the page object beside `items`, made from offset and rows.
    says: fn(u64, u64, u64) -> String,
    requests: Mutex<Vec<String>>,
}

impl FakeServer {
    fn new(count: u64, cap: u64, says: fn(u64, u64, u64) -> String) -> Arc<Self> {
        Self { count, cap, says, requests: Mutex::default() }.into()
    }

    fn answer(&self, request: &PageRequest) -> Result<Page, Failure> {
        let (offset, name) = match &request.position {
            Position::Offset(offset) => (*offset, format!("{}@{offset}", request.limit)),
            Position::After(cursor) => (cursor.parse().expect("a cursor"), format!("{}@after {cursor}", request.limit)),
        };
        self.requests.lock().expect("a list").push(name);
        let end = self.count.min(offset + self.cap.min(request.limit));
        let items: Vec<_> = (offset..end).map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
        let says = (self.says)(offset, items.len() as u64, self.count);
        Ok(Page::parse(format!("{{\"items\":[{}]{says}}}", items.join(",")).into()).expect("a page"))
    }

    /// The requests that a walk makes one at a time, and the numbers of partners that came.
    fn paging(self: &Arc<Self>, offset: u64, limit: u64, page_size: u64) -> (Vec<String>, Vec<u64>) {
        let mut pages = self.pages(paging(offset, limit, page_size));
        let lengths = pages.by_ref().map(|page| page.expect("a page").len()).collect();
        (std::mem::take(&mut *self.requests.lock().expect("a list")), lengths)
    }

    fn pages(self: &Arc<Self>, walk: Paging) -> Pages<'static> {
        let server = Arc::clone(self);
        pages(walk, OrderRefused::Report, move |request| server.answer(request))
    }
}

fn pages(
    walk: Paging,
    order: OrderRefused,
    fetch: impl Fn(&PageRequest) -> Result<Page, Failure> + Send + Sync + 'static,
) -> Pages<'static> {
    Pages::new(
        query(),
        walk,
        order,
        Arc::new(move |_: &Wanted, request: &PageRequest, _: &dyn Fn(Wait)| fetch(request)),
        |_| {},
    )
}

fn page(body: &str) -> Page {
    Page::parse(body.into()).expect(body)
}

fn query() -> Query {
    Query { filter: None, order: Order::oldest_first(), fields: FieldSelection::Everything }
}

/// One page at a time; a limit of 0 means all.
fn paging(offset: u64, limit: u64, page_size: u64) -> Paging {
    Paging {
        offset,
        limit: NonZeroU64::new(limit),
        page_size: page_size.to_string().parse().expect("a page size"),
        parallel: Parallel::ONE,
    }
}

fn in_parallel(walk: Paging) -> Paging {
    Paging { parallel: "4".parse().expect("a number"), ..walk }
}

fn documented(offset: u64, rows: u64, total: u64) -> String {
    let more = offset + rows < total;
    let next = if more { format!(r#""next":"https://host/partners?offset={}""#, offset + rows) } else { String::new() };
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
    let server = FakeServer::new(250, 1000, documented);
    assert_eq!(server.paging(0, 25, 10), (vec!["10@0".into(), "11@9".into(), "6@19".into()], vec![10, 10, 5]));
    assert_eq!(server.paging(0, 20, 10).0, ["10@0", "11@9"]);
    assert_eq!(server.paging(0, 3, 1).0, ["1@0", "2@0", "2@1"]);
}

#[test]
fn the_end_is_seen_by_whatever_the_server_says_and_never_one_request_later() {
    for says in [documented, has_more_only, total_only, null_total] {
        let server = FakeServer::new(20, 1000, says);
        assert_eq!(server.paging(0, 0, 10).0, ["10@0", "11@9"]);
        assert_eq!(server.paging(5, 0, 10).0, ["10@5", "11@14"]);
    }
}

#[test]
fn a_server_that_says_nothing_has_ended_at_the_first_empty_page() {
    for says in [nothing, pagination_only] {
        let server = FakeServer::new(20, 1000, says);
        let (requests, lengths) = server.paging(0, 0, 15);
        assert_eq!(
            (&requests[..], lengths),
            (&["15@0", "16@14", "16@19", "15@20"].map(str::to_owned)[..], vec![15, 5, 0, 0])
        );
    }
}

#[test]
fn a_capped_page_is_followed_from_where_it_really_ended() {
    for says in [documented, has_more_only, total_only, null_total] {
        let server = FakeServer::new(25, 10, says);
        assert_eq!(server.paging(0, 0, 1000).0, ["1000@0", "1000@9", "1000@18"]);
        assert_eq!(server.paging(0, 15, 1000).0, ["15@0", "6@9"]);
        for cap in [1, 2] {
            for walk in [paging(0, 0, 10), paging(0, 0, 1), in_parallel(paging(0, 0, 10))] {
                let mut pages = FakeServer::new(5, cap, says).pages(walk);
                assert_eq!(partners(&mut pages).len(), 5, "{cap}, {walk:?}");
                assert!(pages.finish().is_complete(), "{cap}, {walk:?}");
            }
        }
    }
}

#[test]
fn a_cursor_is_followed_in_place_of_the_offset_with_our_own_limit() {
    let server = FakeServer::new(25, 10, cursors);
    assert_eq!(server.paging(0, 22, 10).0, ["10@0", "10@after 10", "2@after 20"]);
}

#[test]
fn a_server_that_sends_more_than_asked_is_cut_to_the_limit() {
    let answer = |_: &PageRequest| Ok(page(r#"{"items":[{},{},{}],"has_more":false}"#));
    let mut pages = pages(paging(0, 2, 1000), OrderRefused::Report, answer);
    assert_eq!(pages.by_ref().map(|page| page.expect("a page").len()).collect::<Vec<_>>(), [2]);
    let stats = pages.finish();
    assert_eq!(stats.has_more, Some(true));
    assert!(!stats.ended);
}

#[test]
fn whether_more_partners_exist_is_known_after_a_limit() {
    for (says, limit, expected) in [
        (documented as fn(u64, u64, u64) -> String, 10, Some(true)),
        (documented, 20, Some(false)),
        (total_only, 10, Some(true)),
        (nothing, 10, None),
    ] {
        let server = FakeServer::new(20, 1000, says);
        let mut pages = server.pages(paging(0, limit, 1000));
        assert_eq!(pages.by_ref().count(), 1);
        let stats = pages.finish();
        assert_eq!(stats.has_more, expected);
        assert_eq!(stats.ended, expected == Some(false));
    }
}

fn error_after(pages: usize, walk: Paging, answer: fn(&PageRequest) -> Result<Page, Failure>) -> Failure {
    let mut results: Vec<_> = self::pages(walk, OrderRefused::Report, answer).take(100).collect();
    assert_eq!(results.len(), pages + 1, "{results:?}");
    results.pop().and_then(Result::err).expect("an error")
}

#[test]
fn a_list_that_ends_although_more_is_claimed_is_not_complete() {
    let claims = |_, _, _| r#","has_more":true"#.to_owned();
    let claims_beyond = |_, _, total| format!(r#","has_more":true,"total":{total}"#);
    for (says, words) in [
        (claims as fn(u64, u64, u64) -> String, "the page at offset 20 is empty but reports that more partners follow"),
        (claims_beyond, "the page at offset 9 reaches its total but reports that more partners follow"),
    ] {
        let mut pages = FakeServer::new(20, 1000, says).pages(paging(0, 0, 10));
        assert_eq!(partners(&mut pages).len(), 20);
        let stats = pages.finish();
        assert_eq!((stats.has_more, stats.ended, stats.is_complete()), (Some(false), true, false));
        assert_eq!(sentences(&stats), [words]);
    }
}

fn sentences(stats: &ListStats) -> Vec<String> {
    stats.doubts().into_iter().map(|doubt| doubt.words).collect()
}

#[test]
fn a_server_that_ignores_the_offset_is_a_fault_and_not_a_loop() {
    for answer in [
        (|_| Ok(page(r#"{"items":[{"partner_sid":"a"},{"partner_sid":"b"}],"has_more":true}"#)))
            as fn(&PageRequest) -> Result<Page, Failure>,
        |_| Ok(page(r#"{"items":[{"name":"a"},{"name":"b"}],"has_more":true,"total":100}"#)),
    ] {
        for walk in [paging(0, 0, 2), in_parallel(paging(0, 0, 2))] {
            let error = error_after(1, walk, answer);
            assert!(error.to_string().ends_with("the same partners (page at offset 1)"), "{error}");
        }
    }
}

#[test]
fn a_cursor_that_leads_back_is_a_fault_and_not_a_loop() {
    let error = error_after(2, paging(0, 0, 2), |request| {
        let (sid, next) = match &request.position {
            Position::After(cursor) if cursor == "b" => ("b", "a"),
            _ => ("a", "b"),
        };
        let items = format!(r#"[{{"partner_sid":"{sid}1"}},{{"partner_sid":"{sid}2"}}]"#);
        Ok(page(&format!(r#"{{"items":{items},"has_more":true,"pagination":{{"next":"https://x/?after={next}"}}}}"#)))
    });
    assert!(error.to_string().ends_with("the same partners (page at offset 4)"), "{error}");
}

/// A walk over partners whose list becomes another one after so many requests; what came, and what is known of it.
fn changing(walk: Paging, before: &'static [u64], after: &'static [u64], requests: usize) -> (Vec<String>, ListStats) {
    let asked = AtomicUsize::new(0);
    let mut pages = pages(walk, OrderRefused::Report, move |request| {
        let list = if asked.fetch_add(1, Ordering::SeqCst) < requests { before } else { after };
        let Position::Offset(offset) = request.position else { panic!("a cursor") };
        let items: Vec<_> = list.iter().skip(offset as usize).take(request.limit as usize).collect();
        let more = offset as usize + items.len() < list.len();
        let items: Vec<_> = items.iter().map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
        Ok(page(&format!(r#"{{"items":[{}],"has_more":{more},"total":{}}}"#, items.join(","), list.len())))
    });
    // Where more came than a page holds, nothing on it may be new, which ends the list.
    let came = pages.by_ref().map_while(Result::ok).collect::<Vec<_>>();
    (came.iter().flat_map(Page::partners).map(str::to_owned).collect(), pages.finish())
}

#[test]
fn partners_that_come_or_go_while_the_list_is_read_are_noticed_and_none_that_stayed_is_missing() {
    const LIST: &[u64] = &[1, 2, 3, 4, 5, 6];
    for after in [&[2, 3, 4, 5, 6, 7][..], &[1, 3, 4, 5, 6, 7], &[0, 1, 2, 3, 4, 5], &[1, 2, 3, 4, 5, 7], LIST] {
        for walk in [paging(0, 0, 2), paging(0, 6, 2), paging(0, 0, 3), in_parallel(paging(0, 0, 2)), paging(0, 0, 1)] {
            for requests in [1, 2] {
                let (came, stats) = changing(walk, LIST, after, requests);
                let texts = |list: &[u64]| list.iter().map(|n| format!("{{\"partner_sid\":{n}}}")).collect::<Vec<_>>();
                // Which of the pages that are asked for at once comes before the change is up to the threads.
                let is_right = came == texts(after) || (stats.is_complete() && came == texts(LIST));
                assert_eq!(stats.is_complete(), is_right, "{after:?}, {walk:?}: {came:?}");
                let is_named = sentences(&stats).iter().any(|words| words.contains("added or removed"));
                assert!(is_right || is_named, "{after:?}, {walk:?}: {:?}", sentences(&stats));
                let stayed = texts(LIST).into_iter().filter(|partner| texts(after).contains(partner));
                let missing: Vec<_> = stayed.filter(|partner| !came.contains(partner)).collect();
                assert!(missing.is_empty() || !stats.ended || walk.limit.is_some(), "{after:?}, {walk:?}: {missing:?}");
            }
        }
    }
}

#[test]
fn pages_end_after_the_one_that_failed() {
    let answer = |request: &PageRequest| match request.limit {
        10 => Ok(page(r#"{"items":[{}],"has_more":true}"#)),
        _ => Err(lost()),
    };
    let mut pages = pages(paging(0, 0, 10), OrderRefused::Report, answer);
    let results: Vec<_> = pages.by_ref().collect();
    assert!(matches!(&results[..], [Ok(_), Err(_)]));
    let stats = pages.finish();
    assert_eq!((stats.rows, stats.next_offset, stats.ended), (1, 1, false));
}

/// The partners of a list, in the order in which they came.
fn partners(pages: &mut Pages) -> Vec<String> {
    pages.flat_map(|page| page.expect("a page").partners().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn pages_in_parallel_come_in_order_and_none_is_asked_for_twice_or_in_vain() {
    let server = FakeServer::new(95, 1000, documented);
    let one_at_a_time = partners(&mut server.pages(paging(3, 0, 10)));
    let mut expected = std::mem::take(&mut *server.requests.lock().expect("a list"));
    assert_eq!(partners(&mut server.pages(in_parallel(paging(3, 0, 10)))), one_at_a_time);
    let mut requests = server.requests.lock().expect("a list");
    requests.sort();
    expected.sort();
    assert_eq!(*requests, expected);
}

#[test]
fn pages_in_parallel_keep_to_the_limit() {
    let server = FakeServer::new(95, 1000, documented);
    assert_eq!(partners(&mut server.pages(in_parallel(paging(0, 33, 10)))).len(), 33);
    let mut requests = server.requests.lock().expect("a list");
    requests.sort();
    assert_eq!(*requests, ["10@0", "11@19", "11@9", "4@29"]);
}

#[test]
fn a_capped_server_is_followed_in_parallel_by_the_rows_that_came() {
    let server = FakeServer::new(95, 7, documented);
    let mut pages = server.pages(in_parallel(paging(0, 0, 50)));
    assert_eq!(partners(&mut pages).len(), 95);
    assert!(pages.finish().is_complete());
    let requests = server.requests.lock().expect("a list");
    // Each brings six that are new; the first has seven.
    assert_eq!(requests.len(), 1 + 88_usize.div_ceil(6));
}

#[test]
fn a_page_of_another_length_in_the_middle_loses_and_repeats_nothing() {
    let server = FakeServer::new(95, 1000, documented);
    let answer = {
        let server = Arc::clone(&server);
        move |request: &PageRequest| {
            // Whatever begins in the second ten is cut to four.
            let short = matches!(request.position, Position::Offset(9..19));
            server.answer(&PageRequest { limit: if short { 4 } else { request.limit }, ..request.clone() })
        }
    };
    let mut pages = pages(in_parallel(paging(0, 0, 10)), OrderRefused::Report, answer);
    let expected: Vec<_> = (0..95).map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
    assert_eq!(partners(&mut pages), expected);
    assert!(pages.finish().is_complete());
}

#[test]
fn without_a_total_or_with_cursors_pages_are_asked_for_one_at_a_time() {
    for says in [has_more_only as fn(u64, u64, u64) -> String, cursors] {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let server = FakeServer::new(50, 1000, says);
        let answer = {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            move |request: &PageRequest| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let page = server.answer(request);
                now.fetch_sub(1, Ordering::SeqCst);
                page
            }
        };
        assert_eq!(partners(&mut pages(in_parallel(paging(0, 0, 10)), OrderRefused::Report, answer)).len(), 50);
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn at_most_so_many_requests_are_on_their_way_as_may_be() {
    // Each request waits until as many have begun as may, so that fewer would never end and more would show.
    let begun = Arc::new((Mutex::new(0_usize), std::sync::Condvar::new()));
    let server = FakeServer::new(90, 1000, documented);
    let answer = {
        let begun = Arc::clone(&begun);
        move |request: &PageRequest| {
            if request.position != Position::Offset(0) {
                let (count, changed) = &*begun;
                let mut count = count.lock().expect("a count");
                *count += 1;
                changed.notify_all();
                drop(changed.wait_while(count, |count| *count < 4).expect("a count"));
            } else {
                std::thread::sleep(SLOW);
            }
            server.answer(request)
        }
    };
    let mut pages = pages(in_parallel(paging(0, 0, 10)), OrderRefused::Report, answer);
    pages.next().expect("a page").expect("the first");
    pages.next().expect("a page").expect("the second");
    // The second page has let one more request go, and no other has.
    assert!(*begun.0.lock().expect("a count") <= 5);
    assert_eq!(partners(&mut pages).len(), 70);
}

#[test]
fn no_more_requests_run_than_may_even_when_pages_turn_out_to_be_of_any_length() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let server = FakeServer::new(200, 1000, documented);
    let answer = {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        move |request: &PageRequest| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let Position::Offset(offset) = request.position else { panic!("a cursor") };
            let page = server.answer(&PageRequest { limit: 3 + offset % 5, ..request.clone() });
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            page
        }
    };
    let mut pages = pages(in_parallel(paging(0, 0, 10)), OrderRefused::Report, answer);
    assert_eq!(partners(&mut pages).len(), 200);
    // Four ahead, wanted or not, and the one that is needed.
    assert!(most.load(Ordering::SeqCst) <= 5, "{most:?}");
}

#[test]
fn a_page_that_fails_in_parallel_stops_the_list_at_its_row() {
    let server = FakeServer::new(95, 1000, documented);
    let answer = move |request: &PageRequest| match request.position {
        Position::Offset(19) => Err(lost()),
        _ => server.answer(request),
    };
    let mut pages = pages(in_parallel(paging(0, 0, 10)), OrderRefused::Report, answer);
    let results: Vec<_> = pages.by_ref().map(|page| page.is_ok()).collect();
    assert_eq!(results, [true, true, false]);
    let stats = pages.finish();
    assert_eq!((stats.rows, stats.next_offset), (20, 20));
}

#[test]
fn a_refused_default_order_is_left_out_for_the_whole_list() {
    let server = FakeServer::new(19, 10, documented);
    let orders = Arc::new(Mutex::new(Vec::new()));
    let answer = {
        let orders = Arc::clone(&orders);
        move |request: &PageRequest| {
            orders.lock().expect("a list").push(request.query.order.to_string());
            if request.query.order == Order::Server { server.answer(request) } else { Err(refused(422)) }
        }
    };
    let mut pages = pages(paging(0, 0, 10), OrderRefused::AskWithout, answer);
    assert!(pages.by_ref().all(|page| page.is_ok()));
    assert!(pages.order_was_refused());
    assert_eq!(*orders.lock().expect("a list"), ["date_created:asc", "none", "none"]);
}

#[test]
fn the_first_refusal_is_reported_when_the_order_was_not_the_reason() {
    let answer = |request: &PageRequest| Err(refused(if request.query.order == Order::Server { 500 } else { 400 }));
    let mut pages = pages(paging(0, 0, 10), OrderRefused::AskWithout, answer);
    assert_eq!(pages.next().and_then(Result::err).and_then(|error| error.status()), Some(400));
    assert!(!pages.order_was_refused());
}

#[test]
fn an_order_that_was_asked_for_is_never_left_out() {
    let count = Arc::new(AtomicUsize::new(0));
    let answer = {
        let count = Arc::clone(&count);
        move |_: &PageRequest| {
            count.fetch_add(1, Ordering::SeqCst);
            Err(refused(400))
        }
    };
    assert!(pages(paging(0, 0, 10), OrderRefused::Report, answer).all(|page| page.is_err()));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// A server of partners 0 to 29 that drops some of a full page, and may say where the next one begins.
fn dropping(dropped: fn(u64) -> bool, link: bool, request: &PageRequest) -> Result<Page, Failure> {
    let Position::Offset(offset) = request.position else { panic!("a cursor") };
    let end = 30.min(offset + request.limit);
    let items: Vec<_> =
        (offset.min(30)..end).filter(|n| !dropped(*n)).map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
    let next = if link && end < 30 { format!(r#""next":"https://host/?offset={end}""#) } else { String::new() };
    let (more, limit) = (end < 30, request.limit);
    Ok(page(&format!(
        r#"{{"items":[{}],"has_more":{more},"limit":{limit},"offset":{offset},"pagination":{{{next}}}}}"#,
        items.join(",")
    )))
}

#[test]
fn partners_left_out_of_full_pages_neither_repeat_nor_break_the_list_off() {
    let kinds: [fn(u64) -> bool; 8] = [
        |n| n % 3 == 1,
        |n| n % 2 == 0,
        |n| n % 7 == 0,
        |n| n == 3,
        |n| n < 3,
        |n| (12..20).contains(&n),
        |n| n > 20,
        |n| n % 10 != 9,
    ];
    for dropped in kinds {
        for link in [true, false] {
            for walk in
                [paging(0, 0, 4), paging(0, 0, 10), paging(0, 12, 5), paging(0, 0, 1), in_parallel(paging(0, 0, 3))]
            {
                let mut pages =
                    pages(walk, OrderRefused::Report, move |request: &PageRequest| dropping(dropped, link, request));
                // Past a page that lost everything, only the link leads on.
                let size = walk.page_size.get();
                if !link && (0..=30 - size).any(|start| (start..start + size).all(dropped)) {
                    continue;
                }
                let limit = walk.limit.map_or(30, |limit| limit.get() as usize);
                let expected: Vec<_> =
                    (0..30).filter(|n| !dropped(*n)).take(limit).map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
                assert_eq!(partners(&mut pages), expected, "link {link}, {walk:?}");
                assert_eq!(pages.finish().doubts(), [], "link {link}, {walk:?}");
            }
        }
    }
}

#[test]
fn a_link_that_does_not_lead_on_is_left_alone() {
    for next in ["offset=0", "offset=-5", "offset=x", "offset=99999999999999999999", "limit=1", ""] {
        let answer = move |request: &PageRequest| {
            let Position::Offset(offset) = request.position else { panic!("a cursor") };
            let more = offset < 2;
            let next = if more { format!(r#""next":"https://host/?{next}""#) } else { String::new() };
            Ok(page(&format!(r#"{{"items":[{{"partner_sid":{offset}}}],"has_more":{more},"pagination":{{{next}}}}}"#)))
        };
        let mut pages = pages(paging(0, 0, 1), OrderRefused::Report, answer);
        assert_eq!(partners(&mut pages).len(), 3, "{next}");
    }
}

#[test]
fn empty_pages_that_lead_on_are_passed_by() {
    for size in [1000, 100] {
        // Of 3,000 partners, 1,000 in the middle are hidden, and the total is of those that are not.
        let answer = move |request: &PageRequest| {
            let Position::Offset(offset) = request.position else { panic!("a cursor") };
            let end = 3000.min(offset + request.limit);
            let shown = (offset..end).filter(|n| !(1000..2000).contains(n));
            let items: Vec<_> = shown.map(|n| format!("{{\"partner_sid\":{n}}}")).collect();
            let next = if end < 3000 { format!(r#""next":"https://host/?offset={end}""#) } else { String::new() };
            Ok(page(&format!(r#"{{"items":[{}],"total":2000,"pagination":{{{next}}}}}"#, items.join(","))))
        };
        let mut pages = pages(in_parallel(paging(0, 0, size)), OrderRefused::Report, answer);
        assert_eq!(partners(&mut pages).len(), 2000);
        assert!(pages.finish().is_complete(), "{size}");
    }
}
