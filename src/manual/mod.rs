//! The manual: one page for each command, in roff.
//!
//! What the parser knows comes from the parser, what it does not know from `sections`, which asks the tables of fields,
//! operators and exit statuses.

mod sections;

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use roff::Roff;

use crate::cli::Cli;
use crate::suggest;

/// The day of the release, as pages carry it at their foot.
const DATE: &str = "2026-11-24";

/// One page of the manual.
#[derive(Debug)]
pub(crate) struct ManPage {
    /// The name of its file, such as `carrierx-partners-list.1`.
    pub(crate) file: String,
    pub(crate) roff: String,
}

/// The page of a command, named by the words that follow the program's name; none of them gives the program's own.
///
/// # Errors
/// When there is no such command: the word that is none, and what it may have been meant to be.
pub(crate) fn page(words: &[String]) -> Result<ManPage, NoSuchPage> {
    let root = built();
    let mut command = &root;
    for word in words {
        let known = || command.get_subcommands().map(Command::get_name).filter(|name| *name != "help");
        command =
            command.find_subcommand(word).filter(|found| found.get_name() != "help").ok_or_else(|| NoSuchPage {
                word: word.clone(),
                meant: suggest::closest(word, known()).map(str::to_owned),
                known: known().map(str::to_owned).collect(),
            })?;
    }
    Ok(page_of(command))
}

/// A word that names no command.
#[derive(Debug)]
pub(crate) struct NoSuchPage {
    pub(crate) word: String,
    /// The command that it was probably meant to be.
    pub(crate) meant: Option<String>,
    /// The commands that there are in its place.
    pub(crate) known: Vec<String>,
}

/// Every page: the program's own, then those of its commands.
pub(crate) fn pages() -> Vec<ManPage> {
    fn add(command: &Command, pages: &mut Vec<ManPage>) {
        pages.push(page_of(command));
        command
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
            .for_each(|command| add(command, pages));
    }
    let mut pages = Vec::new();
    add(&built(), &mut pages);
    pages
}

fn built() -> Command {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    root
}

fn page_of(command: &Command) -> ManPage {
    // The parser's own synopsis would list every option.
    let synopsis = command.clone().render_usage().to_string();
    let synopsis = synopsis.trim_start_matches("Usage:").trim().to_owned();
    let manual = Man::new(command.clone().override_usage(synopsis))
        .date(DATE)
        .source(format!("carrierx {}", env!("CARGO_PKG_VERSION")))
        .manual("CarrierX Manual");
    let mut page = PREAMBLE.to_owned();
    let mut add = |render: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        let mut part = Vec::new();
        // Memory does not fail, and what is written is text.
        _ = render(&mut part);
        let part = String::from_utf8_lossy(&part);
        // Between paragraphs a break of the line breaks nothing more, and checkers complain of it.
        page.push_str(&part.strip_prefix(PREAMBLE).unwrap_or(&part).replace(".br\n\n.br\n", "\n"));
    };
    add(&|out| manual.render_title(out));
    add(&|out| out.write_all(WHOLE_WORDS.as_bytes()));
    add(&|out| manual.render_name_section(out));
    add(&|out| manual.render_synopsis_section(out));
    add(&|out| manual.render_description_section(out));
    add(&|out| manual.render_options_section(out));
    if command.get_subcommands().next().is_some() {
        add(&|out| manual.render_subcommands_section(out));
    }
    let mut own = Roff::new();
    sections::add(command, &mut own);
    add(&|out| own.to_writer(out));
    ManPage { file: manual.get_filename(), roff: page }
}

/// Names and commands are looked for and copied, so no word is parted at the end of a line.
const WHOLE_WORDS: &str = ".nh\n";

/// With what every part begins, and a page needs once: an apostrophe that stays one.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_the_sections_that_a_reader_looks_for() {
        for page in pages() {
            for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "ENVIRONMENT", "FILES"] {
                let heading =
                    if section.contains(' ') { format!(".SH \"{section}\"\n") } else { format!(".SH {section}\n") };
                assert_eq!(page.roff.matches(&heading).count(), 1, "{section} in {}", page.file);
            }
            assert_eq!(page.roff.matches(PREAMBLE).count(), 1, "{}", page.file);
        }
    }

    #[test]
    fn a_page_is_found_by_the_words_of_its_command_and_a_mistyped_one_told() {
        let page = |words: &[&str]| page(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(page(&[]).expect("a page").file, "carrierx.1");
        assert_eq!(page(&["partners", "list"]).expect("a page").file, "carrierx-partners-list.1");
        let unknown = page(&["partners", "lst"]).expect_err("none");
        assert_eq!((unknown.word.as_str(), unknown.meant.as_deref()), ("lst", Some("list")));
    }
}
