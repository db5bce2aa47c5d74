//! Questions to a person at the terminal that stdin is.

use std::io::{self, Write};

use zeroize::Zeroizing;

use crate::output::message;
use crate::system::tty;

/// Asks for something that is not shown while it is typed.
pub fn ask_secret(question: &str) -> io::Result<Zeroizing<String>> {
    tty::ask(&message::shown(question))
}

/// Asks for a yes; anything else is a no.
pub fn ask_yes(question: &str) -> io::Result<bool> {
    write!(io::stderr(), "{} [y/N] ", message::shown(question))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
