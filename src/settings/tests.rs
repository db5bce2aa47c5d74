use std::ffi::OsString;
use std::num::NonZeroU64;
use std::path::Path;

use super::*;
use clap::ColorChoice;

use crate::values::Format;

/// Settings of a file of this text.
fn merged(options: Options, environment: Environment, file: &str) -> Settings {
    merge(options, environment, file).expect("settings")
}

fn merge(options: Options, environment: Environment, file: &str) -> Result<Settings, Failure> {
    let file = ConfigFile::parse(Path::new("config.toml"), file).expect("a file");
    Settings::merge(options, &environment, file)
}

/// What each place may say about the settings.
fn option() -> Options {
    Options {
        base_url: Some(Address("https://option".to_owned())),
        output: Some(Format::Csv),
        timeout: "1s".parse().ok(),
        retries: Some(1),
        limit: NonZeroU64::new(1),
        order: "name".parse().ok(),
        fields: Some(vec!["name".parse().expect("a name")]),
        ca_file: Some("option.pem".into()),
        color: Some(ColorChoice::Always),
        parallel: "1".parse().ok(),
        formula_guard: Some(true),
        history: Some("option".into()),
        ..Options::default()
    }
}

const VARIABLES: [(&str, &str); 14] = [
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
    ("CARRIERX_HISTORY", "env"),
    ("NO_COLOR", "1"),
];

fn variables(set: &[(&str, &str)]) -> Environment {
    let set: Vec<_> = set.iter().map(|(name, value)| ((*name).to_owned(), value.into())).collect();
    Environment::new(move |name| set.iter().find(|(known, _)| known == name).map(|(_, value)| OsString::clone(value)))
}

fn environment() -> Environment {
    variables(&VARIABLES)
}

const FILE: &str = "token = 'file-token'\nbase_url = 'https://file'\noutput = 'json'\nfields = ['login']\n\
                        limit = 7\norder = 'balance:desc'\ntimeout = '2m'\nretries = 0\nformula_guard = true\n\
                        ca_file = 'file.pem'\n";

fn file(line: usize) -> Origin {
    Origin::File { path: PathBuf::from("config.toml"), line, of_profile: false }
}

fn in_profile(line: usize) -> Origin {
    Origin::File { path: PathBuf::from("config.toml"), line, of_profile: true }
}

#[test]
fn every_key_has_its_variable_and_its_option() {
    for row in ROWS {
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
    assert_eq!(shared, Setting { value: ColorChoice::Never, source: Origin::Environment("NO_COLOR") });
}

#[test]
fn a_variable_that_is_not_valid_is_named() {
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
    let failure = merged(options, variables(set), text).token().err()?;
    assert_eq!(failure.kind, Kind::Config, "{failure}");
    Some(format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default()))
}

#[test]
fn a_refused_destination_is_named_with_both_sources() {
    const FILE: &str = "token = 'top'\n[profiles.p]\ntoken = 'p'\n";
    let url = ("CARRIERX_BASE_URL", "http://127.0.0.1:8080");
    let token = ("CARRIERX_TOKEN", "env");
    for (option, set, text, parts) in [
        (&[][..], &[url][..], FILE, &["config.toml, line 1", "127.0.0.1:8080", "CARRIERX_BASE_URL"][..]),
        (&[("--profile", "p")], &[url], FILE, &["config.toml, line 3", "127.0.0.1:8080", "CARRIERX_BASE_URL"]),
        (
            &[("--profile", "p")],
            &[],
            "base_url = 'https://top.example'\n[profiles.p]\ntoken = 'p'\n",
            &["config.toml, line 3", "top.example", "config.toml, line 1"],
        ),
        (
            &[],
            &[token],
            "default_profile = 'p'\n[profiles.p]\nbase_url = 'https://p.example'\n",
            &["CARRIERX_TOKEN", "p.example", "config.toml, line 3"],
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
    assert_eq!((both.token.expose(), &*both.source), ("env-token", "CARRIERX_TOKEN"));
    let one = token(Environment::default(), FILE);
    assert_eq!((one.token.expose(), &*one.source), ("file-token", "config.toml, line 1"));
}

/// The token that holds, or the words of the failure.
fn token_of(profile: Option<&str>, variables: &[(&str, &str)], text: &str) -> String {
    let options = Options { profile: profile.map(str::to_owned), ..Options::default() };
    let settings = merge(options, self::variables(variables), text);
    match settings.and_then(|settings| settings.token()) {
        Ok(credentials) => credentials.token.expose().to_owned(),
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
    assert!(token_of(Some("x"), &[token], FILE).contains("available: p, bare"));
    assert!(token_of(Some("baer"), &[], FILE).contains("did you mean `bare`?"));
    assert!(token_of(Some("x"), &[], "").contains("no profiles are defined"));
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
            _ if by_option => Origin::Option(option),
            Some(variable) if by_variable => Origin::Environment(variable),
            _ if by_profile => in_profile(7 + line),
            _ if by_top => file(line),
            _ => Origin::Default,
        };
        assert_eq!(settings.base_url.source, first("--base-url", Some("CARRIERX_BASE_URL"), 1), "{places:04b}");
        assert_eq!(settings.output.source, first("--output", Some("CARRIERX_OUTPUT"), 2), "{places:04b}");
        assert_eq!(settings.limit.source, first("--limit", Some("CARRIERX_LIMIT"), 3), "{places:04b}");
        assert_eq!(settings.retries.source, first("--retries", Some("CARRIERX_RETRIES"), 4), "{places:04b}");
        assert_eq!(settings.parallel.source, first("--parallel", Some("CARRIERX_PARALLEL"), 5), "{places:04b}");
    }
}

#[test]
fn the_template_has_every_key_with_its_default() {
    let is_setting = |line: &&str| line.starts_with('[') || line.split(' ').nth(1) == Some("=");
    let lines: Vec<&str> = TEMPLATE.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_setting).collect();
    // Each alone, as the three tokens exclude one another.
    for line in &lines {
        ConfigFile::parse(Path::new("config.toml"), line).expect(line);
    }
    for key in file::keys().chain(["default_profile"]) {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{key} = "))), "{key}");
    }
    let examples = ["token", "token_file", "token_command", "ca_file", "history", "default_profile"];
    let defaults =
        |line: &&&str| !examples.iter().any(|key| line.starts_with(&format!("{key} = "))) && !line.starts_with('[');
    let text: String = lines.iter().filter(defaults).map(|line| format!("{line}\n")).collect();
    let value =
        |settings: Settings| settings.shown().into_iter().map(|(name, value, _)| (name, value)).collect::<Vec<_>>();
    let mut by_default = value(merged(Options::default(), Environment::default(), ""));
    // What a table has by itself; other formats have every field.
    by_default[5].1 = Value::from_iter(crate::api::partner::PARTNERS.default_columns.iter().copied());
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
    assert!(["CARRIERX_TOKEN", "auth login", "--sandbox"].iter().all(|way| hint.contains(way)), "{hint}");
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
