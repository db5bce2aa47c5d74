//! One rule for all files of a command: one that is written is never one that is read or written otherwise, however
//! the two are spelled.

use std::path::Path;

use crate::error::{Failure, Kind};
use crate::output::Destination;

/// What a command does with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Read,
    /// Read, and written anew.
    Rewritten,
    /// Written, if to stdout as well.
    Written,
}

/// A file of a command, with the name by which the user knows it.
pub struct NamedFile<'a> {
    name: &'a str,
    destination: Destination,
    path: &'a Path,
    pub usage: Use,
}

impl<'a> NamedFile<'a> {
    pub fn new(name: &'a str, path: &'a Path, usage: Use) -> Self {
        Self { name, destination: Destination::of(path), path, usage }
    }
}

/// Refuses files of which one would destroy another.
pub fn check(files: &[NamedFile]) -> Result<(), Failure> {
    for (at, file) in files.iter().enumerate() {
        if file.destination.is_stdout() && file.usage != Use::Written {
            return Err(refused(file, "stdout", file.path));
        }
        let other = files[..at].iter().find(|other| {
            (file.usage != Use::Read || other.usage != Use::Read) && file.destination.is_same_as(&other.destination)
        });
        if let Some(other) = other {
            let path = if file.destination.is_stdout() { other.path } else { file.path };
            return Err(refused(file, other.name, path));
        }
    }
    Ok(())
}

fn refused(file: &NamedFile, other: &str, path: &Path) -> Failure {
    let message = format!("{} is the same file as {other}: {}", file.name, path.display());
    Failure::new(Kind::Usage, message).hint(format!("use another file for {}", file.name))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::system::device::NULL;

    #[test]
    fn a_file_that_is_written_is_no_other_however_it_is_spelled() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("sub")).expect("a folder");
        fs::write(path("a.csv"), "").expect("a file");
        fs::hard_link(path("a.csv"), path("hard.csv")).expect("a link");
        let same = [path("a.csv"), path("./a.csv"), path("sub/../a.csv"), path("hard.csv")];
        let check = |one: &PathBuf, usage, other: &PathBuf, others| {
            check(&[NamedFile::new("OLD", one, usage), NamedFile::new("--to", other, others)])
        };
        for other in &same {
            for (one, another) in
                [(Use::Read, Use::Written), (Use::Written, Use::Rewritten), (Use::Rewritten, Use::Read)]
            {
                let failure = check(&same[0], one, other, another).expect_err("one file");
                assert!(failure.message.starts_with("--to is the same file as OLD: "), "{}", failure.message);
            }
            assert!(check(&same[0], Use::Read, other, Use::Read).is_ok());
        }
        assert!(check(&path("new.csv"), Use::Written, &path("sub/../new.csv"), Use::Written).is_err(), "not there yet");
        assert!(check(&path("new.csv"), Use::Written, &path("newer.csv"), Use::Written).is_ok());
        assert!(check(&NULL.into(), Use::Written, &NULL.into(), Use::Written).is_ok(), "nothing is kept there");
    }

    #[test]
    fn what_is_read_again_is_never_stdout() {
        for name in ["-", "/dev/stdout"] {
            assert!(super::check(&[NamedFile::new("--state", Path::new(name), Use::Rewritten)]).is_err());
            assert!(super::check(&[NamedFile::new("--receipt", Path::new(name), Use::Written)]).is_ok());
            assert!(
                super::check(&[
                    NamedFile::new("stdout", Path::new("-"), Use::Written),
                    NamedFile::new("--receipt", Path::new(name), Use::Written)
                ])
                .is_err()
            );
        }
    }
}
