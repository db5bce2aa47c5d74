//! Files that are replaced atomically: what is written becomes the file's content as a whole, or not at all.
//!
//! The bytes go to a temporary file in the same directory, and a rename puts it in place.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use same_file::Handle;
use tempfile::{Builder, NamedTempFile};

use super::private_file;

/// Bytes that are gathered before the file is written to.
const BUFFER: usize = 64 * 1024;

/// Links followed before they are taken for a cycle, as by most systems.
const MAX_LINKS: usize = 40;

/// How long to wait on Windows for those who read a file that is to be replaced, and how often to look.
const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(10);

/// The prefix and suffix of temporary files.
const PREFIX: &str = ".carrierx-";
const SUFFIX: &str = ".part";

/// Temporary files that are not in their place yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes all temporary files, for when the process is about to end by a signal. No further one is created, and none
/// is put in its place: whoever tries waits for the end.
pub fn remove_unfinished() {
    let unfinished = unfinished();
    for path in unfinished.iter() {
        // Nothing can be done about a file that stays.
        _ = fs::remove_file(path);
    }
    mem::forget(unfinished);
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What becomes of a file that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and creating fails with `AlreadyExists`.
    Keep,
    /// It is replaced, and its owner, group and mode stay as far as the system lets them.
    Replace,
    /// As above, but only its owner can read the new content.
    ReplacePrivately,
}

/// A device, a pipe or a socket has no content to read again or to replace.
pub fn not_a_file() -> io::Error {
    io::Error::other("it is not a regular file; use one")
}

/// A file that is being written.
///
/// Use: [`AtomicFile::create`], write, [`AtomicFile::commit`]. Without the commit, the file stays as it was.
pub struct AtomicFile {
    temporary: BufWriter<NamedTempFile>,
    target: PathBuf,
    existing: Existing,
}

impl AtomicFile {
    /// Begins to write the file. A link is followed.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let target = end_of_links(path)?;
        let is_new = replaceable(&target)?.is_none();
        if !is_new && existing == Existing::Keep {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let is_private = !is_new || existing == Existing::ReplacePrivately;
        let temporary = temporary_in(folder_of(&target), is_private)?;
        Ok(Self { temporary: BufWriter::with_capacity(BUFFER, temporary), target, existing })
    }

    /// Puts the file in its place.
    pub fn commit(self) -> io::Result<()> {
        let Self { temporary, target, existing } = self;
        let mut temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
        let _before = replaceable(&target)?;
        #[cfg(unix)]
        if let Some(before) = _before {
            access::keep(&temporary, &target, &before, existing == Existing::ReplacePrivately);
        }
        temporary.as_file().sync_all()?;
        let mut unfinished = unfinished();
        let path = temporary.path().to_owned();
        let began = Instant::now();
        loop {
            let placed = match existing {
                Existing::Keep => temporary.persist_noclobber(&target),
                Existing::Replace | Existing::ReplacePrivately => temporary.persist(&target),
            };
            match placed {
                Ok(_) => break,
                // Windows does not replace a file that is being read, be it by a virus scanner.
                Err(failed)
                    if cfg!(windows)
                        && failed.error.kind() == ErrorKind::PermissionDenied
                        && began.elapsed() < PATIENCE =>
                {
                    temporary = failed.file;
                    thread::sleep(INTERVAL);
                }
                Err(failed) => return Err(failed.error),
            }
        }
        unfinished.retain(|unfinished| *unfinished != path);
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.flush()
    }
}

