//! What each shell is given: a script of our own, and one candidate a line. What the candidates are is the engine's.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine;

use crate::output::text;

/// The index of the word that is completed, if the shell sets it; else it is the last.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";

/// A shell, and how the program speaks to it.
pub struct Adapter {
    pub name: &'static str,
    pub script: &'static [u8],
    /// Whether a tab and a few words of help may follow a candidate.
    shows_help: bool,
}

/// Bash splits words at `=` and `:`. It quotes candidates itself, as it does for names of files.
pub const BASH: Adapter = Adapter { name: "bash", script: include_bytes!("bash.sh"), shows_help: false };

/// Zsh loads an installed script on the first Tab, which wants an answer at once. A home that is written `~` stays so.
pub const ZSH: Adapter = Adapter { name: "zsh", script: include_bytes!("zsh.sh"), shows_help: true };

/// Fish quotes candidates itself.
pub const FISH: Adapter = Adapter { name: "fish", script: include_bytes!("script.fish"), shows_help: true };

/// PowerShell inserts candidates as they are, so that its script quotes them.
pub const POWERSHELL: Adapter = Adapter { name: "powershell", script: include_bytes!("script.ps1"), shows_help: true };

/// Elvish quotes candidates itself.
pub const ELVISH: Adapter = Adapter { name: "elvish", script: include_bytes!("script.elv"), shows_help: false };

impl Adapter {
    /// Writes the candidates for the word of a line that is being typed.
    pub fn write_candidates(
        &self,
        command: &mut Command,
        mut words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let index = env::var(INDEX).ok().and_then(|index| index.parse().ok());
        let index = index.unwrap_or(words.len().saturating_sub(1));
        if index == words.len() {
            // Some versions of PowerShell pass no empty word.
            words.push(OsString::new());
        }
        let is_option = words.get(index).is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"));
        for candidate in engine::complete(command, words, index, folder)? {
            // Options would push what was asked for off the screen.
            if !is_option && candidate.get_value().as_encoded_bytes().starts_with(b"-") {
                continue;
            }
            // Shells print candidates: only names of plain characters are offered, which are one line each, too.
            let Some(value) = candidate.get_value().to_str().filter(|value| text::escape(value) == *value) else {
                continue;
            };
            let help = candidate.get_help().filter(|_| self.shows_help).map(ToString::to_string).unwrap_or_default();
            match help.lines().next() {
                // Names of partners are among it.
                Some(help) => writeln!(out, "{value}\t{}", text::escape(help))?,
                None => writeln!(out, "{value}")?,
            }
        }
        Ok(())
    }
}
