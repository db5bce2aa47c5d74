//! Folders for their owner alone, and the lock that lets one process at a time change what is in one.

use std::fs::{DirBuilder, File};
use std::io;
use std::path::Path;

/// Creates a folder and those above it, for its owner alone, if there is none.
pub fn make(folder: &Path) -> io::Result<()> {
    let mut folders = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.recursive(true).create(folder)
}

/// Makes a folder its owner's alone.
pub fn close(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// A folder that no other process can lock until this is dropped. A file system without locks is used without.
#[derive(Debug)]
pub struct Lock {
    _folder: Option<File>,
}

#[cfg(unix)]
mod unix {
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    use super::*;

    /// How long another process may keep the lock.
    const PATIENCE: Duration = Duration::from_secs(30);

    impl Lock {
        /// Locks a folder. The folder itself is locked, as the files in it are replaced and another file would stay
        /// behind.
        pub fn of(folder: &Path) -> io::Result<Self> {
            let folder = File::open(folder)?;
            let began = Instant::now();
            loop {
                match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
                    Ok(()) => return Ok(Self { _folder: Some(folder) }),
                    Err(Errno::WOULDBLOCK) if began.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
                    Err(Errno::WOULDBLOCK) => {
                        return Err(io::Error::new(io::ErrorKind::TimedOut, "another process keeps its folder locked"));
                    }
                    Err(Errno::INTR) => {}
                    Err(_) => return Ok(Self { _folder: None }),
                }
            }
        }
    }
}

#[cfg(not(unix))]
impl Lock {
    /// A folder cannot be opened here, and two processes at once are rare.
    pub fn of(_: &Path) -> io::Result<Self> {
        Ok(Self { _folder: None })
    }
}
