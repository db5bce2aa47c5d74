//! What people type by habit from other programs: it works, or is answered with its name here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};

use crate::api::PARTNERS;
use crate::partners::search::FIELDS;
use crate::values::{Format, When, suggest};

/// Commands of other programs, as they are typed after `carrierx` and its nouns, and what to run instead.
const COMMANDS: [(&[&str], &str); 9] = [
    (&["search", "find", "query", "grep", "lookup"], "run `carrierx partners find WORD`"),
    (&["whoami"], "run `carrierx auth status`"),
    (&["view", "describe", "info"], "run `carrierx partners get ID`"),
    (&["export", "dump"], "run `carrierx partners list --all --to partners.csv`"),
    (&["watch"], "run `watch carrierx partners list`"),
    (&["version"], "run `carrierx --version`"),
    (&["config get", "config list", "config view"], "run `carrierx config show`"),
    (&["config set", "config edit"], "edit the file that `carrierx config path` prints"),
    (
        &["create", "add", "new", "update", "edit", "set", "patch", "delete", "remove", "rm", "suspend", "close"],
        "carrierx only reads; to change partners, use the CarrierX portal",
    ),
];

/// Options of other programs, the name of the option here, and what to type.
const OPTIONS: [(&[&str], &str, &str); 20] = [
    (&["--sort", "--sort-by", "--order-by", "--orderby"], "order", "--order FIELD"),
    (&["--desc", "--descending", "--reverse"], "order", "--order FIELD:desc"),
    (&["--column", "--columns", "--field", "--select"], "fields", "-F FIELD,FIELD"),
    (&["--where", "--query"], "filter", "-f 'FIELD OPERATOR VALUE'"),
    (&["--search", "--match", "--grep"], "filter", "`carrierx partners find WORD`"),
    (&["-n", "-L", "--max", "--max-items", "--top", "--first"], "limit", "-l N"),
    (&["-L", "--level", "--max-depth"], "depth", "--depth N"),
    (&["--page", "--skip", "--start"], "offset", "--offset N"),
    (&["--per-page"], "page_size", "--page-size N"),
    (&["--page-all", "--paginate"], "all", "--all"),
    (&["--group-by", "--group", "--groupby"], "by", "--by FIELD"),
    (&["--output-file", "--out", "--outfile", "--out-file", "-O"], "to", "--to FILE"),
    (&["--no-headers", "--noheader", "--skip-header"], "no_header", "--no-header"),
    (&["--format", "--fmt"], "output", "-o FORMAT"),
    (&["--jq", "--template"], "output", "-o json | jq FILTER"),
    (&["--xlsx", "--excel"], "to", "--to FILE.xlsx"),
    (&["--host", "--url", "--server", "--endpoint", "--api-url"], "base_url", "--base-url URL"),
    (&["--debug", "--trace"], "verbose", "-v"),
    (&["--silent"], "quiet", "-q"),
    (&["--watch", "-w"], "from", "`watch carrierx ...`"),
];

/// The line with `--no-color` as this program has it.
pub fn spelled_out(line: &[OsString]) -> Vec<OsString> {
    let end = line.iter().position(|word| word == "--").unwrap_or(line.len());
    let spell = |(at, word): (usize, &OsString)| match at < end && word == "--no-color" {
        true => "--color=never".into(),
        false => word.clone(),
    };
    line.iter().enumerate().map(spell).collect()
}

/// What to type in place of what the commands of the line do not know; nothing where nothing is close.
pub fn hint(error: &clap::Error, commands: &[&Command], line: &[OsString]) -> Option<String> {
    match (error.get(ContextKind::InvalidSubcommand), error.get(ContextKind::InvalidArg)) {
        (Some(ContextValue::String(typed)), _) => for_command(typed, commands),
        (_, Some(ContextValue::String(typed))) if typed.starts_with('-') => for_option(typed, commands, line),
        (_, Some(ContextValue::String(typed))) if typed.starts_with(['–', '—']) => {
            Some(format!("use hyphens, not a dash: --{}", typed.trim_start_matches(['–', '—', '-'])))
        }
        (_, Some(ContextValue::String(typed))) => for_stray_word(typed, commands, line),
        _ => None,
    }
}

