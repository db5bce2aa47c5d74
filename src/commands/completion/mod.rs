//! Completion: candidates for the next word, for the shell.
//!
//! The shell runs the program itself, with [`VARIABLE`] in its environment and the words of the line as arguments. The
//! engine of clap_complete knows commands, options and fixed values; other values are in `candidates`. Nothing is
//! printed on stderr, and no host is contacted, whatever happens.

mod candidates;
mod line;

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, Command, ValueEnum};
use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate, PathCompleter};

use crate::api::FieldType;
use crate::cli::{self, topics};
use crate::output::text;
use crate::settings::Environment;
use crate::values::Shell;

use line::Line;

/// The environment variable by which a shell asks, naming itself.
pub const VARIABLE: &str = "CARRIERX_COMPLETE";

/// The index of the word that is completed, if the shell sets it; else it is the last.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";

/// Writes the script that makes a shell complete the program.
pub fn write_script(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(adapter(shell).0)
}

/// The script of a shell, and whether a tab and a few words of help may follow a candidate.
fn adapter(shell: Shell) -> (&'static [u8], bool) {
    match shell {
        // It splits words at `=` and `:`. It quotes candidates itself, as it does for names of files.
        Shell::Bash => (include_bytes!("bash.sh"), false),
        // It loads an installed script on the first Tab, which wants an answer at once. A home written `~` stays so.
        Shell::Zsh => (include_bytes!("zsh.sh"), true),
        Shell::Fish => (include_bytes!("script.fish"), true),
        // It inserts candidates as they are, so that its script quotes them.
        Shell::Powershell => (include_bytes!("script.ps1"), true),
        Shell::Elvish => (include_bytes!("script.elv"), false),
    }
}

/// Prints candidates on stdout if a shell asks for them, and returns whether one did.
pub fn answer(line: &[OsString], folder: Option<&Path>, environment: impl Fn() -> Environment) -> bool {
    let Some(name) = env::var_os(VARIABLE).filter(|name| !name.is_empty() && name != "0") else { return false };
    let start = line.iter().position(|word| word == "--").map_or(line.len(), |at| at + 1);
    let words = line::without_quotes(&name, &line[start..]);
    if let Some(shell) = name.to_str().and_then(|name| Shell::from_str(name, false).ok()) {
        let (script, shows_help) = adapter(shell);
        let mut out = Vec::new();
        let written = if words.is_empty() {
            out.write_all(script)
        } else {
            let line = Arc::new(Line::new(&words, environment()));
            // Nobody needs it to be taken apart just before the end.
            let shown = |option: Arg| if shows_help { option } else { option.help(None) };
            let mut command = ManuallyDrop::new(with_candidates(cli::command().mut_args(shown), &line));
            write_candidates(&mut command, words, folder, shows_help, &mut out)
        };
        // An error would disturb the line that is being typed.
        _ = written.and_then(|()| io::stdout().write_all(&out));
    }
    true
}

/// Writes the candidates for the word of a line that is being typed, one a line.
fn write_candidates(
    command: &mut Command,
    mut words: Vec<OsString>,
    folder: Option<&Path>,
    shows_help: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let index = env::var(INDEX).ok().and_then(|index| index.parse().ok());
    let index = index.unwrap_or(words.len().saturating_sub(1));
    if index == words.len() {
        // Some versions of PowerShell pass no empty word.
        words.push(OsString::new());
    }
    let is_option = words.get(index).is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"));
    for candidate in engine::complete(command, words, index, folder)? {
        // Options would push what was asked for off the screen.
        if !is_option && candidate.get_value().as_encoded_bytes().starts_with(b"-") {
            continue;
        }
        // Shells print candidates: only names of plain characters are offered, which are one line each, too.
        let Some(value) = candidate.get_value().to_str().filter(|value| text::escape(value) == *value) else {
            continue;
        };
        let help = candidate.get_help().filter(|_| shows_help).map(ToString::to_string).unwrap_or_default();
        match help.lines().next() {
            // Names of partners are among it.
            Some(help) => writeln!(out, "{value}\t{}", text::escape(help))?,
            None => writeln!(out, "{value}")?,
        }
    }
    Ok(())
}

/// The command with candidates for the values of its options, and of those of its subcommands on the line.
fn with_candidates(command: Command, line: &Arc<Line>) -> Command {
    command.mut_args(|argument| argument_with_candidates(argument, line)).mut_subcommands(|subcommand| {
        let is_on_it = subcommand.get_all_aliases().chain([subcommand.get_name()]).any(|name| line.has(name));
        if is_on_it { with_candidates(subcommand, line) } else { subcommand }
    })
}

/// What completes by the rest of the line.
fn by_line(
    line: &Arc<Line>,
    candidates: impl Fn(&OsStr, &Line) -> Vec<CompletionCandidate> + Send + Sync + 'static,
) -> ArgValueCompleter {
    let line = Arc::clone(line);
    ArgValueCompleter::new(move |typed: &OsStr| candidates(typed, &line))
}

fn argument_with_candidates(argument: Arg, line: &Arc<Line>) -> Arg {
    let fields = |options: &'static [&'static str], wanted: fn(FieldType) -> bool| {
        by_line(line, move |typed, line| candidates::fields(typed, &line.fields(options), wanted))
    };
    let completer = match argument.get_id().as_str() {
        "fields" | "exclude_fields" => fields(&["-F", "--fields", "-X", "--exclude-fields"], |_| true),
        "by" => fields(&["--by"], FieldType::is_scalar),
        "sum" => fields(&["--sum"], |kind| kind == FieldType::Decimal),
        "profile" => by_line(line, |typed, line| candidates::profiles(typed, line.profiles())),
        "output" => by_line(line, candidates::formats),
        "ids" | "root" => by_line(line, |typed, line| candidates::ids(line.names(typed))),
        "order" => ArgValueCompleter::new(candidates::order),
        "command" => by_line(line, |typed, line| {
            candidates::explained(typed, &line.words_after("man"), &mut topics::with_pages().into_iter())
        }),
        cli::help::TOPIC => by_line(line, |typed, line| {
            candidates::explained(typed, &line.words_after(cli::help::HELP), &mut cli::help::topics())
        }),
        "filter" => ArgValueCompleter::new(candidates::filter),
        "at" | "since" | "until" => ArgValueCompleter::new(candidates::times),
        "to" | "receipt" | "state" | "from" | "history" | "config" => ArgValueCompleter::new(PathCompleter::file()),
        "dir" => ArgValueCompleter::new(PathCompleter::dir()),
        "old" | "new" => ArgValueCompleter::new(candidates::lists),
        _ => return argument.long_help(None),
    };
    argument.long_help(None).add(completer)
}
