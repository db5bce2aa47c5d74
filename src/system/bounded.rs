//! Reads files that people name, which may be anything, in bounded memory.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// The content of a file of at most `max` bytes, and what the system knows of the file that was opened, whatever the
/// path may name a moment later.
pub fn read(path: &Path, max: u64) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
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
    use super::*;

    #[test]
    fn what_never_ends_is_given_up_at_its_limit() {
        let error = read(Path::new("/dev/zero"), 4096).expect_err("it never ends");
        assert_eq!(error.to_string(), "it is larger than 4 KiB");
    }
}
