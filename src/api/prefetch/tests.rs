use std::cell::RefCell;
use std::time::Duration;

use super::*;
use crate::api::query::{FieldSelection, Query};
use crate::values::Order;

fn request(offset: u64) -> PageRequest {
    let query = Query { filter: None, order: Order::Server, fields: FieldSelection::Everything };
    PageRequest { query: query.into(), position: Position::Offset(offset), limit: 1 }
}

fn four() -> Parallel {
    "4".parse().expect("a number")
}

fn page() -> Result<Page, Failure> {
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
    let mut pages = Prefetch::new(Arc::new(fetch), four(), on_wait);
    if ahead {
        pages.send(std::iter::once(request(0)));
    }
    pages.get(&request(0)).expect("a page");
    (pages.most(), *heard.borrow())
}

#[test]
fn a_429_leaves_one_request_at_a_time_and_the_wait_is_heard() {
    for ahead in [false, true] {
        assert_eq!(most_after(Some(429), ahead), (1, 1));
        // A first page that comes quickly leaves few.
        let most = if ahead { 4 } else { FEW };
        assert_eq!(most_after(Some(503), ahead), (most, 1));
        assert_eq!(most_after(None, ahead), (most, 1));
    }
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
        Err(lost())
    };
    let mut pages = Prefetch::new(Arc::new(fetch), four(), |_| panic!("nobody waits for it"));
    pages.send((0..4).map(request));
    pages.get(&request(9)).expect("a page");
    for _ in 0..4 {
        assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(false));
    }
}
