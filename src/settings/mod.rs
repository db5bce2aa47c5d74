//! The settings of a run: options, environment and configuration file, merged once into plain values.
//!
//! Each setting knows its source, so that messages can name it. Precedence, highest first:
//!
//! 1. the option on the command line,
//! 2. the environment variable, which every key of the file has,
//! 3. the selected profile of the configuration file,
//! 4. its top level,
//! 5. the default.
//!
//! The token has no option, because arguments are visible in process lists. A selected profile does not inherit the
//! token of the top level, which belongs to another account. A profile selected by `--profile` overrides the
//! environment's token.

mod destination;
pub mod edit;
mod environment;
pub mod file;
mod table;
mod token;
pub mod trust;

use std::fmt;
use std::path::PathBuf;

use directories::ProjectDirs;
use serde_json::Value;

use crate::api::Credentials;
use crate::error::{Failure, Kind};
use crate::output::secrets;
use crate::values::{BaseUrl, suggest};

pub use environment::Environment;
use file::ConfigFile;
use table::Layer;
pub use table::{Address, Options, ROWS, Settings};
pub use token::TokenSource;

/// The default base URL.
pub const DEFAULT_BASE_URL: &str = "https://api.carrierx.com/core/v2";

/// A configuration file with every setting commented out, at its default if it has one.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A value, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub source: Origin,
}

impl<T> Setting<T> {
    /// Another value from the same place.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: make(self.value), source: self.source }
    }
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The named option on the command line.
    Option(&'static str),
    Environment(&'static str),
    /// A line of the configuration file, counted from 1, at the top level or in the selected profile.
    File {
        path: PathBuf,
        line: usize,
        of_profile: bool,
    },
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Environment(name) => f.write_str(name),
            Self::File { path, line, .. } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

impl Settings {
    /// Reads the configuration file, if there is one, and merges it with the options and the environment.
    pub fn load(options: Options, environment: &Environment) -> Result<Self, Failure> {
        let file = find(&options, environment)?;
        Self::merge(options, environment, file)
    }

    /// Applies the precedence, and nothing else does.
    fn merge(options: Options, environment: &Environment, file: ConfigFile) -> Result<Self, Failure> {
        let profile = selected(&options, environment, &file);
        if let Some(name) = profile.as_ref().filter(|_| !options.makes_profile) {
            check_known(name, &file)?;
        }
        let is_typed = profile.as_ref().is_some_and(|profile| matches!(profile.source, Origin::Option(_)));
        let stored = file.layer(profile.as_ref().map(|profile| profile.value.as_str()));
        let mut given = Layer::given(options, environment)?;
        given.color = given.color.or_else(|| environment.color());
        // Typing the name of a profile means using its token.
        let uses_stored = is_typed && stored.token.is_some();
        let token = if uses_stored { None } else { environment.token()? };
        let hidden_token = match &stored.token {
            Some(_) if uses_stored => environment.token_variable().map(str::to_owned),
            Some(stored) if token.is_some() => Some(stored.source.to_string()),
            _ => None,
        };
        let merged = Self::of(given.over(Layer { token: None, ..stored.clone() }));
        Ok(Self {
            profile,
            profiles: file.profiles.into_iter().map(|(name, _)| name).collect(),
            token: token.or(stored.token.clone()),
            stored_token: stored.token,
            hidden_token,
            config: file.path,
            ..merged
        })
    }

    /// Every setting with its value and source, for display. No secret is among them.
    pub fn shown(&self) -> Vec<(&'static str, Value, String)> {
        let unset = || (Value::Null, Origin::Default.to_string());
        let profile = self.profile.as_ref();
        let profile = profile.map_or_else(unset, |profile| (profile.value.as_str().into(), profile.source.to_string()));
        let names = Value::from_iter(self.profiles.iter().map(String::as_str));
        let file = self.config.as_ref().filter(|_| !self.profiles.is_empty());
        let file = file.map_or_else(|| Origin::Default.to_string(), |path| path.display().to_string());
        let token = self.token.as_ref().map_or_else(unset, |token| ("(set)".into(), token.value.origin(&token.source)));
        let first = [("profile", profile), ("profiles", (names, file)), ("token", token)];
        first.into_iter().map(|(name, (value, source))| (name, value, source)).chain(self.rows()).collect()
    }

    /// Where the API is.
    pub fn base_url(&self) -> Result<BaseUrl, Failure> {
        self.base_url.value.0.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the base URL from {} is not valid: {problem}", self.base_url.source))
                .hint(format!("the default is {DEFAULT_BASE_URL}"))
        })
    }

    /// Where the API is, for a token that is about to be stored.
    pub fn destination_of_new_token(&self) -> Result<BaseUrl, Failure> {
        let path = self.config.clone().unwrap_or_default();
        let place = Origin::File { path, line: 0, of_profile: self.profile.is_some() };
        self.check(&place, "store a token for", self.base_url()?)
    }

    /// The address, if a token from that place may go there.
    fn check(&self, place: &Origin, action: &str, url: BaseUrl) -> Result<BaseUrl, Failure> {
        let source = &self.base_url.source;
        let is_default = |profile: &Setting<String>| matches!(profile.source, Origin::File { .. });
        if destination::may_be_sent(place, source, !self.profile.as_ref().is_some_and(is_default)) {
            return Ok(url);
        }
        let message = format!("refusing to {action} {}: the base URL {url} comes from {source}", url.host());
        Err(Failure::new(Kind::Config, message)
            .hint(format!("confirm with --base-url {url}, or write `base_url` next to the token")))
    }

    /// The token, and where it came from. It is resolved only when a request needs it, so that commands that
    /// need none work without one.
    pub fn token(&self) -> Result<Credentials, Failure> {
        let url = self.base_url()?;
        let Some(Setting { value, source }) = &self.token else {
            return Err(self.no_token());
        };
        let origin = value.origin(source);
        // Before the token, which may require running a command.
        self.check(source, &format!("send the token from {origin} to"), url)?;
        let token = value.fetch()?.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the token from {origin} is not valid: {problem}"))
                .hint("copy it again from the portal, Account > Security Tokens")
        })?;
        Ok(Credentials { token, source: origin })
    }

    /// Hides the tokens that are known without running a program in whatever is said from now on.
    pub fn hide_tokens(&self) {
        let known = [&self.token, &self.stored_token].into_iter().flatten();
        let known = known.filter(|token| !matches!(token.value, TokenSource::Command(_)));
        known.filter_map(|token| token.value.fetch().ok()?.parse().ok()).for_each(|token| secrets::hide(&token));
    }

    fn no_token(&self) -> Failure {
        let (message, option) = match &self.profile {
            Some(Setting { value: name, source }) => {
                (format!("profile `{name}` (from {source}) has no token"), format!(" --profile {name}"))
            }
            None => ("there is no token for the API".to_owned(), String::new()),
        };
        Failure::new(Kind::Config, message).hint(format!(
            "run `carrierx auth login{option}`, or set CARRIERX_TOKEN; tokens are created in the portal under Account > \
             Security Tokens; --sandbox needs none"
        ))
    }
}

