//! What keeps a file from being written, found before anything is.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::path::Path;

/// What keeps a file from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// A device, a pipe or a socket has no content to replace.
    NotAFile,
    /// A file system is mounted there, as containers do it for single files.
    MountPoint,
    /// The file or its folder is marked as immutable or append-only.
    Immutable,
    /// The folder is sticky, and the file another user's.
    Sticky,
    /// Stdout or stderr was closed by whoever started the program.
    Closed,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::NotAFile => "not a regular file",
            Self::MountPoint => "it is a mount point, which cannot be replaced atomically",
            Self::Immutable => "the file or its folder is immutable or append-only",
            Self::Closed => "it is closed",
            Self::Sticky => "it belongs to another user, and its folder is sticky",
        })
    }
}

impl std::error::Error for Obstacle {}

impl From<Obstacle> for io::Error {
    fn from(obstacle: Obstacle) -> Self {
        Self::other(obstacle)
    }
}

/// Fails if the file, which is there, cannot be replaced.
pub fn check(target: &Path, folder: &Path, metadata: &Metadata) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    linux::check(target, folder)?;
    #[cfg(unix)]
    check_sticky(folder, metadata)?;
    _ = (target, folder, metadata);
    Ok(())
}

#[cfg(unix)]
fn check_sticky(folder: &Path, metadata: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;

    const STICKY: u32 = 0o1000;
    let (folder, user) = (std::fs::metadata(folder)?, rustix::process::geteuid());
    let is_ours = user.is_root() || [metadata.uid(), folder.uid()].contains(&user.as_raw());
    if folder.mode() & STICKY != 0 && !is_ours { Err(Obstacle::Sticky.into()) } else { Ok(()) }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

    use super::Obstacle;

    pub fn check(target: &Path, folder: &Path) -> io::Result<()> {
        let attributes = |path: &Path| {
            // A kernel without this call says nothing; the commit will then.
            let stat = statx(CWD, path, AtFlags::empty(), StatxFlags::BASIC_STATS);
            stat.map_or(StatxAttributes::empty(), |stat| stat.stx_attributes)
        };
        let (file, folder) = (attributes(target), attributes(folder));
        let fixed = StatxAttributes::IMMUTABLE | StatxAttributes::APPEND;
        if file.contains(StatxAttributes::MOUNT_ROOT) {
            Err(Obstacle::MountPoint.into())
        } else if file.intersects(fixed) || folder.intersects(fixed) {
            Err(Obstacle::Immutable.into())
        } else {
            Ok(())
        }
    }
}
