//! Who can read and write a file besides its owner. Only Unix tells; elsewhere, every file counts as private.

use std::fs::{Metadata, OpenOptions};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;

/// What makes a file or directory unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "elsewhere every file counts as private"))]
pub enum Risk {
    OthersRead,
    OthersWrite,
    /// It belongs to another user, and not to root.
    Foreign,
}

/// What makes a file unsafe, the greatest risk first. If it is secret, others must not even read it.
#[cfg(unix)]
pub fn risk(file: &Metadata, is_secret: bool) -> Option<Risk> {
    if is_secret && file.mode() & 0o077 != 0 {
        Some(Risk::OthersRead)
    } else if file.mode() & 0o022 != 0 {
        Some(Risk::OthersWrite)
    } else {
        is_foreign(file).then_some(Risk::Foreign)
    }
}

/// What makes a folder unsafe, in which others could replace a file. In a sticky folder they can replace only theirs.
#[cfg(unix)]
pub fn risk_in(folder: &Metadata) -> Option<Risk> {
    const STICKY: u32 = 0o1000;
    match folder.mode() {
        mode if mode & 0o022 != 0 && mode & STICKY == 0 => Some(Risk::OthersWrite),
        _ => is_foreign(folder).then_some(Risk::Foreign),
    }
}

#[cfg(unix)]
fn is_foreign(file: &Metadata) -> bool {
    const ROOT: u32 = 0;
    ![ROOT, rustix::process::geteuid().as_raw()].contains(&file.uid())
}

#[cfg(not(unix))]
pub fn risk(_: &Metadata, _: bool) -> Option<Risk> {
    None
}

#[cfg(not(unix))]
pub fn risk_in(_: &Metadata) -> Option<Risk> {
    None
}

/// Creates a file readable only by its owner if it is private, and otherwise as the umask allows.
pub fn create_new(is_private: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if is_private { 0o600 } else { 0o666 });
    #[cfg(not(unix))]
    let _ = is_private;
    options.write(true).create_new(true);
    options
}
