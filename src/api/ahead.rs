//! Pages requested ahead of the one that is needed, several at a time.
//!
//! Each request has a thread of its own that nobody waits for at the end: when the program has seen enough, it ends,
//! and whatever is still on the way ends with it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use crate::error::{Failure, Kind};

use super::page::Page;
use super::query::{PageRequest, Position};

/// Pages in a row that come without a 429 before one more request is sent at a time.
const GOOD_ROW: usize = 4;

/// How a page is got, as long as it is wanted. The function that is given is told of waits before further attempts.
pub type Fetch = dyn Fn(&Wanted, &PageRequest, &dyn Fn(Wait)) -> Result<Page, Failure> + Send + Sync;

/// A wait before another attempt at a page.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// When it ends.
    pub until: Instant,
    /// The HTTP status that it follows, if an answer came.
    pub status: Option<u16>,
}

/// Whether anybody still waits for an answer.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Arc<(Mutex<bool>, Condvar)>);

impl Wanted {
    /// Waits until then and tells whether the answer is still wanted; at once when it no longer is.
    pub fn is_so_until(&self, until: Instant) -> bool {
        let (is_forgotten, changed) = &*self.0;
        let left = until.saturating_duration_since(Instant::now());
        let guard = is_forgotten.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, left, |is_forgotten| !*is_forgotten);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// From now on nobody waits.
    fn forget(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}

/// What is heard from a request on its way.
enum News {
    Waiting(Wait),
    Ended(Result<Page, Failure>),
}

/// Requests on their way, in the order in which their pages will be needed.
pub struct Ahead<'w> {
    fetch: Arc<Fetch>,
    flow: Arc<Flow>,
    /// Threads that are at work, also for pages that are no longer wanted.
    threads: Arc<AtomicUsize>,
    on_wait: &'w dyn Fn(Wait),
    flights: VecDeque<Flight>,
}

/// A request on its way. Dropped, it is forgotten: its thread makes no further attempt, and its place is free.
struct Flight {
    position: Position,
    news: Receiver<News>,
    wanted: Wanted,
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.wanted.forget();
    }
}

impl<'w> Ahead<'w> {
    /// Pages got by `fetch`, at most `most` of them at a time; `on_wait` is told when the page that is needed waits for
    /// another attempt.
    pub fn new(fetch: Arc<Fetch>, most: usize, on_wait: &'w dyn Fn(Wait)) -> Self {
        Self { fetch, flow: Flow::new(most).into(), threads: Arc::default(), on_wait, flights: VecDeque::new() }
    }

    /// How many requests may be on their way at a time by now.
    pub fn most(&self) -> usize {
        self.flow.most()
    }

    /// The page of a request, which may be on its way already.
    ///
    /// Pages on the way to other places were asked for in vain and are forgotten.
    pub fn get(&mut self, request: &PageRequest) -> Result<Page, Failure> {
        match self.flights.pop_front() {
            Some(flight) if flight.position == request.position => self.listen_to(&flight),
            _ => {
                self.flights.clear();
                self.flow.watch(&*self.fetch, &Wanted::default(), request, self.on_wait)
            }
        }
    }

    fn listen_to(&self, flight: &Flight) -> Result<Page, Failure> {
        loop {
            match flight.news.recv() {
                Ok(News::Waiting(wait)) => (self.on_wait)(wait),
                Ok(News::Ended(result)) => return result,
                Err(_) => return Err(Failure::new(Kind::Other, "a request ended without saying how")),
            }
        }
    }

