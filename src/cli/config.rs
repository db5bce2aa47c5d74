//! `carrierx config ...`

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the path of the configuration file
    ///
    /// The file need not exist.
    Path,
    /// Show every setting, its value, and where it comes from
    ///
    /// The token is shown as (set); profiles are listed by name. No host is contacted, and token_command is not run.
    Show,
    /// Write a configuration file with every setting commented out
    ///
    /// An existing file is never overwritten.
    Init {
        /// Print it instead of writing it
        #[arg(long)]
        print: bool,
    },
}
