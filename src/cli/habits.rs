//! What people type by habit, from other programs: it works, or is answered with the name that it has here.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands of other programs, and what to run instead.
const COMMANDS: [(&[&str], &str); 5] = [
    (&["search", "find", "query", "grep", "lookup"], "carrierx partners find WORD"),
    (&["whoami"], "carrierx auth status"),
    (&["view", "describe", "info"], "carrierx partners get ID"),
    (&["export", "dump"], "carrierx partners list --all --to partners.csv"),
    (&["version"], "carrierx --version"),
];

/// Options of other programs, the name of the option here, and what to type.
const OPTIONS: [(&[&str], &str, &str); 18] = [
    (&["--sort", "--sort-by", "--order-by", "--orderby"], "order", "--order FIELD"),
    (&["--desc", "--descending", "--reverse"], "order", "--order FIELD:desc"),
    (&["--column", "--columns", "--field", "--select"], "fields", "-F FIELD,FIELD"),
    (&["--where", "--query", "--search", "--match"], "filter", "-f 'FIELD OPERATOR VALUE'"),
    (&["-n", "--max", "--top", "--first"], "limit", "-l N"),
    (&["--page-all", "--paginate"], "all", "--all"),
    (&["--output-file", "--out", "--outfile", "--out-file", "-O"], "to", "--to FILE"),
    (&["--no-headers", "--noheader", "--skip-header"], "no_header", "--no-header"),
    (&["--format", "--fmt"], "output", "-o FORMAT"),
    (&["--json"], "output", "-o json"),
    (&["--jsonl", "--ndjson"], "output", "-o jsonl"),
    (&["--csv"], "output", "-o csv"),
    (&["--tsv"], "output", "-o tsv"),
    (&["--table"], "output", "-o table"),
    (&["--xlsx", "--excel"], "to", "--to FILE.xlsx"),
    (&["--markdown", "--md"], "output", "-o markdown"),
    (&["--debug", "--trace"], "verbose", "-v"),
    (&["--silent", "-s"], "quiet", "-q"),
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

/// The error, with what to type here for what was typed by habit.
pub fn with_hint(mut error: clap::Error, root: &Command, line: &[OsString]) -> clap::Error {
    let typed = |kind| match error.get(kind) {
        Some(ContextValue::String(typed)) => typed.clone(),
        _ => String::new(),
    };
    let hint = match error.kind() {
        ErrorKind::InvalidSubcommand => for_command(&typed(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => {
            let command = super::meant(root, line).last().copied().unwrap_or(root);
            for_argument(&typed(ContextKind::InvalidArg), root, command)
        }
        _ => None,
    };
    if let Some(hint) = hint {
        for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
            error.remove(kind);
        }
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    }
    error
}

fn for_command(typed: &str) -> Option<String> {
    let (_, instead) = COMMANDS.iter().find(|(names, _)| names.contains(&typed))?;
    Some(format!("run `{instead}`"))
}

fn for_argument(typed: &str, root: &Command, command: &Command) -> Option<String> {
    let has = |id: &str| root.get_arguments().chain(command.get_arguments()).any(|arg| arg.get_id() == id);
    if !typed.starts_with('-') && has("filter") {
        return Some(
            "to search, run `carrierx partners find WORD`; to filter, use -f, such as -f 'balance lt 10'".to_owned(),
        );
    }
    let name = typed.split('=').next().unwrap_or_default();
    let is_meant = |(names, id, _): &&(&[&str], &str, &str)| names.contains(&name) && has(id);
    OPTIONS.iter().find(is_meant).map(|(_, _, instead)| format!("use {instead}"))
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;
    use crate::error::{Report, usage};

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
        Report::of(&usage(&Cli::read(&line).expect_err("a usage error"), &line)).hint.unwrap_or_default()
    }
}
