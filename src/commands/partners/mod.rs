//! `carrierx partners ...`

mod changes;
mod check;
mod count;
mod diff;
mod fields;
mod filter;
mod find;
mod get;
mod history;
mod ids;
mod list;
mod phrase;
mod provenance;
mod selection;
mod snapshot;
mod target;
mod tree;

use std::ffi::OsString;
use std::io::Write;

use crate::cli::partners::{CellArgs, Command, RowArgs};
use crate::cli::{self, GlobalArgs};
use crate::error;
use crate::output::Style;
use crate::output::terminal::Look;
use crate::settings::{Environment, Options, Settings};
use crate::values::Format;

use super::{Context, options};

/// How rows are written, by the options and the settings.
fn style(format: Format, cells: &CellArgs, settings: &Settings, look: Look) -> Style {
    Style { format, header: !cells.no_header, look, formula_guard: settings.formula_guard.value }
}

/// The options of a command that writes rows.
fn row_options(rows: &RowArgs, global: &GlobalArgs) -> Options {
    cell_options(&rows.cells, global)
}

/// The options of a command that writes cells.
fn cell_options(cells: &CellArgs, global: &GlobalArgs) -> Options {
    Options { formula_guard: cells.formula_guard.then_some(true), ..options(global) }
}

/// Runs a command about partners, and gives the status to end with.
pub fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<u8> {
    let (notices, terminal) = (context.notices, context.terminal);
    let mut status = 0;
    match command {
        Command::List(args) => list::run(&args, global, context)?,
        Command::Get(args) => get::run(&args, global, context)?,
        Command::Find(args) => find::run(&args, global, context)?,
        Command::Count(args) => count::run(&args, global, context)?,
        Command::Tree(args) => tree::run(&args, global, context)?,
        Command::Check(args) => status = check::run(&args, global, context)?,
        Command::Diff(args) => status = diff::run(&args, global, context)?,
        Command::Snapshot(args) => snapshot::run(&args, global, context)?,
        Command::History(args) => history::run(&args, global, context)?,
        Command::Fields(args) => fields::run(&args, global, context)?,
    }
    notices.close(terminal);
    Ok(status)
}

/// The error of a command that ended before it could report anything itself.
pub fn ended_early(
    error: error::Error,
    line: &[OsString],
    environment: &Environment,
    stdout: &mut dyn Write,
) -> error::Error {
    if cli::is_check(line) { check::ended_early(error, line, environment, stdout) } else { error }
}
