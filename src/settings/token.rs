//! Where a token is kept: in the configuration file itself, in a file of its own, or with a program that prints it.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::system::{bounded, child};

use super::Origin;

/// More than any token has.
const MAX_SIZE: u64 = 64 << 10;

/// Where a token is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenSource {
    Given(Zeroizing<String>),
    /// In a file that holds nothing else, and what was read of it: a pipe holds it once.
    File(PathBuf, Arc<OnceLock<Zeroizing<String>>>),
    /// With a program, which is run without a shell and prints it.
    Command(Vec<String>),
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("(redacted)"),
            Self::File(path, _) => write!(f, "{path:?}"),
            Self::Command(words) => write!(f, "{words:?}"),
        }
    }
}

impl TokenSource {
    pub fn file(path: PathBuf) -> Self {
        Self::File(path, Arc::default())
    }

    /// The key that names it in the configuration.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Given(_) => "token",
            Self::File(..) => "token_file",
            Self::Command(_) => "token_command",
        }
    }

    /// Where the token comes from, in words; `source` is where that is set.
    pub fn origin(&self, source: &Origin) -> String {
        match self {
            Self::File(..) | Self::Command(_) if matches!(source, Origin::File { .. }) => {
                format!("the {} of {source}", self.key())
            }
            _ => source.to_string(),
        }
    }

    /// Gets the token from where it is kept, not yet checked.
    pub fn fetch(&self) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::Given(token) => Ok(token.clone()),
            Self::File(path, held) => match held.get() {
                Some(token) => Ok(token.clone()),
                None => read(path).map(|token| held.get_or_init(|| token).clone()),
            },
            Self::Command(words) => run(words, LIMIT, io::stdin().is_terminal()),
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
fn text(bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// How long a `token_command` may take; a person may have to type a passphrase.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs a `token_command`, without a shell, and takes the token that it prints.
///
/// If it `asks`, it gets the terminal, so that a password store can ask for its passphrase. It gets our stderr, and
/// neither our piped stdin nor another account's token in its environment.
fn run(words: &[String], limit: Duration, asks: bool) -> Result<Zeroizing<String>, Failure> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::new(Kind::Config, "the token_command is empty"));
    };
    let failed = |problem: &str| {
        Failure::new(Kind::Config, format!("the token_command `{program}` {problem}")).hint(
            "run it by itself to see what it prints; there is no shell, so each word is its own string in the list",
        )
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(if asks { Stdio::inherit() } else { Stdio::null() });
    command.env_remove("CARRIERX_TOKEN").env_remove("CARRIERX_TOKEN_FILE");
    let (status, output) =
        child::output(command, asks, limit, MAX_SIZE).map_err(|error| failed(&format!("cannot be run: {error}")))?;
    if !status.success() {
        return Err(failed(&format!("failed ({status})")));
    }
    text(output).ok_or_else(|| failed("printed something that is not text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", TokenSource::Given(Zeroizing::new("hunter2".to_owned()))), "(redacted)");
    }
}

#[cfg(all(test, unix))]
mod command_tests {
    use std::thread;

    use super::*;

    fn printed_by(words: &[&str], limit: Duration) -> Result<String, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        run(&words, limit, false).map(|text| text.to_string()).map_err(|failure| failure.message)
    }

    #[test]
    fn a_command_is_run_without_a_shell_and_prints_the_token() {
        assert_eq!(printed_by(&["printf", "%s", "$HOME;x"], LIMIT), Ok("$HOME;x".to_owned()));
    }

    #[test]
    fn a_command_that_fails_is_reported_without_what_it_printed() {
        let message = printed_by(&["sh", "-c", "echo hunter2; exit 3"], LIMIT).expect_err("a failure");
        assert!(message.contains("exit status: 3") && !message.contains("hunter2"), "{message}");
        assert!(printed_by(&["/no/such/program"], LIMIT).expect_err("none").contains("cannot be run"));
        assert!(printed_by(&["printf", "\\377"], LIMIT).expect_err("bytes").contains("not text"));
        let endless = printed_by(&["yes", "hunter2"], LIMIT).expect_err("an endless text");
        assert!(endless.ends_with("it printed too much"), "{endless}");
    }

    #[test]
    fn a_command_that_takes_too_long_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = folder.path().join("held");
        assert!(Command::new("mkfifo").arg(&held).status().expect("mkfifo").success());
        // The second form closes its output, the end of which is then no sign of its own.
        for redirect in ["", "exec >&- 2>&-; "] {
            let script = format!("exec 9> {}; sleep 1000 & {redirect}wait", held.display());
            // Every process that runs holds the pipe, so it ends when none does.
            let path = held.clone();
            let ended = thread::spawn(move || bounded::read(&path, 10));
            let message = printed_by(&["sh", "-c", &script], Duration::from_millis(500)).expect_err("a failure");
            assert!(message.ends_with("timed out after 0.5s"), "{message}");
            ended.join().expect("a thread").expect("nobody runs any more");
        }
    }
}
