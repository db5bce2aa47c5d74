//! Runs a `token_command` and takes the token that it prints.
//!
//! It gets the terminal if there is one, so that a password store can ask for its passphrase, and our stderr. It gets
//! neither our piped stdin nor another account's token in its environment.

use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::{Failure, Kind};

use super::token::{MAX_SIZE, text};

pub use running::end_running;

/// How long a `token_command` may take; a person may have to type a passphrase.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Why there is no token.
enum Problem {
    Io(io::Error),
    TooLong,
    TooMuch,
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs the command, without a shell, and returns what it prints. The output counts once the command has ended,
/// whatever it left running.
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
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.env_remove("CARRIERX_TOKEN").env_remove("CARRIERX_TOKEN_FILE");
    command.stdin(if asks { Stdio::inherit() } else { Stdio::null() });
    let (status, output) = running::output(command, asks, limit).map_err(|problem| match problem {
        Problem::Io(error) => failed(&format!("cannot be run: {error}")),
        Problem::TooLong => failed(&format!("timed out after {}s", limit.as_secs_f64())),
        Problem::TooMuch => failed("printed more than a token"),
    })?;
    if !status.success() {
        return Err(failed(&format!("failed ({status})")));
    }
    text(output).ok_or_else(|| failed("printed something that is not text"))
}

#[cfg(unix)]
mod running {
    use std::io::{PipeReader, Read};
    use std::os::fd::AsFd;
    use std::os::unix::process::CommandExt;
    use std::process::ExitStatus;
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::thread;
    use std::time::Instant;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{OFlags, fcntl_setfl};
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    use super::*;

    /// The commands that run now, and whether each leads a process group. One that was waited for is not among them, as
    /// its ID may be another's.
    static RUNNING: Mutex<Vec<(Pid, bool)>> = Mutex::new(Vec::new());

    fn running() -> MutexGuard<'static, Vec<(Pid, bool)>> {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every command that runs, with all that it started, when the program is about to end by a signal.
    pub fn end_running() {
        end(|_| true);
    }

    fn end(is_meant: impl Fn(Pid) -> bool) {
        for (id, leads) in running().extract_if(.., |(id, _)| is_meant(*id)) {
            // It may have ended by itself in this moment.
            _ = if leads { kill_process_group(id, Signal::KILL) } else { kill_process(id, Signal::KILL) };
        }
    }

    /// Runs the command until it ends, or ends it at the limit.
    pub fn output(
        mut command: Command,
        asks: bool,
        limit: Duration,
    ) -> Result<(ExitStatus, Zeroizing<Vec<u8>>), Problem> {
        // At a terminal, it stays in our process group: only that can read from the terminal, and Ctrl-C ends all of
        // it.
        if !asks {
            command.process_group(0);
        }
        let deadline = Instant::now() + limit;
        let (mut printed, output) = io::pipe()?;
        command.stdout(output);
        let mut child = command.spawn()?;
        // The parent's copy of the write end would keep the pipe open.
        drop(command);
        let id = Pid::from_child(&child);
        running().push((id, !asks));
        let (alive, held) = io::pipe()?;
        let waiting = thread::Builder::new().name("token_command".to_owned()).spawn(move || {
            let status = child.wait();
            running().retain(|(running, _)| *running != id);
            drop(held);
            status
        });
        let gathered = gather(&mut printed, &alive, deadline);
        if gathered.is_err() || waiting.is_err() {
            end(|running| running == id);
        }
        let status = waiting?.join().map_err(|_| io::Error::other("cannot be waited for"))?;
        Ok((status?, gathered?))
    }

    /// Reads `printed` until `alive` closes.
    fn gather(printed: &mut PipeReader, alive: &PipeReader, deadline: Instant) -> Result<Zeroizing<Vec<u8>>, Problem> {
        fcntl_setfl(&*printed, OFlags::NONBLOCK).map_err(io::Error::from)?;
        let mut text = Zeroizing::new(Vec::new());
        let mut is_open = true;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(io::Error::other)?;
            let mut watched = vec![PollFd::from_borrowed_fd(alive.as_fd(), PollFlags::IN)];
            if is_open {
                watched.push(PollFd::from_borrowed_fd(printed.as_fd(), PollFlags::IN));
            }
            match poll(&mut watched, Some(&left)) {
                Ok(0) => return Err(Problem::TooLong),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(io::Error::from(error).into()),
            }
            // Checked before the pipe is read, so that nothing printed before the end is missed.
            let has_ended = !watched[0].revents().is_empty();
            let room = MAX_SIZE + 1 - text.len() as u64;
            match printed.by_ref().take(room).read_to_end(&mut text) {
                Ok(_) => is_open = false,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            if text.len() as u64 > MAX_SIZE {
                return Err(Problem::TooMuch);
            }
            if has_ended {
                return Ok(text);
            }
        }
    }
}

#[cfg(not(unix))]
mod running {
    use std::io::Read;
    use std::process::ExitStatus;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::thread;
    use std::time::Instant;

    use super::*;

    /// Nothing has to be ended, because no signal is handled here.
    pub fn end_running() {}

    /// Runs the command until its output ends, or ends it at the limit.
    pub fn output(mut command: Command, _: bool, limit: Duration) -> Result<(ExitStatus, Zeroizing<Vec<u8>>), Problem> {
        let began = Instant::now();
        let mut child = command.spawn()?;
        let (sender, gathered) = mpsc::channel();
        let printed = child.stdout.take();
        thread::Builder::new().spawn(move || {
            let mut text = Zeroizing::new(Vec::new());
            let read = printed.map_or(Ok(0), |printed| printed.take(MAX_SIZE + 1).read_to_end(&mut text));
            // Nobody listens any more when it took too long.
            _ = sender.send(read.map(|_| text));
        })?;
        let gathered = match gathered.recv_timeout(limit.saturating_sub(began.elapsed())) {
            Ok(text) => Ok(text?),
            Err(RecvTimeoutError::Timeout) => Err(Problem::TooLong),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("cannot be read from").into()),
        };
        if gathered.as_ref().map_or(true, |text| text.len() as u64 > MAX_SIZE) {
            // It may have just ended by itself.
            _ = child.kill();
        }
        let status = child.wait()?;
        match gathered? {
            text if text.len() as u64 > MAX_SIZE => Err(Problem::TooMuch),
            text => Ok((status, text)),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::thread;
    use std::time::Instant;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

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
        assert!(endless.ends_with("printed more than a token"), "{endless}");
    }

    #[test]
    fn the_token_counts_once_the_command_ended_whatever_it_left_running() {
        let began = Instant::now();
        assert_eq!(printed_by(&["sh", "-c", "echo token; sleep 30 & exit 0"], LIMIT), Ok("token\n".to_owned()));
        assert!(began.elapsed() < Duration::from_secs(25));
    }

    #[test]
    fn a_command_that_takes_too_long_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = folder.path().join("held");
        mknodat(CWD, &held, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        // The second form closes its output, the end of which is then no sign of its own.
        for redirect in ["", "exec >&- 2>&-; "] {
            let script = format!("exec 9> {}; sleep 1000 & {redirect}wait", held.display());
            // Whoever runs holds the pipe, so it ends when nobody does.
            let path = held.clone();
            let ended = thread::spawn(move || bounded::read(&path, 10, Duration::from_secs(100)));
            let message = printed_by(&["sh", "-c", &script], Duration::from_millis(500)).expect_err("a failure");
            assert!(message.ends_with("timed out after 0.5s"), "{message}");
            ended.join().expect("a thread").expect("nobody runs any more");
        }
    }
}
