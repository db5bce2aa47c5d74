//! Where results go: stdout, or a file that is whole or untouched.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

use crate::terminal::{Look, Screen};

/// Bytes that are gathered before a file is written to.
const BUFFER: usize = 64 * 1024;

/// Links that lead to one another before that is taken for a circle, as by most systems.
const MAX_LINKS: usize = 40;

/// Where results go.
pub enum Sink<'o> {
    /// The process's own output.
    Stdout(&'o mut dyn Write),
    /// A device or a pipe that has a name: written to directly, as replacing it would make it a file.
    Direct(BufWriter<File>),
    /// A file, which stays what it was until everything is written.
    Whole(WholeFile),
}

/// A file that is being written beside the one that it will replace.
pub struct WholeFile {
    temporary: BufWriter<NamedTempFile>,
    target: PathBuf,
    replace: bool,
}

/// Files being written that do not have their place yet.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes files that were being written, for when the program is about to end by a signal.
pub fn remove_unfinished() {
    for path in unfinished().drain(..) {
        // Nothing can be done about a file that stays, and nobody told.
        _ = fs::remove_file(path);
    }
}

fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sink<'_> {
    /// Opens what `path` names. A link is followed; a new file gets the mode of the umask.
    ///
    /// # Errors
    /// `AlreadyExists` for a file that exists, unless it may be replaced; else whatever the system says.
    pub fn to_file(path: &Path, replace: bool) -> io::Result<Self> {
        let existing = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let target = match &existing {
            Some(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Some(metadata) if !metadata.is_file() => {
                let device = File::options().write(true).open(path)?;
                return Ok(Self::Direct(BufWriter::with_capacity(BUFFER, device)));
            }
            Some(_) if !replace => return Err(io::ErrorKind::AlreadyExists.into()),
            Some(_) => fs::canonicalize(path)?,
            None if path.as_os_str().as_encoded_bytes().ends_with(b"/") => return Err(io::ErrorKind::NotFound.into()),
            None => end_of_links(path)?,
        };
        let temporary = temporary_beside(&target, existing.as_ref())?;
        unfinished().push(temporary.path().to_owned());
        Ok(Self::Whole(WholeFile { temporary: BufWriter::with_capacity(BUFFER, temporary), target, replace }))
    }

    /// Opens a file, to be replaced if it exists, that only its owner can read in the end. A link is followed.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn to_private_file(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).or_else(|_| end_of_links(path))?;
        let temporary = Builder::new().prefix(".carrierx-").suffix(".part").tempfile_in(folder_of(&target))?;
        unfinished().push(temporary.path().to_owned());
        Ok(Self::Whole(WholeFile { temporary: BufWriter::with_capacity(BUFFER, temporary), target, replace: true }))
    }

    /// What this is looked at on; `stdout` tells that of stdout.
    pub fn look(&self, stdout: Look) -> Look {
        match self {
            Self::Stdout(_) => stdout,
            // Its width is not known.
            Self::Direct(out) if out.get_ref().is_terminal() => Look { screen: Some(Screen::default()), ..stdout },
            Self::Direct(_) | Self::Whole(_) => Look::default(),
        }
    }

    /// Makes what was written the content of the file, if it is one. Without this the file stays as it was.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file cannot be put in its place.
    pub fn commit(self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Direct(mut out) => out.flush(),
            Self::Whole(WholeFile { temporary, target, replace }) => {
                let temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
                temporary.as_file().sync_all()?;
                let placed = if replace { temporary.persist(target) } else { temporary.persist_noclobber(target) };
                placed.map(drop).map_err(|error| error.error)
            }
        }
    }

    fn out(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(out) => out,
            Self::Direct(out) => out,
            Self::Whole(file) => &mut file.temporary,
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out().flush()
    }
}

/// Whether the path names stdout. Opened anew it would be written from its beginning, whatever it held before.
pub fn is_stdout(path: &Path) -> bool {
    cfg!(unix) && ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// Where the links end that lead from `path` to a file that does not exist yet.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            // Not a link, or nothing at all.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many links lead to one another"))
}

fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file in the target's folder, so that a rename can put it in its place, with the mode that the target has or
/// would get.
fn temporary_beside(target: &Path, existing: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".carrierx-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(folder_of(target))?;
    if let Some(existing) = existing {
        temporary.as_file().set_permissions(existing.permissions())?;
    }
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, replace: bool) -> io::Result<()> {
        let mut sink = Sink::to_file(path, replace)?;
        sink.write_all(b"new")?;
        sink.commit()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_untouched_until_it_is_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").expect("a file");
        let mut sink = Sink::to_file(&path, true).expect("a sink");
        sink.write_all(b"half").and_then(|()| sink.flush()).expect("a write");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
        drop(sink);
        assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), names(folder.path()).len()), ("old", 1));
        write(&path, true).expect("a whole file");
        assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), names(folder.path()).len()), ("new", 1));
    }

    #[test]
    fn a_file_that_exists_is_replaced_only_if_it_may_be_even_one_that_came_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.csv");
        let sink = Sink::to_file(&path, false).expect("a sink");
        fs::write(&path, "old").expect("a file");
        assert_eq!(sink.commit().expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(write(&path, false).expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
    }

    #[test]
    fn a_folder_is_not_written_to() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(write(folder.path(), true).is_err());
        assert!(write(&folder.path().join("none/out.csv"), true).is_err());
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        #[test]
        fn a_replaced_file_keeps_its_mode() {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("out.csv");
            fs::write(&path, "old").expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("a mode");
            write(&path, true).expect("a file");
            assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o640);
        }

        #[test]
        fn a_link_is_followed_and_stays_a_link_even_if_it_leads_to_nothing_yet() {
            let folder = tempfile::tempdir().expect("a folder");
            let (link, target) = (folder.path().join("link.csv"), folder.path().join("target.csv"));
            symlink("target.csv", &link).expect("a link");
            write(&link, false).expect("a file");
            assert_eq!(fs::read_to_string(&target).expect("a file"), "new");
            assert_eq!(write(&link, false).expect_err("it exists").kind(), io::ErrorKind::AlreadyExists);
            write(&link, true).expect("a file");
            assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
        }

        #[test]
        fn a_device_is_written_to_and_never_replaced() {
            write(Path::new("/dev/null"), false).expect("a write");
            assert!(!fs::metadata("/dev/null").expect("a device").is_file());
        }
    }
}
