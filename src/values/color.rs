//! When results are colored.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;

/// When results are colored.
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
        <Self as ValueEnum>::from_str(text, true).map_err(|_| format!("`{text}` is none of auto, always, never"))
    }
}

impl fmt::Display for ColorChoice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}
