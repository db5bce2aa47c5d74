//! Another program, which is run for what it prints, in bounded memory and time.

use std::io::{self, ErrorKind, Read};
use std::mem;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

/// How long something that it left running may keep its output open.
const GRACE: Duration = Duration::from_secs(1);

/// Runs the program until it ends, or ends it at the limit. What it printed counts once it has ended, whatever it left
/// running. If it `asks`, it stays in the process group that can read from the terminal, and which Ctrl-C ends.
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
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let printed = child.stdout.take().ok_or_else(|| io::Error::other("its output cannot be read"))?;
    *running() = Some(Running { child, leads_group: !asks });
    let (text, end) = gather(printed.take(max + 1)).inspect_err(|_| end_running())?;
    let text = || text.lock().unwrap_or_else(PoisonError::into_inner);
    let too_much = || io::Error::new(ErrorKind::FileTooLarge, "it printed too much");
    let problem = loop {
        let ended = running().as_mut().map(|running| running.child.try_wait()).transpose()?.flatten();
        if let Some(status) = ended {
            _ = end.recv_timeout(GRACE);
            *running() = None;
            let text = mem::take(&mut *text());
            return if text.len() as u64 > max { Err(too_much()) } else { Ok((status, text)) };
        }
        if text().len() as u64 > max {
            break too_much();
        }
        if Instant::now() >= deadline {
            break io::Error::new(ErrorKind::TimedOut, format!("timed out after {}s", limit.as_secs_f64()));
        }
        thread::sleep(INTERVAL);
    };
    end_running();
    Err(problem)
}

/// What was printed so far, and what hears of its end.
type Gathered = (Arc<Mutex<Zeroizing<Vec<u8>>>>, Receiver<()>);

/// Reads in a thread of its own what is printed.
fn gather(mut printed: impl Read + Send + 'static) -> io::Result<Gathered> {
    let text = Arc::new(Mutex::new(Zeroizing::new(Vec::new())));
    let (ended, end) = mpsc::channel();
    let gathered = Arc::clone(&text);
    thread::Builder::new().name("token_command".to_owned()).spawn(move || {
        let mut piece = Zeroizing::new([0; 4096]);
        while let Ok(length @ 1..) = printed.read(&mut *piece) {
            gathered.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..length]);
        }
        // Nobody listens any more when it took too long.
        _ = ended.send(());
    })?;
    Ok((text, end))
}
