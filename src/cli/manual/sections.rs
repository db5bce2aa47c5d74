//! The sections of a page that do not come from the parser of the command line.

use clap::Command;
use roff::{Inline, Roff, bold, roman};

use crate::api::PARTNERS;
use crate::error::KINDS;
use crate::settings::ROWS;

/// The environment variables besides those of settings, each with its meaning.
const ENVIRONMENT: &str = include_str!("environment.txt");

/// The statuses of `partners check`, which monitoring systems read.
const EXIT_STATUS_OF_CHECK: &str = include_str!("check.txt");

/// Adds those that apply to the command.
pub fn add(command: &Command, page: &mut Roff) {
    let takes = |id: &str| command.get_arguments().any(|argument| argument.get_id() == id);
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    if name != ROOT {
        heading("GLOBAL OPTIONS", page);
        page.text([roman("The options of every command are described in "), bold(ROOT), roman("(1).")]);
    }
    if takes("fields") || command.get_name() == "fields" {
        fields(page);
    }
    heading("EXIT STATUS", page);
    match command.get_name() {
        "check" => items(EXIT_STATUS_OF_CHECK, page),
        _ => exit_status(page),
    }
    environment(page);
    files(page);
    if let Some(text) = command.get_after_long_help() {
        examples(&text.to_string(), page);
    }
    see_also(command, page);
}

/// The name of the page that the others refer to.
const ROOT: &str = "carrierx";

pub fn heading(name: &str, page: &mut Roff) {
    page.control("SH", [name]);
}

pub fn paragraph(text: &str, page: &mut Roff) {
    page.control("PP", []);
    page.text([roman(text)]);
}

pub fn item(name: impl Into<Vec<Inline>>, text: &str, page: &mut Roff) {
    page.control("TP", []);
    page.text(name);
    page.text([roman(text)]);
}

/// Lines that are shown as they are, less their indent.
pub fn lines<'l>(lines: impl Iterator<Item = &'l str>, page: &mut Roff) {
    page.control("nf", []);
    lines.for_each(|line| _ = page.text([roman(line.strip_prefix("  ").unwrap_or(line))]));
    page.control("fi", []);
}

fn fields(page: &mut Roff) {
    heading("FIELDS", page);
    page.text([roman("The documented fields of a partner. Other fields that the API sends are shown as well.")]);
    for field in PARTNERS.fields {
        let nullable = if field.nullable { ", may be null" } else { "" };
        let read_only = if field.read_only { ", read only" } else { "" };
        item([bold(field.name), roman(format!(" ({}{nullable}{read_only})", field.kind.name()))], field.meaning, page);
    }
}

fn exit_status(page: &mut Roff) {
    item([bold("0")], "Success, even if nothing matched or the reader closed the pipe.", page);
    for (kind, name, meaning) in KINDS {
        item([bold(kind.exit_status().to_string()), roman(format!(" ({name})"))], meaning, page);
    }
    paragraph("After Ctrl-C or SIGTERM, carrierx exits by that signal (130 or 143 in the shell).", page);
}

fn environment(page: &mut Roff) {
    heading("ENVIRONMENT", page);
    page.text([roman("Empty variables count as unset.")]);
    items(ENVIRONMENT, page);
    for row in ROWS {
        item([bold(row.variable)], &format!("{} Overridden by {}.", row.meaning, row.option), page);
    }
}

/// Terms and their meanings, each in a line.
fn items(text: &str, page: &mut Roff) {
    for (term, meaning) in text.lines().filter_map(|line| line.split_once(":: ")) {
        item([bold(term)], meaning, page);
    }
}

fn files(page: &mut Roff) {
    heading("FILES", page);
    item([bold("~/.config/carrierx/config.toml")], "The configuration file. See carrierx-config(5).", page);
    paragraph(
        "The only other files that the program writes are those of --to, --receipt, --state and --history, and the pages \
         of man --dir. It sends no telemetry, does not check for updates, and contacts no host but the API's.",
        page,
    );
}

/// The examples of the help, set as they are, and the paragraphs after them.
fn examples(text: &str, page: &mut Roff) {
    heading("EXAMPLES", page);
    let mut paragraphs = text.split("\n\n");
    let mut lines = paragraphs.next().unwrap_or_default().lines();
    // The title is "Examples:", or "Examples (add --sandbox to try them):".
    let title = lines.next().unwrap_or_default();
    if let Some(add) = title.strip_prefix("Examples (add ").and_then(|title| title.strip_suffix("):")) {
        page.text([roman(format!("Add {add}."))]);
        page.control("PP", []);
    }
    self::lines(lines, page);
    paragraphs.for_each(|note| paragraph(note, page));
}

fn see_also(command: &Command, page: &mut Roff) {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let above = name.rsplit_once('-').map(|(above, _)| above);
    let pages = [(ROOT, "1")].into_iter().filter(|_| above.is_some());
    let pages = pages.chain(above.filter(|above| *above != ROOT).map(|above| (above, "1")));
    let monitoring = [("carrierx-monitoring", "7")].into_iter().filter(|_| command.get_name() == "check");
    let pages = pages.chain([("carrierx-config", "5"), ("carrierx-filters", "7")]).chain(monitoring);
    heading("SEE ALSO", page);
    let pages = pages.flat_map(|(name, section)| [roman(", "), bold(name), roman(format!("({section})"))]).skip(1);
    page.text(pages.collect::<Vec<_>>());
}
