//! The manual: one page for each command and topic, in roff.
//!
//! Commands and options come from the parser, everything else from `sections`, which reads the tables of fields and
//! exit statuses. The options of every command are on the program's own page alone.

mod sections;

use clap::{Arg, Command};
use clap_mangen::Man;
use roff::{Roff, bold, roman};

use crate::cli;
use crate::cli::topics::{Block, TOPICS, Topic};
use crate::error::{Failure, Kind};
use crate::values::suggest;

/// The day of the release, in the footer of each page.
const DATE: &str = "2026-11-24";

/// One page of the manual.
#[derive(Debug)]
pub struct ManPage {
    /// The name of its file, such as `carrierx-partners-list.1`.
    pub file: String,
    pub roff: String,
}

/// The page of a command, named by the words that follow the program's name, or of a topic; without words, the
/// program's own.
pub fn page(words: &[String]) -> Result<ManPage, Failure> {
    let root = built();
    let mut command = &root;
    for word in words {
        match command.find_subcommand(word) {
            Some(below) => command = below,
            // `config` is a command as well, which comes first.
            None => return Topic::named(words).map(page_of_topic).ok_or_else(|| no_page(word, command)),
        }
    }
    Ok(page_of(command))
}

fn no_page(word: &str, command: &Command) -> Failure {
    let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let failure = Failure::new(Kind::Usage, format!("unknown command `{word}`"));
    match known.is_empty() {
        true => failure.hint("leave it out: the command before it has no subcommands"),
        false => failure.hint(suggest::hint(word, &known)),
    }
}

/// Every page: the program's own, those of its commands, and those of topics.
pub fn pages() -> Vec<ManPage> {
    fn add(command: &Command, pages: &mut Vec<ManPage>) {
        pages.push(page_of(command));
        command.get_subcommands().for_each(|command| add(command, pages));
    }
    let mut pages = Vec::new();
    add(&built(), &mut pages);
    pages.extend(TOPICS.map(page_of_topic));
    pages
}

fn built() -> Command {
    let mut root = cli::command();
    root.build();
    root
}

/// How the command is called, in a line.
fn synopsis(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage:").trim().to_owned()
}

/// The command as its page shows it: its own options only.
fn for_page(command: &Command) -> Command {
    // The parser's own synopsis would list every option.
    let synopsis = synopsis(command);
    let is_root = !command.get_display_name().unwrap_or_default().contains('-');
    // Where values can be listed, the help lists them.
    let shown = |arg: Arg| match arg.get_action().takes_values() {
        _ if arg.is_global_set() && !is_root => arg.hide(true),
        takes_values => arg.hide_possible_values(takes_values),
    };
    let command = command.clone().override_usage(synopsis).mut_args(shown);
    // NAME has the first sentence already.
    let about = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    match about.split_once("\n\n") {
        Some((_, description)) => command.long_about(description.to_owned()),
        None => command,
    }
}

fn page_of(command: &Command) -> ManPage {
    let command = for_page(command);
    let mut own = Roff::new();
    sections::add(&command, &mut own);
    // What they would be shown as has sections of ours.
    let manual = Man::new(command.after_long_help(None::<&str>).version(None::<&str>));
    let manual = manual.date(DATE).source(SOURCE).manual(MANUAL);
    let mut page = Vec::new();
    // Writing to memory does not fail, and roff is text.
    _ = manual.render(&mut page);
    let page = String::from_utf8_lossy(&page).replacen(".SH NAME\n", &format!("{WHOLE_WORDS}.SH NAME\n"), 1);
    let own = own.render();
    // A line break between paragraphs has no effect, and checkers warn about it.
    let roff = (page + own.strip_prefix(PREAMBLE).unwrap_or(&own)).replace(".br\n\n.br\n", "\n");
    ManPage { file: manual.get_filename(), roff }
}

