//! The names of the error formats.

use clap::ValueEnum;

/// How an error is reported on stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ErrorFormat {
    /// Human-readable error and hint
    #[default]
    Text,
    /// One JSON object on the last line, for programs
    Json,
}
