//! `carrierx partners ...`

mod changes;
pub mod check;
mod count;
mod diff;
mod fields;
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

use std::io::Write;

use crate::cli::partners::PartnersCommand;
use crate::error;

use super::Context;
use job::Job;
use selection::Selection;

/// Runs a command about partners, and gives the status to end with.
pub fn run(command: PartnersCommand, context: Context, stdout: &mut dyn Write) -> error::Result<u8> {
    let (terminal, notices) = (context.terminal, context.notices);
    let mut status = 0;
    match command {
        PartnersCommand::List(args) => list::run(&args, context, stdout)?,
        PartnersCommand::Get(args) => get::run(&args, context, stdout)?,
        PartnersCommand::Find(args) => find::run(&args, context, stdout)?,
        PartnersCommand::Count(args) => count::run(&args, context, stdout)?,
        PartnersCommand::Tree(args) => tree::run(&args, context, stdout)?,
        PartnersCommand::Check(args) => status = check::run(&args, context, stdout)?,
        PartnersCommand::Diff(args) => status = diff::run(&args, context, stdout)?,
        PartnersCommand::Snapshot(args) => snapshot::run(&args, context, stdout)?,
        PartnersCommand::History(args) => history::run(&args, context, stdout)?,
        PartnersCommand::Fields(args) => fields::run(&args, context, stdout)?,
    }
    notices.close(terminal);
    Ok(status)
}
