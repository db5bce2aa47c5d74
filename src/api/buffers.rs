//! Memory for the bodies of answers, used again from page to page, and the one allowance for all of them.
//!
//! Bodies are read in one thread and dropped in another, which makes allocators keep the memory of each thread's share:
//! with four pages at a time that doubled the peak. A handful of buffers that go round serve any number of pages.

use std::io::{self, ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::prefetch::Wanted;

/// Bytes that a buffer grows by at least.
const SMALLEST_STEP: usize = 64 * 1024;

/// Bytes that all bodies may hold together. Where they are used up, pages that are not needed yet have to wait.
const ALLOWANCE: usize = 256 << 20;

/// The largest buffer that is kept for another body: several times a page of 1,000 partners.
const MAX_IDLE: usize = 8 << 20;

/// Buffers that are free, and how much the others hold.
#[derive(Debug, Default)]
pub struct Buffers {
    state: Mutex<State>,
    /// Signals that memory was released.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Vec<u8>>,
    held: usize,
}

/// What a body holds of the allowance, until it is dropped.
#[derive(Debug)]
pub struct Share {
    buffers: Arc<Buffers>,
    held: usize,
}

impl Buffers {
    /// A buffer to be written over, and its share of the allowance.
    pub fn take(self: &Arc<Self>) -> (Vec<u8>, Share) {
        let mut state = self.state();
        let buffer = state.idle.pop().unwrap_or_default();
        let held = buffer.capacity();
        state.held += held;
        drop(state);
        (buffer, Share { buffers: Arc::clone(self), held })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Takes more of the allowance, up to so many bytes in all. A page that is not needed yet waits where it is used
    /// up, and does not wait for one that is no longer wanted.
    pub fn grow(&mut self, bytes: usize, wanted: &Wanted) -> io::Result<()> {
        let more = bytes.saturating_sub(self.held);
        let mut state = self.buffers.state();
        while state.held + more > ALLOWANCE && !wanted.is_needed_now() {
            if wanted.is_forgotten() {
                return Err(io::Error::other("the response is not needed any more"));
            }
            // No memory is released when the page becomes needed, so this is polled.
            let waited = self.buffers.changed.wait_timeout(state, Duration::from_millis(10));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.held += more;
        self.held += more;
        Ok(())
    }

    /// Counts bytes that are held already.
    pub fn count(&mut self, bytes: usize) {
        self.buffers.state().held += bytes;
        self.held += bytes;
    }

    /// Takes a buffer back for another body.
    pub fn give_back(&self, buffer: Vec<u8>) {
        if buffer.capacity() <= MAX_IDLE {
            self.buffers.state().idle.push(buffer);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.buffers.state().held -= self.held;
        self.buffers.changed.notify_all();
    }
}

/// Reads all that comes into the buffer, over what it held; of more than `bound` bytes, one more than that.
///
/// The buffer grows with the bytes that came, since the number of `expected` ones is only what the server says, and
/// never before `grow` lets it have so many. The bytes that it held need no zeroing. After an error it holds what came
/// before it.
pub fn read_over(
    buffer: &mut Vec<u8>,
    reader: &mut dyn Read,
    expected: u64,
    bound: u64,
    mut grow: impl FnMut(usize) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = reader.take(bound.saturating_add(1));
    let expected = usize::try_from(expected).unwrap_or(0);
    let mut came = 0;
    let ended = loop {
        if came == buffer.len() {
            // As much again while the server has announced it, and one byte for the end to show; then a quarter.
            let step = match expected.checked_sub(came) {
                Some(left @ 1..) => came.max(SMALLEST_STEP).min(left + 1),
                _ => (came / 4).max(SMALLEST_STEP),
            };
            grow(came + step)?;
            buffer.reserve_exact(step);
            buffer.resize(came + step, 0);
        }
        match reader.read(&mut buffer[came..]) {
            Ok(0) => break Ok(()),
            Ok(more) => came += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(came);
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unbounded(_: usize) -> io::Result<()> {
        Ok(())
    }

    #[test]
    fn a_buffer_comes_back_with_its_room_unless_it_is_large() {
        let buffers = Arc::new(Buffers::default());
        let (_, share) = buffers.take();
        share.give_back(vec![1; MAX_IDLE + 1]);
        share.give_back(vec![1; 1000]);
        assert_eq!([buffers.take().0.capacity(), buffers.take().0.capacity()], [1000, 0]);
    }

    #[test]
    fn where_the_allowance_is_used_up_only_the_page_that_is_needed_now_grows() {
        let buffers = Arc::new(Buffers::default());
        let (_, mut first) = buffers.take();
        let (_, mut second) = buffers.take();
        let ahead = Wanted::ahead();
        first.grow(ALLOWANCE, &ahead).expect("all of it");
        second.grow(100, &Wanted::default()).expect("as it is needed now");
        let waiting = ahead.clone();
        let thread = std::thread::spawn(move || second.grow(200, &waiting).map(|()| second.held));
        ahead.need_now();
        assert_eq!(thread.join().expect("a thread").expect("as it is needed now"), 200);
        assert_eq!(buffers.state().held, ALLOWANCE);

        let (_, mut third) = buffers.take();
        let ahead = Wanted::ahead();
        let waiting = ahead.clone();
        let thread = std::thread::spawn(move || third.grow(1, &waiting).is_ok());
        drop(first);
        assert!(thread.join().expect("a thread") && buffers.state().held == 0);
        let (_, mut fourth) = buffers.take();
        fourth.grow(ALLOWANCE, &ahead).expect("all of it");
        ahead.forget();
        fourth.grow(ALLOWANCE + 1, &ahead).expect_err("forgotten");
    }

    #[test]
    fn a_body_is_read_over_whatever_the_buffer_held() {
        let body: Vec<u8> = (0..100_000).map(|n| n as u8).collect();
        for before in [0, 10, 99_999, 100_000, 300_000] {
            let mut buffer = vec![7; before];
            read_over(&mut buffer, &mut body.as_slice(), before as u64 / 2, u64::MAX, unbounded).expect("a body");
            assert_eq!(buffer, body, "{before}");
        }
    }

    #[test]
    fn a_length_that_never_comes_makes_no_room() {
        let mut buffer = Vec::new();
        read_over(&mut buffer, &mut [1; 100].as_slice(), 64 << 20, u64::MAX, unbounded).expect("a body");
        assert_eq!(buffer.len(), 100);
        assert!(buffer.capacity() < 1 << 20, "{}", buffer.capacity());
    }

    #[test]
    fn what_came_before_an_error_is_kept() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let mut buffer = vec![7; 1000];
        read_over(&mut buffer, &mut (&b"came"[..]).chain(Broken), 9999, u64::MAX, unbounded).expect_err("an error");
        assert_eq!(buffer, b"came");
    }

    #[test]
    fn no_more_is_read_than_one_byte_over_the_bound() {
        let mut buffer = Vec::new();
        read_over(&mut buffer, &mut io::repeat(1), 0, 100_000, unbounded).expect("a body");
        assert_eq!(buffer.len(), 100_001);
    }
}
