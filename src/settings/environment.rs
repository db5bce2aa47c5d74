//! The environment variables of settings.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::ColorChoice;
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::output::secrets;
use crate::values::located;

use super::settable::Settable;
use super::table::ROWS;
use super::token::TokenSource;
use super::{Setting, Source};

/// What the environment sets; an empty variable counts as unset.
#[derive(Debug, Default)]
pub struct Environment {
    /// `CARRIERX_TOKEN`
    token: Option<Zeroizing<String>>,
    /// `CARRIERX_TOKEN_FILE`
    token_file: Option<OsString>,
    /// `CARRIERX_CONFIG`
    pub config: Option<PathBuf>,
    /// `CARRIERX_PROFILE`
    pub profile: Option<String>,
    /// The color setting from variables that many programs share, and which variable it is.
    pub color: Option<Setting<ColorChoice>>,
    /// The variables of the table that are set.
    settings: Vec<(&'static str, OsString)>,
}

impl Environment {
    /// Reads the variables through `variable`, which is the process's own environment or a test's.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let raw = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| raw(name).map(|value| value.to_string_lossy().into_owned());
        let color = |value, name| Some(Setting { value, source: Source::Environment(name) });
        Self {
            token: text("CARRIERX_TOKEN").map(Zeroizing::new),
            token_file: raw("CARRIERX_TOKEN_FILE"),
            config: raw("CARRIERX_CONFIG").map(|path| located(&path, Path::new("")).unwrap_or(path.into())),
            profile: text("CARRIERX_PROFILE"),
            color: if raw("NO_COLOR").is_some() {
                color(ColorChoice::Never, "NO_COLOR")
            } else if raw("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
                color(ColorChoice::Always, "CLICOLOR_FORCE")
            } else {
                raw("CLICOLOR").filter(|value| value == "0").and_then(|_| color(ColorChoice::Never, "CLICOLOR"))
            },
            settings: ROWS.iter().filter_map(|row| Some((row.variable, raw(row.variable)?))).collect(),
        }
    }

    /// The value of a variable of the table.
    pub fn value<T: Settable>(&self, name: &'static str) -> Result<Option<Setting<T>>, Failure> {
        let Some((_, text)) = self.settings.iter().find(|(set, _)| *set == name) else { return Ok(None) };
        read(name, text).map(|value| Some(Setting { value, source: Source::Environment(name) }))
    }

    /// The text of `CARRIERX_OUTPUT`.
    pub fn output(&self) -> Option<&str> {
        self.settings.iter().find(|(name, _)| *name == "CARRIERX_OUTPUT").and_then(|(_, text)| text.to_str())
    }

    /// The source of the environment's token, of which there can be only one.
    pub fn token(&self) -> Result<Option<Setting<TokenSource>>, Failure> {
        let set = |value, name| Ok(Some(Setting { value, source: Source::Environment(name) }));
        match (&self.token, &self.token_file) {
            (Some(_), Some(_)) => Err(Failure::new(
                Kind::Config,
                "there are two tokens: CARRIERX_TOKEN and CARRIERX_TOKEN_FILE are both set",
            )
            .hint("unset one of them")),
            (Some(token), None) => set(TokenSource::Given(token.clone()), "CARRIERX_TOKEN"),
            (None, Some(file)) => {
                let path = read("CARRIERX_TOKEN_FILE", file)?;
                set(TokenSource::File(path), "CARRIERX_TOKEN_FILE")
            }
            (None, None) => Ok(None),
        }
    }

    /// Hides the token of `CARRIERX_TOKEN` in whatever is said from now on.
    pub fn hide_token(&self) {
        if let Some(Ok(token)) = self.token.as_ref().map(|token| token.parse()) {
            secrets::hide(&token);
        }
    }

    /// The variable that contains a token, if any.
    pub fn token_variable(&self) -> Option<&'static str> {
        let token = self.token.as_ref().map(|_| "CARRIERX_TOKEN");
        token.or(self.token_file.as_ref().map(|_| "CARRIERX_TOKEN_FILE"))
    }
}

fn read<T: Settable>(name: &str, text: &OsStr) -> Result<T, Failure> {
    T::read(text, Path::new("")).map_err(|problem| {
        Failure::new(Kind::Config, format!("the value of {name} is not valid: {problem}"))
            .hint(format!("fix or unset {name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::read(|name| Some(if name == "CARRIERX_OUTPUT" { "csv" } else { "" }.into()));
        assert_eq!(environment.output(), Some("csv"));
        assert!(environment.token_variable().is_none() && environment.config.is_none());
        assert_eq!(environment.settings.len(), 1);
    }
}
