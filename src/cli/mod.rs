//! All that can be typed. Nothing in here does anything.

pub(crate) mod auth;
pub(crate) mod config;
pub(crate) mod partners;
pub(crate) mod sandbox;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};

use crate::values::{ColorChoice, Deadline, ErrorFormat, Format, Shell, TimeLimit};

/// Query your CarrierX partner accounts.
///
/// Lists the partners that your token can see, picks them by filters, and writes tables, JSON, CSV and TSV. Only the
/// API's host is ever contacted; with --sandbox nobody is.
#[derive(Debug, Parser)]
#[command(name = "carrierx", version, propagate_version = true, max_term_width = 80, args_override_self = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners list                         # the oldest 100
  carrierx partners list -f 'balance lt 10'      # who is running low
  carrierx partners list --all -o csv > all.csv  # for a spreadsheet

`carrierx auth login` stores a token; in scripts, CARRIERX_TOKEN holds it.";

/// What the program can be asked about.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Partner accounts
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Partners(partners::Command),

    /// The token: store, look at, remove
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Auth(auth::Command),

    /// The configuration: where it is, what it sets
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Config(config::Command),

    /// Print a script for the Tab key of a shell
    ///
    /// Packages install it. Otherwise: for bash, add `source <(carrierx completions bash)` to ~/.bashrc; for zsh, put
    /// the script as _carrierx into a folder of $fpath; for fish, as carrierx.fish into ~/.config/fish/completions.
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },

    /// Print a page of the manual, as roff
    ///
    /// To read it: `carrierx man partners list | man -l -`.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArgs),

    /// The sample API that --sandbox asks
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Sandbox(sandbox::Command),
}

/// Which pages of the manual, and where to.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command whose page is printed; the program's own without
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Vec<String>,

    /// Write every page into a folder instead
    ///
    /// The folder is made if there is none; pages of the same name are replaced.
    #[arg(long, value_name = "DIR", conflicts_with = "command", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
}

const MAN_EXAMPLES: &str = "\
Examples:
  carrierx man partners list | man -l -
  carrierx man --dir ~/.local/share/man/man1";

/// The headings of options that several commands have.
const QUERY: &str = "Query";
const PAGING: &str = "Paging";
const OUTPUT: &str = "Output";
const CONNECTION: &str = "Connection";
const MESSAGES: &str = "Messages";

