//! An error that is known in words alone.

use std::fmt;
use std::ops::Range;

use super::Kind;

/// What failed, on what, and why; and the next step.
#[derive(Debug, Clone)]
pub struct Failure {
    pub kind: Kind,
    pub message: String,
    /// The next step, if there is one to name.
    pub hint: Option<String>,
    /// The place in something typed that it is about.
    pub place: Option<Box<Place>>,
}

/// A place in a text, and what to do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub text: String,
    /// The bytes of it that are meant; empty at its end.
    pub span: Range<usize>,
    /// What to write there instead.
    pub remedy: String,
}

impl Failure {
    /// A failure with nothing but its message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, place: None }
    }

    /// The same, with the next step.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, pointing at a place in what was typed.
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(Box::new(place)), ..self }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}
