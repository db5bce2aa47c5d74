//! Pages requested ahead of the one that is needed, several at a time.
//!
//! Each request has its own thread, which is not joined at the end: when the program has seen enough, it exits,
//! and whatever is still on the way ends with it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::failures::lost;
use super::page::Page;
use super::query::{PageRequest, Position};
use crate::error::Failure;
use crate::values::Parallel;

/// How a page is got, as long as it is wanted. The function that is given is called for waits before further attempts.
pub type Fetch = dyn Fn(&Wanted, &PageRequest, &dyn Fn(Wait)) -> Result<Page, Failure> + Send + Sync;

/// The time from which on a page is slow to come. Of quicker ones, more than a few at a time mostly take memory.
pub const SLOW: Duration = Duration::from_millis(25);

/// How many pages are requested at a time where they come quickly.
const FEW: usize = 3;

/// A wait before another attempt at a page.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    pub until: Instant,
    /// The HTTP status that it follows, if an answer came.
    pub status: Option<u16>,
}

/// Whether a response is still wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Arc<(Mutex<Need>, Condvar)>);

#[derive(Debug, Default, PartialEq, Eq)]
enum Need {
    /// Nothing goes on without it.
    #[default]
    Now,
    /// It is asked for ahead of its time.
    Later,
    Never,
}

impl Wanted {
    pub fn ahead() -> Self {
        Self(Arc::new((Mutex::new(Need::Later), Condvar::new())))
    }

    /// Waits until then and returns whether the answer is still wanted; at once when it no longer is.
    pub fn is_so_until(&self, until: Instant) -> bool {
        let (need, changed) = &*self.0;
        let left = until.saturating_duration_since(Instant::now());
        let guard = need.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, left, |need| *need != Need::Never);
        *waited.unwrap_or_else(PoisonError::into_inner).0 != Need::Never
    }

    pub fn is_needed_now(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) == Need::Now
    }

    pub fn is_forgotten(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) == Need::Never
    }

    pub fn need_now(&self) {
        self.set(Need::Now);
    }

    /// Stops waiting for responses.
    pub fn forget(&self) {
        self.set(Need::Never);
    }

    fn set(&self, need: Need) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = need;
        self.0.1.notify_all();
    }
}

/// What is heard from a request on its way.
enum Message {
    Waiting(Wait),
    Ended(Box<Result<Page, Failure>>),
}

/// Requests on their way, in the order in which their pages will be needed.
pub struct Prefetch<'w> {
    fetch: Arc<Fetch>,
    /// How many requests may be on their way at a time: after a 429, one.
    most: Arc<AtomicUsize>,
    /// Threads that are at work, also for pages that are no longer wanted.
    threads: Arc<AtomicUsize>,
    on_wait: Box<dyn Fn(Wait) + 'w>,
    in_flight: VecDeque<InFlight>,
}

/// A request on its way. Dropped, it is forgotten: its thread makes no further attempt, and its place is free.
struct InFlight {
    position: Position,
    news: Receiver<Message>,
    wanted: Wanted,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.wanted.forget();
    }
}

impl<'w> Prefetch<'w> {
    /// Pages got by `fetch`, so many of them at a time; `on_wait` is called when the page that is needed waits
    /// for another attempt.
    pub fn new(fetch: Arc<Fetch>, parallel: Parallel, on_wait: impl Fn(Wait) + 'w) -> Self {
        let most = Arc::new((parallel.get() as usize).into());
        Self { fetch, most, threads: Arc::default(), on_wait: Box::new(on_wait), in_flight: VecDeque::new() }
    }

    /// How many requests may be on their way at a time by now.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// The page of a request, which may be on its way already.
    ///
    /// Pages on the way to other places were asked for in vain and are forgotten.
    pub fn get(&mut self, request: &PageRequest) -> Result<Page, Failure> {
        match self.in_flight.pop_front() {
            Some(flight) if flight.position == request.position => self.listen_to(&flight),
            _ => {
                self.in_flight.clear();
                let began = Instant::now();
                let page = heeding_429(&self.fetch, &self.most, &Wanted::default(), request, &*self.on_wait);
                if began.elapsed() < SLOW {
                    self.most.fetch_min(FEW, Ordering::Relaxed);
                }
                page
            }
        }
    }

    fn listen_to(&self, flight: &InFlight) -> Result<Page, Failure> {
        flight.wanted.need_now();
        loop {
            match flight.news.recv() {
                Ok(Message::Waiting(wait)) => (self.on_wait)(wait),
                Ok(Message::Ended(result)) => return *result,
                Err(_) => return Err(lost()),
            }
        }
    }

    /// Sends as many of the requests as may be on their way at once, first those that are needed first.
    ///
    /// Those that are on their way already stay so; `requests` begins with them.
    pub fn send(&mut self, requests: impl Iterator<Item = PageRequest>) {
        for (index, request) in requests.take(self.most()).enumerate() {
            if self.in_flight.get(index).is_some_and(|flight| flight.position == request.position) {
                continue;
            }
            self.in_flight.truncate(index);
            // An attempt that is no longer wanted still runs up to its time limit. Without a thread, the page is got
            // when it is needed.
            if self.threads.load(Ordering::Relaxed) >= self.most() {
                return;
            }
            let (position, fetch, most) = (request.position.clone(), Arc::clone(&self.fetch), Arc::clone(&self.most));
            let (sender, news) = mpsc::channel();
            let wanted = Wanted::ahead();
            let (threads, is_wanted) = (Arc::clone(&self.threads), wanted.clone());
            threads.fetch_add(1, Ordering::Relaxed);
            let thread = thread::Builder::new().name("page".to_owned()).spawn(move || {
                // Nobody listens any more when the list has broken off; there is nothing to do about that here.
                let on_wait = |wait| _ = sender.send(Message::Waiting(wait));
                let ended = heeding_429(&fetch, &most, &is_wanted, &request, &on_wait);
                threads.fetch_sub(1, Ordering::Relaxed);
                _ = sender.send(Message::Ended(ended.into()));
            });
            if thread.is_err() {
                self.threads.fetch_sub(1, Ordering::Relaxed);
                return;
            }
            self.in_flight.push_back(InFlight { position, news, wanted });
        }
    }
}

/// Gets a page; a server that answers 429 has been asked for too many at a time.
fn heeding_429(
    fetch: &Arc<Fetch>,
    most: &AtomicUsize,
    wanted: &Wanted,
    request: &PageRequest,
    on_wait: &dyn Fn(Wait),
) -> Result<Page, Failure> {
    fetch(wanted, request, &|wait| {
        if wait.status == Some(429) {
            most.store(1, Ordering::Relaxed);
        }
        on_wait(wait);
    })
}

#[cfg(test)]
mod tests;
