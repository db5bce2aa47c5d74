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

/// How a page is got. The function that is given is told of waits before further attempts.
pub type Fetch = dyn Fn(&PageRequest, &dyn Fn(Wait)) -> Result<Page, Failure> + Send + Sync;

/// A wait before another attempt at a page.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    /// When it ends.
    pub until: Instant,
    /// The HTTP status that it follows, if an answer came.
    pub status: Option<u16>,
}

/// What is heard from a request on its way.
enum News {
    Waiting(Wait),
    Ended(Result<Page, Failure>),
}

/// Requests on their way, in the order in which their pages will be needed.
///
/// A server that asks for fewer requests gets half as many at a time from then on.
pub struct Ahead<'w> {
    fetch: Arc<Fetch>,
    most: Arc<AtomicUsize>,
    /// Requests that are on their way, those that were asked for in vain among them.
    running: Arc<Running>,
    on_wait: &'w dyn Fn(Wait),
    flights: VecDeque<Flight>,
}

struct Flight {
    position: Position,
    news: Receiver<News>,
}

impl<'w> Ahead<'w> {
    /// Pages got by `fetch`, at most `most` of them at a time; `on_wait` is told when the page that is needed waits for
    /// another attempt.
    pub fn new(fetch: Arc<Fetch>, most: usize, on_wait: &'w dyn Fn(Wait)) -> Self {
        Self {
            fetch,
            most: Arc::new(AtomicUsize::new(most)),
            running: Arc::default(),
            on_wait,
            flights: VecDeque::new(),
        }
    }

    /// How many requests may be on their way at a time by now.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// The page of a request, which may be on its way already.
    ///
    /// Pages on the way to other places were asked for in vain and are forgotten.
    pub fn get(&mut self, request: &PageRequest) -> Result<Page, Failure> {
        match self.flights.pop_front() {
            Some(flight) if flight.position == request.position => self.listen_to(&flight),
            _ => {
                self.flights.clear();
                self.running.wait_below(self.most());
                (self.fetch)(request, &|wait| {
                    lower(&self.most, wait);
                    (self.on_wait)(wait);
                })
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
            if !self.running.begin_below(self.most()) {
                return;
            }
            let (position, fetch) = (request.position.clone(), Arc::clone(&self.fetch));
            let (sender, news) = mpsc::channel();
            let (most, running) = (Arc::clone(&self.most), Arc::clone(&self.running));
            let thread = thread::Builder::new().name("page".to_owned()).spawn(move || {
                // Nobody listens any more when the list has broken off; there is nothing to do about that here.
                let ended = fetch(&request, &|wait| {
                    lower(&most, wait);
                    _ = sender.send(News::Waiting(wait));
                });
                // First, so that whoever gets the page finds room for another request.
                running.end();
                _ = sender.send(News::Ended(ended));
            });
            if thread.is_err() {
                self.running.end();
                // Without a thread the page is got when it is needed.
                return;
            }
            self.flights.push_back(Flight { position, news });
        }
    }
}

/// How many requests are on their way.
#[derive(Debug, Default)]
struct Running {
    count: Mutex<usize>,
    ended: Condvar,
}

impl Running {
    /// Counts one more in, if that keeps to the bound.
    fn begin_below(&self, bound: usize) -> bool {
        let mut count = self.count();
        let begins = *count < bound;
        *count += usize::from(begins);
        begins
    }

    fn end(&self) {
        *self.count() -= 1;
        self.ended.notify_all();
    }

    /// Waits until there is room for one more.
    fn wait_below(&self, bound: usize) {
        drop(self.ended.wait_while(self.count(), |count| *count >= bound).unwrap_or_else(PoisonError::into_inner));
    }

    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Halves the requests at a time after a 429.
fn lower(most: &AtomicUsize, wait: Wait) {
    if wait.status == Some(429) {
        _ = most.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |most| Some((most / 2).max(1)));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::api::query::{FieldSelection, Query};
    use crate::values::Order;

    fn request(offset: u64) -> PageRequest {
        let query = Query { filter: None, order: Order::Server, fields: FieldSelection::Everything };
        PageRequest { query: query.into(), position: Position::Offset(offset), limit: 1 }
    }

    /// How many requests may be on their way after one that waited after this status, got directly or sent ahead.
    fn most_after(status: Option<u16>, ahead: bool) -> (usize, usize) {
        let fetch = move |_: &PageRequest, on_wait: &dyn Fn(Wait)| {
            on_wait(Wait { until: Instant::now(), status });
            Page::parse(br#"{"items":[]}"#.to_vec()).map_err(|problem| Failure::new(Kind::Server, problem))
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
    fn at_least_one_request_may_always_go() {
        let most = AtomicUsize::new(4);
        for expected in [2, 1, 1, 1] {
            lower(&most, Wait { until: Instant::now(), status: Some(429) });
            assert_eq!(most.load(Ordering::Relaxed), expected);
        }
    }
}