/// The profile that is selected, whether there is one of that name or not.
fn selected(options: &Options, environment: &Environment, file: &ConfigFile) -> Option<Setting<String>> {
    let typed = options.profile.clone().map(|value| Setting { value, source: Origin::Option("--profile") });
    typed.or_else(|| environment.profile()).or_else(|| file.default_profile.clone())
}

/// Refuses a profile that the file does not have.
fn check_known(Setting { value, source }: &Setting<String>, file: &ConfigFile) -> Result<(), Failure> {
    if file.profile(value).is_some() {
        return Ok(());
    }
    let place = file.path.as_deref().map_or("the configuration".to_owned(), |path| path.display().to_string());
    let failure = Failure::new(Kind::Config, format!("profile `{value}` (from {source}) not found in {place}"));
    let known: Vec<&str> = file.profiles.iter().map(|(name, _)| name.as_str()).collect();
    let hint = if known.is_empty() { "no profiles are defined".to_owned() } else { suggest::hint(value, &known) };
    Err(failure.hint(format!("{hint}; to create it, run `carrierx auth login --profile {value}`")))
}

/// The configuration file that is named, or the one at the platform's place, which need not exist.
pub fn find(options: &Options, environment: &Environment) -> Result<ConfigFile, Failure> {
    let Ok(path) = path(options, environment) else { return Ok(ConfigFile::default()) };
    let is_named = options.config.is_some() || environment.config().is_some();
    match ConfigFile::read(&path)? {
        Some(file) => Ok(file),
        None if !is_named || options.makes_profile => Ok(ConfigFile::empty(path)),
        None => Err(Failure::new(Kind::Config, format!("the configuration file {} does not exist", path.display()))
            .hint("check the path in --config or CARRIERX_CONFIG")),
    }
}

/// Where the configuration file is, or would be: by default at the platform's place for configuration.
pub fn path(options: &Options, environment: &Environment) -> Result<PathBuf, Failure> {
    let default = || ProjectDirs::from("", "", "carrierx").map(|dirs| dirs.config_dir().join("config.toml"));
    options.config.clone().or_else(|| environment.config()).or_else(default).ok_or_else(|| {
        Failure::new(Kind::Config, "there is no place for a configuration file, as there is no home directory")
            .hint("set HOME, or use --config or CARRIERX_CONFIG")
    })
}

#[cfg(test)]
mod tests;
