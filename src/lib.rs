//! `carrierx` queries partner accounts of the telecom platform CarrierX from the command line.
//!
//! # The way of `partners list` through the program
//!
//! Data flows one way; every step hands a plainer thing to the next.
//!
//! 1. [`cli`] turns the arguments into [`cli::partners::ListArgs`]: what was typed, checked for its form alone.
//! 2. [`settings`] merges options, environment and configuration file into one [`settings::Settings`], each value with
//!    its source.
//! 3. [`commands`] makes the question of it: the filter is checked by [`api::filter`], the fields by the one table in
//!    [`api::partner`], and [`api::query`] holds what will be asked. From here on nothing knows of options.
//!    What every command that asks the API shares, its connection and its way through a list, is the
//!    [`commands::session`].
//! 4. [`api::pages`] walks the list. It asks [`api::client`] for the pages, several of them at a time
//!    ([`api::prefetch`]);
//!    each is parsed once by [`api::page`], its partners staying the raw text that came. [`api::completeness`] watches
//!    what they prove about the list.
//! 5. [`output`] cuts each partner to a row ([`output::row`]) and writes it in its format, as it arrives, to stdout or
//!    a file ([`output::sink`]).
//! 6. An error goes straight up by `?`, through [`run`], to [`error::report`], which turns it into words and an exit
//!    status.
//!
//! Commands that need every partner before they can say anything gather them instead: `partners tree` in [`hierarchy`],
//! which links them and adds up their branches, `partners count --by` in [`sums`], which adds up groups, and
//! `partners diff` in [`diff`], which compares two lists, read back from files by [`saved`]. What `partners snapshot`
//! remembers is kept by [`history`], a SQLite file.
//!
//! Beside this way stand [`values`], the types of what people can give; [`raw`], JSON as the text that came; [`words`],
//! searching text; [`atomic_file`], files that are replaced as a whole; [`private_folder`], folders for their owner
//! alone, and their lock; [`bounded`], reading files that may be anything; [`moment`], moments as text; [`suggest`],
//! "did you mean"; [`notices`], what is said beside the results; [`message`], words from outside in sentences;
//! [`terminal`], what is connected to one, and progress; [`prompt`], questions to a person; [`hangup`] and [`signals`],
//! the two ways to end early; [`completion`], which answers a shell in place of all this; [`manual`], the pages for
//! `man`, and the manual as JSON; [`topics`], what help and manual have in common; and [`source`], who
//! answers in place of the API: made-up partners, a saved list, a moment of the history.

mod api;
pub mod cli;
pub mod commands;
pub mod error;
mod history;
pub mod output;
mod partners;
#[cfg(test)]
mod properties;
mod raw;
pub mod settings;
mod source;
pub mod system;
pub mod values;

pub use commands::{Context, ended_early, run};
pub use output::text::width;
