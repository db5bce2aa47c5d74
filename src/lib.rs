//! `carrierx` queries partner accounts of the telecom platform CarrierX from the command line.
//!
//! # The way of `partners list` through the program
//!
//! Data flows one way; every step hands a plainer thing to the next.
//!
//! 1. [`cli`] turns the arguments into [`cli::partners::ListArgs`]: what was typed, checked for its form alone.
//! 2. [`settings`] merges options, environment and configuration file into one [`settings::Settings`], each value with
//!    its source.
//! 3. [`commands`] turns both into a question: the filter is checked by [`api::filter`], the fields by the one table in
//!    [`api::partner`], and [`api::query`] holds what will be asked. From here on nothing knows of options. What every
//!    command that asks for partners shares, who answers and its way through a list, is the [`commands::session`].
//! 4. [`api::pages`] walks the list, several pages at a time ([`api::prefetch`]). Whoever answers is an
//!    [`api::source::Source`]: the API itself by [`api::client`], or, within the process, what [`source`] has: the
//!    sample, a saved list, a moment of the history. Each page is parsed once by [`api::page`], its partners staying
//!    the raw text that came, and [`api::completeness`] watches what the pages prove about the list.
//! 5. [`output`] cuts each partner to a row ([`output::row`]) and writes it in its format, as it arrives, to stdout or
//!    a file ([`output::sink`]).
//! 6. An error goes straight up by `?`, through [`run`], to [`error::Report`], which turns it into words and an exit
//!    status.
//!
//! # The rooms
//!
//! Commands that need every partner before they can say anything gather them in a [`partners::List`]: what is compared,
//! linked to parents, added up, judged and searched is in [`partners`], which knows no terminal and no option. The
//! snapshots of `partners snapshot` are in the SQLite file of [`history`].
//!
//! Below them stand [`values`], the types of what people can give; [`raw`], JSON as the original text; and [`system`],
//! what differs from one operating system to another: files that are replaced as a whole, locks, signals.
//!
//! Arrows point down only: `main` > [`commands`] > [`cli`], [`settings`], [`source`], [`history`] > [`api`],
//! [`partners`] > [`output`], [`error`] > [`values`], [`raw`], [`system`].

mod api;
pub mod cli;
pub mod commands;
pub mod error;
mod history;
pub mod output;
mod partners;
#[cfg(fuzzing)]
#[path = "../fuzz/promises.rs"]
pub mod promises;
#[cfg(test)]
mod properties;
mod raw;
pub mod settings;
mod source;
pub mod system;
pub mod values;

pub use commands::{Context, run, unknown};
pub use output::text::width;
