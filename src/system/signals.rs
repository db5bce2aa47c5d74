//! Ending by a signal without leaving anything behind.

use std::io;

/// Calls `clean_up` when a signal ends the process, then ends it by that very signal, so that shells and loops in them
/// see what happened. To be called before any other thread begins. Where there are no signals, nothing is done.
pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
    #[cfg(unix)]
    return unix::clean_up_before_the_end(clean_up);
    #[cfg(not(unix))]
    {
        drop(clean_up);
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::process;
    use std::thread;

    use nix::sys::signal::{SigSet, Signal, raise};

    /// Signals that end a process unless somebody says otherwise. A fault of the program itself, such as SIGSEGV, ends
    /// it where it stands even so; these are for who sends one.
    const ENDING: [Signal; 17] = [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGALRM,
        Signal::SIGVTALRM,
        Signal::SIGPROF,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGXCPU,
        Signal::SIGTRAP,
        Signal::SIGSYS,
        Signal::SIGABRT,
        Signal::SIGBUS,
        Signal::SIGFPE,
        Signal::SIGILL,
        Signal::SIGSEGV,
    ];

    /// The same, of Linux alone.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const MORE: &[Signal] = &[Signal::SIGIO, Signal::SIGPWR, Signal::SIGSTKFLT];

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const MORE: &[Signal] = &[];

    /// The signals are blocked in every thread but for one, which waits for them. No handler takes the place of what
    /// the process was started with: a signal that was ignored, as by `nohup`, stays ignored.
    pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
        // A file beyond the limit of its size is an error of writing then, as a full disk is.
        SigSet::from(Signal::SIGXFSZ).thread_block()?;
        let ending: SigSet = ENDING.iter().chain(MORE).copied().collect();
        ending.thread_block()?;
        let watch = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            while let Ok(signal) = ending.wait() {
                if !is_ignored(signal) {
                    clean_up();
                    end_by(signal);
                }
            }
        });
        if watch.is_err() {
            ending.thread_unblock()?;
        }
        watch.map(drop)
    }

    fn end_by(signal: Signal) {
        // If either fails, the process ends all the same. The first process of a container ends by no signal.
        _ = SigSet::from(signal).thread_unblock();
        _ = raise(signal);
        // The standard library watches for faults of its own, and steps back from any other only the second time.
        _ = raise(signal);
        process::exit(128 + signal as i32);
    }

    /// Whether the process was started with the signal ignored. Only Linux has ignored signals wait at all while they
    /// are blocked; other systems drop them at once.
    fn is_ignored(signal: Signal) -> bool {
        cfg!(any(target_os = "linux", target_os = "android"))
            && ignored_by_proc(signal).unwrap_or_else(|| ignored_by_a_child(signal))
    }

    /// What the system says of this process where there is a /proc.
    fn ignored_by_proc(signal: Signal) -> Option<bool> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
        Some(mask & (1 << (signal as i32 - 1)) != 0)
    }

    /// What the system does to a child, which inherits what is ignored: it survives the signal, or does not.
    fn ignored_by_a_child(signal: Signal) -> bool {
        let suicide = format!("kill -s {} $$", &signal.as_str()["SIG".len()..]);
        let child = process::Command::new("/bin/sh").args(["-c", &suicide]).status();
        child.is_ok_and(|status| status.success())
    }
}
