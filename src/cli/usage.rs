//! What the command-line parser reports of mistyped arguments, as an error like all others.

use std::ffi::OsString;

use clap::ValueEnum;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{Failure, Kind};
use crate::values::{Format, suggest};

use super::habits;

/// The usage error of a line: the first paragraph of what the parser says, and what to type instead.
pub fn usage(error: &clap::Error, line: &[OsString]) -> Failure {
    let root = super::command();
    let is_help = super::meant(&root, line).iter().any(|command| command.get_name() == super::help::HELP);
    // It names other commands.
    let line: Vec<_> = line.iter().filter(|word| *word != super::help::HELP).cloned().collect();
    let commands = super::meant(&root, &line);
    let path = commands.iter().map(|command| command.get_name()).collect::<Vec<_>>().join(" ");
    let help = format!("run '{path} --help' for usage");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::new(Kind::Usage, "no command was given").hint(help);
    }
    if let Some(failure) = misplaced_secret(error) {
        return failure;
    }
    let words = error.render().to_string();
    let message = one_line(words.split("\n\n").next().unwrap_or_default())
        .replace("unrecognized subcommand", "unknown command")
        .replace("invalid digit found in string", "write a whole number");
    let hint = match error.kind() {
        ErrorKind::InvalidSubcommand => habits::hint(error, &commands, &line),
        // What is said of one command too many is not said of a command with arguments.
        ErrorKind::UnknownArgument if !is_help => habits::hint(error, &commands, &line),
        ErrorKind::InvalidValue => closest_value(error, &commands),
        _ => None,
    };
    let hint = hint.map(|hint| match is_help && hint.starts_with("try ") {
        true => hint.replace("`carrierx ", "`carrierx help "),
        false => hint,
    });
    let hint = hint.into_iter().chain([help]).collect::<Vec<_>>().join("; ");
    Failure::new(Kind::Usage, message.strip_prefix("error: ").unwrap_or(&message)).hint(hint)
}

/// The value that was meant by one that is not among those of an option.
fn closest_value(error: &clap::Error, commands: &[&clap::Command]) -> Option<String> {
    let (Some(ContextValue::String(typed)), Some(ContextValue::Strings(known))) =
        (error.get(ContextKind::InvalidValue), error.get(ContextKind::ValidValue))
    else {
        return None;
    };
    let is_named = |name: &str| commands.iter().any(|command| command.get_name() == name);
    let is_there =
        |name: &&str| <Format as ValueEnum>::from_str(name, false).map_or(true, |format| format.is_for(is_named));
    suggest::closest(typed, known.iter().map(String::as_str).filter(is_there)).map(|meant| match meant {
        "xlsx" => "use --to FILE.xlsx".to_owned(),
        meant => format!("try `{meant}`"),
    })
}

/// Words in the names of options that other programs have for a secret.
const SECRETS: [&str; 7] = ["token", "apikey", "pass", "secret", "auth", "bearer", "credential"];

/// The failure to take a secret as an argument, which is not repeated.
fn misplaced_secret(error: &clap::Error) -> Option<Failure> {
    let (Some(ContextValue::String(argument)), ErrorKind::UnknownArgument) =
        (error.get(ContextKind::InvalidArg), error.kind())
    else {
        return None;
    };
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let name = argument.split('=').next().unwrap_or_default();
    let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_secret = SECRETS.iter().any(|word| plain.contains(word));
    let what = match name.starts_with('-') {
        true if is_secret => format!("there is no option {name}"),
        false if usage.contains("auth login") => "auth login takes no token as an argument".to_owned(),
        _ => return None,
    };
    Some(
        Failure::new(Kind::Usage, format!("{what}: arguments are visible in process lists and the shell's history"))
            .hint(
                "run `carrierx auth login`, which asks for the token or reads it from stdin, or set CARRIERX_TOKEN or \
         CARRIERX_TOKEN_FILE; if the token was typed, create a new one",
            ),
    )
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn an_argument_with_a_secret_is_answered_with_what_to_do_instead_and_not_repeated() {
        for line in [
            "partners list --token hunter2",
            "--token=hunter2 partners list",
            "partners list --api-key hunter2",
            "partners get --api_key=hunter2 CX1",
            "partners list --password hunter2",
            "partners list --access-token=hunter2",
            "auth login hunter2",
            "auth login --profile p hunter2",
            "auth login --with-token",
        ] {
            let line = ["carrierx"].into_iter().chain(line.split(' ')).map(Into::into).collect::<Vec<_>>();
            let failure = usage(&Cli::read(&line).expect_err("a usage error"), &line);
            let words = format!("{failure} {}", failure.hint.as_deref().unwrap_or_default());
            assert!(words.contains("CARRIERX_TOKEN_FILE") && words.contains("auth login"), "{line:?}: {words}");
            assert!(!words.contains("hunter2") && !words.contains("--to "), "{line:?}: {words}");
        }
        let line = ["carrierx", "partners", "list", "--tos", "x"].map(Into::into);
        let typo = usage(&Cli::read(&line).expect_err("a usage error"), &line);
        assert!(!format!("{typo:?}").contains("CARRIERX_TOKEN"), "{typo:?}");
    }

    #[test]
    fn the_hint_names_the_help_of_the_command_that_was_meant() {
        for (line, command) in [
            ("carrierx partners list --nonsense", "carrierx partners list"),
            ("carrierx --profile get partners --nonsense list", "carrierx partners list"),
            ("carrierx partners lits", "carrierx partners"),
            ("carrierx partners", "carrierx partners"),
            ("carrierx auth --config x login --nonsense", "carrierx auth login"),
            ("carrierx completions", "carrierx completions"),
            ("carrierx --nonsense", "carrierx"),
            ("carrierx lits", "carrierx"),
            ("carrierx partners list -- check", "carrierx partners list"),
        ] {
            let line: Vec<_> = line.split(' ').map(Into::into).collect();
            let hint = usage(&Cli::read(&line).expect_err("a usage error"), &line).hint.expect("a hint");
            assert!(hint.ends_with(&format!("run '{command} --help' for usage")), "{line:?}: {hint}");
        }
    }
}