/// Fails if a file of this path cannot be written; else what is known of the file that is there, if there is one.
pub fn replaceable(target: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(target) {
        Ok(there) if there.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => Err(not_a_file()),
        // As containers do it for single files.
        #[cfg(target_os = "linux")]
        Ok(_) if access::is_mount_point(target) => {
            Err(io::Error::other("it is a mount point, which cannot be replaced; mount its directory instead"))
        }
        Ok(there) => Ok(Some(there)),
        Err(error) if error.kind() != ErrorKind::NotFound || is_folder_by_name(target) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Where the links end that begin at `path`; nothing need be there.
pub fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            // Not a link, or nothing at all.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("symbolic link cycle"))
}

/// The directory that holds the file of this path.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a path ends in such a way that it can only be a directory's.
fn is_folder_by_name(path: &Path) -> bool {
    let ends = |text: &str| path.as_os_str().as_encoded_bytes().ends_with(text.as_bytes());
    ends("/") || ends("/.") || path.file_name().is_none()
}

/// A temporary file, readable only by its owner if it is private, and otherwise as the umask allows.
fn temporary_in(folder: &Path, is_private: bool) -> io::Result<NamedTempFile> {
    let options = private_file::create_new(is_private);
    let mut unfinished = unfinished();
    remove_abandoned(folder);
    let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).make_in(folder, |path| {
        let file = options.open(path)?;
        // A file system without locks is used without. Another process may just have taken the file for abandoned.
        let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !path.exists();
        if is_taken { Err(ErrorKind::AlreadyExists.into()) } else { Ok(file) }
    })?;
    unfinished.push(file.path().to_owned());
    Ok(file)
}

/// Removes the temporary files of killed processes: they are no longer locked.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_temporary = name.as_encoded_bytes().starts_with(PREFIX.as_bytes())
            && name.as_encoded_bytes().ends_with(SUFFIX.as_bytes())
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_temporary
            && let Ok(file) = File::options().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            // It may belong to the owner of the directory; what stays is tried again the next time.
            _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(unix)]
mod access {
    use std::fs::{Metadata, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    use std::path::Path;

    use tempfile::NamedTempFile;

    /// Lets those read the file who could read the one that it replaces; if `is_private`, its owner alone. What the
    /// system refuses leaves fewer readers, never more, so it is not an error.
    #[cfg_attr(not(target_os = "linux"), expect(unused_variables))]
    pub fn keep(temporary: &NamedTempFile, replaced: &Path, before: &Metadata, is_private: bool) {
        let file = temporary.as_file();
        let mut mode = before.mode() & 0o777;
        let group = Some(before.gid());
        if fchown(file, Some(before.uid()), group).is_err() && fchown(file, None, group).is_err() {
            // The members of either group, and all others, get what both the group and all others had.
            let both = mode >> 3 & mode & 0o7;
            mode = mode & 0o700 | both << 3 | both;
        }
        // With a list, the mode does not tell who can read.
        #[cfg(target_os = "linux")]
        let is_private = is_private || has_list(replaced) || has_list(temporary.path());
        if is_private {
            mode &= 0o700;
        }
        _ = file.set_permissions(Permissions::from_mode(mode));
    }

    /// Whether there is an access list, which a file may have from its directory.
    #[cfg(target_os = "linux")]
    fn has_list(path: &Path) -> bool {
        rustix::fs::getxattr(path, "system.posix_acl_access", &mut [0_u8; 0][..]).is_ok()
    }

    /// Whether a file system is mounted there; a kernel that cannot tell refuses in the end.
    #[cfg(target_os = "linux")]
    pub fn is_mount_point(path: &Path) -> bool {
        use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};

        let stat = statx(CWD, path, AtFlags::empty(), StatxFlags::BASIC_STATS);
        stat.is_ok_and(|stat| stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
    }
}

/// What a path leads to, however it is spelled: two are equal if writing both would destroy what one of them wrote.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// A file that is there.
    File(Handle),
    /// Whatever else has this name, or nothing so far.
    Name(PathBuf),
}

impl Identity {
    /// The identity of what `path` leads to, unless it cannot be known.
    pub fn of(path: &Path) -> Option<Self> {
        let target = end_of_links(path).ok()?;
        // To open a pipe would wait for its other end.
        if fs::metadata(&target).is_ok_and(|there| there.is_file())
            && let Ok(file) = Handle::from_path(&target)
        {
            return Some(Self::File(file));
        }
        let name = fs::canonicalize(folder_of(&target)).ok()?.join(target.file_name()?);
        // Where case is nothing to the system, it is nothing here, nor what Windows drops at the end.
        let spelled = || name.to_string_lossy().to_lowercase().trim_end_matches(['.', ' ']).into();
        Some(Self::Name(if cfg!(any(windows, target_os = "macos")) { spelled() } else { name }))
    }

    /// The identity of stdout.
    pub fn of_stdout() -> Option<Self> {
        Handle::stdout().ok().map(Self::File)
    }
}

#[cfg(test)]
mod tests;
