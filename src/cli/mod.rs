//! All that can be typed. Nothing in here does anything.

pub mod auth;
pub mod config;
pub mod partners;
pub mod sandbox;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::values::{ColorChoice, ErrorFormat, Format, Shell, TimeLimit};

/// Query your CarrierX partner accounts.
///
/// Lists the partners that your token can see, picks them by filters, and writes tables, JSON, CSV and TSV. Only the
/// API's host is ever contacted; with --sandbox nobody is.
#[derive(Debug, Parser)]
#[command(name = "carrierx", version, propagate_version = true, max_term_width = 100, args_override_self = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  carrierx partners list --sandbox                 try it on sample data, no token needed
  carrierx partners list -f 'balance lt 10'        who is running low
  carrierx partners list --all -o csv > all.csv    everything, for a spreadsheet

The token is read from CARRIERX_TOKEN or the configuration file; no option takes one.";

/// What the program can be asked about.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Partner accounts
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Partners(partners::Command),

    /// The token: store, look at, remove
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Auth(auth::Command),

    /// The configuration: where it is, what it sets
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Config(config::Command),

    /// Print the script that makes a shell complete commands, options, fields, filters and profiles
    ///
    /// Packages install it. Otherwise: for bash, add `source <(carrierx completions bash)` to ~/.bashrc; for zsh, put
    /// the script as _carrierx into a folder of $fpath; for fish, as carrierx.fish into ~/.config/fish/completions.
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },

    /// The sample API that --sandbox asks
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Sandbox(sandbox::Command),
}

/// Options that every command has.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Output format [default: table, unless CARRIERX_OUTPUT or the configuration says otherwise]
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum)]
    pub output: Option<Format>,

    /// Profile of the configuration to use [also: CARRIERX_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// Configuration file in place of the usual one [also: CARRIERX_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Where the API is: https, or http to this machine [also: CARRIERX_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,

    /// Answer from sample data inside the program: no account, no token, no network
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// Longest that one attempt at a request may take: 500ms, 30s, 2m [default: 30s]
    #[arg(long, global = true, value_name = "DURATION")]
    pub timeout: Option<TimeLimit>,

    /// Further attempts at a request that failed by the network, 429 or 5xx [default: 3]
    #[arg(long, global = true, value_name = "N")]
    pub retries: Option<u32>,

    /// Trust the certificate authorities in this PEM file, too
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,

    /// When results are coloured [default: auto] [also: NO_COLOR, CLICOLOR, CLICOLOR_FORCE]
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<ColorChoice>,

    /// How an error is told on stderr: in words, or as one JSON object on the last line
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    pub error_format: ErrorFormat,

    /// One line on stderr for every request: address, status, bytes, milliseconds, attempt
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// No notes on stderr; warnings and errors stay
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// How errors are to be told, as far as that can be seen in arguments which do not parse.
pub fn error_format(arguments: impl IntoIterator<Item = OsString>) -> ErrorFormat {
    const OPTION: &str = "--error-format";
    let arguments: Vec<OsString> = arguments.into_iter().take_while(|argument| argument != "--").collect();
    let separate = arguments.windows(2).filter(|pair| pair[0] == OPTION).filter_map(|pair| pair[1].to_str());
    let attached = arguments.iter().filter_map(|argument| argument.to_str()?.strip_prefix(OPTION)?.strip_prefix('='));
    separate.chain(attached).find_map(|name| ErrorFormat::from_str(name, false).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_format_is_found_in_arguments_that_do_not_parse() {
        for (line, format) in [
            ("carrierx partners lits --error-format json", ErrorFormat::Json),
            ("carrierx --error-format=json --nonsense", ErrorFormat::Json),
            ("carrierx --error-format text --nonsense", ErrorFormat::Text),
            ("carrierx --error-format xml", ErrorFormat::Text),
            ("carrierx --error-format", ErrorFormat::Text),
            ("carrierx x -- --error-format json", ErrorFormat::Text),
        ] {
            assert_eq!(error_format(line.split(' ').map(OsString::from)), format, "{line}");
        }
    }
}
