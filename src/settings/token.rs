//! Where a token is kept: in the configuration file itself, in a file of its own, or with a program that prints it.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::system::bounded;

use super::{Origin, command};

/// More than any token has.
pub const MAX_SIZE: u64 = 64 << 10;

/// Where a token is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenSource {
    Given(Zeroizing<String>),
    /// In a file that holds nothing else.
    File(PathBuf),
    /// With a program, which is run without a shell and prints it.
    Command(Vec<String>),
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("(redacted)"),
            Self::File(path) => write!(f, "{path:?}"),
            Self::Command(words) => write!(f, "{words:?}"),
        }
    }
}

impl TokenSource {
    /// The key that names it in the configuration.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Given(_) => "token",
            Self::File(_) => "token_file",
            Self::Command(_) => "token_command",
        }
    }

    /// Where the token comes from, in words; `source` is where that is set.
    pub fn origin(&self, source: &Origin) -> String {
        match self {
            Self::File(_) | Self::Command(_) if matches!(source, Origin::File { .. }) => {
                format!("the {} of {source}", self.key())
            }
            _ => source.to_string(),
        }
    }

    /// Gets the token from where it is kept, not yet checked.
    pub fn fetch(&self) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::Given(token) => Ok(token.clone()),
            Self::File(path) => read(path),
            Self::Command(words) => command::run(words, command::LIMIT),
        }
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |problem: &dyn fmt::Display| {
        Failure::new(Kind::Config, format!("cannot read the token file {}: {problem}", path.display()))
            .hint("check that `token_file` or CARRIERX_TOKEN_FILE is the right path and that you can read it")
    };
    let (bytes, _) = bounded::read(path, MAX_SIZE).map_err(|error| failed(&error))?;
    text(bytes).ok_or_else(|| failed(&"it is not UTF-8 text"))
}

/// The bytes as text, if they are that.
pub fn text(bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", TokenSource::Given(Zeroizing::new("hunter2".to_owned()))), "(redacted)");
    }
}
