//! `carrierx partners ...`

mod changes;
pub mod check;
mod count;
mod diff;
mod fields;
mod filter;
mod find;
mod get;
mod history;
mod ids;
mod job;
mod list;
mod phrase;
mod selection;
mod snapshot;
mod tree;

use crate::cli::GlobalArgs;
use crate::cli::partners::Command;
use crate::error;

use super::Context;
use job::Start;

/// Runs a command about partners, and gives the status to end with.
pub fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<u8> {
    let Context { line, environment, terminal, stdout, notices } = context;
    let start = Start { line, global, environment, terminal, notices };
    let mut status = 0;
    match command {
        Command::List(args) => list::run(&args, start, stdout)?,
        Command::Get(args) => get::run(&args, start, stdout)?,
        Command::Find(args) => find::run(&args, start, stdout)?,
        Command::Count(args) => count::run(&args, start, stdout)?,
        Command::Tree(args) => tree::run(&args, start, stdout)?,
        Command::Check(args) => status = check::run(&args, start, stdout)?,
        Command::Diff(args) => status = diff::run(&args, start, stdout)?,
        Command::Snapshot(args) => snapshot::run(&args, start, stdout)?,
        Command::History(args) => history::run(&args, start, stdout)?,
        Command::Fields(args) => fields::run(&args, start, stdout)?,
    }
    notices.close(terminal);
    Ok(status)
}
