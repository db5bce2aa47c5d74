//! `carrierx auth ...`

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum AuthCommand {
    /// Verify a token with the API and store it in the configuration
    ///
    /// Asks for the token without showing it, or reads it from stdin if that is not a terminal. With --profile, stores
    /// it in that profile, which is created if it does not exist.
    #[command(after_long_help = LOGIN_EXAMPLES)]
    Login(LoginArgs),
    /// Show which token is used, where it comes from, and which others it overrides
    ///
    /// Also shows the host that it goes to, whether the API accepts it, and for which partner. If the API does not
    /// report the owner, the oldest partner that the token can see is shown, and `owner` is `probably`.
    Status,
    /// Remove the token from the configuration
    ///
    /// The token remains valid until it is deleted in the portal.
    Logout,
}

#[derive(Debug, Args)]
pub struct LoginArgs {
    /// Store the token without checking it with the API
    #[arg(long)]
    pub no_verify: bool,

    /// Replace another token
    #[arg(long)]
    pub force: bool,
}

const LOGIN_EXAMPLES: &str = "\
Examples:
  carrierx auth login                             # asks for the token
  carrierx auth login --profile test < token.txt  # from a file";
