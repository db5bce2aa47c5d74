//! What holds for a run: options, environment and configuration file merged once into plain values.
//!
//! Each setting knows where it came from, since a message that says so spares its reader a search. The first place
//! that gives a setting wins:
//!
//! 1. the option on the command line,
//! 2. the environment variable, which every key of the file has,
//! 3. the selected profile of the configuration file,
//! 4. its top level,
//! 5. the default.
//!
//! The token has no option, as arguments show in process lists. A selected profile does not fall back to the token of the
//! top level, which is another account's; and one that `--profile` selects comes before the environment, as whoever types
//! it means it.

pub mod command;
mod destination;
pub mod document;
mod environment;
pub mod file;
mod settable;
mod table;
mod token;
pub mod trust;

use std::fmt;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde_json::Value;

use crate::error::{Failure, Kind};
use crate::suggest;
use crate::values::{BaseUrl, Token};

use destination::{TokenPlace, UrlPlace};
pub use environment::Environment;
use file::File;
pub use settable::Address;
use table::{Beside, Layer};
pub use table::{Options, ROWS, Settings};
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

impl Settings {
    /// Reads the configuration file, if there is one, and merges it with the options and the environment.
    ///
    /// What cannot be used is ignored if the options allow that, and listed in [`Self::ignored`].
    ///
    /// # Errors
    /// When the file was named and is missing, or cannot be used; when a variable has no value of its setting.
    pub fn load(options: Options, environment: Environment) -> Result<Self, Failure> {
        if !options.does_without_file {
            let file = find(&options, &environment)?;
            return Self::merge(options, environment, file, None);
        }
        let mut ignored = Vec::new();
        let file = find(&options, &environment).unwrap_or_else(|failure| {
            ignored.push(failure.message);
            File::default()
        });
        Self::merge(options, environment, file, Some(ignored))
    }

    /// The one place where precedence is decided. Failures go to `ignored` if there is such a list.
    fn merge(
        options: Options,
        environment: Environment,
        file: File,
        mut ignored: Option<Vec<String>>,
    ) -> Result<Self, Failure> {
        let makes_profile = options.makes_profile;
        let mut profile = by_option(options.profile.clone(), "--profile")
            .or(by_variable(environment.profile.clone(), "CARRIERX_PROFILE"))
            .or(file.default_profile.clone());
        let mut selected = profile.as_ref().and_then(|name| file.profile(&name.value)).cloned();
        if let Some(name) = profile.as_ref().filter(|_| selected.is_none() && !makes_profile) {
            let failure = unknown_profile(name, &file);
            match &mut ignored {
                Some(ignored) => ignored.push(failure.message),
                None => return Err(failure),
            }
            profile = None;
        }
        if profile.is_some() {
            selected = Some(selected.unwrap_or_default());
        }

        let mut given = Layer::given(options, &environment, ignored.as_mut())?;
        given.color =
            given.color.or(environment.color.map(|(value, name)| Setting { value, source: Source::Environment(name) }));
        let url_place = match (&given.base_url, &selected, &profile) {
            (Some(Setting { source: Source::Option(_), .. }), ..) => UrlPlace::Option,
            (Some(_), ..) => UrlPlace::Environment,
            (None, Some(Layer { base_url: Some(_), .. }), Some(Setting { source: Source::File { .. }, .. })) => {
                UrlPlace::DefaultProfile
            }
            (None, Some(Layer { base_url: Some(_), .. }), _) => UrlPlace::SelectedProfile,
            (None, ..) if file.top.base_url.is_some() => UrlPlace::TopLevel,
            (None, ..) => UrlPlace::Default,
        };

        let stored_place = if selected.is_some() { TokenPlace::Profile } else { TokenPlace::TopLevel };
        let of_file = match selected {
            Some(profile) => profile.over(file.top),
            None => file.top,
        };
        let stored_token = of_file.token.clone();
        let is_typed = matches!(profile, Some(Setting { source: Source::Option(_), .. }));
        let (token, hidden_token, token_place) = match &stored_token {
            // Whoever types the name of a profile means its token.
            Some(stored) if is_typed => {
                (Some(stored.clone()), environment.token_variable().map(str::to_owned), stored_place)
            }
            _ => match environment.token() {
                Ok(Some(token)) => (
                    Some(token),
                    stored_token.as_ref().map(|stored| stored.source.to_string()),
                    TokenPlace::Environment,
                ),
                Ok(None) => (stored_token.clone(), None, stored_place),
                Err(failure) => match &mut ignored {
                    Some(ignored) => {
                        ignored.push(failure.message);
                        (None, None, stored_place)
                    }
                    None => return Err(failure),
                },
            },
        };
        let beside = Beside {
            profile,
            profiles: file.profiles.into_iter().map(|(name, _)| name).collect(),
            token,
            stored_token,
            stored_place,
            hidden_token,
            config: file.path,
            token_place,
            url_place,
            ignored: ignored.unwrap_or_default(),
        };
        Ok(Self::new(given.over(of_file), beside))
    }

