//! Another program, which is run for what it prints, in bounded memory and time.

use std::io::{self, ErrorKind, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// The program that runs. It is not waited for while it stands here, so its ID cannot be another's.
static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Held while one runs.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

struct Running {
    child: Child,
    /// Whether all that it starts can be ended with it.
    leads_group: bool,
}

fn running() -> MutexGuard<'static, Option<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the program that runs, with all that it started, when this one is about to end.
pub fn end_running() {
    if let Some(Running { mut child, leads_group }) = running().take() {
        // It may have ended by itself in this moment.
        _ = kill(&mut child, leads_group);
        _ = child.wait();
    }
}

#[cfg(unix)]
fn kill(child: &mut Child, leads_group: bool) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process_group};

    if leads_group { Ok(kill_process_group(Pid::from_child(child), Signal::KILL)?) } else { child.kill() }
}

#[cfg(windows)]
fn kill(child: &mut Child, _: bool) -> io::Result<()> {
    child.kill()
}

/// How often is looked whether the program has ended.
const INTERVAL: Duration = Duration::from_millis(5);

/// Runs the program until it ends, or ends it at the limit. If it `asks`, it stays in the process group that can read
/// from the terminal, and which Ctrl-C ends.
pub fn output(
    mut command: Command,
    asks: bool,
    limit: Duration,
    max: u64,
) -> io::Result<(ExitStatus, Zeroizing<Vec<u8>>)> {
    #[cfg(unix)]
    if !asks {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let deadline = Instant::now() + limit;
    let timed_out = || io::Error::new(ErrorKind::TimedOut, format!("timed out after {}s", limit.as_secs_f64()));
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let printed = child.stdout.take().map(|printed| printed.take(max + 1));
    *running() = Some(Running { child, leads_group: !asks });
    let (sender, text) = mpsc::channel();
    let gather = move || {
        let mut text = Zeroizing::new(Vec::new());
        let read = printed.map(|mut printed| printed.read_to_end(&mut text)).transpose();
        // Nobody listens any more when it took too long.
        _ = sender.send(read.map(|_| text));
    };
    thread::Builder::new().name("token_command".to_owned()).spawn(gather).inspect_err(|_| end_running())?;
    loop {
        let ended = running().as_mut().map(|running| running.child.try_wait()).transpose()?.flatten();
        if let Some(status) = ended {
            *running() = None;
            // Something that it left running may still print.
            let text = text.recv_timeout(deadline.saturating_duration_since(Instant::now()));
            let text = text.map_err(|_| timed_out())??;
            let too_much = || io::Error::new(ErrorKind::FileTooLarge, "it printed too much");
            return if text.len() as u64 > max { Err(too_much()) } else { Ok((status, text)) };
        }
        if Instant::now() >= deadline {
            end_running();
            return Err(timed_out());
        }
        thread::sleep(INTERVAL);
    }
}
