//! When results are coloured.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

/// When results are coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal that supports color
    #[default]
    Auto,
    /// Always, including in pipes
    Always,
    /// Never
    Never,
}

impl ColorChoice {
    /// The word that names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl FromStr for ColorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::value_variants().iter().copied().find(|choice| choice.name() == text);
        known.ok_or_else(|| format!("`{text}` is none of auto, always, never"))
    }
}

impl fmt::Display for ColorChoice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}
