//! Failures: their kinds, the exit status of each, and how they are told.
//!
//! A failure says what failed, on what, and the cause; a hint says the next step. It is made where the facts are
//! known, goes straight up by `?` (callers may put `context` before it), and becomes words in [`report`] alone.

use std::fmt;
use std::io;
use std::ops::Range;
use std::time::Duration;

use crate::output::text;

/// What kind of failure ends the program; each has an exit status that scripts can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything that no other kind names, such as a full disk.
    Other,
    /// A bad option, an unknown field, a mistake in a filter; nothing was sent, or nothing printed.
    Usage,
    /// No token, or a configuration that cannot be used.
    Config,
    /// The API refused the token.
    Auth,
    /// The token lacks the scope.
    Forbidden,
    /// The API refused the request itself.
    Rejected,
    /// The API wants fewer requests.
    RateLimited,
    /// A fault of the server, or an answer that is not what the API promises.
    Server,
    /// No answer: name resolution, TLS, proxy, connection, time limit.
    Network,
    /// A list that had to be complete is not.
    Incomplete,
}

impl Kind {
    /// The status that the process ends with.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Other => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Auth => 4,
            Self::Forbidden => 5,
            Self::Rejected => 6,
            Self::RateLimited => 7,
            Self::Server => 8,
            Self::Network => 9,
            Self::Incomplete => 10,
        }
    }
}

/// One failure, told in full sentences without a full stop.
#[derive(Debug)]
pub struct Failure {
    /// What kind it is.
    pub kind: Kind,
    /// What failed, on what, and why.
    pub message: String,
    /// The next step, if there is one to name.
    pub hint: Option<String>,
    /// The place in something typed that it is about.
    pub place: Option<Box<Place>>,
    /// The HTTP status of the answer, if one came.
    pub status: Option<u16>,
    /// Whether the same request may succeed another time.
    pub retryable: bool,
    /// How long the server asks to wait before that.
    pub retry_after: Option<Duration>,
}

/// A place in a text, and what to do there.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The text as typed.
    pub text: String,
    /// The bytes of it that are meant; empty at its end.
    pub span: Range<usize>,
    /// What to write there instead.
    pub remedy: String,
}

impl Failure {
    /// A failure with nothing but its message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            place: None,
            status: None,
            retryable: false,
            retry_after: None,
        }
    }

    /// The same, with the next step.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, worth another attempt.
    pub fn retryable(self) -> Self {
        Self { retryable: true, ..self }
    }

    /// The same, pointing at a place in what was typed.
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Whether the error is that nobody reads our output any more, which is no failure: `| head` has seen enough.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The status that the process ends with after this error.
pub fn exit_status(error: &anyhow::Error) -> u8 {
    error.downcast_ref::<Failure>().map_or(Kind::Other, |failure| failure.kind).exit_status()
}

/// The error in words: message, place and hint, each line ended, nothing in them that could drive a terminal.
pub fn report(error: &anyhow::Error) -> String {
    let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
    let mut report = format!("error: {}\n", text::escape(&chain.join(": ")));
    if let Some(place) = error.downcast_ref::<Failure>().and_then(|failure| failure.place.as_ref()) {
        report.push_str(&point_at(place));
    }
    if let Some(hint) = hint(error) {
        report.push_str(&format!("hint: {}\n", text::escape(hint)));
    }
    report
}

/// The next step. What the system refused to read or write has one, too.
fn hint(error: &anyhow::Error) -> Option<&str> {
    match error.downcast_ref::<Failure>() {
        Some(failure) => failure.hint.as_deref(),
        None => {
            error.is::<io::Error>().then_some("look at that place: does it exist, may you write there, is it full?")
        }
    }
}

/// The text with carets under the place, in columns of the terminal.
fn point_at(place: &Place) -> String {
    let shown = |range: Range<usize>| text::escape(place.text.get(range).unwrap_or_default()).into_owned();
    let before = text::width(&shown(0..place.span.start));
    let carets = text::width(&shown(place.span.clone())).max(1);
    let line = shown(0..place.text.len());
    let remedy = text::escape(&place.remedy);
    format!("  |\n  | {line}\n  | {}{} {remedy}\n", " ".repeat(before), "^".repeat(carets))
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_report_has_message_and_hint_and_the_context_before_them() {
        let failure = Failure::new(Kind::Network, "the connection was refused").hint("look whether the host is up");
        let error = Err::<(), _>(failure).context("partners cannot be listed").unwrap_err();
        assert_eq!(
            report(&error),
            "error: partners cannot be listed: the connection was refused\nhint: look whether the host is up\n"
        );
        assert_eq!(exit_status(&error), 9);
    }

    #[test]
    fn the_caret_stands_under_the_place_even_after_wide_characters() {
        let place = Place { text: "東京 = x".to_owned(), span: 7..8, remedy: "use `eq`".to_owned() };
        assert_eq!(point_at(&place), "  |\n  | 東京 = x\n  |      ^ use `eq`\n");
    }

    #[test]
    fn nothing_in_a_report_can_drive_a_terminal() {
        let error = anyhow::Error::new(Failure::new(Kind::Server, "it said \u{1b}[2J").hint("\u{202e}"));
        assert_eq!(report(&error), "error: it said \\u{1b}[2J\nhint: \\u{202e}\n");
    }
}
