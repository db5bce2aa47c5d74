//! The command line: commands, options and help. Nothing here runs a command.

pub mod auth;
pub mod config;
mod habits;
pub mod help;
pub mod manual;
pub mod partners;
pub mod sandbox;
pub mod topics;
mod usage;

use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{ArgAction, ArgMatches, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::values::{Deadline, ErrorFormat, Format, Shell, TimeLimit, When, located};

pub use usage::usage;

/// Query your CarrierX partner accounts
///
/// Lists, exports and monitors the partners that your token can see. Only the API's host is contacted; with --sandbox,
/// no host at all.
#[derive(Debug, Parser)]
#[command(name = "carrierx", version, propagate_version = true, max_term_width = 80, args_override_self = true,
          disable_help_flag = true, disable_version_flag = true, after_long_help = EXAMPLES)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples (add --sandbox to try them on sample data):
  carrierx partners list                         # the oldest 100
  carrierx partners list -f 'balance lt 10'      # partners running low
  carrierx partners list --all -o csv > all.csv  # for a spreadsheet

Run `carrierx auth login` to store a token; in scripts, set CARRIERX_TOKEN.";

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one is made in a run")]
pub enum Command {
    /// List, count, export and monitor partner accounts
    ///
    /// Start with `carrierx partners list`. `carrierx help filters` explains how to select partners.
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Partners(partners::PartnersCommand),

    /// Log in, log out, and show which token is used
    ///
    /// A security token is created in the portal, under Account > Security Tokens. It needs the scope partners.read or
    /// partners.manage. No option takes a token, because other users can see command lines.
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Auth(auth::AuthCommand),

    /// Show and create the configuration
    ///
    /// `carrierx help config` explains the file: its keys, profiles and precedence.
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Config(config::ConfigCommand),

    /// Generate a shell completion script
    ///
    /// Packages install the script. To install it yourself: for bash, add `source <(carrierx completions bash)` to
    /// ~/.bashrc; for zsh, save the script as _carrierx in a directory of $fpath; for fish, as carrierx.fish in
    /// ~/.config/fish/completions.
    Completions {
        /// Shell: bash (4.4 or newer), zsh, fish, powershell, elvish
        #[arg(value_enum, ignore_case = true, hide_possible_values = true)]
        shell: Shell,
    },

    /// Show a manual page
    ///
    /// On a terminal, `man` shows the page. In a pipe, the page is printed as roff.
    #[command(after_long_help = MAN_EXAMPLES)]
    Man(ManArgs),

    /// Run the sample API
    ///
    /// It is the API that --sandbox uses, with made-up partners, for your own scripts and tests.
    #[command(subcommand, subcommand_value_name = "COMMAND")]
    Sandbox(sandbox::SandboxCommand),
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Command or topic (filters, monitoring) whose page to print
    ///
    /// Without it, the page of carrierx itself. The page of the configuration file is config.5.
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,

    /// Directory to write all pages to
    ///
    /// Directories are created as needed, and pages of the same name replaced. If DIR is named man1, pages of other
    /// sections are written to man5 and man7 next to it.
    #[arg(long, value_name = "DIR", conflicts_with = "command", value_parser = file())]
    pub dir: Option<PathBuf>,
}