    /// Sends as many of the requests as may be on their way at once, first those that are needed first.
    ///
    /// Those that are on their way already stay so; `requests` begins with them.
    pub fn send(&mut self, requests: impl Iterator<Item = PageRequest>) {
        for (index, request) in requests.take(self.most()).enumerate() {
            if self.flights.get(index).is_some_and(|flight| flight.position == request.position) {
                continue;
            }
            self.flights.truncate(index);
            // An attempt that is no longer wanted still runs up to its time limit. Without a bound, a server that lets
            // those hang could make any number of threads of them; without a thread, the page is got when it is needed.
            if self.threads.load(Ordering::Relaxed) >= 2 * self.flow.bound {
                return;
            }
            let (position, fetch, flow) = (request.position.clone(), Arc::clone(&self.fetch), Arc::clone(&self.flow));
            let (sender, news) = mpsc::channel();
            let wanted = Wanted::default();
            let (threads, is_wanted) = (Arc::clone(&self.threads), wanted.clone());
            threads.fetch_add(1, Ordering::Relaxed);
            let thread = thread::Builder::new().name("page".to_owned()).spawn(move || {
                // Nobody listens any more when the list has broken off; there is nothing to do about that here.
                let ended = flow.watch(&*fetch, &is_wanted, &request, &|wait| _ = sender.send(News::Waiting(wait)));
                threads.fetch_sub(1, Ordering::Relaxed);
                _ = sender.send(News::Ended(ended));
            });
            if thread.is_err() {
                self.threads.fetch_sub(1, Ordering::Relaxed);
                return;
            }
            self.flights.push_back(Flight { position, news, wanted });
        }
    }
}

/// How many requests the server takes at a time: half as many after a 429, and one more after a row of good pages.
#[derive(Debug)]
struct Flow {
    /// The most that there may ever be.
    bound: usize,
    state: Mutex<FlowState>,
}

#[derive(Debug)]
struct FlowState {
    most: usize,
    /// When the number was last halved.
    halved: Option<Instant>,
    /// Pages that came since the last 429 or the last rise.
    good: usize,
}

impl Flow {
    fn new(bound: usize) -> Self {
        Self { bound, state: Mutex::new(FlowState { most: bound, halved: None, good: 0 }) }
    }

    fn most(&self) -> usize {
        self.state().most
    }

    /// Gets a page, and learns from how that goes.
    fn watch(
        &self,
        fetch: &Fetch,
        wanted: &Wanted,
        request: &PageRequest,
        on_wait: &dyn Fn(Wait),
    ) -> Result<Page, Failure> {
        let sent = std::cell::Cell::new(Instant::now());
        let page = fetch(wanted, request, &|wait| {
            if wait.status == Some(429) {
                self.refused(sent.get(), Instant::now());
            }
            sent.set(wait.until);
            on_wait(wait);
        });
        if page.is_ok() {
            self.answered();
        }
        page
    }

    /// A request that was sent then was answered by a 429. All requests that were on their way together are one sign.
    fn refused(&self, sent: Instant, now: Instant) {
        let mut state = self.state();
        state.good = 0;
        if state.halved.is_none_or(|halved| sent > halved) {
            state.most = (state.most / 2).max(1);
            state.halved = Some(now);
        }
    }

    /// A page came.
    fn answered(&self) {
        let mut state = self.state();
        state.good += 1;
        if state.good >= GOOD_ROW && state.most < self.bound {
            state.most += 1;
            state.good = 0;
        }
    }

    fn state(&self) -> MutexGuard<'_, FlowState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use super::*;
    use crate::api::query::{FieldSelection, Query};
    use crate::values::Order;

    fn request(offset: u64) -> PageRequest {
        let query = Query { filter: None, order: Order::Server, fields: FieldSelection::Everything };
        PageRequest { query: query.into(), position: Position::Offset(offset), limit: 1 }
    }

    fn page() -> Result<Page, Failure> {
        Page::parse(br#"{"items":[]}"#.to_vec()).map_err(|problem| Failure::new(Kind::Server, problem))
    }

    /// How many requests may be on their way after one that waited after this status, got directly or sent ahead.
    fn most_after(status: Option<u16>, ahead: bool) -> (usize, usize) {
        let fetch = move |_: &Wanted, _: &PageRequest, on_wait: &dyn Fn(Wait)| {
            on_wait(Wait { until: Instant::now(), status });
            page()
        };
        let heard = RefCell::new(0);
        let on_wait = |_: Wait| *heard.borrow_mut() += 1;
        let mut pages = Ahead::new(Arc::new(fetch), 4, &on_wait);
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
        let flow = Flow::new(16);
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
        let flow = Flow::new(4);
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
        let flow = Flow::new(4);
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
            Err(Failure::new(Kind::Server, "not wanted"))
        };
        let mut pages = Ahead::new(Arc::new(fetch), 4, &|_| panic!("nobody waits for it"));
        pages.send((0..4).map(request));
        pages.get(&request(9)).expect("a page");
        for _ in 0..4 {
            assert_eq!(ended.recv_timeout(Duration::from_secs(20)), Ok(false));
        }
    }
}
