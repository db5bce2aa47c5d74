//! What holds for a run: options, environment and configuration file merged once into plain values.
//!
//! Each setting knows where it came from, since a message that says so spares its reader a search. The first place
//! that gives a setting wins:
//!
//! 1. the option on the command line,
//! 2. the environment variable,
//! 3. the selected profile of the configuration file,
//! 4. its top level,
//! 5. the default.
//!
//! The token has no option, as arguments show in process lists. A selected profile does not fall back to the token of the
//! top level, which is another account's; and one that `--profile` selects comes before the environment, as whoever types
//! it means it.

pub mod document;
mod environment;
pub mod file;
mod token;

use std::fmt;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde_json::Value;

use crate::error::{Failure, Kind};
use crate::suggest;
use crate::values::{BaseUrl, ColorChoice, FieldName, Format, Order, Parallel, TimeLimit, Token};

pub use environment::Environment;
use file::{File, Section};
pub use token::TokenSource;

/// Where the API is unless something else is said.
pub const DEFAULT_BASE_URL: &str = "https://api.carrierx.com/core/v2";

/// How many partners are listed unless something else is said.
pub const DEFAULT_LIMIT: NonZeroU64 = NonZeroU64::new(100).unwrap();

/// How many further attempts may follow the first unless something else is said.
pub const DEFAULT_RETRIES: u32 = 3;

