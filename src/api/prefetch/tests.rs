use std::cell::RefCell;
use std::time::Duration;

use super::*;
use crate::api::query::{FieldSelection, Query};
use crate::values::Order;

fn request(offset: u64) -> PageRequest {
    let query = Query { filter: None, order: Order::Server, fields: FieldSelection::Everything };
    PageRequest { query: query.into(), position: Position::Offset(offset), limit: 1 }
}

fn up_to(most: u64) -> Concurrency {
    Concurrency::up_to(most.to_string().parse().expect("a number"))
}

fn page() -> Result<Page, Error> {
    Ok(Page::parse(br#"{"items":[]}"#.to_vec()).expect("a page"))
}

/// How many requests may be on their way after one that waited after this status, got directly or sent ahead.
fn most_after(status: Option<u16>, ahead: bool) -> (usize, usize) {
    let fetch = move |_: &Wanted, _: &PageRequest, on_wait: &dyn Fn(Wait)| {
        on_wait(Wait { until: Instant::now(), status });
        page()
    };
    let heard = RefCell::new(0);
    let on_wait = |_: Wait| *heard.borrow_mut() += 1;
    let mut pages = Prefetch::new(Arc::new(fetch), up_to(4), on_wait);
    if ahead {
        pages.send(std::iter::once(request(0)));
    }
    pages.get(&request(0)).expect("a page");
    (pages.most(), *heard.borrow())
}

#[test]
fn a_429_halves_the_requests_at_a_time_and_the_wait_is_heard() {
    for ahead in [false, true] {
        assert_eq!(most_after(Some(429), ahead), (2, 1));
        assert_eq!(most_after(Some(503), ahead), (4, 1));
        assert_eq!(most_after(None, ahead), (4, 1));
    }
}

#[test]
fn a_burst_of_429_halves_once_and_a_later_one_again_down_to_one() {
    let flow = Flow::new(up_to(16));
    let at = |milliseconds| Instant::now() + Duration::from_millis(milliseconds);
    let (sent, answered) = (at(0), at(10));
    for _ in 0..16 {
        flow.refused(sent, answered);
    }
    assert_eq!(flow.most(), 8);
    for (round, most) in [(1, 4), (2, 2), (3, 1), (4, 1)] {
        flow.refused(at(round * 1000), at(round * 1000 + 10));
        assert_eq!(flow.most(), most);
    }
}

#[test]
fn a_row_of_good_pages_allows_one_more_up_to_the_bound() {
    let flow = Flow::new(up_to(4));
    flow.refused(Instant::now(), Instant::now());
    for most in [2, 2, 2, 3, 3, 3, 3, 4] {
        flow.answered();
        assert_eq!(flow.most(), most);
    }
    (0..100).for_each(|_| flow.answered());
    assert_eq!(flow.most(), 4);
}

#[test]
fn a_429_begins_the_row_of_good_pages_anew() {
    let flow = Flow::new(up_to(4));
    let sent = Instant::now();
    flow.refused(sent, sent);
    (1..GOOD_ROW).for_each(|_| flow.answered());
    flow.refused(sent, sent);
    flow.answered();
    assert_eq!(flow.most(), 2);
}

#[test]
fn a_page_that_nobody_wants_any_more_stops_waiting_and_is_not_waited_for() {
    let (sender, ended) = mpsc::channel();
    let sender = Mutex::new(sender);
    let fetch = move |wanted: &Wanted, request: &PageRequest, on_wait: &dyn Fn(Wait)| {
        if request.position == Position::Offset(9) {
            return page();
        }
        let until = Instant::now() + Duration::from_secs(3600);
        on_wait(Wait { until, status: Some(503) });
        let is_wanted = wanted.is_so_until(until);
        _ = sender.lock().expect("no panic").send(is_wanted);
        Err(Error::Lost)
    };
    let mut pages = Prefetch::new(Arc::new(fetch), up_to(4), |_| panic!("nobody waits for it"));
    pages.send((0..4).map(request));
    pages.get(&request(9)).expect("a page");
    for _ in 0..4 {
        assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(false));
    }
}

#[test]
fn what_nobody_chose_grows_from_4_to_8_and_a_429_is_still_heeded() {
    let flow = Flow::new(Concurrency::DEFAULT);
    assert_eq!(flow.most(), 4);
    (0..4 * GOOD_ROW).for_each(|_| flow.answered());
    assert_eq!(flow.most(), 8);
    (0..4 * GOOD_ROW).for_each(|_| flow.answered());
    assert_eq!(flow.most(), 8);
    flow.refused(Instant::now(), Instant::now());
    assert_eq!(flow.most(), 4);
}
