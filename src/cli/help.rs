//! Help: `-h` fits one screen, `--help` has everything, and `carrierx help` has that and topics of its own.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};

use super::GlobalArgs;
use crate::cli::topics::{self, Topic};

/// Where `-h` sends its readers for what it leaves out.
const FOOTER: &str = "For details and examples: --help. For global options: carrierx help options.";

/// The topic that explains the global options.
const OPTIONS: &str = "options";
const ABOUT_OPTIONS: &str = "Options of every command";

/// The topics that have help: those with a page, and the options of every command.
pub fn topics() -> impl Iterator<Item = (&'static str, &'static str)> {
    topics::with_pages().into_iter().chain([(OPTIONS, ABOUT_OPTIONS)])
}

/// The name of the command that shows help, and of its argument.
pub const HELP: &str = "help";
pub const TOPIC: &str = "topic";

/// The program's command with `help` below it.
pub fn with_help_command(command: Command) -> Command {
    let topic = Arg::new(TOPIC)
        .value_name("TOPIC")
        .action(ArgAction::Append)
        .num_args(0..)
        .help("Command, or filters, config, monitoring, output, statuses, options");
    let about = "Show help for a command, or for a topic: filters, config, ...";
    let help = Command::new(HELP).about(about).long_about(HELP_ABOUT).arg(topic);
    let without = |noun: Command| noun.disable_help_subcommand(true);
    without(command).mut_subcommands(without).subcommand(help)
}

/// The command or topic whose help is asked for by `help`, if that was typed.
pub fn asked_for(matches: &ArgMatches) -> Option<Vec<String>> {
    let (_, help) = matches.subcommand().filter(|(name, _)| *name == HELP)?;
    Some(help.get_many(TOPIC).into_iter().flatten().cloned().collect())
}

const HELP_ABOUT: &str = "\
Show help for a command, or for a topic: filters, config, ...

Topics: filters (the filter language), config (the configuration file), monitoring (`partners check` in monitoring \
systems), output (formats and files), statuses (exit statuses) and options (of every command).";

/// The words, the noun before a verb that was typed alone: `partners list` for `list`.
pub fn with_noun(words: &[String]) -> Vec<String> {
    let root = super::command();
    let verb = words.first().filter(|verb| root.find_subcommand(verb).is_none());
    let meant = |noun: &Command| Some(noun.find_subcommand(verb?)?.get_name() == verb?);
    // A verb of this name rather than one that has it as another.
    let nouns = root.get_subcommands().filter_map(|noun| Some((meant(noun)?, noun.get_name().to_owned())));
    let noun = nouns.max_by_key(|(is_own, _)| *is_own).into_iter().map(|(_, noun)| noun);
    noun.chain(words.iter().cloned()).collect()
}

/// What parses to the help of a topic, if it is one.
pub fn topic(words: &[String]) -> Option<Command> {
    if words == [OPTIONS] {
        let command = GlobalArgs::augment_args(bare()).about(ABOUT_OPTIONS).long_about(None);
        return Some(command.override_usage("carrierx [OPTIONS] <COMMAND>"));
    }
    let header = *bare().get_styles().get_header();
    let text = Topic::named(words)?.help(|heading| format!("{header}{heading}{header:#}"));
    Some(bare().disable_help_flag(false).about(text).help_template("{about}\n"))
}

/// The command with the help that the line asks for: the parser has one set of headings for both kinds of help.
pub fn for_line(command: Command, line: &[OsString]) -> Command {
    let command = command.mut_args(|arg| {
        let is_global = arg.is_global_set();
        arg.hide_short_help(is_global).hide_long_help(is_global)
    });
    if line.iter().take_while(|word| *word != "--").any(|word| word == "--help") {
        with_global_options(command, global_options().ansi().to_string().trim_end())
    } else {
        on_one_screen(command)
    }
}

/// Purpose, usage, the command's own options, and where the rest is.
fn on_one_screen(command: Command) -> Command {
    let has_headings = command.has_subcommands() || command.get_positionals().next().is_some();
    let has_options = command.get_opts().any(|option| !option.is_hide_short_help_set());
    let arguments = match (has_headings, has_options) {
        (true, _) => "{all-args}\n\n",
        (false, true) => "{options}\n\n",
        (false, false) => "",
    };
    command
        .help_template(format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{arguments}{FOOTER}\n"))
        .mut_args(|arg| arg.help_heading(None::<&str>))
        .mut_subcommands(on_one_screen)
}

/// Everything: after the command's own options, the global ones in short, then the examples.
fn with_global_options(command: Command, global: &str) -> Command {
    let header = command.get_styles().get_header();
    let mut after = format!("{header}Global options{header:#} (details: carrierx help options):\n{global}");
    if let Some(examples) = command.get_after_long_help() {
        _ = write!(after, "\n\n{}", examples.ansi());
    }
    command.after_long_help(after).mut_subcommands(|subcommand| with_global_options(subcommand, global))
}

/// The global options, one line each, naming their values themselves.
fn global_options() -> StyledStr {
    let one_line = |arg: Arg| {
        let takes_values = arg.get_action().takes_values();
        arg.help_heading(None::<&str>).hide_possible_values(takes_values)
    };
    GlobalArgs::augment_args(bare().help_template("{options}")).mut_args(one_line).render_help()
}

/// A command of nothing but what is added to it.
pub fn bare() -> Command {
    Command::new("carrierx")
        .version(env!("CARGO_PKG_VERSION"))
        .max_term_width(80)
        .disable_help_flag(true)
        .disable_version_flag(true)
}