/// Options that every command has.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// Format [default: table]
    ///
    /// CARRIERX_OUTPUT and the configuration may set another; so does the ending of a file that a list is written to.
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum, help_heading = OUTPUT)]
    pub(crate) output: Option<Format>,

    /// Colours [default: auto]
    ///
    /// Honours NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
    #[arg(long, global = true, value_name = "WHEN", value_enum, help_heading = OUTPUT)]
    pub(crate) color: Option<ColorChoice>,

    /// Use sample data: no account, no network
    ///
    /// A server inside the program answers, on a loopback address, with partners that are made up. No token is read.
    #[arg(long, global = true, help_heading = CONNECTION)]
    pub(crate) sandbox: bool,

    /// Profile of the configuration to use
    ///
    /// Beats CARRIERX_PROFILE, and the profile's token beats CARRIERX_TOKEN.
    #[arg(long, global = true, value_name = "NAME", help_heading = CONNECTION)]
    pub(crate) profile: Option<String>,

    /// Configuration file in place of the usual one
    ///
    /// Beats CARRIERX_CONFIG. `carrierx config path` tells which one is usual.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION)]
    pub(crate) config: Option<PathBuf>,

    /// Where the API is, in place of CarrierX
    ///
    /// An https URL, or an http one of this machine; beats CARRIERX_BASE_URL. `carrierx config show` tells which holds.
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION)]
    pub(crate) base_url: Option<String>,

    /// Time limit of one attempt: 500ms, 30s, 2m [default: 30s]
    ///
    /// It counts from connecting to the last byte of the answer. A bare number is seconds.
    #[arg(long, global = true, value_name = "TIME", help_heading = CONNECTION)]
    pub(crate) timeout: Option<TimeLimit>,

    /// Time limit of the whole command: 500ms, 30s, 2m
    ///
    /// Covers everything: requests, retries, the waits between them, every page, and a token_command. When the time is
    /// over, the exit status is 9 (`check`: UNKNOWN), rows that were printed stay, and a file of --to is untouched. A
    /// bare number is seconds.
    #[arg(long, global = true, value_name = "TIME", help_heading = CONNECTION)]
    pub max_time: Option<Deadline>,

    /// Attempts after a failed one [default: 3]
    ///
    /// Requests that fail by the network, 408, 409, 425, 429, 500, 502 to 504 or 520 to 527 are sent again, after waits
    /// that double or as Retry-After asks.
    #[arg(long, global = true, value_name = "N", help_heading = CONNECTION)]
    pub(crate) retries: Option<u32>,

    /// Certificate authorities to trust, too; PEM
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION)]
    pub(crate) ca_file: Option<PathBuf>,

    /// Tell of each request in one line
    ///
    /// On stderr: address, status, bytes, milliseconds, attempt. Never the token.
    #[arg(short, long, global = true, help_heading = MESSAGES)]
    pub(crate) verbose: bool,

    /// No notes, no progress; warnings stay
    #[arg(short, long, global = true, help_heading = MESSAGES)]
    pub quiet: bool,

    /// How an error is told [default: text]
    #[arg(long, global = true, value_name = "FORMAT", value_enum, hide_default_value = true, default_value_t,
          help_heading = MESSAGES)]
    pub error_format: ErrorFormat,
}

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// When it cannot be read, or asks for help or the version.
    pub fn read(line: &[OsString]) -> Result<Self, clap::Error> {
        let color = match early(line, &["--color"]) {
            Some(ColorChoice::Always) => clap::ColorChoice::Always,
            Some(ColorChoice::Never) => clap::ColorChoice::Never,
            Some(ColorChoice::Auto) | None => clap::ColorChoice::Auto,
        };
        let mut command = Self::command().color(color);
        let matches = command.try_get_matches_from_mut(line).map_err(|error| with_noun(error, &command))?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// The error, telling of a verb that was typed without its noun, such as `list`, where it is.
fn with_noun(mut error: clap::Error, command: &clap::Command) -> clap::Error {
    let Some(ContextValue::String(verb)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let has_verb = |noun: &&clap::Command| noun.find_subcommand(verb).is_some();
    let nouns = command.get_subcommands().filter(has_verb).map(|noun| format!("{} {verb}", noun.get_name()));
    let nouns: Vec<String> = nouns.collect();
    if !nouns.is_empty() {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(nouns));
    }
    error
}

/// How errors are to be told, as far as that can be seen in a line that cannot be read.
pub fn error_format(line: &[OsString]) -> ErrorFormat {
    early(line, &["--error-format"]).unwrap_or_default()
}

/// Whether a line that cannot be read was meant for `partners check`: the first verb after the noun decides.
pub fn is_check(line: &[OsString]) -> bool {
    let root = Cli::command();
    let is_verb =
        |word: &&OsString| root.find_subcommand("partners").is_some_and(|noun| noun.find_subcommand(word).is_some());
    line.iter().skip_while(|word| *word != "partners").find(is_verb).is_some_and(|verb| verb == "check")
}

/// The format that such a line names.
pub(crate) fn output(line: &[OsString]) -> Option<Format> {
    early(line, &["--output", "-o"])
}

/// The value of an option that matters before the line is read, or though it cannot be; of several, the last.
fn early<T: ValueEnum>(line: &[OsString], names: &[&str]) -> Option<T> {
    let words: Vec<&str> =
        line.iter().take_while(|word| *word != "--").map(|word| word.to_str().unwrap_or("")).collect();
    let values = values_of(&words, names);
    values.into_iter().rev().find_map(|value| T::from_str(value, false).ok())
}

/// The values of the options of these names, in the order of the line, whether or not that can be read.
pub(crate) fn values_of<'l>(line: &'l [impl AsRef<str>], names: &[&str]) -> Vec<&'l str> {
    let value = |(at, word): (usize, &'l _)| {
        let word: &'l str = AsRef::as_ref(word);
        let name = names.iter().find(|name| word.starts_with(**name))?;
        match &word[name.len()..] {
            "" => line.get(at + 1).map(AsRef::as_ref),
            rest if name.starts_with("--") => rest.strip_prefix('='),
            rest => Some(rest.strip_prefix('=').unwrap_or(rest)),
        }
    };
    line.iter().enumerate().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_recognised_in_lines_that_do_not_parse() {
        for (line, check, format) in [
            ("carrierx partners check --nonsense", true, None),
            ("carrierx partners check --warn", true, None),
            ("carrierx partners check --warn abc -o json", true, Some(Format::Json)),
            ("carrierx partners check -ocsv --warn", true, Some(Format::Csv)),
            ("carrierx --nonsense partners check", true, None),
            ("carrierx --sandbox partners --profile x check --crit x", true, None),
            ("carrierx partners check extra", true, None),
            ("carrierx partners --warn 80 check", true, None),
            ("carrierx partners --config x.toml --bogus check", true, None),
            ("carrierx partners check -o xml", true, None),
            ("carrierx partners chekc --nonsense", false, None),
            ("carrierx --profile check partners list --nonsense", false, None),
            ("carrierx partners get check --nonsense", false, None),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(Cli::read(&words).is_err(), "{line}");
            assert_eq!(is_check(&words), check, "{line}");
            assert_eq!(check.then(|| output(&words)).flatten(), format, "{line}");
        }
    }

    #[test]
    fn the_error_format_is_found_in_arguments_that_do_not_parse() {
        for (line, format) in [
            ("carrierx partners lits --error-format json", ErrorFormat::Json),
            ("carrierx --error-format=json --nonsense", ErrorFormat::Json),
            ("carrierx --error-format text --nonsense", ErrorFormat::Text),
            ("carrierx --error-format text --error-format=json --nonsense", ErrorFormat::Json),
            ("carrierx --error-format xml", ErrorFormat::Text),
            ("carrierx --error-format", ErrorFormat::Text),
            ("carrierx x -- --error-format json", ErrorFormat::Text),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(error_format(&words), format, "{line}");
        }
    }
}
