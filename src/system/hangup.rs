//! Notices when the reader of the results is gone.
//!
//! A write to a pipe without a reader fails, but while the next page is on its way nothing is written: `| head -1`
//! would end only with the next answer, after seconds perhaps. So the pipe is watched from a thread of its own.

/// Calls `action` as soon as stdout is a pipe that nobody reads. Where that cannot be watched, it is never called; the
/// next write fails anyway.
pub fn on_hangup(action: impl FnOnce() + Send + 'static) {
    #[cfg(unix)]
    unix::on_hangup(action);
    #[cfg(not(unix))]
    drop(action);
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::thread;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::fs::{FileType, fstat};
    use rustix::io::Errno;

    pub fn on_hangup(action: impl FnOnce() + Send + 'static) {
        let Ok(stdout) = io::stdout().as_fd().try_clone_to_owned() else { return };
        let is_pipe = fstat(&stdout)
            .is_ok_and(|stat| matches!(FileType::from_raw_mode(stat.st_mode), FileType::Fifo | FileType::Socket));
        if is_pipe {
            // Without a thread, it is not watched.
            _ = thread::Builder::new().name("hangup".to_owned()).spawn(move || {
                if is_hung_up(&stdout) {
                    action();
                }
            });
        }
    }

    /// Waits until nobody can read what is written there; false if that cannot be waited for.
    fn is_hung_up(pipe: &OwnedFd) -> bool {
        // Asked for by its name, as not every system reports it unasked.
        let mut watched = [PollFd::new(pipe, PollFlags::HUP)];
        loop {
            match poll(&mut watched, None) {
                Ok(_) if !watched[0].revents().is_empty() => return true,
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}
