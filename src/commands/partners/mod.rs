//! `carrierx partners ...`

mod all_partners;
pub(crate) mod check;
mod count;
mod doubts;
mod fields;
mod filter;
mod get;
mod list;
mod phrase;
mod selection;
mod tree;

use crate::cli::GlobalArgs;
use crate::cli::partners::{Command, RowArgs};
use crate::output::Style;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::values::Format;

use super::Context;

/// How rows are written, by the options and the settings.
fn style(format: Format, rows: &RowArgs, settings: &Settings, terminal: Terminal) -> Style {
    Style {
        format,
        header: !rows.no_header,
        look: terminal.look(settings.color.value),
        formula_guard: settings.formula_guard.value,
    }
}

/// Runs a command about partners, and gives the status to end with.
///
/// # Errors
/// Whatever keeps it from its whole result.
pub(crate) fn run(command: Command, global: &GlobalArgs, context: Context) -> anyhow::Result<u8> {
    let (notices, terminal) = (context.notices, context.terminal);
    let mut status = 0;
    match command {
        Command::List(args) => list::run(&args, global, context)?,
        Command::Get(args) => get::run(&args, global, context)?,
        Command::Count(args) => count::run(&args, global, context)?,
        Command::Tree(args) => tree::run(&args, global, context)?,
        Command::Check(args) => status = check::run(&args, global, context)?,
        Command::Fields => fields::run(global, context)?,
    }
    notices.close(terminal);
    Ok(status)
}
