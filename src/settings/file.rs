//! The configuration file: TOML, every key known, every mistake named with its line.
//!
//! The file may hold a token, so no message repeats a value or a line of it, only keys.

use std::fs;
use std::io::{self, Read};
use std::num::NonZeroU64;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use directories::BaseDirs;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::suggest;
use crate::values::{ColorChoice, FieldName, Format, Order, Parallel, TimeLimit};

use super::token::TokenSource;
use super::{Setting, Source};

/// Every key that the top level and each profile may have.
pub(super) const KEYS: [&str; 14] = [
    "token",
    "token_file",
    "token_command",
    "base_url",
    "output",
    "fields",
    "limit",
    "order",
    "timeout",
    "retries",
    "parallel",
    "color",
    "formula_guard",
    "ca_file",
];

/// The keys of the top level alone.
const TOP_KEYS: [&str; 2] = ["default_profile", "profiles"];

/// A configuration file.
#[derive(Debug, Default)]
pub struct File {
    /// Where it is, or would be.
    pub path: Option<PathBuf>,
    /// What is set when no profile says otherwise.
    pub top: Section,
    /// The profile that holds when none is named.
    pub default_profile: Option<Setting<String>>,
    /// The profiles by their names, in the order of the file.
    pub profiles: Vec<(String, Section)>,
}

/// The settings of the top level or of a profile.
#[derive(Debug, Default, Clone)]
pub struct Section {
    /// `token`, `token_file` or `token_command`
    pub token: Option<Setting<TokenSource>>,
    /// `base_url`; not yet looked at
    pub base_url: Option<Setting<String>>,
    /// `output`
    pub output: Option<Setting<Format>>,
    /// `fields`
    pub fields: Option<Setting<Vec<FieldName>>>,
    /// `limit`
    pub limit: Option<Setting<NonZeroU64>>,
    /// `order`
    pub order: Option<Setting<Order>>,
    /// `timeout`
    pub timeout: Option<Setting<TimeLimit>>,
    /// `retries`
    pub retries: Option<Setting<u32>>,
    /// `parallel`
    pub parallel: Option<Setting<Parallel>>,
    /// `color`
    pub color: Option<Setting<ColorChoice>>,
    /// `formula_guard`
    pub formula_guard: Option<Setting<bool>>,
    /// `ca_file`; from the file's folder or the home
    pub ca_file: Option<Setting<PathBuf>>,
}

impl Section {
    /// What this section sets, and what `below` sets besides. The token is never taken from below: a profile without
    /// one would ask with the token of another account.
    pub fn over(self, below: Self) -> Self {
        Self {
            token: self.token,
            base_url: self.base_url.or(below.base_url),
            output: self.output.or(below.output),
            fields: self.fields.or(below.fields),
            limit: self.limit.or(below.limit),
            order: self.order.or(below.order),
            timeout: self.timeout.or(below.timeout),
            retries: self.retries.or(below.retries),
            parallel: self.parallel.or(below.parallel),
            color: self.color.or(below.color),
            formula_guard: self.formula_guard.or(below.formula_guard),
            ca_file: self.ca_file.or(below.ca_file),
        }
    }
}

impl File {
    /// A file that does not exist yet.
    pub fn empty(path: PathBuf) -> Self {
        Self { path: Some(path), ..Self::default() }
    }

    /// Reads a file; none if it does not exist.
    ///
    /// # Errors
    /// When it exists and cannot be read or used.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        match read_with_mode(path) {
            Ok((text, mode)) => {
                let file = Self::parse(path, &text)?;
                if file.holds_a_token() && mode & OTHERS != 0 {
                    return Err(readable_by_others(path));
                }
                Ok(Some(file))
            }
            // A home that is no folder, as service accounts have, holds no file either.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => {
                let message = format!("the configuration file {} cannot be read: {error}", path.display());
                Err(Failure::new(Kind::Config, message).hint("mend that, or name another file with --config"))
            }
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is not TOML, or has an unknown key or a value of a wrong type; with path, line and key.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let reader = Reader { path, text };
        let table = DeTable::parse(text).map_err(|error| {
            let problem = error.message().lines().next().unwrap_or("syntax error");
            reader.failure(error.span().unwrap_or(0..0), &format!("this is not TOML: {problem}"))
        })?;
        let mut file = Self::empty(path.to_owned());
        for (key, value) in in_order(table.get_ref()) {
            let entry = Entry { reader: &reader, key: key.get_ref(), span: key.span(), value };
            match entry.key {
                "default_profile" => file.default_profile = Some(entry.setting(entry.string()?.to_owned())),
                "profiles" => file.profiles = entry.profiles()?,
                _ => entry.read_into(&mut file.top, KEYS.iter().chain(&TOP_KEYS))?,
            }
        }
        Ok(file)
    }

    /// Whether a token itself stands in the file.
    fn holds_a_token(&self) -> bool {
        let sections = self.profiles.iter().map(|(_, section)| section).chain([&self.top]);
        sections.flat_map(|section| &section.token).any(|token| matches!(token.value, TokenSource::Given(_)))
    }

    /// The settings of the profile of that name.
    pub fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.iter().find_map(|(known, section)| (known == name).then_some(section))
    }
}

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// The text of a file, and its mode; of the file that was opened, whatever the path may mean a moment later.
fn read_with_mode(path: &Path) -> io::Result<(Zeroizing<String>, u32)> {
    let mut file = fs::File::open(path)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    #[cfg(unix)]
    let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata()?);
    // Elsewhere, permissions are not told by a mode.
    #[cfg(not(unix))]
    let mode = 0;
    Ok((text, mode))
}

