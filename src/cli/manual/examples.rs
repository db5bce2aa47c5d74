//! The examples at the end of a command's help, taken apart.

/// Examples, and what is said about them.
#[derive(Debug, Default)]
pub struct Examples<'t> {
    /// What to add to each of them.
    pub add: Option<&'t str>,
    pub lines: Vec<&'t str>,
    /// The paragraphs after them.
    pub notes: Vec<&'t str>,
}

impl<'t> Examples<'t> {
    /// Reads what stands after the help of a command.
    pub fn of(text: &'t str) -> Self {
        let mut paragraphs = text.split("\n\n");
        let mut lines = paragraphs.next().unwrap_or_default().lines();
        let title = lines.next().unwrap_or_default();
        let add = title.strip_prefix("Examples (add ").and_then(|title| title.strip_suffix("):"));
        Self { add, lines: lines.collect(), notes: paragraphs.collect() }
    }

    /// The command lines, each in one line.
    pub fn commands(&self) -> Vec<String> {
        let mut commands: Vec<String> = Vec::new();
        for line in &self.lines {
            match commands.last_mut() {
                Some(last) if last.ends_with('|') => *last = format!("{last} {}", line.trim()),
                _ => commands.push(line.trim().to_owned()),
            }
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipeline_over_two_lines_is_one_command() {
        let examples = Examples::of("Examples (add --x to try):\n  a 'b'  # why\n  c |\n    d -\n\nA note.");
        assert_eq!(examples.commands(), ["a 'b'  # why", "c | d -"]);
        assert_eq!((examples.add, examples.notes), (Some("--x to try"), vec!["A note."]));
    }
}
