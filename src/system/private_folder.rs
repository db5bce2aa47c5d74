//! Folders for their owner alone, and the lock that lets one process at a time change what is in one.

use std::fs::{DirBuilder, File};
use std::io;
use std::path::Path;

/// Creates a directory and its parents, private to their owner, unless it exists.
pub fn make(folder: &Path) -> io::Result<()> {
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
