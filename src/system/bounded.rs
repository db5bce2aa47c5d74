//! Reads files that people name, which may be anything, in bounded memory and time.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// How long a pipe or a device may take to deliver everything.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The content of a file of at most `max` bytes, and what the system knows of the file that was opened, whatever the
/// path may name a moment later. A pipe that nobody writes to is given up after `patience`.
pub fn read(path: &Path, max: u64, patience: Duration) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
    let (sender, content) = mpsc::channel();
    let path = path.to_owned();
    // Of all systems, none lets a file be opened and read with a time limit; a thread that waits can be left behind.
    thread::Builder::new().name("file".to_owned()).spawn(move || _ = sender.send(read_now(&path, max)))?;
    let timed_out = || io::Error::new(ErrorKind::TimedOut, "timed out waiting for its content");
    content.recv_timeout(patience).map_err(|_| timed_out())?
}

fn read_now(path: &Path, max: u64) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {} KiB", max >> 10)));
    }
    Ok((bytes, metadata))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn a_pipe_is_read_to_its_end_and_given_up_if_none_comes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let writer = thread::spawn({
            let path = path.clone();
            move || fs::write(path, "token\n")
        });
        let (bytes, _) = read(&path, 10, Duration::from_secs(60)).expect("a text");
        writer.join().expect("a thread").expect("a write");
        assert_eq!(bytes.as_slice(), b"token\n");

        let error = read(&path, 10, Duration::from_millis(30)).expect_err("nothing comes");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let _writer = File::options().read(true).write(true).open(&path).expect("a writer that never ends");
        let error = read(&path, 10, Duration::from_millis(30)).expect_err("no end comes");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn what_never_ends_is_given_up_at_its_limit() {
        let error = read(Path::new("/dev/zero"), 4096, Duration::from_secs(60)).expect_err("it never ends");
        assert_eq!(error.to_string(), "it is larger than 4 KiB");
    }
}
