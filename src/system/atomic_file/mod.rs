//! Files that are replaced atomically: what is written becomes the file's content as a whole, or not at all.
//!
//! The bytes go to a temporary file in the same folder, which only its owner can read, and a rename puts it in place.
//! What the file was before decides who may read it afterwards (`access`). Every temporary file is registered before
//! it is created, so that a signal can remove it.

mod access;
mod obstacle;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

use access::Access;
pub use obstacle::Obstacle;

/// Bytes that are gathered before the file is written to.
const BUFFER: usize = 64 * 1024;

/// Links followed before they are taken for a cycle, as by most systems.
const MAX_LINKS: usize = 40;

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
    /// It is replaced, and its owner, group, mode and access list stay as far as the system lets them.
    Replace,
    /// As above, but nobody other than its owner can read the new content.
    ReplacePrivately,
}

/// A file that is being written.
///
/// Use: [`AtomicFile::create`], write, [`AtomicFile::commit`]. Without the commit, the file stays as it was.
pub struct AtomicFile {
    temporary: BufWriter<NamedTempFile>,
    target: PathBuf,
    existing: Existing,
    /// Who may read it, should there be no file to take that from when it is committed.
    access: Access,
}

impl AtomicFile {
    /// Begins to write the file. A link is followed. Whatever can be known to make the commit fail fails here already.
    pub fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let target = end_of_links(path)?;
        let access = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => return Err(Obstacle::NotAFile.into()),
            Ok(_) if existing == Existing::Keep => return Err(io::ErrorKind::AlreadyExists.into()),
            Ok(metadata) => {
                obstacle::check(&target, folder_of(&target), &metadata)?;
                Access::of(&target, &metadata)
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) if is_folder_by_name(&target) => return Err(error),
            Err(_) => access_of_new_files(folder_of(&target))?,
        };
        let temporary = BufWriter::with_capacity(BUFFER, temporary_in(folder_of(&target), PRIVATE)?);
        Ok(Self { temporary, target, existing, access })
    }

    /// Puts the file in its place, durably.
    pub fn commit(self) -> io::Result<()> {
        let Self { temporary, target, existing, mut access } = self;
        let temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
        match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => access = Access::of(&target, &metadata),
            Ok(_) => return Err(Obstacle::NotAFile.into()),
            Err(_) => {}
        }
        access.give_to(temporary.as_file(), existing == Existing::ReplacePrivately);
        temporary.as_file().sync_all()?;
        let folder = folder_of(&target).to_owned();
        {
            let mut unfinished = unfinished();
            let path = temporary.path().to_owned();
            let placed = match existing {
                Existing::Keep => temporary.persist_noclobber(&target),
                Existing::Replace | Existing::ReplacePrivately => temporary.persist(&target),
            };
            placed.map_err(|error| error.error)?;
            unfinished.retain(|unfinished| *unfinished != path);
        }
        sync_folder(&folder)
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

/// The folder that holds the file of this path.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a path ends in such a way that it can only be a folder's.
fn is_folder_by_name(path: &Path) -> bool {
    let ends = |text: &str| path.as_os_str().as_encoded_bytes().ends_with(text.as_bytes());
    ends("/") || ends("/.") || path.file_name().is_none()
}

/// Who may read a temporary file: nobody but its owner, whatever the file will be in the end.
const PRIVATE: u32 = 0o600;

/// Who may read a new file: whoever the umask, or the access list of the folder, lets.
const AS_THE_SYSTEM_LETS: u32 = 0o666;

/// A temporary file, registered before it is there.
fn temporary_in(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let mut unfinished = unfinished();
    Builder::new().prefix(".carrierx-").suffix(".part").make_in(folder, |path| {
        unfinished.push(path.to_owned());
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        options.open(path).inspect_err(|_| drop(unfinished.pop()))
    })
}

/// Who may read new files of the folder, found out by an empty one.
fn access_of_new_files(folder: &Path) -> io::Result<Access> {
    let probe = temporary_in(folder, AS_THE_SYSTEM_LETS)?;
    let access = Access::of_new(&probe.as_file().metadata()?);
    let path = probe.path().to_owned();
    probe.close()?;
    unfinished().retain(|unfinished| *unfinished != path);
    Ok(access)
}

/// Makes a rename in the folder last, also if the power fails.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    // A folder that cannot be read cannot be opened; then the system writes it in its own time.
    let Ok(folder) = File::open(folder) else { return Ok(()) };
    match folder.sync_all() {
        // Some file systems have no such thing.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// What a path leads to, however it is spelled: two are equal if writing both would destroy what one of them wrote.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// Something that exists: its device and number.
    There(u64, u64),
    /// A name in a folder.
    New(u64, u64, OsString),
}

impl Identity {
    /// The identity of what `path` leads to, unless it cannot be known.
    pub fn of(path: &Path) -> Option<Self> {
        let target = end_of_links(path).ok()?;
        if let Ok(metadata) = fs::metadata(&target) {
            return Self::of_existing(&metadata);
        }
        match (Self::of_existing(&fs::metadata(folder_of(&target)).ok()?)?, target.file_name()) {
            (Self::There(device, number), Some(name)) => Some(Self::New(device, number, OsStr::to_owned(name))),
            _ => None,
        }
    }

    /// The identity of something that exists.
    #[cfg(unix)]
    pub fn of_existing(metadata: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self::There(metadata.dev(), metadata.ino()))
    }

    /// The identity of something that exists.
    #[cfg(not(unix))]
    pub fn of_existing(_: &fs::Metadata) -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests;
