//! What several commands have in common, written once for `carrierx help TOPIC` and for a page of the manual.
//!
//! A topic is a text file. Its first line says what it is about. After it, `# ` begins a heading, two blanks a line
//! that is shown as it is, `term:: ` the meaning of a term, and anything else a paragraph. A line `{table}` stands for
//! the rows of a table of the program.

use crate::api::filter::OPERATORS;
use crate::error::KINDS;
use crate::settings::ROWS;

/// A subject with a page of its own.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    pub name: &'static str,
    /// The section of the manual that its page belongs to.
    pub section: &'static str,
    text: &'static str,
}

/// A part of a topic.
#[derive(Debug)]
pub enum Block {
    Heading(&'static str),
    Paragraph(&'static str),
    /// A term and its meaning.
    Item(String, &'static str),
    /// Lines that are shown as they are, two blanks before each.
    Lines(Vec<&'static str>),
}

const fn topic(name: &'static str, section: &'static str, text: &'static str) -> Topic {
    Topic { name, section, text }
}

pub const TOPICS: [Topic; 5] = [
    topic("filters", "7", include_str!("filters.txt")),
    topic("config", "5", include_str!("config.txt")),
    topic("monitoring", "7", include_str!("monitoring.txt")),
    topic("output", "7", include_str!("output.txt")),
    topic("statuses", "7", include_str!("statuses.txt")),
];

/// The names of the topics, and what each is about.
pub fn with_pages() -> [(&'static str, &'static str); TOPICS.len()] {
    TOPICS.map(|topic| (topic.name, topic.about()))
}

/// The columns that a line of text has at most.
const WIDTH: usize = 80;

/// The columns before the meaning of a term.
const INDENT: usize = 18;

impl Topic {
    /// The topic that is named: `filters`, `filter`, `filters.7`; `exit-codes` are the statuses.
    pub fn named(words: &[String]) -> Option<Self> {
        let [name] = words else { return None };
        let name = if name.starts_with("exit") { "statuses" } else { name };
        let is_plural = |topic: &Self| topic.name.strip_suffix('s') == Some(name);
        let is_page = |topic: &Self| name.strip_suffix(topic.section) == Some(&format!("{}.", topic.name));
        TOPICS.into_iter().find(|topic| topic.name == name || is_plural(topic) || is_page(topic))
    }

    /// What it is about, in a line.
    pub fn about(self) -> &'static str {
        self.text.lines().next().unwrap_or_default()
    }

    pub fn blocks(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for line in self.text.lines().skip(1) {
            match (line, blocks.last_mut()) {
                ("", Some(Block::Lines(lines))) => lines.push(""),
                ("", _) => {}
                ("{operators}", _) => add_items(&mut blocks, OPERATORS.iter().map(|row| (row.name, row.meaning))),
                ("{settings}", _) => add_items(&mut blocks, ROWS.iter().map(|row| (row.key, row.meaning))),
                ("{statuses}", _) => blocks.extend(
                    KINDS.map(|(kind, name, meaning)| Block::Item(format!("{} {name}", kind.exit_status()), meaning)),
                ),
                (line, Some(Block::Lines(lines))) if line.starts_with("  ") => lines.push(line),
                (line, _) => blocks.push(block(line)),
            }
        }
        blocks
    }

    /// The topic as text for a terminal, with the headings marked by `mark`.
    pub fn help(self, mark: impl Fn(&str) -> String) -> String {
        let mut text = self.about().to_owned();
        let mut before = None;
        for block in self.blocks() {
            let is_tight =
                matches!((&before, &block), (Some(Block::Heading(_)), _) | (Some(Block::Item(..)), Block::Item(..)));
            text.push_str(if is_tight { "\n" } else { "\n\n" });
            match &block {
                Block::Heading(heading) => text.push_str(&mark(&format!("{heading}:"))),
                Block::Paragraph(words) => text.push_str(&wrapped("", 0, words)),
                Block::Item(term, meaning) => text.push_str(&wrapped(&format!("  {term}"), INDENT, meaning)),
                Block::Lines(lines) => text.push_str(lines.join("\n").trim_end()),
            }
            before = Some(block);
        }
        text
    }
}

fn block(line: &'static str) -> Block {
    if let Some(heading) = line.strip_prefix("# ") {
        Block::Heading(heading)
    } else if line.starts_with("  ") {
        Block::Lines(vec![line])
    } else if let Some((term, meaning)) = line.split_once(":: ") {
        Block::Item(term.to_owned(), meaning)
    } else {
        Block::Paragraph(line)
    }
}

fn add_items(blocks: &mut Vec<Block>, rows: impl Iterator<Item = (&'static str, &'static str)>) {
    blocks.extend(rows.map(|(term, meaning)| Block::Item(term.to_owned(), meaning)));
}

/// The words in lines of the width, indented; the first one begins with a term.
fn wrapped(term: &str, indent: usize, words: &str) -> String {
    let mut text = term.to_owned();
    let mut column = term.chars().count();
    for word in words.split_whitespace() {
        let length = word.chars().count();
        let gap = match column {
            column if column < indent => indent - column,
            column if column == indent => 0,
            column if column + 1 + length <= WIDTH => 1,
            _ => {
                text.push('\n');
                column = 0;
                indent
            }
        };
        text.extend(std::iter::repeat_n(' ', gap));
        text.push_str(word);
        column += gap + length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_fits_80_columns() {
        for topic in TOPICS {
            for line in topic.help(str::to_owned).lines() {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", topic.name);
            }
        }
    }

    #[test]
    fn words_are_wrapped_under_the_meaning_of_a_term() {
        assert_eq!(wrapped("  eq", 6, "a b"), "  eq  a b");
        let text = wrapped("  eq", INDENT, &"word ".repeat(20));
        let lines: Vec<_> = text.lines().collect();
        assert!(lines.len() == 2 && lines[1].starts_with(&format!("{}word", " ".repeat(INDENT))), "{text}");
    }
}