const MAN_EXAMPLES: &str = "\
Examples:
  carrierx man partners list
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
    /// Format: table, json, jsonl, csv, tsv, markdown
    ///
    /// The default is table, or what CARRIERX_OUTPUT or the configuration sets. With --to, the extension overrides
    /// them. `partners check` also has prometheus.
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum, ignore_case = true, help_heading = OUTPUT)]
    pub output: Option<Format>,

    /// Color: auto, always, never [default: auto]
    ///
    /// NO_COLOR, CLICOLOR and CLICOLOR_FORCE are respected.
    #[arg(long, global = true, value_name = "WHEN", value_enum, ignore_case = true, help_heading = OUTPUT)]
    pub color: Option<ColorChoice>,

    /// Use sample data: no account, no network
    ///
    /// The partners are made up. No token is read, and no host is contacted.
    #[arg(long, global = true, help_heading = CONNECTION)]
    pub sandbox: bool,

    /// Saved list to query instead of the API
    ///
    /// A file that `partners list` wrote as JSON or JSON Lines, compressed by gzip or not; `-` is stdin. Filters, order
    /// and fields work as in the sandbox. No token is read, and no host is contacted.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, value_parser = file())]
    pub from: Option<PathBuf>,

    /// Query the past: last, 7d, 2026-11-01, ...
    ///
    /// Queries the history instead of the API, as it was at the last snapshot at or before TIME:
    /// `last`, an age (24h, 7d, 1mo, 1y), a month or day (its last snapshot, UTC), or RFC 3339 (2026-11-01T02:00:00Z).
    /// Filters, order and fields work as in the sandbox. No token is read, and no host is contacted.
    #[arg(long, global = true, value_name = "TIME", help_heading = CONNECTION)]
    pub at: Option<When>,

    /// History file
    ///
    /// `partners snapshot` writes it, and --at, `partners history` and `partners diff` read it. With --sandbox, they
    /// read a sample history unless this option is given. Overrides CARRIERX_HISTORY.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, value_parser = file())]
    pub history: Option<PathBuf>,

    /// Profile of the configuration to use
    ///
    /// Overrides CARRIERX_PROFILE; the profile's token overrides CARRIERX_TOKEN.
    #[arg(long, global = true, value_name = "NAME", help_heading = CONNECTION)]
    pub profile: Option<String>,

    /// Configuration file to use instead of the default
    ///
    /// Overrides CARRIERX_CONFIG. `carrierx config path` prints which file is used.
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, value_parser = file())]
    pub config: Option<PathBuf>,

    /// Base URL of the API
    ///
    /// An https URL, or an http URL of localhost. Overrides CARRIERX_BASE_URL. `carrierx config show` shows which
    /// URL is used.
    #[arg(long, global = true, value_name = "URL", help_heading = CONNECTION)]
    pub base_url: Option<String>,

    /// Timeout per attempt, such as 2m [default: 30s]
    ///
    /// Counted from connecting to the last byte of the response. Units are ms, s and m; a bare number is seconds.
    #[arg(long, global = true, value_name = "DURATION", help_heading = CONNECTION)]
    pub timeout: Option<TimeLimit>,

    /// Timeout of the whole command, such as 2m
    ///
    /// Covers everything: requests, retries and the waits between them, every page, and token_command. On a timeout,
    /// the exit status is 9 (`check`: UNKNOWN), rows already printed stay, and the file of --to is untouched. Units are
    /// ms, s and m; a bare number is seconds.
    #[arg(long, global = true, value_name = "DURATION", help_heading = CONNECTION)]
    pub max_time: Option<Deadline>,

    /// Retries after a failed request [default: 3]
    ///
    /// Network errors and the statuses 408, 409, 425, 429, 500, 502 to 504 and 520 to 527 are retried with exponential
    /// backoff, or after the time that Retry-After asks for.
    #[arg(long, global = true, value_name = "N", help_heading = CONNECTION)]
    pub retries: Option<u32>,

    /// Extra CA certificates to trust (PEM file)
    #[arg(long, global = true, value_name = "FILE", help_heading = CONNECTION, value_parser = file())]
    pub ca_file: Option<PathBuf>,

    /// Log each request on stderr
    ///
    /// One line per attempt: URL, status, bytes, milliseconds, attempt. Never the token.
    #[arg(short, long, global = true, help_heading = MESSAGES)]
    pub verbose: bool,

    /// Suppress notes and progress, but not warnings
    #[arg(short, long, global = true, help_heading = MESSAGES)]
    pub quiet: bool,

    /// Error format: text, json [default: text]
    #[arg(long, global = true, value_name = "FORMAT", value_enum, ignore_case = true, hide_default_value = true, default_value_t,
          help_heading = MESSAGES)]
    pub error_format: ErrorFormat,

    /// Print help (-h: summary; --help: full)
    #[arg(short, long, global = true, action = ArgAction::Help, help_heading = MESSAGES)]
    help: Option<bool>,

    /// Print the version
    #[arg(short = 'V', long, global = true, action = ArgAction::Version, help_heading = MESSAGES)]
    version: Option<bool>,
}

impl Cli {
    /// Reads a command line, the program's name first.
    pub fn read(line: &[OsString]) -> Result<Self, clap::Error> {
        let mut line = habits::spelled_out(line);
        if line.len() == 1 {
            line.push("-h".into());
        }
        let line = &line;
        let color = early(line, &["--color"]).unwrap_or_default();
        let matches = parse(line, color)?;
        let matches = match help::asked_for(&matches) {
            Some(words) => parse_help(&words, color)?,
            None => matches,
        };
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
    }
}

/// Everything that can be typed.
pub fn command() -> clap::Command {
    help::with_help_command(Cli::command())
}

/// Reads a path as variables and the configuration do: no shell expands `--history=~/past`.
fn file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| located(path.as_os_str(), Path::new("")))
}

fn parse(line: &[OsString], color: ColorChoice) -> Result<ArgMatches, clap::Error> {
    // Dropping it piece by piece just before the exit is useless.
    let read = |command: clap::Command| ManuallyDrop::new(command.color(color)).try_get_matches_from_mut(line);
    // To make the command once more for help costs less than to be ready for it in every line.
    let bare = match line {
        [_, word] if word == "--version" || word == "-V" => GlobalArgs::augment_args(help::bare()),
        _ => command().mut_args(|arg| arg.help(None).long_help(None)),
    };
    read(bare).or_else(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            read(help::for_line(command(), line))
        }
        _ => Err(error),
    })
}

