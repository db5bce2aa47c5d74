//! Names of open descriptors: `-`, `/dev/stdout`, `/dev/fd/3` and whatever links to them.
//!
//! What such a name stands for is written through the descriptor that is open already. Opened anew, a file behind it
//! would be written from its beginning, whatever it held before and whoever else writes there.

use std::fs::File;
use std::io;
use std::path::Path;

/// The number of stdout.
pub const STDOUT: u32 = 1;

/// The number of stderr.
pub const STDERR: u32 = 2;

/// The number of the descriptor that `path` names, if it names one.
pub fn number(path: &Path) -> Option<u32> {
    if path == Path::new("-") {
        return Some(STDOUT);
    }
    #[cfg(unix)]
    return unix::number(path);
    #[cfg(not(unix))]
    None
}

/// A duplicate of the open descriptor, which shares its position.
pub fn duplicate(number: u32) -> io::Result<File> {
    #[cfg(unix)]
    return unix::duplicate(number);
    #[cfg(windows)]
    return {
        use std::os::windows::io::AsHandle;
        debug_assert_eq!(number, STDOUT, "no other descriptor has a name here");
        io::stdout().as_handle().try_clone_to_owned().map(File::from)
    };
}

/// Whether stdout or stderr was closed when the process began. The standard library opens /dev/null for reading and
/// writing in such a place, where everything would be lost without an error.
pub fn is_closed(number: u32) -> bool {
    #[cfg(unix)]
    return unix::is_closed(number);
    #[cfg(not(unix))]
    {
        _ = number;
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::AsFd;
    use std::path::{Path, PathBuf};

    use crate::system::atomic_file::folder_of;

    /// Folders whose entries are this process's descriptors; the first is the one that others link to on Linux.
    const FOLDERS: [&str; 3] = ["/proc/self/fd", "/proc/thread-self/fd", "/dev/fd"];

    /// Links followed before they are taken for a cycle.
    const MAX_LINKS: usize = 40;

    pub fn number(path: &Path) -> Option<u32> {
        let resolved = |path: &Path| fs::canonicalize(path).ok();
        let folders: Vec<_> = FOLDERS.iter().filter_map(|folder| resolved(Path::new(folder))).collect();
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let folder = folder_of(&path);
            // Where there is no /proc, the names are known all the same.
            let is_theirs = FOLDERS.iter().any(|known| folder == Path::new(known))
                || resolved(folder).is_some_and(|folder| folders.contains(&folder));
            if is_theirs {
                return path.file_name()?.to_str()?.parse().ok();
            }
            path = folder.join(fs::read_link(&path).ok()?);
        }
        None
    }

    pub fn is_closed(number: u32) -> bool {
        use std::os::unix::fs::MetadataExt;

        let Ok(file) = duplicate(number) else { return true };
        let is_null = || Some(file.metadata().ok()?.rdev() == fs::metadata("/dev/null").ok()?.rdev());
        let mode = rustix::fs::fcntl_getfl(&file).map(|flags| flags & rustix::fs::OFlags::RWMODE);
        [1, 2].contains(&number) && mode == Ok(rustix::fs::OFlags::RDWR) && is_null() == Some(true)
    }

    pub fn duplicate(number: u32) -> io::Result<File> {
        let standard = match number {
            0 => io::stdin().as_fd().try_clone_to_owned(),
            1 => io::stdout().as_fd().try_clone_to_owned(),
            2 => io::stderr().as_fd().try_clone_to_owned(),
            _ => return inherited(number),
        };
        standard.map(File::from)
    }

    #[cfg(target_os = "linux")]
    fn inherited(number: u32) -> io::Result<File> {
        use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

        let name = PathBuf::from(format!("/proc/self/fd/{number}"));
        if is_our_own(number) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let number = i32::try_from(number).map_err(|_| io::ErrorKind::NotFound)?;
        let duplicate = pidfd_open(getpid(), PidfdFlags::empty())
            .and_then(|process| pidfd_getfd(process, number, PidfdGetfdFlags::empty()));
        match duplicate {
            Err(rustix::io::Errno::BADF) => Err(rustix::io::Errno::BADF.into()),
            // Some containers forbid the call. At its end a file loses nothing.
            Err(_) => File::options().append(true).open(name),
            Ok(duplicate) => Ok(duplicate.into()),
        }
    }

    /// Whether the program itself opened the descriptor, for its own ends: those are closed where another begins.
    #[cfg(target_os = "linux")]
    fn is_our_own(number: u32) -> bool {
        const CLOSE_ON_EXEC: u32 = 0o2_000_000;
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & CLOSE_ON_EXEC != 0)
    }

    /// To open a descriptor's name is to duplicate it on these systems.
    #[cfg(not(target_os = "linux"))]
    fn inherited(number: u32) -> io::Result<File> {
        File::options().write(true).open(PathBuf::from(format!("/dev/fd/{number}")))
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::symlink;

        use super::*;

        #[test]
        fn a_descriptor_is_known_by_each_of_its_names() {
            let folder = tempfile::tempdir().expect("a folder");
            let link = folder.path().join("link");
            symlink("/dev/stdout", &link).expect("a link");
            let again = folder.path().join("again");
            symlink("link", &again).expect("a link");
            let own = format!("/proc/{}/fd/1", std::process::id());
            for (path, number) in [
                ("/dev/stdout", Some(1)),
                ("/dev/stderr", Some(2)),
                ("/dev/fd/3", Some(3)),
                ("/dev/./fd/../fd/12", Some(12)),
                ("/proc/self/fd/1", Some(1)),
                ("/proc/thread-self/fd/4", Some(4)),
                (&own, Some(1)),
                (link.to_str().expect("UTF-8"), Some(1)),
                (again.to_str().expect("UTF-8"), Some(1)),
                ("/dev/null", None),
                ("/dev/fd", None),
                ("/dev/fd/x", None),
                ("1", None),
                ("/no/such/1", None),
            ] {
                assert_eq!(super::number(Path::new(path)), number, "{path}");
            }
        }
    }
}
