//! The terminal, if there is one: what is connected to it, and the progress of a long list.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A list that is done sooner than this needs no progress bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is connected to a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal {
    /// Results are read by a person as they come.
    pub stdout: bool,
    /// Messages are read by a person as they come.
    pub stderr: bool,
    /// The terminal says of itself that it cannot redraw a line (`TERM=dumb`).
    pub dumb: bool,
}

/// The progress of a list on stderr; cleared when it is dropped.
pub struct Progress {
    bar: ProgressBar,
    /// When the list began; none if nothing is ever to be drawn.
    began: Option<Instant>,
}

impl Progress {
    /// Progress of a list that takes a while. If not `wanted`, nothing is ever drawn.
    pub fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, began: wanted.then(Instant::now) }
    }

    /// So many rows have come, of so many if that is known.
    pub fn update(&self, rows: u64, of: Option<u64>) {
        if self.began.is_none_or(|began| began.elapsed() < PATIENCE) {
            return;
        }
        if self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if let Some(of) = of {
            self.bar.set_length(of);
            self.bar.set_style(style("{wide_bar} {human_pos} of {human_len} partners, {per_sec}, {eta} left"));
        } else {
            self.bar.set_style(style("{human_pos} partners, {per_sec}"));
        }
        self.bar.set_position(rows);
    }
}

/// A template is ours and never fails to parse; should it, the bar looks plain.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