/// Parses the line that shows the help of a command, or of a topic.
fn parse_help(words: &[String], color: ColorChoice) -> Result<ArgMatches, clap::Error> {
    let command_words =
        help::with_noun(words).into_iter().take_while(|word| !word.starts_with('-')).map(OsString::from);
    let line = |words| ["carrierx".into()].into_iter().chain(words).chain(["--help".into()]).collect::<Vec<_>>();
    match help::topic(words) {
        Some(topic) => topic.color(color).try_get_matches_from(line(Vec::new())),
        None => parse(&line(command_words.collect()), color),
    }
}

/// The error format that a line asks for, even if the rest of it cannot be parsed.
pub fn error_format(line: &[OsString]) -> ErrorFormat {
    early(line, &["--error-format"]).unwrap_or_default()
}

/// Whether a line was meant for `partners check`, even if it cannot be read.
pub fn is_check(line: &[OsString]) -> bool {
    meant(&command(), line).iter().map(|command| command.get_name()).eq(["carrierx", "partners", "check"])
}

/// The command that a line means and those above it, as far as that can be seen in one that cannot be read: the first
/// noun that is typed, and the first verb after it. The values of options are neither.
fn meant<'c>(root: &'c clap::Command, line: &[OsString]) -> Vec<&'c clap::Command> {
    let mut commands = vec![root];
    let mut at = root;
    let mut words = line.iter().skip(1).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word.to_str().is_some_and(|word| takes_value(root, word)) {
            words.next();
        } else if let Some(below) = at.find_subcommand(word) {
            commands.push(below);
            at = below;
        }
    }
    commands
}

/// Whether the word is an option of every command whose value is the next word.
fn takes_value(root: &clap::Command, word: &str) -> bool {
    let is_named = |arg: &&clap::Arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| word == format!("-{short}")),
    };
    root.get_arguments().find(is_named).is_some_and(|arg| arg.get_action().takes_values())
}

/// The value of an option that is needed before the line is parsed, or although it cannot be; the last one counts.
pub fn early<T: ValueEnum>(line: &[OsString], names: &[&str]) -> Option<T> {
    let words: Vec<&str> =
        line.iter().take_while(|word| *word != "--").map(|word| word.to_str().unwrap_or("")).collect();
    let values = values_of(&words, names);
    values.into_iter().rev().find_map(|value| T::from_str(value, true).ok())
}

/// The values of the options of these names, in the order of the line, whether or not that can be read.
pub fn values_of<'l>(line: &'l [impl AsRef<str>], names: &[&str]) -> Vec<&'l str> {
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
    use crate::values::Format;

    #[test]
    fn a_check_is_recognized_in_lines_that_do_not_parse() {
        for (line, check, format) in [
            ("carrierx partners check --nonsense", true, None),
            ("carrierx partners check --warn", true, None),
            ("carrierx partners check --warn abc -o json", true, Some(Format::Json)),
            ("carrierx partners check -ocsv --warn", true, Some(Format::Csv)),
            ("carrierx partners check -o prometheus --warn", true, Some(Format::Prometheus)),
            ("carrierx --nonsense partners check", true, None),
            ("carrierx --sandbox partners --profile x check --crit x", true, None),
            ("carrierx partners check extra", true, None),
            ("carrierx partners --warn 80 check", true, None),
            ("carrierx partners --config x.toml --bogus check", true, None),
            ("carrierx partners check -o xml", true, None),
            ("carrierx partners chekc --nonsense", false, None),
            ("carrierx --profile check partners list --nonsense", false, None),
            ("carrierx --profile auth partners check --nonsense", true, None),
            ("carrierx partners get check --nonsense", false, None),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(Cli::read(&words).is_err(), "{line}");
            assert_eq!(is_check(&words), check, "{line}");
            assert_eq!(check.then(|| early(&words, &["--output", "-o"])).flatten(), format, "{line}");
        }
    }

    #[test]
    fn every_path_is_read_as_variables_and_the_configuration_do() {
        fn arguments(command: &clap::Command) -> Vec<&clap::Arg> {
            command.get_arguments().chain(command.get_subcommands().flat_map(arguments)).collect()
        }
        let plain = format!("{:?}", clap::value_parser!(PathBuf));
        let command = command();
        let plain: Vec<_> =
            arguments(&command).into_iter().filter(|arg| format!("{:?}", arg.get_value_parser()) == plain).collect();
        assert!(plain.is_empty(), "{plain:?}");
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
