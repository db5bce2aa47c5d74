//! Memory for the bodies of answers, used again from page to page.
//!
//! Bodies are read in one thread and dropped in another, which makes allocators keep the memory of each thread's share:
//! with four pages at a time that doubled the peak. A handful of buffers that go round serve any number of pages.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

/// Bytes that a buffer grows by at least.
const SMALLEST_STEP: usize = 64 * 1024;

/// Buffers that nobody uses just now.
#[derive(Debug, Default)]
pub struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// A buffer to be written over: its bytes, if it has any, mean nothing.
    pub fn take(&self) -> Vec<u8> {
        self.idle().pop().unwrap_or_default()
    }

    /// Takes a buffer back for another body. Its bytes stay, which spares the next one from zeroing them.
    pub fn give_back(&self, buffer: Vec<u8>) {
        self.idle().push(buffer);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads all that comes into the buffer, over what it held; of more than `bound` bytes, one more than that.
///
/// The buffer grows with the bytes that came, since the number of `expected` ones is only what the server says. It
/// never grows beyond that number before they have come. After an error the buffer holds what came before it.
pub fn read_over(buffer: &mut Vec<u8>, reader: &mut dyn Read, expected: u64, bound: u64) -> io::Result<()> {
    let mut reader = reader.take(bound.saturating_add(1));
    // One byte more, so that the end shows without making more room.
    let room = usize::try_from(expected).unwrap_or(0).saturating_add(1);
    let mut length = 0;
    let ended = loop {
        if length == buffer.len() {
            let larger = if length < room {
                room.min(length + length.max(SMALLEST_STEP))
            } else {
                length + (length / 4).max(SMALLEST_STEP)
            };
            buffer.reserve_exact(larger - length);
            buffer.resize(larger, 0);
        }
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break Ok(()),
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(length);
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_with_its_room() {
        let buffers = Buffers::default();
        let mut buffer = buffers.take();
        assert_eq!(buffer.capacity(), 0);
        buffer.resize(1000, 1);
        buffers.give_back(buffer);
        assert_eq!(buffers.take().len(), 1000);
    }

    #[test]
    fn a_body_is_read_over_whatever_the_buffer_held() {
        let body: Vec<u8> = (0..100_000).map(|n| n as u8).collect();
        for before in [0, 10, 99_999, 100_000, 300_000] {
            let mut buffer = vec![7; before];
            read_over(&mut buffer, &mut body.as_slice(), before as u64 / 2, u64::MAX).expect("a body");
            assert_eq!(buffer, body, "{before}");
        }
    }

    #[test]
    fn a_length_that_never_comes_makes_no_room() {
        let mut buffer = Vec::new();
        read_over(&mut buffer, &mut [1; 100].as_slice(), 64 << 20, u64::MAX).expect("a body");
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
        read_over(&mut buffer, &mut (&b"came"[..]).chain(Broken), 9999, u64::MAX).expect_err("an error");
        assert_eq!(buffer, b"came");
    }

    #[test]
    fn no_more_is_read_than_one_byte_over_the_bound() {
        let mut buffer = Vec::new();
        read_over(&mut buffer, &mut io::repeat(1), 0, 100_000).expect("a body");
        assert_eq!(buffer.len(), 100_001);
    }
}