    /// Every setting by its name, its value, and where it came from, for people to look at. No secret is among them.
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
    ///
    /// # Errors
    /// When it is no URL to which a token may be sent.
    pub fn base_url(&self) -> Result<BaseUrl, Failure> {
        self.base_url.value.0.parse().map_err(|problem| {
            Failure::new(Kind::Config, format!("the base URL from {} is not valid: {problem}", self.base_url.source))
                .hint(format!("the API's own is {DEFAULT_BASE_URL}"))
        })
    }

    /// Where the API is, for the token that is used.
    ///
    /// # Errors
    /// When there is no token, or it must not be sent there.
    pub fn destination(&self) -> Result<BaseUrl, Failure> {
        let url = self.base_url()?;
        let Some(Setting { value, source }) = &self.token else {
            return Err(self.no_token());
        };
        self.check(self.token_place, &format!("the token from {}", value.origin(source)), url)
    }

    /// Where the API is, for a token that is about to be stored.
    ///
    /// # Errors
    /// When the token must not be sent there once it is stored.
    pub fn destination_of_new_token(&self) -> Result<BaseUrl, Failure> {
        self.check(self.stored_place, "a token to be stored", self.base_url()?)
    }

    fn check(&self, place: TokenPlace, token: &str, url: BaseUrl) -> Result<BaseUrl, Failure> {
        if destination::may_be_sent(place, self.url_place) {
            return Ok(url);
        }
        let source = &self.base_url.source;
        let (from, remedy) = match (self.url_place, &self.profile) {
            (UrlPlace::Environment, _) => (source.to_string(), "unset CARRIERX_BASE_URL".to_owned()),
            (UrlPlace::DefaultProfile, Some(Setting { value: name, .. })) => (
                format!("{source}, profile `{name}`, which default_profile selects"),
                format!("select the profile with --profile {name} or CARRIERX_PROFILE"),
            ),
            (_, Some(Setting { value: name, .. })) => (
                format!("{source}, not from profile `{name}`"),
                format!("write `base_url` below [profiles.{name}], next to its token"),
            ),
            (_, None) => (source.to_string(), "write `base_url` next to the token".to_owned()),
        };
        let message = format!("{token} is not meant for {}: the base URL {url} comes from {from}", url.host());
        Err(Failure::new(Kind::Config, message).hint(format!("{remedy}, or add --base-url {url} if you mean it")))
    }