fn for_command(typed: &str, commands: &[&Command]) -> Option<String> {
    let noun = commands.get(1).map(|noun| format!("{} {typed}", noun.get_name()));
    let is_typed = |name: &&str| Some(*name) == noun.as_deref() || *name == typed;
    // With its noun first: `config set` is not `set`.
    let rows = COMMANDS.iter().filter(|(names, _)| names.iter().any(is_typed));
    if let Some((_, instead)) = rows.max_by_key(|(names, _)| names[0].contains(' ')) {
        return Some((*instead).to_owned());
    }
    let path = commands.iter().map(|command| command.get_name()).collect::<Vec<_>>().join(" ");
    let below = || commands.last().into_iter().flat_map(|command| command.get_subcommands());
    let with_verb = |noun: &Command| Some(format!("{} {}", noun.get_name(), noun.find_subcommand(typed)?.get_name()));
    let closest = || suggest::closest(typed, below().map(Command::get_name)).map(str::to_owned);
    let mut meant: Vec<_> = below().filter_map(with_verb).collect();
    meant.extend(closest().filter(|_| meant.is_empty()));
    (!meant.is_empty()).then(|| format!("try `{path} {}`", meant.join(&format!("` or `{path} "))))
}

/// Whether the command, or every command, has an argument.
fn has(commands: &[&Command], id: &str) -> bool {
    arguments(commands).any(|argument| argument.get_id() == id)
}

fn arguments<'c>(commands: &'c [&Command]) -> impl Iterator<Item = &'c Arg> {
    commands.first().into_iter().chain(commands.last()).flat_map(|command| command.get_arguments())
}

fn for_option(typed: &str, commands: &[&Command], line: &[OsString]) -> Option<String> {
    let typed = typed.split('=').next().unwrap_or_default();
    let is_meant = |(names, id, _): &&(&[&str], &str, &str)| names.contains(&typed) && has(commands, id);
    if let Some((.., instead)) = OPTIONS.iter().find(is_meant) {
        return Some(format!("use {instead}"));
    }
    // The parser names the first letter alone.
    let mut words = line.iter().filter_map(|word| word.to_str()?.strip_prefix('-'));
    if let Some(time) = words.find(|word| word.starts_with(&typed[1..]) && word.parse::<When>().is_ok()) {
        return Some(format!("write {time}, without a hyphen"));
    }
    let name = typed.trim_start_matches('-');
    if let Ok(format) = name.parse::<Format>() {
        return Some(format!("use -o {format}"));
    }
    let field = name.replace('-', "_");
    if (has(commands, "ids") || has(commands, "words")) && (name == "id" || FIELDS.contains(&&*field)) {
        return Some(format!("leave out {typed}"));
    }
    if has(commands, "filter") && PARTNERS.field(&field).is_some() {
        return Some(format!("use -f '{field} eq {}'", value_of(typed, line).unwrap_or("VALUE")));
    }
    let closest = suggest::closest(typed.strip_prefix("--")?, arguments(commands).filter_map(Arg::get_long))?;
    Some(match closest == name {
        true => format!("put {typed} after `{}`", commands.last()?.get_name()),
        false => format!("try --{closest}"),
    })
}

/// What an option was given in the line, after `=` or as the next word.
fn value_of<'l>(name: &str, line: &'l [OsString]) -> Option<&'l str> {
    let mut words = line.iter().filter_map(|word| word.to_str());
    let rest = words.find_map(|word| word.strip_prefix(name))?;
    rest.strip_prefix('=').or_else(|| words.next().filter(|word| !word.starts_with('-')))
}

