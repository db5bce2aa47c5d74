//! Who can read and write a file besides its owner. Only Unix tells; elsewhere, every file counts as private.

use std::fs::{Metadata, OpenOptions};

/// What makes a file or folder unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    OthersRead,
    OthersWrite,
    /// It belongs to another user, and not to root.
    Foreign,
}

/// What makes a file unsafe, the greatest risk first. If it is secret, others must not even read it.
pub fn risk(file: &Metadata, is_secret: bool) -> Option<Risk> {
    let mode = mode(file);
    if is_secret && mode & 0o077 != 0 {
        Some(Risk::OthersRead)
    } else if mode & 0o022 != 0 {
        Some(Risk::OthersWrite)
    } else {
        is_foreign(file).then_some(Risk::Foreign)
    }
}

/// What makes a folder unsafe, in which others could replace a file. In a sticky folder they can replace only theirs.
pub fn risk_in(folder: &Metadata) -> Option<Risk> {
    const STICKY: u32 = 0o1000;
    match mode(folder) {
        mode if mode & 0o022 != 0 && mode & STICKY == 0 => Some(Risk::OthersWrite),
        _ => is_foreign(folder).then_some(Risk::Foreign),
    }
}

fn is_foreign(file: &Metadata) -> bool {
    ![ROOT, user()].contains(&owner(file))
}

/// Creates a file that its owner alone can read if it is private, and otherwise whoever the umask lets.
pub fn create_new(is_private: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    set_mode(&mut options, if is_private { 0o600 } else { 0o666 });
    options
}

const ROOT: u32 = 0;

#[cfg(unix)]
use unix::{mode, owner, set_mode, user};

#[cfg(unix)]
mod unix {
    use std::fs::{Metadata, OpenOptions};
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    pub fn set_mode(options: &mut OpenOptions, mode: u32) {
        options.mode(mode);
    }

    pub fn mode(file: &Metadata) -> u32 {
        file.mode()
    }

    pub fn owner(file: &Metadata) -> u32 {
        file.uid()
    }

    pub fn user() -> u32 {
        rustix::process::geteuid().as_raw()
    }
}

#[cfg(not(unix))]
use elsewhere::{mode, owner, set_mode, user};

/// As if every file were private.
#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{Metadata, OpenOptions};

    pub fn set_mode(_: &mut OpenOptions, _: u32) {}

    pub fn mode(_: &Metadata) -> u32 {
        0o600
    }

    pub fn owner(_: &Metadata) -> u32 {
        super::ROOT
    }

    pub fn user() -> u32 {
        super::ROOT
    }
}
