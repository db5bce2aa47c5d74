//! Whether a configuration file can be trusted: whoever can write it can have a token sent to a host of theirs, or a
//! program run.

use std::fs::Metadata;
use std::path::Path;

use crate::error::Failure;

/// What a configuration file contains that others must not read or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    Harmless,
    /// Where a token comes from or goes to.
    Sensitive,
    Token,
}

#[cfg(not(unix))]
pub fn check(_: &Path, _: &Metadata, _: Contents) -> Result<(), Failure> {
    Ok(())
}

#[cfg(not(unix))]
pub fn check_folder(_: &Path) -> Result<(), Failure> {
    Ok(())
}

#[cfg(unix)]
pub use unix::check;
#[cfg(unix)]
pub use unix::check_folder;

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use crate::error::Kind;

    use super::*;

    /// The permissions of everybody but the owner.
    const OTHERS: u32 = 0o077;

    /// The permissions of everybody but the owner to write.
    const OTHERS_WRITE: u32 = 0o022;

    /// In a folder with this bit, everybody can rename or remove only what is theirs.
    const STICKY: u32 = 0o1000;

    /// Refuses a file whose contents others can change, or a token that others can read.
    pub fn check(path: &Path, file: &Metadata, contents: Contents) -> Result<(), Failure> {
        if contents == Contents::Harmless {
            return Ok(());
        }
        let shown = path.display();
        if contents == Contents::Token && file.mode() & OTHERS != 0 {
            return Err(Failure::new(
                Kind::Config,
                format!("the configuration file {shown} has a token that others can read"),
            )
            .hint(format!("run `chmod 600 {}`; if others have read it, create a new token", quoted(path))));
        }
        if file.mode() & OTHERS_WRITE != 0 {
            return Err(Failure::new(
                Kind::Config,
                format!("the configuration file {shown} is not safe: others can write to it"),
            )
            .hint(format!("check what it says, then run `chmod go-w {}`", quoted(path))));
        }
        if !is_trusted(file.uid()) {
            return Err(Failure::new(
                Kind::Config,
                format!("the configuration file {shown} is not safe: it belongs to another user"),
            )
            .hint(format!(
                "check what it says, then run `sudo chown \"$(id -u)\" {}`, or name another file with --config",
                quoted(path)
            )));
        }
        folders(path, |folder, metadata| {
            writable(folder, metadata)?;
            if is_trusted(metadata.uid()) {
                return Ok(());
            }
            Err(Failure::new(
                Kind::Config,
                format!("the configuration file {shown} is not safe: its folder belongs to another user"),
            )
            .hint("move the file to a folder of yours and name it with --config"))
        })
    }

    /// Refuses a folder in which others could replace a file, before a token is stored there.
    pub fn check_folder(path: &Path) -> Result<(), Failure> {
        folders(path, writable)
    }

    fn writable(folder: &Path, metadata: &Metadata) -> Result<(), Failure> {
        if metadata.mode() & OTHERS_WRITE == 0 || metadata.mode() & STICKY != 0 {
            return Ok(());
        }
        let message = format!("the configuration folder {} is not safe: others can write to it", folder.display());
        Err(Failure::new(Kind::Config, message).hint(format!("run `chmod go-w {}`", quoted(folder))))
    }

    /// Checks the folder that the path names, and the one that a link there leads to.
    fn folders(path: &Path, check: impl Fn(&Path, &Metadata) -> Result<(), Failure>) -> Result<(), Failure> {
        let target = fs::canonicalize(path).ok();
        for path in [Some(path), target.as_deref()].into_iter().flatten() {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            // One that is not there, or is none of the file system's, cannot be written to either.
            if let Ok(metadata) = fs::metadata(folder) {
                check(folder, &metadata)?;
            }
        }
        Ok(())
    }

    fn is_trusted(owner: u32) -> bool {
        owner == 0 || owner == rustix::process::geteuid().as_raw()
    }

    /// The path as a shell reads it back.
    fn quoted(path: &Path) -> String {
        format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
    }
}
