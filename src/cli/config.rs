//! `carrierx config ...`

use clap::Subcommand;

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print where the configuration file is, or would be
    Path,
    /// Show every setting, its value, and where it comes from
    ///
    /// The token is shown as (set), profiles by their names. Contacts nobody and runs no token_command.
    Show,
    /// Write a configuration file with every setting commented out
    ///
    /// Never overwrites a file.
    Init {
        /// Print it instead
        #[arg(long)]
        print: bool,
    },
}
