//! Pages requested ahead of the one that is needed, several at a time.
//!
//! Each request has a thread of its own that nobody waits for at the end: when the program has seen enough, it ends,
//! and whatever is still on the way ends with it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::error::{Failure, Kind};

use super::page::Page;
use super::query::{PageRequest, Position};

/// How a page is got.
pub type Fetch = dyn Fn(&PageRequest) -> Result<Page, Failure> + Send + Sync;

/// Requests on their way, in the order in which their pages will be needed.
pub struct Ahead {
    fetch: Arc<Fetch>,
    most: usize,
    flights: VecDeque<Flight>,
}

struct Flight {
    position: Position,
    answer: Receiver<Result<Page, Failure>>,
}

impl Ahead {
    /// Pages got by `fetch`, at most `most` of them at a time.
    pub fn new(fetch: Arc<Fetch>, most: usize) -> Self {
        Self { fetch, most, flights: VecDeque::new() }
    }

    /// The page of a request, which may be on its way already.
    ///
    /// Pages on the way to other places were asked for in vain and are forgotten.
    pub fn get(&mut self, request: &PageRequest) -> Result<Page, Failure> {
        match self.flights.pop_front() {
            Some(flight) if flight.position == request.position => flight
                .answer
                .recv()
                .unwrap_or_else(|_| Err(Failure::new(Kind::Other, "a request ended without saying how"))),
            _ => {
                self.flights.clear();
                (self.fetch)(request)
            }
        }
    }

    /// Sends as many of the requests as may be on their way at once, first those that are needed first.
    ///
    /// Those that are on their way already stay so; `requests` begins with them.
    pub fn send(&mut self, requests: impl Iterator<Item = PageRequest>) {
        for (index, request) in requests.take(self.most).enumerate() {
            if self.flights.get(index).is_some_and(|flight| flight.position == request.position) {
                continue;
            }
            self.flights.truncate(index);
            let (position, fetch) = (request.position.clone(), Arc::clone(&self.fetch));
            let (sender, answer) = mpsc::sync_channel(1);
            let thread = thread::Builder::new().name("page".to_owned()).spawn(move || {
                // Nobody listens any more when the list has broken off; there is nothing to do about that here.
                _ = sender.send(fetch(&request));
            });
            if thread.is_err() {
                // Without a thread the page is got when it is needed.
                return;
            }
            self.flights.push_back(Flight { position, answer });
        }
    }
}
