//! What the parser of the command line says of mistyped arguments, as a failure like all others.

use clap::error::ErrorKind;

use super::{Failure, Kind};

/// The usage error in the words of the parser: its first paragraph is the message, its tips are the hint.
pub fn usage(error: &clap::Error) -> Failure {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Failure::new(Kind::Usage, "no command was given").hint(HELP);
    }
    let words = error.render().to_string();
    let mut paragraphs = words.split("\n\n");
    let message = one_line(paragraphs.next().unwrap_or_default());
    let tips = words.lines().filter_map(|line| line.trim_start().strip_prefix("tip: "));
    let hint = tips.chain([HELP]).collect::<Vec<_>>().join("; ");
    Failure::new(Kind::Usage, message.strip_prefix("error: ").unwrap_or(&message)).hint(hint)
}

/// Where to look further.
const HELP: &str = "--help tells what can be typed";

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}
