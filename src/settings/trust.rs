//! Whether a configuration file can be trusted: anyone who can write it can have a token sent to their host, or a
//! program run.

use std::fs::{self, Metadata};
use std::path::Path;

use crate::error::{Failure, Kind};
use crate::system::atomic_file::folder_of;
use crate::system::private_file::{self, Risk};

/// What a configuration file contains that others must not read or change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contents {
    Harmless,
    /// Where a token comes from or goes to.
    Sensitive,
    Token,
}

/// Refuses a file whose contents others can change, or a token that others can read.
pub fn check(path: &Path, file: &Metadata, contents: Contents) -> Result<(), Failure> {
    if contents == Contents::Harmless {
        return Ok(());
    }
    let Some(risk) = private_file::risk(file, contents == Contents::Token) else { return check_folder(path) };
    let quoted = quoted(path);
    let (problem, remedy) = match risk {
        Risk::OthersRead => (
            "has a token that others can read",
            format!(
                "run `chmod 600 {quoted}`, or if the file is not yours, keep the token in one that is and name it with \
                 `token_file`; if others have read the token, create a new one"
            ),
        ),
        Risk::OthersWrite => {
            ("is not safe: others can write to it", format!("check what it says, then run `chmod go-w {quoted}`"))
        }
        Risk::Foreign => (
            "is not safe: it belongs to another user",
            format!(
                "check what it says, then run `sudo chown \"$(id -u)\" {quoted}`, or use another file with --config"
            ),
        ),
    };
    Err(Failure::new(Kind::Config, format!("the configuration file {} {problem}", path.display())).hint(remedy))
}

/// Refuses a file in a directory in which others could replace it: the one that the path names, and the one that a link
/// there leads to.
pub fn check_folder(path: &Path) -> Result<(), Failure> {
    let target = fs::canonicalize(path).ok();
    for path in [Some(path), target.as_deref()].into_iter().flatten() {
        let folder = folder_of(path);
        // One that does not exist, or is not in the file system, cannot be written to either.
        let risk = fs::metadata(folder).ok().and_then(|folder| private_file::risk_in(&folder));
        let (message, remedy) = match risk {
            None => continue,
            Some(Risk::OthersRead | Risk::OthersWrite) => (
                format!("the configuration directory {} is not safe: others can write to it", folder.display()),
                format!("run `chmod go-w {}`", quoted(folder)),
            ),
            Some(Risk::Foreign) => (
                format!("the configuration file {} is not safe: its directory belongs to another user", path.display()),
                "move the file to a directory of yours and use --config".to_owned(),
            ),
        };
        return Err(Failure::new(Kind::Config, message).hint(remedy));
    }
    Ok(())
}

/// The path as a shell reads it back.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
