//! Notes and warnings, on stderr.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::io::{self, Write};

use clap::ColorChoice;

use crate::output::message;
use crate::output::paint::{Paint, painted};
use crate::output::secrets::hidden;
use crate::output::terminal::Terminal;
use crate::output::text;

/// Where notes and warnings go.
///
/// A notice that cannot be written is ignored: stderr may be closed while the results are read.
pub struct Notices<'w> {
    quiet: bool,
    terminal: bool,
    /// What is printed after the results, and whether it is dimmed.
    last: Cell<Option<(String, ColorChoice)>>,
    warned: RefCell<HashSet<String>>,
    out: RefCell<&'w mut dyn Write>,
}

impl<'w> Notices<'w> {
    /// Notices to `out`; `terminal` is whether that is a terminal, and `quiet` silences the notes.
    pub fn new(out: &'w mut dyn Write, terminal: bool, quiet: bool) -> Self {
        Self { quiet, terminal, last: Cell::new(None), warned: RefCell::default(), out: RefCell::new(out) }
    }

    /// A note. Not printed when quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            _ = self.say("note", text);
        }
    }

    /// A note for a person at a terminal, which would be noise in a log.
    pub fn note_on_terminal(&self, text: &str) {
        if self.terminal {
            self.note(text);
        }
    }

    /// A reminder about the results, printed after them by [`Self::close`].
    pub fn remind(&self, text: impl Into<String>, color: ColorChoice) {
        self.last.set(Some((text.into(), color)));
    }

    /// Prints the reminder, if results were shown on this terminal.
    pub fn close(&self, terminal: Terminal) {
        if let Some((text, color)) = self.last.take()
            && terminal.stdout
            && self.terminal
            && !self.quiet
        {
            let text = message::shown(&text);
            let line = painted(&text, Paint::Aside, terminal.viewport(color).color);
            _ = writeln!(self.out.borrow_mut(), "{line}");
        }
    }

    /// A warning: the result may not be what was meant. What several parts of a command would say is said once.
    pub fn warn(&self, text: &str) {
        if self.warned.borrow_mut().insert(text.to_owned()) {
            _ = self.say("warning", text);
        }
    }

    fn say(&self, kind: &str, text: &str) -> io::Result<()> {
        writeln!(self.out.borrow_mut(), "{kind}: {}", message::shown(text))
    }
}

/// Logs one request. Several threads may do so at once; lines are never mixed.
pub fn trace(line: &str) {
    // As with notices: stderr may be closed.
    _ = io::stderr().write_all(format!("{}\n", text::escape(&hidden(line))).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_silences_notes_and_keeps_warnings() {
        let mut out = Vec::new();
        let notices = Notices::new(&mut out, true, true);
        notices.note("a");
        notices.note_on_terminal("b");
        notices.warn("c\u{1b}");
        assert_eq!(out, b"warning: c\\u{1b}\n");
    }

    #[test]
    fn a_note_for_a_person_is_not_said_to_a_file() {
        let mut out = Vec::new();
        let notices = Notices::new(&mut out, false, false);
        notices.note_on_terminal("a");
        notices.note("b");
        assert_eq!(out, b"note: b\n");
    }
}
