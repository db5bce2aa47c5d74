//! Questions to a person at the terminal that stdin is.

use std::io::{self, Write};

use zeroize::Zeroizing;

use crate::output::message;

/// Asks for something that is not shown while it is typed. Ctrl-C ends the program by its signal, and Ctrl-Z suspends
/// it, each with a terminal that shows typing again.
pub fn ask_secret(question: &str) -> io::Result<Zeroizing<String>> {
    hidden::ask(&message::shown(question))
}

/// Asks for a yes; anything else is a no.
pub fn ask_yes(question: &str) -> io::Result<bool> {
    write!(io::stderr(), "{} [y/N] ", message::shown(question))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Lets the terminal show typing again, when the program is about to end in the middle of a hidden answer.
pub fn show_typing() {
    hidden::show_typing();
}

#[cfg(unix)]
mod hidden {
    use std::fs::File;
    use std::io::{self, IsTerminal, Write};
    use std::sync::{Mutex, MutexGuard, Once, PoisonError};
    use std::thread;

    use rustix::process::{getppid, getsid};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGCONT, SIGTSTP};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;
    use zeroize::{Zeroize, Zeroizing};

    /// What a terminal passes on of a line; it drops the rest without a word.
    const MAX_LINE: usize = if cfg!(target_os = "linux") { 4095 } else { 1023 };

    /// A question that waits for its answer.
    struct Asked {
        question: String,
        /// How the terminal was before.
        before: Termios,
    }

    static ASKED: Mutex<Option<Asked>> = Mutex::new(None);

    fn asked() -> MutexGuard<'static, Option<Asked>> {
        ASKED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
        watch_suspension();
        let before = tcgetattr(io::stdin())?;
        {
            let mut asked = asked();
            let question = Asked { question: question.to_owned(), before };
            // Before the question: an answer may come at once.
            begin(&question)?;
            *asked = Some(question);
        }
        let line = read_line();
        if let Some(Asked { before, .. }) = asked().take() {
            // A terminal that is gone needs nothing any more.
            _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        }
        line
    }

    pub fn show_typing() {
        if let Some(Asked { before, .. }) = asked().take() {
            _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
            _ = show("\n");
        }
    }

    /// Hides what is typed, but for the end of the line, and shows the question.
    fn begin(Asked { question, before }: &Asked) -> io::Result<()> {
        let mut hiding = before.clone();
        hiding.local_modes.remove(LocalModes::ECHO);
        hiding.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Now, &hiding)?;
        show(question)
    }

    /// Shows something to the person at the terminal, wherever stderr goes.
    fn show(text: &str) -> io::Result<()> {
        if !io::stderr().is_terminal()
            && let Ok(mut terminal) = File::options().write(true).open("/dev/tty")
        {
            return terminal.write_all(text.as_bytes());
        }
        io::stderr().write_all(text.as_bytes())
    }

    /// The line that is typed, read past the buffer of stdin, in which it would stay.
    fn read_line() -> io::Result<Zeroizing<String>> {
        let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE + 1));
        let mut typed = [0; MAX_LINE + 1];
        let ended = loop {
            let count = match rustix::io::read(io::stdin(), &mut typed) {
                Err(rustix::io::Errno::INTR) => continue,
                count => count?,
            };
            line.extend_from_slice(&typed[..count]);
            if count == 0 || line.ends_with(b"\n") {
                break count == 0;
            }
        };
        typed.zeroize();
        if ended {
            // Ctrl-D ends no line on the screen.
            _ = show("\n");
        }
        if ended && line.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing was typed"));
        }
        if line.len() >= MAX_LINE {
            let problem = "it is too long for a line of a terminal; pass it on stdin";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        let text =
            std::str::from_utf8(&line).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// From now on, lets the terminal show typing while the program is suspended, and asks again afterwards.
    ///
    /// This stays for good, as the handlers of signals cannot be taken back.
    fn watch_suspension() {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(|| {
            // Without a thread the program is suspended as ever.
            let Ok(mut signals) = Signals::new([SIGTSTP, SIGCONT]) else { return };
            let handle = signals.handle();
            let watch = thread::Builder::new().name("suspension".to_owned()).spawn(move || {
                for signal in signals.forever() {
                    if signal == SIGCONT {
                        if let Some(asked) = &*asked() {
                            _ = begin(asked);
                        }
                    } else if can_be_resumed() {
                        if let Some(Asked { before, .. }) = &*asked() {
                            _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
                            _ = show("\n");
                        }
                        _ = emulate_default_handler(SIGTSTP);
                    }
                }
            });
            if watch.is_err() {
                handle.close();
            }
        });
    }

    /// Whether a shell is there that can resume the program. Where there is none, the system does not suspend it
    /// either.
    fn can_be_resumed() -> bool {
        let session = |id| getsid(id).ok();
        getppid().is_some_and(|parent| session(Some(parent)).is_some_and(|its| session(None) == Some(its)))
    }
}

#[cfg(not(unix))]
mod hidden {
    use std::io;

    use zeroize::Zeroizing;

    pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
        rpassword::prompt_password(question).map(Zeroizing::new)
    }

    pub fn show_typing() {}
}
