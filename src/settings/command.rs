//! Runs a `token_command` and takes the token that it prints.
//!
//! It gets the terminal if there is one, so that a password store can ask for its passphrase, and our stderr. It gets
//! neither our piped stdin nor another account's token in its environment.

use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::system::child;

use super::token::{MAX_SIZE, text};

/// How long a `token_command` may take; a person may have to type a passphrase.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Runs the command, without a shell, and returns what it prints.
pub fn run(words: &[String], limit: Duration) -> Result<Zeroizing<String>, Failure> {
    run_at(words, limit, io::stdin().is_terminal())
}

/// Runs the command, with the terminal as its stdin if it `asks`, else without stdin.
fn run_at(words: &[String], limit: Duration, asks: bool) -> Result<Zeroizing<String>, Failure> {
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

#[cfg(all(test, unix))]
mod tests {
    use std::thread;

    use super::*;
    use crate::system::bounded;

    fn printed_by(words: &[&str], limit: Duration) -> Result<String, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        run_at(&words, limit, false).map(|text| text.to_string()).map_err(|failure| failure.message)
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