/// What was meant by a word that is neither an option nor the value of one: mostly a value that lacks quotes.
fn for_stray_word(typed: &str, commands: &[&Command], line: &[OsString]) -> Option<String> {
    let words: Vec<&str> = line.iter().filter_map(|word| word.to_str()).collect();
    let at = words.iter().rposition(|word| *word == typed)?;
    let option = words[..at].iter().rposition(|word| word.starts_with('-'));
    let values = |option: usize| {
        words[option + 1..].iter().take_while(|word| !word.starts_with('-')).copied().collect::<Vec<_>>()
    };
    match option.map(|option| (words[option], values(option))) {
        Some(("-f" | "--filter", values)) => Some(format!("quote the filter: -f '{}'", values.join(" "))),
        Some(("--order", values)) => Some(format!("use --order {}", values.join(":"))),
        Some((option @ ("-F" | "--fields" | "--by" | "--sum"), values)) => {
            let names: Vec<_> = values.iter().map(|name| name.trim_end_matches(',')).collect();
            Some(format!("use {option} {}", names.join(",")))
        }
        _ if has(commands, "root") => Some(format!("use --root {typed}")),
        _ if has(commands, "by") && PARTNERS.field(typed).is_some() => Some(format!("use --by {typed}")),
        _ if has(commands, "filter") => Some(
            "to search, run `carrierx partners find WORD`; to filter, use -f, such as -f 'balance lt 10'".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::{Cli, usage};

    #[test]
    fn habits_are_answered_with_the_name_that_the_command_has() {
        for (line, hint) in [
            ("partners list --sort balance", "use --order FIELD"),
            ("partners list --order-by=balance", "use --order FIELD"),
            ("partners list --columns a,b", "use -F FIELD,FIELD"),
            ("partners get CX1 --field name", "use -F FIELD,FIELD"),
            ("partners list --json", "use -o json"),
            ("auth status --json", "use -o json"),
            ("partners ls --csv", "use -o csv"),
            ("partners list -n 5", "use -l N"),
            ("partners list -n5", "use -l N"),
            ("partners count --group-by status", "use --by FIELD"),
            ("partners list --status=active", "use -f 'status eq active'"),
            ("partners tree --country-code USA", "use -f 'country_code eq USA'"),
            ("partners list --host x", "use --base-url URL"),
            ("partners check --watch", "use `watch carrierx ...`"),
            ("partners list -f balance lt 10", "quote the filter: -f 'balance lt 10'"),
            ("partners list --order balance desc", "use --order balance:desc"),
            ("partners list -F name balance", "use -F name,balance"),
            ("partners tree CX15650613", "use --root CX15650613"),
            ("partners create", "carrierx only reads"),
            ("partners delete CX1", "carrierx only reads"),
            ("config get", "run `carrierx config show`"),
            ("config set limit 5", "edit the file"),
            ("partners tree --where x", "use -f "),
            ("partners count --query x", "use -f "),
            ("partners list --output-file x.csv", "use --to FILE"),
            ("partners list acme", "to search, run `carrierx partners find WORD`; to filter, use -f"),
            ("partners search acme", "run `carrierx partners find WORD`"),
            ("find acme", "run `carrierx partners find WORD`"),
            ("grep acme", "run `carrierx partners find WORD`"),
            ("whoami", "run `carrierx auth status`"),
            ("auth whoami", "run `carrierx auth status`"),
            ("version", "run `carrierx --version`"),
            ("partners lits", "try `carrierx partners list`"),
            ("list", "try `carrierx partners list`"),
            ("show", "try `carrierx partners get` or `carrierx config show`"),
            ("get partners", "try `carrierx partners get`"),
            ("partners list --search acme", "use `carrierx partners find WORD`"),
            ("partners list -L 5", "use -l N"),
            ("partners tree -L 2", "use --depth N"),
            ("partners get --login ivory0000", "leave out --login"),
            ("partners find --name acme", "leave out --name"),
            ("partners count status", "use --by status"),
            ("partners count --by status payment_type", "use --by status,payment_type"),
            ("partners check -o promtheus", "try `prometheus`"),
            ("partners list -o xls", "use --to FILE.xlsx"),
            ("partners list --at -7d", "write 7d"),
            ("partners diff -1mo last", "write 1mo"),
            ("partners list --at --limit 5", "run 'carrierx partners list --help'"),
            ("partners list —all", "use hyphens, not a dash: --all"),
            ("partners list --limti 5", "try --limit"),
            ("partners list --profil=x", "try --profile"),
            ("partners --limit 5 list", "put --limit after `list`"),
        ] {
            let failure = failure(line);
            assert!(failure.starts_with(hint), "{line}: {failure}");
        }
    }

    #[test]
    fn an_option_that_the_command_lacks_is_not_named() {
        for (line, absent) in [
            ("partners tree --sort name", "--order"),
            ("partners count -n 5", "-l N"),
            ("auth status --where x", "-f "),
        ] {
            let failure = failure(line);
            assert!(!failure.contains(absent), "{line}: {failure}");
        }
    }

    #[test]
    fn where_nothing_is_close_nothing_is_guessed() {
        for line in [
            "partners frobnicate",
            "partners list --frobnicate",
            "config lits",
            "completions tcsh",
            "help partners check bogus",
            "partners list -z",
            "partners list -o promtheus",
            "auth status -o xls",
            "partners list -sandbox",
        ] {
            let failure = failure(line);
            assert!(failure.starts_with("run 'carrierx "), "{line}: {failure}");
        }
    }

    #[test]
    fn names_and_values_of_other_programs_work() {
        for line in [
            "partners ls",
            "partners show CX1",
            "partners list --no-color",
            "--no-color partners list",
            "partners list -o CSV",
            "partners list -o NdJson",
            "partners list --error-format JSON --color Never",
        ] {
            assert!(Cli::read(&words(line)).is_ok(), "{line}");
        }
    }

    fn words(line: &str) -> Vec<std::ffi::OsString> {
        ["carrierx"].into_iter().chain(line.split(' ')).map(Into::into).collect()
    }

    /// The hint of a line that cannot be read.
    fn failure(line: &str) -> String {
        let line = words(line);
        usage(&Cli::read(&line).expect_err("a usage error"), &line).hint.unwrap_or_default()
    }
}
