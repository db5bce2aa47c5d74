//! The environment variables of settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ColorChoice;
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::output::secrets;
use crate::values::located;

use super::table::Settable;
use super::token::TokenSource;
use super::{Origin, Setting};

/// The environment; an empty variable counts as unset.
pub struct Environment(Box<Variable>);

type Variable = dyn Fn(&str) -> Option<OsString> + Send + Sync;

impl Environment {
    /// The one that `variable` reads: the process's own, or a test's.
    pub fn new(variable: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self(Box::new(variable))
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    fn text(&self, name: &'static str) -> Option<Setting<String>> {
        let text = self.raw(name)?;
        Some(Setting { value: text.to_string_lossy().into_owned(), source: Origin::Environment(name) })
    }

    /// The value of a variable of the table.
    pub fn value<T: Settable>(&self, name: &'static str) -> Result<Option<Setting<T>>, Failure> {
        let Some(text) = self.raw(name) else { return Ok(None) };
        let value = T::read(&text, Path::new("")).map_err(|problem| {
            Failure::new(Kind::Config, format!("the value of {name} is not valid: {problem}"))
                .hint(format!("fix or unset {name}"))
        })?;
        Ok(Some(Setting { value, source: Origin::Environment(name) }))
    }

    /// Where the configuration file is.
    pub fn config(&self) -> Option<PathBuf> {
        self.raw("CARRIERX_CONFIG").map(|path| located(&path, Path::new("")).unwrap_or(path.into()))
    }

    pub fn profile(&self) -> Option<Setting<String>> {
        self.text("CARRIERX_PROFILE")
    }

    /// The color setting from variables that many programs share.
    pub fn color(&self) -> Option<Setting<ColorChoice>> {
        let is_zero = |name| Some(self.raw(name)? == "0");
        let (value, name) = if self.raw("NO_COLOR").is_some() {
            (ColorChoice::Never, "NO_COLOR")
        } else if is_zero("CLICOLOR_FORCE") == Some(false) {
            (ColorChoice::Always, "CLICOLOR_FORCE")
        } else if is_zero("CLICOLOR") == Some(true) {
            (ColorChoice::Never, "CLICOLOR")
        } else {
            return None;
        };
        Some(Setting { value, source: Origin::Environment(name) })
    }

    /// The source of the environment's token, of which there can be only one.
    pub fn token(&self) -> Result<Option<Setting<TokenSource>>, Failure> {
        let given = self.text("CARRIERX_TOKEN").map(|token| token.map(|text| TokenSource::Given(Zeroizing::new(text))));
        let file = self.value("CARRIERX_TOKEN_FILE")?.map(|file| file.map(TokenSource::file));
        if given.is_some() && file.is_some() {
            let message = "there are two tokens: CARRIERX_TOKEN and CARRIERX_TOKEN_FILE are both set";
            return Err(Failure::new(Kind::Config, message).hint("unset one of them"));
        }
        Ok(given.or(file))
    }

    /// Hides the token of `CARRIERX_TOKEN` in whatever is said from now on.
    pub fn hide_token(&self) {
        if let Some(Ok(token)) = self.text("CARRIERX_TOKEN").map(|token| Zeroizing::new(token.value).parse()) {
            secrets::hide(&token);
        }
    }

    /// The variable that contains a token, if any.
    pub fn token_variable(&self) -> Option<&'static str> {
        ["CARRIERX_TOKEN", "CARRIERX_TOKEN_FILE"].into_iter().find(|name| self.raw(name).is_some())
    }
}

#[cfg(test)]
impl Default for Environment {
    fn default() -> Self {
        Self::new(|_| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::new(|_| Some("".into()));
        assert!(environment.token_variable().is_none() && environment.config().is_none());
        assert!(environment.color().is_none() && environment.profile().is_none());
    }
}
