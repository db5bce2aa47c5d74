//! Who can read and write a file besides its owner, directories private to their owner, and the lock that lets one
//! process at a time change what is in one. Only Unix tells who can; elsewhere, every file counts as private.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What makes a file or directory unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Creates a directory and its parents, private to their owner, unless it exists.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut folders = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.recursive(true).create(folder)
}

/// Waits until no other process has the directory locked; the lock lasts as long as the file that is returned.
pub fn lock(folder: &Path) -> io::Result<File> {
    let folder = open(folder)?;
    // A file system without locks is used without.
    _ = folder.lock();
    Ok(folder)
}

/// The directory itself, as the files in it are replaced and another file would stay behind.
#[cfg(unix)]
fn open(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// A file in the directory, as a directory cannot be opened here.
#[cfg(not(unix))]
fn open(folder: &Path) -> io::Result<File> {
    File::options().create(true).write(true).truncate(false).open(folder.join(".lock"))
}
