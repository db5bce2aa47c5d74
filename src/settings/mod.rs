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

pub mod command;
mod destination;
pub mod document;
mod environment;
pub mod file;
pub mod prompt;
mod settable;
mod table;
mod token;
pub mod trust;

use std::fmt;
use std::num::NonZeroU64;
use std::path::PathBuf;

use directories::ProjectDirs;
use serde_json::Value;

use crate::error::{Failure, Kind};
use crate::output::secrets;
use crate::values::suggest;
use crate::values::{BaseUrl, Token};

pub use environment::Environment;
use file::File;
pub use settable::Address;
use table::Layer;
pub use table::{Options, ROWS, Settings};
pub use token::TokenSource;

/// The default base URL.
pub const DEFAULT_BASE_URL: &str = "https://api.carrierx.com/core/v2";

/// The default limit of a list.
pub const DEFAULT_LIMIT: NonZeroU64 = NonZeroU64::new(100).unwrap();

/// The default number of retries.
pub const DEFAULT_RETRIES: u32 = 3;

/// A configuration file with every setting commented out, at its default if it has one.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A value, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub source: Source,
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Environment(name) => f.write_str(name),
            Self::File { path, line, .. } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// What cannot be used: an error, unless the command works without a configuration; then it is only listed.
#[derive(Default)]
pub struct Faults {
    ignored: Option<Vec<String>>,
}

impl Faults {
    pub fn pass<T>(&mut self, result: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match (result, &mut self.ignored) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(failure), Some(ignored)) => {
                ignored.push(failure.message);
                Ok(None)
            }
            (Err(failure), None) => Err(failure),
        }
    }
}

impl Settings {
    /// Reads the configuration file, if there is one, and merges it with the options and the environment.
    pub fn load(options: Options, environment: Environment) -> Result<Self, Failure> {
        let mut faults = Faults { ignored: options.does_without_file.then(Vec::new) };
        let file = faults.pass(find(&options, &environment))?.unwrap_or_default();
        Self::merge(options, environment, file, faults)
    }

    /// Applies the precedence, and nothing else does.
    fn merge(options: Options, environment: Environment, file: File, mut faults: Faults) -> Result<Self, Failure> {
        let profile = selected(&options, &environment, &file);
        let profile = faults.pass(known(profile, &file, options.makes_profile))?.flatten();
        let is_typed = profile.as_ref().is_some_and(|profile| matches!(profile.source, Source::Option(_)));
        let stored = file.layer(profile.as_ref().map(|profile| profile.value.as_str()));
        let mut given = Layer::given(options, &environment, &mut faults)?;
        given.color = given.color.or(environment.color.clone());
        // Typing the name of a profile means using its token.
        let uses_stored = is_typed && stored.token.is_some();
        let token = if uses_stored { None } else { faults.pass(environment.token())?.flatten() };
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
            ignored: faults.ignored.unwrap_or_default(),
            ..merged
        })
    }

    /// Every setting with its value and source, for display. No secret is among them.
    pub fn shown(&self) -> Vec<(&'static str, Value, String)> {
        let unset = || (Value::Null, Source::Default.to_string());
        let profile = self.profile.as_ref();
        let profile = profile.map_or_else(unset, |profile| (profile.value.as_str().into(), profile.source.to_string()));
        let names = Value::from_iter(self.profiles.iter().map(String::as_str));
        let file = self.config.as_ref().filter(|_| !self.profiles.is_empty());
        let file = file.map_or_else(|| Source::Default.to_string(), |path| path.display().to_string());
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

    /// Where the API is, for the token that is used.
    pub fn destination(&self) -> Result<BaseUrl, Failure> {
        let url = self.base_url()?;
        let Some(Setting { value, source }) = &self.token else {
            return Err(self.no_token());
        };
        self.check(source, &format!("send the token from {} to", value.origin(source)), url)
    }

    /// Where the API is, for a token that is about to be stored.
    pub fn destination_of_new_token(&self) -> Result<BaseUrl, Failure> {
        let path = self.config.clone().unwrap_or_default();
        let place = Source::File { path, line: 0, of_profile: self.profile.is_some() };
        self.check(&place, "store a token for", self.base_url()?)
    }

    fn check(&self, place: &Source, action: &str, url: BaseUrl) -> Result<BaseUrl, Failure> {
        let source = &self.base_url.source;
        let is_default = |profile: &Setting<String>| matches!(profile.source, Source::File { .. });
        if destination::may_be_sent(place, source, !self.profile.as_ref().is_some_and(is_default)) {
            return Ok(url);
        }
        let (from, remedy) = match (source, &self.profile) {
            (Source::Environment(_), _) => (source.to_string(), "unset CARRIERX_BASE_URL".to_owned()),
            (Source::File { of_profile: true, .. }, Some(Setting { value: name, .. })) => (
                format!("{source}, profile `{name}`, which default_profile selects"),
                format!("select the profile with --profile {name} or CARRIERX_PROFILE"),
            ),
            (_, Some(Setting { value: name, .. })) => (
                format!("{source}, not from profile `{name}`"),
                format!("write `base_url` below [profiles.{name}], next to its token"),
            ),
            (_, None) => (source.to_string(), "write `base_url` next to the token".to_owned()),
        };
        let message = format!("refusing to {action} {}: the base URL {url} comes from {from}", url.host());
        Err(Failure::new(Kind::Config, message).hint(format!("{remedy}, or confirm with --base-url {url}")))
    }

    /// The token, and where it came from in words. It is resolved only when a request needs it, so that commands that
    /// need none work without one.
    pub fn token(&self) -> Result<(Token, String), Failure> {
        // Before the token, which may require running a command.
        self.destination()?;
        let Some(Setting { value, source }) = &self.token else {
            return Err(self.no_token());
        };
        let origin = value.origin(source);
        let token = value.fetch()?.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the token from {origin} is not valid: {problem}"))
                .hint("copy it again from the portal, Account > Security Tokens")
        })?;
        Ok((token, origin))
    }

    /// Hides the tokens that are known without running a program in whatever is said from now on.
    pub fn hide_tokens(&self) {
        let known = [&self.token, &self.stored_token].into_iter().flatten();
        let known = known.filter(|token| !matches!(token.value, TokenSource::Command(_)));
        known.filter_map(|token| token.value.fetch().ok()?.parse().ok()).for_each(|token| secrets::hide(&token));
    }

    fn no_token(&self) -> Failure {
        let portal = "tokens are created in the portal under Account > Security Tokens";
        if let Some(profile) = &self.profile {
            let name = &profile.value;
            let message = format!("profile `{name}` (from {}) has no token", profile.source);
            let hint = format!("run `carrierx auth login --profile {name}`, or set CARRIERX_TOKEN; {portal}");
            return Failure::new(Kind::Config, message).hint(hint);
        }
        let file =
            self.config.as_deref().map_or_else(String::new, |path| format!(" to store one in {}", path.display()));
        Failure::new(Kind::Config, "there is no token for the API")
            .hint(format!("run `carrierx auth login`{file}, or set CARRIERX_TOKEN; {portal}; --sandbox needs none"))
    }
}

