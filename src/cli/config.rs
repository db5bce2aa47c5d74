//! `carrierx config ...`

use clap::Subcommand;

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print where the configuration file is, or would be
    Path,
    /// Show every setting, its value, and where it comes from; the token as (set)
    ///
    /// Nothing is asked of the API, and no token_command is run.
    Show,
    /// Write a configuration file with every setting in comments; never over one that exists
    Init,
}