fn readable_by_others(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(Kind::Config, format!("the configuration file {path} holds a token that others can read"))
        .hint(format!("type `chmod 600 '{path}'`; if others have read it, make a new token"))
}

/// A file being read, for messages about its places.
struct Reader<'f> {
    path: &'f Path,
    text: &'f str,
}

impl Reader<'_> {
    /// The line, counted from 1, on which a span begins.
    fn line(&self, span: Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    fn failure(&self, span: Range<usize>, problem: &str) -> Failure {
        let message = format!("{}, line {}: {problem}", self.path.display(), self.line(span));
        Failure::new(Kind::Config, message).hint("mend that line, or name another file with --config")
    }

    fn unknown_key<'k>(&self, key: &str, span: Range<usize>, known: impl Iterator<Item = &'k &'k str>) -> Failure {
        let failure = self.failure(span, &format!("`{key}` is not a setting"));
        let known: Vec<&str> = known.copied().collect();
        match suggest::closest(key, known.iter().copied()) {
            Some(known) => failure.hint(format!("did you mean `{known}`?")),
            None => failure.hint(format!("the settings here are {}", known.join(", "))),
        }
    }
}

/// The keys and values of a table in the order of the file, so that the first mistake in it is the one that is told.
fn in_order<'t, 'v>(table: &'t DeTable<'v>) -> Vec<(&'t Spanned<DeString<'v>>, &'t Spanned<DeValue<'v>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// One `key = value` of a file.
struct Entry<'f, 'v> {
    reader: &'f Reader<'f>,
    key: &'f str,
    /// Where the key stands.
    span: Range<usize>,
    value: &'f Spanned<DeValue<'v>>,
}

impl Entry<'_, '_> {
    /// Puts the value into the section; `known` are the keys that could stand here.
    fn read_into<'k>(&self, section: &mut Section, known: impl Iterator<Item = &'k &'k str>) -> Result<(), Failure> {
        match self.key {
            "token" => self.set_token(section, TokenSource::Given(Zeroizing::new(self.string()?.to_owned())))?,
            "token_file" => self.set_token(section, TokenSource::File(self.path()?))?,
            "token_command" => self.set_token(section, TokenSource::Command(self.command()?))?,
            "base_url" => section.base_url = Some(self.setting(self.string()?.to_owned())),
            "output" => section.output = Some(self.setting(self.parsed()?)),
            "fields" => section.fields = Some(self.setting(self.names()?)),
            "limit" => section.limit = Some(self.setting(self.positive()?)),
            "order" => section.order = Some(self.setting(self.parsed()?)),
            "timeout" => section.timeout = Some(self.setting(self.time_limit()?)),
            "retries" => section.retries = Some(self.setting(self.count()?)),
            "parallel" => section.parallel = Some(self.setting(self.parallel()?)),
            "color" => section.color = Some(self.setting(self.parsed()?)),
            "formula_guard" => section.formula_guard = Some(self.setting(self.boolean()?)),
            "ca_file" => section.ca_file = Some(self.setting(self.path()?)),
            unknown => return Err(self.reader.unknown_key(unknown, self.span.clone(), known)),
        }
        Ok(())
    }

    /// Sets where the token comes from, which one key alone may say.
    fn set_token(&self, section: &mut Section, token: TokenSource) -> Result<(), Failure> {
        if let Some(other) = &section.token {
            let problem = format!("stands beside `{}`, and there can be only one token", other.value.key());
            return Err(self.wrong(&problem).hint("keep one of token, token_file and token_command"));
        }
        section.token = Some(self.setting(token));
        Ok(())
    }

    /// The tables below `profiles`.
    fn profiles(&self) -> Result<Vec<(String, Section)>, Failure> {
        let table = self.value.get_ref().as_table();
        let table =
            table.ok_or_else(|| self.wrong("is not a table; write [profiles.NAME] above the settings of one"))?;
        let mut profiles = Vec::new();
        for (name, value) in in_order(table) {
            let profile = Entry { reader: self.reader, key: name.get_ref(), span: name.span(), value };
            let settings = value.get_ref().as_table();
            let settings = settings
                .ok_or_else(|| profile.wrong("is not a table; write [profiles.NAME] above the settings of one"))?;
            let mut section = Section::default();
            for (key, value) in in_order(settings) {
                let entry = Entry { reader: self.reader, key: key.get_ref(), span: key.span(), value };
                entry.read_into(&mut section, KEYS.iter())?;
            }
            profiles.push((name.get_ref().to_string(), section));
        }
        Ok(profiles)
    }

    /// A program and its arguments.
    fn command(&self) -> Result<Vec<String>, Failure> {
        let wrong = || self.wrong("is not a list of a program and its arguments, such as [\"pass\", \"show\", \"x\"]");
        let words = self.value.get_ref().as_array().filter(|words| !words.is_empty()).ok_or_else(wrong)?;
        words.iter().map(|word| word.get_ref().as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    fn parallel(&self) -> Result<Parallel, Failure> {
        let number = self.integer().map(|number| number.to_string());
        let number = number.ok_or_else(|| self.wrong("is not a whole number"))?;
        number.parse().map_err(|problem: String| self.wrong(&format!("cannot be used: {problem}")))
    }

    fn setting<T>(&self, value: T) -> Setting<T> {
        let line = self.reader.line(self.value.span());
        Setting { value, source: Source::File { path: self.reader.path.to_owned(), line } }
    }

    fn wrong(&self, problem: &str) -> Failure {
        self.reader.failure(self.value.span(), &format!("`{}` {problem}", self.key))
    }

    fn string(&self) -> Result<&str, Failure> {
        let value = self.value.get_ref();
        value.as_str().ok_or_else(|| self.wrong(&format!("is not a string in quotes but a {}", value.type_str())))
    }

    fn parsed<T: FromStr<Err = String>>(&self) -> Result<T, Failure> {
        self.string()?.parse().map_err(|problem: String| self.wrong(&format!("cannot be used: {problem}")))
    }

    fn names(&self) -> Result<Vec<FieldName>, Failure> {
        let wrong = || self.wrong("is not a list of field names, such as [\"display_id\", \"balance\"]");
        let list = self.value.get_ref().as_array().filter(|list| !list.is_empty()).ok_or_else(wrong)?;
        let names = list.iter().map(|name| {
            let name = name.get_ref().as_str().ok_or_else(wrong)?;
            name.parse().map_err(|problem: String| self.wrong(&format!("cannot be used: {problem}")))
        });
        names.collect()
    }

    fn path(&self) -> Result<PathBuf, Failure> {
        let folder = self.reader.path.parent().unwrap_or(Path::new(""));
        let home = BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        match located(self.string()?, folder, home.as_deref()) {
            Some(path) => Ok(path),
            None => Err(self.wrong("begins with ~/, and there is no home folder")),
        }
    }

    fn integer(&self) -> Option<u64> {
        let integer = self.value.get_ref().as_integer()?;
        u64::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    fn positive(&self) -> Result<NonZeroU64, Failure> {
        self.integer().and_then(NonZeroU64::new).ok_or_else(|| self.wrong("is not a whole number of 1 or more"))
    }

    fn boolean(&self) -> Result<bool, Failure> {
        self.value.get_ref().as_bool().ok_or_else(|| self.wrong("is not true or false"))
    }

    fn count(&self) -> Result<u32, Failure> {
        let count = self.integer().and_then(|count| count.try_into().ok());
        count.ok_or_else(|| self.wrong("is not a whole number of 0 or more"))
    }

    fn time_limit(&self) -> Result<TimeLimit, Failure> {
        match self.integer() {
            Some(seconds) => {
                TimeLimit::from_seconds(seconds).ok_or_else(|| self.wrong("is not more than 0 and at most a day"))
            }
            None => self.parsed(),
        }
    }
}

/// Where a file is that the configuration names: `~/` is the home, and a relative path counts from `folder`.
fn located(name: &str, folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    match name.strip_prefix("~/") {
        Some(below) => Some(home?.join(below)),
        None => Some(folder.join(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<File, Failure> {
        File::parse(Path::new("dir/config.toml"), text)
    }

    #[test]
    fn every_key_is_read() {
        let text = "token = 't'\nbase_url = 'https://x'\noutput = 'csv'\nfields = ['name', 'callbacks.sms']\n\
                    limit = 1_000\norder = 'none'\ntimeout = 5\nretries = 0\nformula_guard = true\n\
                    ca_file = 'ca.pem'\nparallel = 2\ncolor = 'never'\n";
        let file = parse(text).expect("a file").top;
        assert_eq!(KEYS.len(), text.lines().count() + ["token_file", "token_command"].len());
        assert_eq!(file.limit.map(|limit| limit.value.get()), Some(1000));
        assert_eq!(file.fields.map(|fields| fields.value.len()), Some(2));
        assert_eq!(file.timeout.map(|timeout| timeout.value), TimeLimit::from_seconds(5));
        assert_eq!(file.order.map(|order| order.value), Some(Order::Server));
        assert_eq!(file.output.map(|output| output.value), Some(Format::Csv));
        assert_eq!(file.retries.map(|retries| retries.value), Some(0));
        assert_eq!(file.ca_file.map(|file| file.value), Some(PathBuf::from("dir/ca.pem")));
    }

    #[test]
    fn files_are_named_relative_to_the_configuration_or_to_the_home() {
        for (name, path) in [("a/b", "/etc/x/a/b"), ("/a", "/a"), ("~/a", "/home/me/a"), ("~a", "/etc/x/~a")] {
            let located = located(name, Path::new("/etc/x"), Some(Path::new("/home/me")));
            assert_eq!(located.as_deref(), Some(Path::new(path)), "{name}");
        }
        assert_eq!(located("~/a", Path::new("/etc/x"), None), None);
    }

    #[test]
    fn every_mistake_names_file_line_and_key() {
        for (line, key) in [
            ("limit = 0", "`limit`"),
            ("limit = '5'", "`limit`"),
            ("output = 'xml'", "`output`"),
            ("order = 'name:up'", "`order`"),
            ("timeout = '0s'", "`timeout`"),
            ("timeout = 1.5", "`timeout`"),
            ("fields = 'name'", "`fields`"),
            ("fields = []", "`fields`"),
            ("fields = ['']", "`fields`"),
            ("base_url = true", "`base_url`"),
            ("retries = -1", "`retries`"),
            ("formula_guard = 'yes'", "`formula_guard`"),
            ("ca_file = 5", "`ca_file`"),
            ("timeuot = 5", "`timeuot`"),
            ("[table]", "`table`"),
            ("token_file = 5", "`token_file`"),
            ("token_command = 'pass show x'", "`token_command`"),
            ("token_command = []", "`token_command`"),
            ("parallel = 17", "`parallel`"),
            ("profiles = 5", "`profiles`"),
            ("profiles.test = 5", "`test`"),
            ("profiles.test.limit = 0", "`limit`"),
            ("profiles.test.default_profile = 'x'", "`default_profile`"),
        ] {
            let failure = parse(&format!("# comment\n\n{line}\n")).expect_err(line);
            assert_eq!(failure.kind, Kind::Config);
            assert!(failure.message.starts_with("dir/config.toml, line 3: "), "{failure}");
            assert!(failure.message.contains(key), "{failure}");
        }
    }

    #[test]
    fn a_mistyped_key_is_told_the_right_one() {
        let failure = parse("timeuot = 5").expect_err("a typo");
        assert_eq!(failure.hint.as_deref(), Some("did you mean `timeout`?"));
    }

    #[test]
    fn two_tokens_in_one_place_are_refused_and_in_two_places_are_not() {
        for text in ["token = 'a'\ntoken_file = 'b'", "[profiles.x]\ntoken_command = ['a']\ntoken = 'b'"] {
            let failure = parse(text).expect_err(text);
            let said = failure.message.contains("line 2: `token_file` stands beside `token`")
                || failure.message.contains("line 3: `token` stands beside `token_command`");
            assert!(said, "{failure}");
        }
        assert!(parse("token = 'a'\n[profiles.x]\ntoken_file = 'b'").is_ok());
    }

    #[test]
    fn profiles_have_the_same_keys_and_are_known_by_their_names() {
        let file = parse("default_profile = 'test'\n[profiles.test]\nlimit = 5\n[profiles.\"a b\"]\n").expect("a file");
        assert_eq!(file.default_profile.as_ref().map(|name| &*name.value), Some("test"));
        let limit = file.profile("test").and_then(|profile| profile.limit.clone());
        assert_eq!(limit.map(|limit| limit.value.get()), Some(5));
        assert!(file.profile("a b").is_some() && file.profile("none").is_none());
    }

    #[test]
    fn no_message_shows_a_token() {
        for text in [
            "token = 5ebc03d6-hunter2",
            "token = [\"hunter2\"]",
            "token = hunter2",
            "token = \"hunter2",
            "token = \"hunter2\\q\"",
            "token = 'a'\ntoken = 'hunter2'",
        ] {
            let failure = parse(text).expect_err(text);
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
        assert!(!format!("{:?}", parse("token = 123456789").expect_err("a number")).contains("123456789"));
    }
}
