//! Reads files that people name, which may be anything, in bounded memory and time.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

/// How long a pipe or a device may take to deliver everything.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The content of a file of at most `max` bytes, and what the system knows of the file that was opened, whatever the
/// path may name a moment later. A pipe that nobody writes to is given up after `patience`.
pub fn read(path: &Path, max: u64, patience: Duration) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Zeroizing::new(Vec::new());
    let source = Patient::new(&file, (!metadata.is_file()).then_some(patience));
    source.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} KiB", max >> 10)));
    }
    Ok((bytes, metadata))
}

#[cfg(unix)]
use unix::{Patient, open};

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::OpenOptionsExt;
    use std::time::Instant;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::OFlags;

    use super::*;

    /// Opens without waiting for somebody to write to a pipe.
    pub fn open(path: &Path) -> io::Result<File> {
        File::options().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)
    }

    /// Reads a file up to a deadline, if it has one.
    pub struct Patient<'f> {
        file: &'f File,
        deadline: Option<Instant>,
    }

    impl<'f> Patient<'f> {
        pub fn new(file: &'f File, patience: Option<Duration>) -> Self {
            Self { file, deadline: patience.map(|patience| Instant::now() + patience) }
        }
    }

    impl Read for Patient<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                if let Some(deadline) = self.deadline {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let left = Timespec::try_from(left).map_err(io::Error::other)?;
                    if poll(&mut [PollFd::new(self.file, PollFlags::IN)], Some(&left))? == 0 {
                        return Err(io::Error::new(io::ErrorKind::TimedOut, "timed out waiting for its content"));
                    }
                }
                match self.file.read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.deadline.is_some() => {}
                    read => return read,
                }
            }
        }
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Elsewhere, files that never end or begin have no names in the file system.
#[cfg(not(unix))]
struct Patient<'f>(&'f File);

#[cfg(not(unix))]
impl<'f> Patient<'f> {
    fn new(file: &'f File, _: Option<Duration>) -> Self {
        Self(file)
    }
}

#[cfg(not(unix))]
impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::OpenOptionsExt;
    use std::{fs, thread};

    use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};

    use super::*;

    fn pipe(folder: &tempfile::TempDir) -> std::path::PathBuf {
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        path
    }

    #[test]
    fn a_pipe_without_a_writer_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = read(&pipe(&folder), 10, Duration::from_millis(30)).expect_err("nothing comes");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_pipe_whose_writer_never_ends_is_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = pipe(&folder);
        let _writer = fs::File::options()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(&path)
            .and_then(|mut file| io::Write::write_all(&mut file, b"abc").map(|()| file))
            .expect("a writer");
        let error = read(&path, 10, Duration::from_millis(30)).expect_err("no end comes");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_pipe_with_a_writer_is_read_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = pipe(&folder);
        let writer = thread::spawn({
            let path = path.clone();
            move || fs::write(path, "token\n")
        });
        let (bytes, _) = read(&path, 10, Duration::from_secs(60)).expect("a text");
        writer.join().expect("a thread").expect("a write");
        assert_eq!(bytes.as_slice(), b"token\n");
    }

    #[test]
    fn what_never_ends_is_given_up_at_its_limit() {
        let error = read(Path::new("/dev/zero"), 4096, Duration::from_secs(60)).expect_err("it never ends");
        assert_eq!(error.to_string(), "it is larger than 4 KiB");
    }
}
