//! The terminal, if there is one: what is connected to it, and the progress of a long list.

use std::fmt;
use std::io::{self, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::system::tty::is_in_foreground;

/// The time after which a list gets a progress bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is connected to a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal {
    /// Whether stdin is a terminal, so that questions can be asked.
    pub stdin: bool,
    /// Whether stdout is a terminal.
    pub stdout: bool,
    /// Whether stderr is a terminal.
    pub stderr: bool,
    /// The width in `COLUMNS`, which overrides that of a terminal, and counts for a pipe, too.
    pub columns: Option<NonZeroU16>,
    /// Whether the terminal cannot redraw a line (`TERM=dumb`).
    pub dumb: bool,
}

impl Terminal {
    /// Where results on stdout are looked at, given the color setting.
    pub fn viewport(self, color: ColorChoice) -> Viewport {
        let color = match color {
            ColorChoice::Auto => self.stdout && !self.dumb,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Viewport { is_terminal: self.stdout, columns: self.columns, color }
    }
}

/// Where results are looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Viewport {
    /// Whether they go to a terminal, which must not be driven by them.
    pub is_terminal: bool,
    /// The width that was set.
    pub columns: Option<NonZeroU16>,
    /// Whether parts of them are colored.
    pub color: bool,
}

impl Viewport {
    /// The current width, if it is known; a terminal may be resized at any time.
    pub fn width(self) -> Option<usize> {
        let measured = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0);
        let columns = self.columns.map(NonZeroU16::get).or_else(|| self.is_terminal.then(measured).flatten());
        columns.filter(|columns| *columns > 0).map(usize::from)
    }
}

/// Whether a progress bar is shown on stderr.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Clears the progress bar when the program is about to end other than by returning.
pub fn clear_progress() {
    if IS_SHOWN.load(Ordering::Relaxed) && is_in_foreground() {
        _ = io::stderr().write_all(b"\r\x1b[2K");
    }
}

/// The progress of a list on stderr; cleared when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    /// Ends the wait of the thread that shows the bar.
    patience: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Progress of a list that takes a while. If not `wanted`, nothing is ever drawn.
    pub fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style("{human_pos} partners, {rate}"));
        let patience = wanted.then(|| {
            let (stop, stopped) = mpsc::channel();
            let bar = bar.clone();
            let show = move || {
                if stopped.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) && is_in_foreground() {
                    IS_SHOWN.store(true, Ordering::Relaxed);
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.tick();
                }
            };
            Some((stop, thread::Builder::new().name("progress".to_owned()).spawn(show).ok()?))
        });
        Self { bar, patience: patience.flatten() }
    }

    /// Sets the number of rows received, and the total if it is known.
    pub fn update(&self, rows: u64, of: Option<u64>) {
        if self.patience.is_none() || !is_in_foreground() {
            return;
        }
        if let Some(of) = of.filter(|of| self.bar.length() != Some(*of)) {
            self.bar.set_style(style("{bar:20} {human_pos} of {human_len} partners, {rate}, {eta} left"));
            self.bar.set_length(of);
        }
        self.bar.set_position(rows);
    }

    /// Removes the bar.
    pub fn clear(&mut self) {
        if let Some((stop, thread)) = self.patience.take() {
            drop(stop);
            // It ends at once, and must not draw after the bar is cleared.
            _ = thread.join();
        }
        if !is_in_foreground() {
            self.bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        self.bar.finish_and_clear();
        IS_SHOWN.store(false, Ordering::Relaxed);
    }
}

/// A style of the bar that fits 80 columns.
fn style(template: &str) -> ProgressStyle {
    // A template is ours and never fails to parse; should it, the bar looks plain.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
        // What cannot be written to a string in memory is not missed.
        _ = write!(out, "{:.0}/s", state.per_sec());
    })
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