    /// The token, and where it came from in words. It is looked for only when a request needs it, so what needs none works without.
    ///
    /// # Errors
    /// When there is none, it cannot be had from where it is kept, it is nothing that can be sent, or must not be sent to the
    /// base URL.
    pub fn token(&self) -> Result<(Token, String), Failure> {
        // Before the token, which a command may have to be run for.
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

    /// The text of a URL without the tokens that are known without running a program.
    pub fn redact(&self, url: &str) -> String {
        let known = [&self.token, &self.stored_token].into_iter().flatten();
        let known = known.filter(|token| !matches!(token.value, TokenSource::Command(_)));
        let tokens = known.filter_map(|token| token.value.fetch().ok()?.parse::<Token>().ok());
        tokens.fold(url.to_owned(), |url, token| token.redact(&url))
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

fn by_option<T>(value: Option<T>, name: &'static str) -> Option<Setting<T>> {
    value.map(|value| Setting { value, source: Source::Option(name) })
}

fn by_variable<T>(value: Option<T>, name: &'static str) -> Option<Setting<T>> {
    value.map(|value| Setting { value, source: Source::Environment(name) })
}

/// The configuration file that is named, or the one at the platform's place, which need not exist.
fn find(options: &Options, environment: &Environment) -> Result<File, Failure> {
    match named_path(options, environment) {
        Some(named) => match File::read(&named)? {
            Some(file) => Ok(file),
            None if options.makes_profile => Ok(File::empty(named)),
            None => Err(missing(&named)),
        },
        None => match default_path() {
            Some(path) => Ok(File::read(&path)?.unwrap_or_else(|| File::empty(path))),
            None => Ok(File::default()),
        },
    }
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
    use super::*;
    use crate::values::{ColorChoice, Format, TimeLimit};

    /// Settings of a file of this text.
    fn merged(options: Options, environment: Environment, file: &str) -> Settings {
        merge(options, environment, file).expect("settings")
    }

    fn merge(options: Options, environment: Environment, file: &str) -> Result<Settings, Failure> {
        let file = File::parse(Path::new("config.toml"), file).expect("a file");
        Settings::merge(options, environment, file, None)
    }

    /// What each place may say about the settings.
    fn option() -> Options {
        Options {
            base_url: Some(Address("https://option".to_owned())),
            output: Some(Format::Csv),
            timeout: TimeLimit::from_seconds(1),
            retries: Some(1),
            limit: NonZeroU64::new(1),
            order: "name".parse().ok(),
            fields: Some(vec!["name".parse().expect("a name")]),
            ca_file: Some("option.pem".into()),
            color: Some(ColorChoice::Always),
            parallel: "1".parse().ok(),
            formula_guard: Some(true),
            ..Options::default()
        }
    }

    const VARIABLES: [(&str, &str); 13] = [
        ("CARRIERX_TOKEN", "env-token"),
        ("CARRIERX_BASE_URL", "https://env"),
        ("CARRIERX_OUTPUT", "tsv"),
        ("CARRIERX_FIELDS", "login, name"),
        ("CARRIERX_LIMIT", "9"),
        ("CARRIERX_ORDER", "name:desc"),
        ("CARRIERX_TIMEOUT", "9s"),
        ("CARRIERX_RETRIES", "9"),
        ("CARRIERX_PARALLEL", "9"),
        ("CARRIERX_COLOR", "always"),
        ("CARRIERX_FORMULA_GUARD", "true"),
        ("CARRIERX_CA_FILE", "env.pem"),
        ("NO_COLOR", "1"),
    ];

    fn variables(set: &[(&str, &str)]) -> Environment {
        Environment::read(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    fn environment() -> Environment {
        variables(&VARIABLES)
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
    fn every_key_has_its_variable_and_its_option() {
        for row in ROWS {
            assert_eq!(row.variable, format!("CARRIERX_{}", row.key.to_uppercase()));
            assert_eq!(row.option, format!("--{}", row.key.replace('_', "-")));
            assert!(VARIABLES.iter().any(|(name, _)| *name == row.variable), "{} is not tested", row.variable);
        }
        let sources = |options| {
            let rows = merged(options, environment(), "").rows().into_iter();
            rows.map(|(_, _, source)| source).collect::<Vec<_>>()
        };
        assert_eq!(sources(Options::default()), ROWS.iter().map(|row| row.variable).collect::<Vec<_>>());
        assert_eq!(sources(option()), ROWS.iter().map(|row| row.option).collect::<Vec<_>>());
        let settings = merged(Options::default(), environment(), "");
        assert_eq!(settings.fields.map(|fields| fields.value.len()), Some(2));
        assert_eq!((settings.color.value, settings.formula_guard.value), (ColorChoice::Always, true));
        let shared = merged(Options::default(), variables(&[("NO_COLOR", "1")]), "color = 'always'\n").color;
        assert_eq!(shared, Setting { value: ColorChoice::Never, source: Source::Environment("NO_COLOR") });
    }

    #[test]
    fn a_variable_that_is_not_valid_is_named_and_ignored_only_where_nothing_is_needed() {
        for (name, value) in [
            ("CARRIERX_OUTPUT", "xml"),
            ("CARRIERX_FIELDS", "a,,b"),
            ("CARRIERX_LIMIT", "0"),
            ("CARRIERX_ORDER", "name:up"),
            ("CARRIERX_TIMEOUT", "0"),
            ("CARRIERX_RETRIES", "-1"),
            ("CARRIERX_PARALLEL", "17"),
            ("CARRIERX_COLOR", "blue"),
            ("CARRIERX_FORMULA_GUARD", "maybe"),
        ] {
            let failure = merge(Options::default(), variables(&[(name, value)]), "").expect_err(name);
            assert!(failure.kind == Kind::Config && failure.message.contains(name), "{failure}");
            let file = File::default();
            let settings = Settings::merge(Options::default(), variables(&[(name, value)]), file, Some(Vec::new()));
            assert_eq!(settings.expect("settings").ignored, [failure.message]);
        }
    }

    #[test]
    fn two_variables_with_a_token_are_refused_unless_a_typed_profile_has_one() {
        let both = || variables(&[("CARRIERX_TOKEN", "a"), ("CARRIERX_TOKEN_FILE", "b")]);
        let failure = merge(Options::default(), both(), "").expect_err("two tokens");
        assert!(failure.message.contains("CARRIERX_TOKEN and CARRIERX_TOKEN_FILE"), "{failure}");
        let typed = Options { profile: Some("p".to_owned()), ..Options::default() };
        assert!(merge(typed, both(), "[profiles.p]\ntoken = 'p'\n").is_ok());
    }

    /// The place that the token is refused for, by the words of the failure, or none if it may be sent.
    fn refused(option: &[(&str, &str)], set: &[(&str, &str)], text: &str) -> Option<String> {
        let value = |name: &str| option.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let options =
            Options { profile: value("--profile"), base_url: value("--base-url").map(Address), ..Options::default() };
        let failure = merged(options, variables(set), text).destination().err()?;
        assert_eq!(failure.kind, Kind::Config, "{failure}");
        Some(format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default()))
    }

    #[test]
    fn a_refused_destination_is_named_with_both_sources_and_the_remedy() {
        const FILE: &str = "token = 'top'\n[profiles.p]\ntoken = 'p'\n";
        let url = ("CARRIERX_BASE_URL", "http://127.0.0.1:8080");
        let token = ("CARRIERX_TOKEN", "env");
        for (option, set, text, parts) in [
            (&[][..], &[url][..], FILE, &["config.toml, line 1", "127.0.0.1:8080", "CARRIERX_BASE_URL", "unset"][..]),
            (&[("--profile", "p")], &[url], FILE, &["config.toml, line 3", "127.0.0.1:8080", "CARRIERX_BASE_URL"]),
            (
                &[("--profile", "p")],
                &[],
                "base_url = 'https://top.example'\n[profiles.p]\ntoken = 'p'\n",
                &["config.toml, line 3", "top.example", "config.toml, line 1", "[profiles.p]"],
            ),
            (
                &[],
                &[token],
                "default_profile = 'p'\n[profiles.p]\nbase_url = 'https://p.example'\n",
                &["CARRIERX_TOKEN", "p.example", "config.toml, line 3", "default_profile", "--profile p"],
            ),
        ] {
            let message = refused(option, set, text).expect("a refusal");
            parts.iter().chain(&["--base-url"]).for_each(|part| assert!(message.contains(part), "{part}: {message}"));
            let typed = [option, &[("--base-url", "https://typed.example")]].concat();
            assert_eq!(refused(&typed, set, text), None);
        }
        for (option, set, text) in [
            (&[][..], &[url, token][..], FILE),
            (&[], &[token], "base_url = 'https://top.example'"),
            (&[], &[("CARRIERX_PROFILE", "p"), token], "[profiles.p]\nbase_url = 'https://p.example'\n"),
            (&[("--profile", "p")], &[token], "[profiles.p]\nbase_url = 'https://p.example'\n"),
            (&[], &[], "default_profile = 'p'\n[profiles.p]\ntoken = 'p'\nbase_url = 'https://p.example'\n"),
            (&[], &[], "base_url = 'https://top.example'\ntoken = 't'\n"),
            (&[("--profile", "p")], &[], FILE),
        ] {
            assert_eq!(refused(option, set, text), None);
        }
    }

    #[test]
    fn the_token_of_the_environment_beats_that_of_the_file() {
        let token = |environment, text| merged(Options::default(), environment, text).token().expect("a token");
        let both = token(variables(&[("CARRIERX_TOKEN", "env-token")]), FILE);
        assert_eq!((both.0.expose(), &*both.1), ("env-token", "CARRIERX_TOKEN"));
        let one = token(Environment::default(), FILE);
        assert_eq!((one.0.expose(), &*one.1), ("file-token", "config.toml, line 1"));
    }

    /// The token that holds, or the words of the failure.
    fn token_of(profile: Option<&str>, variables: &[(&str, &str)], text: &str) -> String {
        let options = Options { profile: profile.map(str::to_owned), ..Options::default() };
        let settings = merge(options, self::variables(variables), text);
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
            assert_eq!(settings.limit.source, first("--limit", Some("CARRIERX_LIMIT"), 3), "{places:04b}");
            assert_eq!(settings.retries.source, first("--retries", Some("CARRIERX_RETRIES"), 4), "{places:04b}");
            assert_eq!(settings.parallel.source, first("--parallel", Some("CARRIERX_PARALLEL"), 5), "{places:04b}");
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
        for key in file::keys().chain(["default_profile"]) {
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
        by_default[5].1 = Value::from_iter(crate::api::partner::DEFAULT_COLUMNS);
        assert_eq!(value(merged(Options::default(), Environment::default(), &text)), by_default);
    }

    #[test]
    fn what_is_shown_tells_sources_and_no_secret() {
        let text = "base_url = 'https://me:hunter2@host'\ntoken = 'hunter2'\n[profiles.p]\nlimit = 5\n";
        let options = || Options { profile: Some("p".to_owned()), ..Options::default() };
        let shown = format!("{:?}", merged(options(), variables(&VARIABLES[..1]), text).shown());
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
        let parsed = |options| merge(options, variables(&[("CARRIERX_OUTPUT", "xml")]), "");
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
