//! `carrierx partners ...`

mod count;
mod everyone;
mod fields;
mod filter;
mod get;
mod list;
mod selection;
mod tree;

use crate::cli::GlobalArgs;
use crate::cli::partners::Command;

use super::Surroundings;

/// Runs a command about partners.
///
/// # Errors
/// Whatever keeps it from its whole result.
pub fn run(command: Command, global: &GlobalArgs, surroundings: Surroundings) -> anyhow::Result<()> {
    match command {
        Command::List(args) => list::run(&args, global, surroundings),
        Command::Get(args) => get::run(&args, global, surroundings),
        Command::Count(args) => count::run(&args, global, surroundings),
        Command::Tree(args) => tree::run(&args, global, surroundings),
        Command::Fields => fields::run(global, surroundings),
    }
}
