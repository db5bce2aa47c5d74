//! The terminal: text that is not shown while it is typed, and who may write.

pub use terminal::{ask, is_in_foreground, show_typing};

/// Not by rpassword, which shows what is typed before its question, and whose Ctrl-C ends no loop around the program.
#[cfg(unix)]
mod terminal {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read, Write};
    use std::sync::{Mutex, PoisonError};

    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};
    use zeroize::Zeroizing;

    /// What a terminal passes on of a line at most; it drops the rest without a word.
    const MAX_LINE: usize = if cfg!(target_os = "macos") { 1024 } else { 4096 };

    /// The terminal as it was before a question that waits for its answer.
    static BEFORE: Mutex<Option<(File, Termios)>> = Mutex::new(None);

    /// Asks at the terminal for something that is not shown. Ctrl-C ends the program by its signal.
    pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
        let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        let mut hiding = before.clone();
        hiding.local_modes.remove(LocalModes::ECHO);
        hiding.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        // No Ctrl-Z: a program that is suspended here would leave the shell without echo.
        hiding.special_codes[SpecialCodeIndex::VSUSP] = 0;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some((terminal.try_clone()?, before));
        // Before the question, as the answer may come at once.
        tcsetattr(&terminal, OptionalActions::Now, &hiding)?;
        terminal.write_all(question.as_bytes())?;
        let line = read_line(&mut terminal);
        show_typing();
        line
    }

    /// A terminal hands over one line at a time.
    fn read_line(terminal: &mut File) -> io::Result<Zeroizing<String>> {
        let mut line = Zeroizing::new([0; MAX_LINE]);
        let length = terminal.read(&mut line[..])?;
        if length == 0 {
            // Ctrl-D ends no line on the screen.
            terminal.write_all(b"\n")?;
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "nothing was typed"));
        }
        if length == MAX_LINE {
            return Err(io::Error::other("it is too long for a line of a terminal; pass it on stdin"));
        }
        let text = std::str::from_utf8(&line[..length]);
        text.map(|text| Zeroizing::new(text.to_owned())).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    }

    /// Lets the terminal show typing again, in the middle of an answer if the program ends there.
    pub fn show_typing() {
        if let Some((terminal, modes)) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A terminal that is gone needs nothing any more.
            _ = tcsetattr(&terminal, OptionalActions::Now, &modes);
        }
    }

    /// Whether this process is in the foreground of the terminal that is stderr. Whoever writes there from the
    /// background disturbs another program, and is stopped if the terminal is set so (`stty tostop`).
    pub fn is_in_foreground() -> bool {
        tcgetpgrp(io::stderr()).is_ok_and(|group| group == getpgrp())
    }
}

#[cfg(windows)]
mod terminal {
    use std::io;

    use zeroize::Zeroizing;

    pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
        rpassword::prompt_password(question).map(Zeroizing::new)
    }

    /// The console does so by itself.
    pub fn show_typing() {}

    pub fn is_in_foreground() -> bool {
        true
    }
}
