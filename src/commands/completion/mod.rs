//! Completion: candidates for the next word, for the shell.
//!
//! The shell runs the program itself, with [`VARIABLE`] in its environment and the words of the line as arguments. The
//! engine of clap_complete knows commands, options and fixed values; other values are in `candidates`. Nothing is
//! printed on stderr, and no host is contacted, whatever happens.

mod adapters;
mod candidates;
mod line;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use clap::{Arg, Command, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use crate::api::field::FieldType;
use crate::cli;
use crate::cli::topics;
use crate::settings::Environment;
use crate::values::Shell;

use adapters::{Adapter, BASH, ELVISH, FISH, POWERSHELL, ZSH};
use line::Line;

/// The environment variable by which a shell asks, naming itself.
pub const VARIABLE: &str = "CARRIERX_COMPLETE";

/// Writes the script that makes a shell complete the program.
pub fn write_script(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(adapter(shell).script)
}

/// Prints candidates on stdout if a shell asks for them, and returns whether one did.
pub fn answer(line: &[OsString], folder: Option<&Path>, environment: impl Fn() -> Environment) -> bool {
    let Some(name) = env::var_os(VARIABLE).filter(|name| !name.is_empty() && name != "0") else { return false };
    let start = line.iter().position(|word| word == "--").map_or(line.len(), |at| at + 1);
    let words = line::without_quotes(&name, &line[start..]);
    let mut adapters = Shell::value_variants().iter().map(|shell| adapter(*shell));
    if let Some(adapter) = adapters.find(|adapter| name == adapter.name) {
        let mut out = Vec::new();
        let written = if words.is_empty() {
            out.write_all(adapter.script)
        } else {
            let line = Arc::new(Line::new(&words, environment()));
            // Nobody needs it to be taken apart just before the end.
            let mut command = ManuallyDrop::new(with_candidates(cli::command(), &line));
            adapter.write_candidates(&mut command, words, folder, &mut out)
        };
        // An error would disturb the line that is being typed.
        _ = written.and_then(|()| io::stdout().write_all(&out));
    }
    true
}

fn adapter(shell: Shell) -> &'static Adapter {
    match shell {
        Shell::Bash => &BASH,
        Shell::Zsh => &ZSH,
        Shell::Fish => &FISH,
        Shell::Powershell => &POWERSHELL,
        Shell::Elvish => &ELVISH,
    }
}

/// The command with candidates for the values of its options, and of those of its subcommands on the line.
fn with_candidates(command: Command, line: &Arc<Line>) -> Command {
    command.mut_args(|argument| argument_with_candidates(argument, line)).mut_subcommands(|subcommand| {
        let is_on_it = subcommand.get_all_aliases().chain([subcommand.get_name()]).any(|name| line.has(name));
        if is_on_it { with_candidates(subcommand, line) } else { subcommand }
    })
}

/// Fields of some kinds for options that list them.
fn fields(line: &Arc<Line>, options: &'static [&'static str], wanted: fn(FieldType) -> bool) -> ArgValueCompleter {
    let line = Arc::clone(line);
    ArgValueCompleter::new(move |typed: &_| candidates::fields(typed, &line.fields(options), wanted))
}

fn argument_with_candidates(argument: Arg, line: &Arc<Line>) -> Arg {
    let completer = match argument.get_id().as_str() {
        "fields" | "exclude_fields" => fields(line, &["-F", "--fields", "-X", "--exclude-fields"], |_| true),
        "by" => fields(line, &["--by"], |kind| kind.is_scalar()),
        "sum" => fields(line, &["--sum"], |kind| kind == FieldType::Decimal),
        "profile" => {
            let line = Arc::clone(line);
            ArgValueCompleter::new(move |typed: &_| candidates::profiles(typed, line.profiles()))
        }
        "output" => {
            let line = Arc::clone(line);
            ArgValueCompleter::new(move |typed: &_| candidates::formats(typed, &line.path()))
        }
        "ids" | "root" => {
            let line = Arc::clone(line);
            ArgValueCompleter::new(move |typed: &_| candidates::ids(line.names(typed)))
        }
        "order" => ArgValueCompleter::new(candidates::order),
        "command" => {
            let line = Arc::clone(line);
            ArgValueCompleter::new(move |typed: &_| {
                candidates::commands(typed, &line.words_after("man"), &topics::with_pages())
            })
        }
        cli::help::TOPIC => {
            let line = Arc::clone(line);
            ArgValueCompleter::new(move |typed: &_| {
                candidates::commands(typed, &line.words_after("help"), &cli::help::topics())
            })
        }
        "filter" => ArgValueCompleter::new(candidates::filter),
        "at" | "since" | "until" => ArgValueCompleter::new(candidates::times),
        "old" | "new" => ArgValueCompleter::new(candidates::lists),
        _ => return argument.long_help(None),
    };
    argument.long_help(None).add(completer)
}
