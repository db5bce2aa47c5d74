//! Where a token is kept: in the configuration file itself, in a file of its own, or with a program that tells it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};

/// The longest that a `token_command` may take.
const LONGEST: Duration = Duration::from_secs(10);

/// More than any token has; whatever is longer is no token.
const MOST: u64 = 64 * 1024;

/// Where a token is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// Right here.
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

    /// Gets the token from where it is kept, not yet looked at.
    ///
    /// # Errors
    /// When the file cannot be read; when the command cannot be run, fails, or takes longer than ten seconds.
    pub fn fetch(&self) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::Given(token) => Ok(token.clone()),
            Self::File(path) => read(path),
            Self::Command(words) => run(words, LONGEST),
        }
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    File::open(path).and_then(text_of).map_err(|error| {
        Failure::new(Kind::Config, format!("the token file {} cannot be read: {error}", path.display()))
            .hint("look whether `token_file` names the right one, and whether you may read it")
    })
}

fn text_of(source: impl Read) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    source.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}

/// Runs the command and takes what it prints. Its stderr is shown when it fails, as that says why.
fn run(words: &[String], longest: Duration) -> Result<Zeroizing<String>, Failure> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::new(Kind::Config, "the token_command is empty"));
    };
    let failed = |problem: String| {
        Failure::new(Kind::Config, format!("the token_command `{program}` {problem}"))
            .hint("run it by itself to see what it prints; no shell stands between, so each word is its own string in the list")
    };
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    let told = gather(child.stdout.take());
    let complained = gather(child.stderr.take());
    let left = || longest.saturating_sub(began.elapsed());
    let (Ok(told), Ok(complained)) = (told.recv_timeout(left()), complained.recv_timeout(left())) else {
        end(&mut child);
        return Err(failed(format!("took longer than {} seconds", longest.as_secs_f64())));
    };
    let status = child.wait().map_err(|error| failed(format!("cannot be waited for: {error}")))?;
    if !status.success() {
        let complaint = complained.map(|text| text.trim().to_owned()).unwrap_or_default();
        let separator = if complaint.is_empty() { "" } else { ": " };
        return Err(failed(format!("failed ({status}){separator}{complaint}")));
    }
    told.map_err(|_| failed("printed something that is no text".to_owned()))
}

/// Reads to the end, however long that takes, while somebody else looks at the clock.
fn gather(source: Option<impl Read + Send + 'static>) -> mpsc::Receiver<io::Result<Zeroizing<String>>> {
    let (sender, text) = mpsc::channel();
    // Nobody listens any more when it took too long.
    thread::spawn(move || _ = sender.send(source.map_or_else(|| Ok(Zeroizing::default()), text_of)));
    text
}

fn end(child: &mut Child) {
    // It may have ended by itself in this moment.
    _ = child.kill();
    _ = child.wait();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn told_by(words: &[&str], longest: Duration) -> Result<String, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        run(&words, longest).map(|text| text.to_string()).map_err(|failure| failure.message)
    }

    #[test]
    fn a_command_is_run_without_a_shell_and_tells_the_token() {
        assert_eq!(told_by(&["printf", "%s", "$HOME;x"], LONGEST), Ok("$HOME;x".to_owned()));
    }

    #[test]
    fn a_command_that_fails_says_why_and_never_what_it_printed() {
        let said = told_by(&["sh", "-c", "echo hunter2; echo locked >&2; exit 3"], LONGEST).expect_err("a failure");
        assert!(said.contains("exit status: 3") && said.ends_with("locked") && !said.contains("hunter2"), "{said}");
        assert!(told_by(&["/no/such/program"], LONGEST).expect_err("none").contains("cannot be run"));
        assert!(told_by(&["printf", "\\377"], LONGEST).expect_err("bytes").contains("no text"));
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended() {
        let said = told_by(&["sleep", "100"], Duration::from_millis(50)).expect_err("a failure");
        assert!(said.contains("took longer than"), "{said}");
    }

    #[test]
    fn a_token_is_not_shown_by_debug() {
        assert_eq!(format!("{:?}", TokenSource::Given(Zeroizing::new("hunter2".to_owned()))), "(redacted)");
    }
}