/// A configuration file in which every setting stands in a comment, with its default if it has one.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A value, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub source: Source,
}

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The named option on the command line.
    Option(&'static str),
    /// The named environment variable.
    Environment(&'static str),
    /// A line of the configuration file, counted from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Environment(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// The settings that were given as options.
#[derive(Debug, Default)]
pub struct Options {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--base-url`
    pub base_url: Option<String>,
    /// `--output`
    pub output: Option<Format>,
    /// `--timeout`
    pub timeout: Option<TimeLimit>,
    /// `--retries`
    pub retries: Option<u32>,
    /// `--ca-file`
    pub ca_file: Option<PathBuf>,
    /// `--color`
    pub color: Option<ColorChoice>,
    /// `--parallel`
    pub parallel: Option<Parallel>,
    /// `--fields`
    pub fields: Option<Vec<FieldName>>,
    /// `--limit`
    pub limit: Option<NonZeroU64>,
    /// `--order`
    pub order: Option<Order>,
    /// `--formula-guard`
    pub formula_guard: bool,
    /// Whether a named file or profile that does not exist is about to be made.
    pub makes_profile: bool,
}

/// Everything that can be set, merged.
#[derive(Debug)]
pub struct Settings {
    /// The output format.
    pub output: Setting<Format>,
    /// The fields to show; none leaves it to the format.
    pub fields: Option<Setting<Vec<FieldName>>>,
    /// The most partners that a list has.
    pub limit: Setting<NonZeroU64>,
    /// The order of a list.
    pub order: Setting<Order>,
    /// Whether text in CSV and TSV is kept from being run as a formula.
    pub formula_guard: Setting<bool>,
    /// How long one attempt at a request may take.
    pub timeout: Setting<TimeLimit>,
    /// How many further attempts may follow the first.
    pub retries: Setting<u32>,
    /// A PEM file of certificate authorities that are trusted beside those of the system.
    pub ca_file: Option<Setting<PathBuf>>,
    /// How many pages are requested at a time.
    pub parallel: Setting<Parallel>,
    /// When results are coloured.
    pub color: Setting<ColorChoice>,
    /// The selected profile.
    pub profile: Option<Setting<String>>,
    base_url: Setting<String>,
    token: Option<Setting<TokenSource>>,
    /// What the configuration says of a token, whether that holds or not.
    pub stored_token: Option<Setting<TokenSource>>,
    /// Where another token is that the one which holds comes before.
    pub hidden_token: Option<String>,
    /// Where the configuration file is or would be.
    config: Option<PathBuf>,
}

impl Settings {
    /// Reads the configuration file, if there is one, and merges it with the options and the environment.
    ///
    /// # Errors
    /// When the file was named and is missing, or cannot be used; when a variable holds no value of its setting.
    pub fn load(options: Options, environment: Environment) -> Result<Self, Failure> {
        let file = match named_path(&options, &environment) {
            Some(named) => match File::read(&named)? {
                Some(file) => file,
                None if options.makes_profile => File::empty(named),
                None => return Err(missing(&named)),
            },
            None => match default_path() {
                Some(path) => File::read(&path)?.unwrap_or_else(|| File::empty(path)),
                None => File::default(),
            },
        };
        Self::merge(options, environment, file)
    }

    /// The one place where precedence is decided.
    fn merge(options: Options, environment: Environment, file: File) -> Result<Self, Failure> {
        let profile = by_option(options.profile, "--profile")
            .or(by_variable(environment.profile, "CARRIERX_PROFILE"))
            .or(file.default_profile.clone());
        let section = match &profile {
            Some(name) => match file.profile(&name.value) {
                Some(section) => section.clone().over(file.top),
                None if options.makes_profile => Section::default().over(file.top),
                None => return Err(unknown_profile(name, &file)),
            },
            None => file.top,
        };
        let stored_token = section.token.clone();
        let by_environment = by_variable(environment.token.map(TokenSource::Given), "CARRIERX_TOKEN");
        let (first, second) = match &profile {
            Some(Setting { source: Source::Option(_), .. }) => (section.token, by_environment),
            _ => (by_environment, section.token),
        };
        let hidden_token = first.as_ref().and(second.as_ref()).map(|hidden| hidden.source.to_string());
        let token = first.or(second);
        let output = match (options.output, environment.output) {
            (Some(format), _) => given(format, Source::Option("--output")),
            (None, Some(name)) => given(
                name.parse().map_err(|problem| {
                    Failure::new(Kind::Config, format!("CARRIERX_OUTPUT cannot be used: {problem}"))
                        .hint("mend the variable or unset it")
                })?,
                Source::Environment("CARRIERX_OUTPUT"),
            ),
            (None, None) => section.output.unwrap_or(by_default(Format::Table)),
        };
        Ok(Self {
            output,
            fields: by_option(options.fields, "--fields").or(section.fields),
            limit: by_option(options.limit, "--limit").or(section.limit).unwrap_or(by_default(DEFAULT_LIMIT)),
            order: by_option(options.order, "--order")
                .or(section.order)
                .unwrap_or_else(|| by_default(Order::oldest_first())),
            timeout: by_option(options.timeout, "--timeout")
                .or(section.timeout)
                .unwrap_or(by_default(TimeLimit::DEFAULT)),
            formula_guard: by_option(options.formula_guard.then_some(true), "--formula-guard")
                .or(section.formula_guard)
                .unwrap_or(by_default(false)),
            retries: by_option(options.retries, "--retries").or(section.retries).unwrap_or(by_default(DEFAULT_RETRIES)),
            ca_file: by_option(options.ca_file, "--ca-file").or(section.ca_file),
            base_url: by_option(options.base_url, "--base-url")
                .or(by_variable(environment.base_url, "CARRIERX_BASE_URL"))
                .or(section.base_url)
                .unwrap_or_else(|| by_default(DEFAULT_BASE_URL.to_owned())),
            parallel: by_option(options.parallel, "--parallel")
                .or(section.parallel)
                .unwrap_or(by_default(Parallel::DEFAULT)),
            color: by_option(options.color, "--color")
                .or(environment.color.map(|(choice, name)| given(choice, Source::Environment(name))))
                .or(section.color)
                .unwrap_or(by_default(ColorChoice::Auto)),
            token,
            stored_token,
            hidden_token,
            profile,
            config: file.path,
        })
    }

    /// Every setting by its name, its value, and where it came from, for people to look at. No secret is among them.
    pub fn shown(&self) -> Vec<(&'static str, Value, String)> {
        fn set<T>(setting: &Setting<T>, value: impl Into<Value>) -> (Value, String) {
            (value.into(), setting.source.to_string())
        }
        let unset = || (Value::Null, Source::Default.to_string());
        let path = |path: &PathBuf| path.display().to_string();
        let token = |token: &Setting<TokenSource>| match token.value {
            TokenSource::Given(_) => set(token, "(set)"),
            ref kept => ("(set)".into(), format!("the {} of {}", kept.key(), token.source)),
        };
        // One that cannot be used may hold a password.
        let base_url = self.base_url().map_or_else(|_| "(cannot be used)".to_owned(), |url| url.to_string());
        let names = |names: &[FieldName]| Value::from_iter(names.iter().map(FieldName::as_str));
        [
            ("profile", self.profile.as_ref().map_or_else(unset, |profile| set(profile, profile.value.as_str()))),
            ("token", self.token.as_ref().map_or_else(unset, token)),
            ("base_url", set(&self.base_url, base_url)),
            ("output", set(&self.output, self.output.value.name())),
            ("fields", self.fields.as_ref().map_or_else(unset, |fields| set(fields, names(&fields.value)))),
            ("limit", set(&self.limit, self.limit.value.get())),
            ("order", set(&self.order, self.order.value.to_string())),
            ("timeout", set(&self.timeout, self.timeout.value.to_string())),
            ("retries", set(&self.retries, self.retries.value)),
            ("parallel", set(&self.parallel, self.parallel.value.get())),
            ("color", set(&self.color, self.color.value.name())),
            ("formula_guard", set(&self.formula_guard, self.formula_guard.value)),
            ("ca_file", self.ca_file.as_ref().map_or_else(unset, |file| set(file, path(&file.value)))),
        ]
        .map(|(name, (value, source))| (name, value, source))
        .to_vec()
    }

    /// Where the API is.
    ///
    /// # Errors
    /// When it is no URL to which a token may be sent.
    pub fn base_url(&self) -> Result<BaseUrl, Failure> {
        self.base_url.value.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the base URL from {} cannot be used: {problem}", self.base_url.source))
                .hint(format!("the API's own is {DEFAULT_BASE_URL}"))
        })
    }

    /// The token, and where it came from in words. It is looked for only when a request needs it, so what needs none works without.
    ///
    /// # Errors
    /// When there is none, it cannot be had from where it is kept, or it is nothing that can be sent.
    pub fn token(&self) -> Result<(Token, String), Failure> {
        let Some(Setting { value, source }) = &self.token else {
            return Err(self.no_token());
        };
        let source = match value {
            TokenSource::Given(_) => source.to_string(),
            kept => format!("the {} of {source}", kept.key()),
        };
        let token = value.fetch()?.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the token from {source} cannot be used: {problem}"))
                .hint("copy it again from the portal, Account > Security Tokens")
        })?;
        Ok((token, source))
    }

    fn no_token(&self) -> Failure {
        let portal = "tokens are made in the portal under Account > Security Tokens";
        if let Some(profile) = &self.profile {
            let name = &profile.value;
            let message = format!("the profile `{name}`, selected by {}, has no token", profile.source);
            let hint = format!("type `carrierx auth login --profile {name}`, or set CARRIERX_TOKEN; {portal}");
            return Failure::new(Kind::Config, message).hint(hint);
        }
        let file =
            self.config.as_deref().map_or_else(String::new, |path| format!(" to store one in {}", path.display()));
        Failure::new(Kind::Config, "there is no token for the API")
            .hint(format!("type `carrierx auth login`{file}, or set CARRIERX_TOKEN; {portal}; --sandbox needs none"))
    }
}

fn unknown_profile(name: &Setting<String>, file: &File) -> Failure {
    let Setting { value, source } = name;
    let place = file.path.as_deref().map_or("the configuration".to_owned(), |path| path.display().to_string());
    let failure =
        Failure::new(Kind::Config, format!("there is no profile `{value}`, selected by {source}, in {place}"));
    let known: Vec<&str> = file.profiles.iter().map(|(name, _)| name.as_str()).collect();
    match suggest::closest(value, known.iter().copied()) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None if known.is_empty() => {
            failure.hint(format!("there are none; `carrierx auth login --profile {value}` makes it"))
        }
        None => failure
            .hint(format!("there are {}; `carrierx auth login --profile {value}` makes a new one", known.join(", "))),
    }
}

fn given<T>(value: T, source: Source) -> Setting<T> {
    Setting { value, source }
}

fn by_option<T>(value: Option<T>, name: &'static str) -> Option<Setting<T>> {
    value.map(|value| given(value, Source::Option(name)))
}

fn by_variable<T>(value: Option<T>, name: &'static str) -> Option<Setting<T>> {
    value.map(|value| given(value, Source::Environment(name)))
}

fn by_default<T>(value: T) -> Setting<T> {
    given(value, Source::Default)
}

fn missing(path: &Path) -> Failure {
    Failure::new(Kind::Config, format!("the configuration file {} does not exist", path.display()))
        .hint("look whether --config or CARRIERX_CONFIG names the right one")
}

/// Where the configuration file is, or would be.
///
/// # Errors
/// When none is named and there is no home to look for it in.
pub fn path(options: &Options, environment: &Environment) -> Result<PathBuf, Failure> {
    named_path(options, environment).or_else(default_path).ok_or_else(|| {
        Failure::new(Kind::Config, "there is no place for a configuration file, as there is no home folder")
            .hint("set HOME, or name a file with --config or CARRIERX_CONFIG")
    })
}

fn named_path(options: &Options, environment: &Environment) -> Option<PathBuf> {
    options.config.clone().or_else(|| environment.config.as_ref().map(PathBuf::from))
}

/// Where the configuration file is when nobody names one: the platform's place for configuration.
fn default_path() -> Option<PathBuf> {
    ProjectDirs::from("", "", "carrierx").map(|dirs| dirs.config_dir().join("config.toml"))
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    /// What each place may say about one setting, and which of them must win.
    fn merged(options: Options, environment: Environment, file: &str) -> Settings {
        let file = File::parse(Path::new("config.toml"), file).expect("a file");
        Settings::merge(options, environment, file).expect("settings")
    }

    fn option() -> Options {
        Options {
            base_url: Some("https://option".to_owned()),
            output: Some(Format::Csv),
            timeout: TimeLimit::from_seconds(1),
            retries: Some(1),
            limit: NonZeroU64::new(1),
            order: "name".parse().ok(),
            fields: Some(vec!["name".parse().expect("a name")]),
            config: None,
            makes_profile: false,
            ca_file: Some("option.pem".into()),
            color: Some(ColorChoice::Always),
            parallel: "1".parse().ok(),
            profile: None,
            formula_guard: true,
        }
    }

    fn environment() -> Environment {
        Environment {
            token: Some(Zeroizing::new("env-token".to_owned())),
            base_url: Some("https://env".to_owned()),
            output: Some("tsv".to_owned()),
            config: None,
            profile: None,
            color: Some((ColorChoice::Never, "NO_COLOR")),
        }
    }

    const FILE: &str = "token = 'file-token'\nbase_url = 'https://file'\noutput = 'json'\nfields = ['login']\n\
                        limit = 7\norder = 'balance:desc'\ntimeout = '2m'\nretries = 0\nformula_guard = true\n\
                        ca_file = 'file.pem'\n";

    fn file(line: usize) -> Source {
        Source::File { path: PathBuf::from("config.toml"), line }
    }

    #[test]
    fn the_option_beats_the_environment_beats_the_file_beats_the_default() {
        let none = || (Options::default(), Environment::default());
        for ((options, environment), text, url, output) in [
            (none(), "", Source::Default, Source::Default),
            (none(), FILE, file(2), file(3)),
            (
                (Options::default(), environment()),
                FILE,
                Source::Environment("CARRIERX_BASE_URL"),
                Source::Environment("CARRIERX_OUTPUT"),
            ),
            ((option(), environment()), FILE, Source::Option("--base-url"), Source::Option("--output")),
            ((option(), Environment::default()), "", Source::Option("--base-url"), Source::Option("--output")),
        ] {
            let settings = merged(options, environment, text);
            assert_eq!((settings.base_url.source, settings.output.source), (url, output));
        }
    }

    #[test]
    fn settings_without_a_variable_come_from_option_file_or_default() {
        let sources = |settings: Settings| {
            (settings.limit.source, settings.order.source, settings.timeout.source, settings.fields.map(|f| f.source))
        };
        assert_eq!(
            sources(merged(Options::default(), environment(), "")),
            (Source::Default, Source::Default, Source::Default, None)
        );
        assert_eq!(
            sources(merged(Options::default(), environment(), FILE)),
            (file(5), file(6), file(7), Some(file(4)))
        );
        assert_eq!(
            sources(merged(option(), environment(), FILE)),
            (
                Source::Option("--limit"),
                Source::Option("--order"),
                Source::Option("--timeout"),
                Some(Source::Option("--fields"))
            )
        );
    }

    #[test]
    fn the_token_of_the_environment_beats_that_of_the_file() {
        let token = |environment, text| merged(Options::default(), environment, text).token().expect("a token");
        let both = token(environment(), FILE);
        assert_eq!((both.0.expose(), &*both.1), ("env-token", "CARRIERX_TOKEN"));
        let one = token(Environment::default(), FILE);
        assert_eq!((one.0.expose(), &*one.1), ("file-token", "config.toml, line 1"));
    }

    /// The token that holds, or the words of the failure.
    fn token_of(profile: Option<&str>, variables: &[(&str, &str)], text: &str) -> String {
        let file = File::parse(Path::new("config.toml"), text).expect("a file");
        let variable = |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into());
        let options = Options { profile: profile.map(str::to_owned), ..Options::default() };
        let settings = Settings::merge(options, Environment::read(variable), file);
        match settings.and_then(|settings| settings.token()) {
            Ok((token, _)) => token.expose().to_owned(),
            Err(failure) => format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default()),
        }
    }

    #[test]
    fn the_token_comes_from_the_environment_the_profile_or_the_top_level_and_never_from_another_account() {
        const FILE: &str = "token = 'top'\n[profiles.p]\ntoken = 'p'\n[profiles.bare]\nlimit = 1\n";
        let (token, selected) = (("CARRIERX_TOKEN", "env"), ("CARRIERX_PROFILE", "p"));
        let by_default = format!("default_profile = 'p'\n{FILE}");
        for (option, variables, text, expected) in [
            (None, &[][..], FILE, "top"),
            (None, &[token], FILE, "env"),
            (None, &[selected], FILE, "p"),
            (None, &[selected, token], FILE, "env"),
            (Some("p"), &[], FILE, "p"),
            (Some("p"), &[token], FILE, "p"),
            (Some("p"), &[("CARRIERX_PROFILE", "bare")], FILE, "p"),
            (None, &[], &by_default, "p"),
            (None, &[token], &by_default, "env"),
            (Some("bare"), &[token], FILE, "env"),
        ] {
            assert_eq!(token_of(option, variables, text), expected, "{option:?} {variables:?}");
        }
        let bare = token_of(Some("bare"), &[], FILE);
        assert!(bare.contains("`bare`") && bare.contains("auth login --profile bare"), "{bare}");
        assert!(token_of(Some("x"), &[token], FILE).contains("there are p, bare"));
        assert!(token_of(Some("baer"), &[], FILE).contains("did you mean `bare`?"));
        assert!(token_of(Some("x"), &[], "").contains("there are none"));
    }

    #[test]
    fn of_all_places_that_set_something_the_first_wins_whichever_the_others_are() {
        for places in 0..16 {
            let [by_option, by_variable, by_profile, by_top] = [1, 2, 4, 8].map(|place| places & place != 0);
            let line = "base_url = 'https://x'\noutput = 'csv'\nlimit = 7\nretries = 7\nparallel = 7\n";
            let top = if by_top { line } else { "#\n#\n#\n#\n#\n" };
            let profile = if by_profile { line } else { "" };
            let text = format!("{top}default_profile = 'p'\n[profiles.p]\n{profile}");
            let options = if by_option { option() } else { Options::default() };
            let variables = if by_variable { environment() } else { Environment::default() };
            let settings = merged(options, variables, &text);
            let first = |option: &'static str, variable: Option<&'static str>, line: usize| match variable {
                _ if by_option => Source::Option(option),
                Some(variable) if by_variable => Source::Environment(variable),
                _ if by_profile => file(7 + line),
                _ if by_top => file(line),
                _ => Source::Default,
            };
            assert_eq!(settings.base_url.source, first("--base-url", Some("CARRIERX_BASE_URL"), 1), "{places:04b}");
            assert_eq!(settings.output.source, first("--output", Some("CARRIERX_OUTPUT"), 2), "{places:04b}");
            assert_eq!(settings.limit.source, first("--limit", None, 3), "{places:04b}");
            assert_eq!(settings.retries.source, first("--retries", None, 4), "{places:04b}");
            assert_eq!(settings.parallel.source, first("--parallel", None, 5), "{places:04b}");
        }
    }

    #[test]
    fn what_a_profile_leaves_open_comes_from_the_top_level() {
        let text = "limit = 1\nretries = 1\ndefault_profile = 'p'\n[profiles.p]\nlimit = 2\n";
        let settings = merged(Options::default(), Environment::default(), text);
        assert_eq!((settings.limit.value.get(), settings.limit.source), (2, file(5)));
        assert_eq!((settings.retries.value, settings.retries.source), (1, file(2)));
        assert_eq!(settings.order.source, Source::Default);
    }

    #[test]
    fn the_template_has_every_key_with_its_default() {
        let is_setting = |line: &&str| line.starts_with('[') || line.split(' ').nth(1) == Some("=");
        let lines: Vec<&str> = TEMPLATE.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_setting).collect();
        // Each alone, as the three tokens exclude one another.
        for line in &lines {
            File::parse(Path::new("config.toml"), line).expect(line);
        }
        for key in file::KEYS.iter().chain(&["default_profile"]) {
            assert!(lines.iter().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
        }
        let examples = ["token", "token_file", "token_command", "ca_file", "default_profile"];
        let defaults =
            |line: &&&str| !examples.iter().any(|key| line.starts_with(&format!("{key} = "))) && !line.starts_with('[');
        let text: String = lines.iter().filter(defaults).map(|line| format!("{line}\n")).collect();
        let value =
            |settings: Settings| settings.shown().into_iter().map(|(name, value, _)| (name, value)).collect::<Vec<_>>();
        let mut by_default = value(merged(Options::default(), Environment::default(), ""));
        // What a table has by itself; other formats have every field.
        by_default[4].1 = Value::from_iter(crate::api::partner::DEFAULT_COLUMNS);
        assert_eq!(value(merged(Options::default(), Environment::default(), &text)), by_default);
    }

    #[test]
    fn what_is_shown_tells_sources_and_no_secret() {
        let text = "base_url = 'https://me:hunter2@host'\ntoken = 'hunter2'\n[profiles.p]\nlimit = 5\n";
        let options = || Options { profile: Some("p".to_owned()), ..Options::default() };
        let shown = format!("{:?}", merged(options(), environment(), text).shown());
        assert!(shown.contains("config.toml, line 4") && shown.contains("CARRIERX_TOKEN"), "{shown}");
        let shown = format!("{:?}", merged(Options::default(), Environment::default(), text).shown());
        assert!(!shown.contains("hunter2") && shown.contains("(set)"), "{shown}");
    }

    #[test]
    fn no_token_is_an_error_that_names_every_way_to_give_one() {
        let failure = merged(Options::default(), Environment::default(), "").token().expect_err("no token");
        let hint = failure.hint.expect("a hint");
        assert_eq!(failure.kind, Kind::Config);
        assert!(["CARRIERX_TOKEN", "config.toml", "--sandbox"].iter().all(|way| hint.contains(way)), "{hint}");
    }

    #[test]
    fn a_variable_that_an_option_overrides_is_not_even_read() {
        let environment = || Environment { output: Some("xml".to_owned()), ..Environment::default() };
        let parsed = |options| Settings::merge(options, environment(), File::default());
        assert_eq!(parsed(Options::default()).expect_err("xml").kind, Kind::Config);
        assert!(parsed(option()).is_ok());
    }

    #[test]
    fn a_base_url_that_would_show_the_token_is_refused_with_its_source() {
        let settings = merged(Options::default(), Environment::default(), "base_url = 'http://api.carrierx.com'");
        let failure = settings.base_url().expect_err("plain http");
        assert_eq!(failure.kind, Kind::Config);
        assert!(failure.message.contains("config.toml, line 1"), "{failure}");
    }
}