fn page_of_topic(topic: Topic) -> ManPage {
    let name = format!("carrierx-{}", topic.name);
    let mut page = Roff::new();
    page.control("TH", [name.as_str(), topic.section, DATE, SOURCE, MANUAL]);
    page.control("nh", []);
    sections::heading("NAME", &mut page);
    page.text([roman(format!("{name} - {}", topic.about()))]);
    sections::heading("DESCRIPTION", &mut page);
    let mut follows_heading = true;
    for block in topic.blocks() {
        let is_heading = matches!(block, Block::Heading(_));
        match block {
            Block::Heading(heading) => sections::heading(&heading.to_uppercase(), &mut page),
            Block::Paragraph(text) if follows_heading => _ = page.text([roman(text)]),
            Block::Paragraph(text) => sections::paragraph(text, &mut page),
            Block::Item(term, meaning) => sections::item([bold(term)], meaning, &mut page),
            Block::Lines(lines) => {
                if !follows_heading {
                    page.control("PP", []);
                }
                let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
                sections::lines(lines[..end].iter().copied(), &mut page);
            }
        }
        follows_heading = is_heading;
    }
    sections::heading("SEE ALSO", &mut page);
    page.text([bold("carrierx"), roman("(1)")]);
    ManPage { file: format!("{name}.{}", topic.section), roff: page.render() }
}

const SOURCE: &str = concat!("carrierx ", env!("CARGO_PKG_VERSION"));
const MANUAL: &str = "CarrierX Manual";

/// Turns hyphenation off: readers search for names and copy commands.
const WHOLE_WORDS: &str = ".nh\n";

/// The beginning of every page, which it needs once: it keeps apostrophes straight.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_the_sections_that_a_reader_looks_for() {
        for page in pages() {
            let all = ["NAME", "DESCRIPTION", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES"];
            let sections = if page.file.ends_with(".1") { &all[..] } else { &all[..2] };
            for section in sections {
                let heading =
                    if section.contains(' ') { format!(".SH \"{section}\"\n") } else { format!(".SH {section}\n") };
                assert_eq!(page.roff.matches(&heading).count(), 1, "{section} in {}", page.file);
            }
            assert_eq!(page.roff.matches(PREAMBLE).count(), 1, "{}", page.file);
        }
    }

    #[test]
    fn a_description_does_not_repeat_the_name_and_is_never_empty() {
        for page in pages() {
            let part = |from: &str, to: &str| page.roff.split_once(from).and_then(|(_, rest)| rest.split_once(to));
            let (name, _) = part(".SH NAME\n", ".SH").expect("a name");
            let about = name.trim().split_once(" \\- ").expect("what it is about").1;
            let (description, _) = part(".SH DESCRIPTION\n", ".SH").expect("a description");
            assert!(!description.trim().is_empty() && !description.contains(about), "{}: {description}", page.file);
        }
    }

    #[test]
    fn global_options_are_on_the_first_page_alone() {
        for page in pages().iter().filter(|page| page.file.ends_with(".1")) {
            let has = page.roff.contains("\\-\\-error\\-format\\fR");
            assert_eq!(has, page.file == "carrierx.1", "{}", page.file);
            assert!(!page.roff.contains("Possible values:"), "{}", page.file);
        }
    }

    #[test]
    fn a_page_is_found_by_the_words_of_its_command_or_topic_and_a_mistyped_one_gets_a_suggestion() {
        let page = |words: &[&str]| page(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        for (words, file) in [
            (&[][..], "carrierx.1"),
            (&["partners", "list"], "carrierx-partners-list.1"),
            (&["filters"], "carrierx-filters.7"),
            (&["config"], "carrierx-config.1"),
            (&["config.5"], "carrierx-config.5"),
        ] {
            assert_eq!(page(words).expect("a page").file, file);
        }
        let unknown = page(&["partners", "lst"]).expect_err("none");
        assert_eq!(unknown.message, "unknown command `lst`");
        assert_eq!(unknown.hint.as_deref(), Some("did you mean `list`?"));
    }
}
