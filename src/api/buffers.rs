//! Memory for the bodies of answers, used again from page to page.
//!
//! Bodies are read in one thread and dropped in another, which makes allocators keep the memory of each thread's share:
//! with four pages at a time that doubled the peak. A handful of buffers that go round serve any number of pages.

use std::sync::{Mutex, PoisonError};

/// Buffers that nobody uses just now.
#[derive(Debug, Default)]
pub struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    /// An empty buffer, which may have room already.
    pub fn take(&self) -> Vec<u8> {
        self.idle().pop().unwrap_or_default()
    }

    /// Takes a buffer back for another body.
    pub fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.idle().push(buffer);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_with_its_room() {
        let buffers = Buffers::default();
        let mut buffer = buffers.take();
        buffer.extend_from_slice(&[1; 1000]);
        buffers.give_back(buffer);
        let again = buffers.take();
        assert!(again.is_empty() && again.capacity() >= 1000);
        assert_eq!(buffers.take().capacity(), 0);
    }
}
