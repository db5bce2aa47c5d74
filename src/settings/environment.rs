//! The environment variables that set something.

use std::ffi::OsString;

use zeroize::Zeroizing;

use crate::values::ColorChoice;

/// What the environment sets; an empty variable is like none.
#[derive(Debug, Default)]
pub struct Environment {
    /// `CARRIERX_TOKEN`
    pub token: Option<Zeroizing<String>>,
    /// `CARRIERX_BASE_URL`
    pub base_url: Option<String>,
    /// `CARRIERX_CONFIG`
    pub config: Option<OsString>,
    /// `CARRIERX_OUTPUT`
    pub output: Option<String>,
    /// `CARRIERX_PROFILE`
    pub profile: Option<String>,
    /// What the variables that many programs share say of colour, and which of them says so.
    pub color: Option<(ColorChoice, &'static str)>,
}

impl Environment {
    /// Reads the variables through `variable`, which is the process's own environment or a test's.
    ///
    /// What is not UTF-8 is read with replacement characters, which every setting then refuses in its own words.
    pub fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let raw = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| raw(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            token: text("CARRIERX_TOKEN").map(Zeroizing::new),
            base_url: text("CARRIERX_BASE_URL"),
            config: raw("CARRIERX_CONFIG"),
            output: text("CARRIERX_OUTPUT"),
            profile: text("CARRIERX_PROFILE"),
            color: if raw("NO_COLOR").is_some() {
                Some((ColorChoice::Never, "NO_COLOR"))
            } else if raw("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
                Some((ColorChoice::Always, "CLICOLOR_FORCE"))
            } else {
                raw("CLICOLOR").filter(|value| value == "0").map(|_| (ColorChoice::Never, "CLICOLOR"))
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::read(|name| Some(if name == "CARRIERX_OUTPUT" { "csv" } else { "" }.into()));
        assert_eq!(environment.output.as_deref(), Some("csv"));
        assert!(environment.token.is_none() && environment.base_url.is_none() && environment.config.is_none());
    }
}