/// Where the history is for whoever selects these options, this environment and this file; whatever else is set need
/// not be valid.
pub fn history(options: Options, environment: &Environment, file: &File) -> Option<PathBuf> {
    let profile = selected(&options, environment, file).map(|profile| profile.value);
    let mut faults = Faults { ignored: Some(Vec::new()) };
    let given = Layer::given(options, environment, &mut faults).ok()?;
    given.over(file.layer(profile.as_deref())).history.map(|history| history.value)
}

/// The profile that is selected, whether there is one of that name or not.
fn selected(options: &Options, environment: &Environment, file: &File) -> Option<Setting<String>> {
    let set = |value: &String, source| Setting { value: value.clone(), source };
    let typed = options.profile.as_ref().map(|name| set(name, Source::Option("--profile")));
    let variable = || environment.profile.as_ref().map(|name| set(name, Source::Environment("CARRIERX_PROFILE")));
    typed.or_else(variable).or_else(|| file.default_profile.clone())
}

/// The selected profile, if the file has it or the command is about to make it.
fn known(
    profile: Option<Setting<String>>,
    file: &File,
    makes_profile: bool,
) -> Result<Option<Setting<String>>, Failure> {
    match profile {
        Some(name) if !makes_profile && file.profile(&name.value).is_none() => Err(unknown_profile(&name, file)),
        profile => Ok(profile),
    }
}

fn unknown_profile(name: &Setting<String>, file: &File) -> Failure {
    let Setting { value, source } = name;
    let place = file.path.as_deref().map_or("the configuration".to_owned(), |path| path.display().to_string());
    let failure = Failure::new(Kind::Config, format!("profile `{value}` (from {source}) not found in {place}"));
    let known: Vec<&str> = file.profiles.iter().map(|(name, _)| name.as_str()).collect();
    match suggest::closest(value, known.iter().copied()) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None if known.is_empty() => {
            failure.hint(format!("no profiles are defined; to create it, run `carrierx auth login --profile {value}`"))
        }
        None => failure.hint(format!(
            "available: {}; to create it, run `carrierx auth login --profile {value}`",
            known.join(", ")
        )),
    }
}

/// The configuration file that is named, or the one at the platform's place, which need not exist.
fn find(options: &Options, environment: &Environment) -> Result<File, Failure> {
    let named = named_path(options, environment);
    let may_be_missing = named.is_none() || options.makes_profile;
    let Some(path) = named.or_else(default_path) else { return Ok(File::default()) };
    match File::read(&path)? {
        Some(file) => Ok(file),
        None if may_be_missing => Ok(File::empty(path)),
        None => Err(Failure::new(Kind::Config, format!("the configuration file {} does not exist", path.display()))
            .hint("check the path in --config or CARRIERX_CONFIG")),
    }
}

/// Where the configuration file is, or would be.
pub fn path(options: &Options, environment: &Environment) -> Result<PathBuf, Failure> {
    named_path(options, environment).or_else(default_path).ok_or_else(|| {
        Failure::new(Kind::Config, "there is no place for a configuration file, as there is no home folder")
            .hint("set HOME, or name a file with --config or CARRIERX_CONFIG")
    })
}

fn named_path(options: &Options, environment: &Environment) -> Option<PathBuf> {
    options.config.clone().or_else(|| environment.config.clone())
}

/// Where the configuration file is when nobody names one: the platform's place for configuration.
fn default_path() -> Option<PathBuf> {
    ProjectDirs::from("", "", "carrierx").map(|dirs| dirs.config_dir().join("config.toml"))
}

#[cfg(test)]
mod tests;
