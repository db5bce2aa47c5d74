//! `carrierx auth ...`

use clap::{Args, Subcommand};

/// What can be done with the token.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify a token with the API and store it in the configuration
    ///
    /// Asks for the token without showing it, or reads it from stdin if that is not a terminal. With --profile, stores it
    /// in that profile, which is created if it does not exist.
    #[command(after_help = LOGIN_EXAMPLES)]
    Login(LoginArgs),
    /// Show which token is used, where it comes from, and which others it overrides
    ///
    /// Also shows the host that it goes to, whether the API accepts it, and as which partner. If the API does not say whose
    /// token it is, the topmost partner that the token can see is shown, and `owner` is `probably`. `scopes` are those of
    /// the scopes partners.read and partners.manage that this partner lists.
    Status,
    /// Remove the token from the configuration
    Logout,
}

/// How a token is stored.
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// Store the token without asking the API whether it accepts it
    #[arg(long)]
    pub(crate) no_verify: bool,

    /// Replace another token without asking
    #[arg(long)]
    pub(crate) force: bool,
}

const LOGIN_EXAMPLES: &str = "\
Examples:
  carrierx auth login                             # asks for the token
  carrierx auth login --profile test < token.txt  # from a file";
