//! Ending by a signal without leaving anything behind.

use std::io;

/// Calls `clean_up` when a signal ends the process, then ends it by that very signal, so that shells and loops in them
/// see what happened. A signal that was ignored when the program began, as by `nohup`, stays ignored.
#[cfg(unix)]
pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
    use std::process;
    use std::sync::Arc;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // A file beyond the limit of its size is an error of writing then, as a full disk is.
    flag::register(SIGXFSZ, Arc::default())?;
    let mut signals =
        Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal)))?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            clean_up();
            // The first process of a container ends by no signal.
            if process::id() != 1 {
                _ = emulate_default_handler(signal);
            }
            process::exit(128 + signal);
        }
    })?;
    Ok(())
}

/// Whether the process was started with the signal ignored, which a handler would undo. Linux tells; elsewhere, whoever
/// ignores SIGHUP has no terminal to read errors from.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    use std::io::IsTerminal;

    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) => mask & (1 << (signal - 1)) != 0,
        None => signal == signal_hook::consts::SIGHUP && !io::stderr().is_terminal(),
    }
}

/// Calls `clean_up` when Ctrl-C or the end of the session ends the process, then ends it.
#[cfg(windows)]
pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
    let end = move || {
        clean_up();
        std::process::exit(130);
    };
    ctrlc::set_handler(end).map_err(io::Error::other)
}
