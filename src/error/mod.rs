//! Every error of a command: its kind, its exit status, its message and its hint.
//!
//! An error is made where the facts are known and goes straight up by `?`; callers may put [`Context`] before it. It
//! becomes words here and nowhere else: those of the API in [`api`], which also learns which options the command has,
//! so that no hint names another.

mod api;
mod doubts;
mod failure;
mod history;
mod kind;
mod panic;
mod report;
mod saved;
mod tls;
mod usage;

use std::borrow::Cow;
use std::fmt;
use std::io;

use crate::api::error::Error as ApiError;
use crate::values::Deadline;

pub use failure::{Failure, Place};
pub use kind::Kind;
pub use panic::panicked;
pub use report::report;
pub use saved::{cells_refused, list_name, sid_twice};
pub use usage::usage;

/// What a command gives, or why it cannot.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a command ended without its whole result.
#[derive(Debug)]
pub struct Error(Box<Details>);

#[derive(Debug)]
struct Details {
    cause: Cause,
    /// What could not be done because of it, the innermost first.
    context: Vec<Cow<'static, str>>,
    /// The options that its hint may name.
    options: CommandOptions,
    /// How many partners were delivered before it.
    rows: Option<u64>,
    /// The status that the command ends with in place of the kind's own.
    exit_status: Option<u8>,
}

/// What was in the way.
#[derive(Debug)]
enum Cause {
    /// A request.
    Api(ApiError),
    /// A request for a later page of a list.
    BrokenOff { list: BrokenList, error: ApiError },
    /// The system, which refused to read or write.
    Io(io::Error),
    /// The deadline of the whole command.
    OutOfTime(Deadline),
    /// Anything else.
    Failure(Failure),
}

/// A list of which only the beginning came.
#[derive(Debug, Clone, Copy)]
pub struct BrokenList {
    pub rows: u64,
    /// Where the rest begins.
    pub next_offset: u64,
    /// Whether the rows that came are kept: a file is written atomically.
    pub is_kept: bool,
}

/// The options that a hint may name, as far as a command has them.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommandOptions {
    /// `--page-size`
    pub page_size: bool,
    /// `--fields`
    pub fields: bool,
    /// `--to`
    pub to: bool,
}

/// What monitoring systems call a state that could not be found out.
pub const UNKNOWN: u8 = 3;

impl Error {
    fn new(cause: Cause) -> Self {
        let options = CommandOptions::default();
        Self(Box::new(Details { cause, context: Vec::new(), options, rows: None, exit_status: None }))
    }

    /// The error of a list that broke off after some of its pages.
    pub fn broken_off(error: ApiError, list: BrokenList) -> Self {
        Self::new(Cause::BrokenOff { list, error })
    }

    /// The error of a command that did not end by its deadline.
    pub fn out_of_time(deadline: Deadline) -> Self {
        Self::new(Cause::OutOfTime(deadline))
    }

    /// The same, after so many partners were delivered.
    pub fn after_rows(mut self, rows: u64) -> Self {
        self.0.rows = Some(rows);
        self
    }

    /// The same, of a command with these options.
    pub fn of_command(mut self, options: CommandOptions) -> Self {
        self.0.options = options;
        self
    }

    /// The same, ending the command with [`UNKNOWN`]: whoever reads a status of a check knows nothing now.
    pub fn unknown(mut self) -> Self {
        self.0.exit_status = Some(UNKNOWN);
        self.context("partners cannot be checked")
    }

    /// The same, with what could not be done because of it.
    pub fn context(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.0.context.push(what.into());
        self
    }

    pub fn kind(&self) -> Kind {
        self.words().kind
    }

    /// The status that the process ends with.
    pub fn exit_status(&self) -> u8 {
        self.0.exit_status.unwrap_or_else(|| self.kind().exit_status())
    }

    /// Whether it is that nobody reads our output any more, which is no failure: `| head` has seen enough.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(&self.0.cause, Cause::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Whether the system refused to read or write.
    pub fn is_io(&self) -> bool {
        matches!(self.0.cause, Cause::Io(_))
    }

    /// The HTTP status of the response, if one came.
    pub fn http_status(&self) -> Option<u16> {
        self.api_error().and_then(ApiError::status)
    }

    /// Whether the same command may succeed another time.
    fn is_retryable(&self) -> bool {
        matches!(self.0.cause, Cause::OutOfTime(_)) || self.api_error().is_some_and(ApiError::is_retryable)
    }

    fn api_error(&self) -> Option<&ApiError> {
        match &self.0.cause {
            Cause::Api(error) | Cause::BrokenOff { error, .. } => Some(error),
            Cause::Io(_) | Cause::OutOfTime(_) | Cause::Failure(_) => None,
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::new(Cause::Api(error))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(Cause::Io(error))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(Cause::Failure(failure))
    }
}

/// The message: what failed, on what, and why.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message())
    }
}

/// Says what could not be done because of an error.
pub trait Context<T> {
    /// What could not be done.
    fn context(self, what: impl Into<Cow<'static, str>>) -> std::result::Result<T, Error>;

    /// What could not be done, worked out if it could not.
    fn with_context<S: Into<Cow<'static, str>>>(self, what: impl FnOnce() -> S) -> std::result::Result<T, Error>;
}

impl<T, E: Into<Error>> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl Into<Cow<'static, str>>) -> Result<T> {
        self.with_context(|| what)
    }

    fn with_context<S: Into<Cow<'static, str>>>(self, what: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| error.into().context(what()))
    }
}
