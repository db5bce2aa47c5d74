//! Ending by a signal without leaving anything behind.

/// Calls `clean_up` when Ctrl-C, a polite kill or a closed terminal ends the program, then ends it by that very signal,
/// so that shells and loops in them see what happened. Where there are no such signals, nothing is done.
pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) {
    #[cfg(unix)]
    unix::clean_up_before_the_end(clean_up);
    #[cfg(not(unix))]
    drop(clean_up);
}

#[cfg(unix)]
mod unix {
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    pub fn clean_up_before_the_end(clean_up: impl Fn() + Send + 'static) {
        // `nohup` and shells' background jobs have some ignored; taking those over would end what is to go on.
        let Ok(mut signals) =
            Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT].into_iter().filter(|signal| !is_ignored(*signal)))
        else {
            return;
        };
        // Without a thread the signals end the program as ever, and a temporary file may stay.
        let handle = signals.handle();
        let watch = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                clean_up();
                _ = emulate_default_handler(signal);
            }
        });
        if watch.is_err() {
            handle.close();
        }
    }

    /// Whether the process was started with the signal ignored; unknown counts as not.
    fn is_ignored(signal: i32) -> bool {
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return false };
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
    }
}
