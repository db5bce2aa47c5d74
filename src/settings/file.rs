//! The configuration file: TOML with known keys only, and errors that name the line.
//!
//! The file may contain a token, so no message repeats a value or a line of it, only keys.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memchr_iter;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::system::bounded;
use crate::values::suggest;

use super::settable::Settable;
use super::table::{Layer, ROWS};
use super::token::TokenSource;
use super::trust::{self, Contents};
use super::{Setting, Source};

/// The keys that set a token; each level can have one of them.
pub const TOKEN_KEYS: [&str; 3] = ["token", "token_file", "token_command"];

/// Every key that the top level and each profile may have.
pub fn keys() -> impl Iterator<Item = &'static str> {
    TOKEN_KEYS.into_iter().chain(ROWS.iter().map(|row| row.key))
}

/// The keys of the top level alone.
const TOP_KEYS: [&str; 2] = ["default_profile", "profiles"];

/// A limit that no real configuration reaches.
const MAX_SIZE: u64 = 1 << 20;

#[derive(Debug, Default)]
pub struct File {
    /// Where it is, or would be.
    pub path: Option<PathBuf>,
    /// The top level, which profiles override.
    pub top: Layer,
    /// The profile that is used when none is named.
    pub default_profile: Option<Setting<String>>,
    /// The profiles by their names, in the order of the file.
    pub profiles: Vec<(String, Layer)>,
}

impl File {
    /// A file that does not exist yet.
    pub fn empty(path: PathBuf) -> Self {
        Self { path: Some(path), ..Self::default() }
    }

    /// Reads a file; none if it does not exist.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        match bounded::read(path, MAX_SIZE, bounded::PATIENCE) {
            Ok((bytes, metadata)) => {
                let text = std::str::from_utf8(&bytes).map_err(|error| {
                    let text = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                    let (reader, end) = (Reader::new(path, &text), text.len());
                    reader.failure(end..end, "this is not UTF-8 text")
                })?;
                let file = Self::parse(path, text)?;
                trust::check(path, &metadata, file.contents())?;
                Ok(Some(file))
            }
            // The home of a service account may not be a folder; then there is no file either.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => {
                let message = format!("cannot read the configuration file {}: {error}", path.display());
                Err(Failure::new(Kind::Config, message)
                    .hint("check its permissions, or name another file with --config or CARRIERX_CONFIG"))
            }
        }
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let reader = Reader::new(path, text);
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
                _ => entry.read_into(&mut file.top, keys().chain(TOP_KEYS))?,
            }
        }
        Ok(file)
    }

    /// What others must not read or change in the file. This includes CA certificates: with one of their own and a
    /// place in the network, others could intercept the token.
    fn contents(&self) -> Contents {
        let layers = || self.profiles.iter().map(|(_, layer)| layer).chain([&self.top]);
        let is_given = |layer: &Layer| matches!(layer.token, Some(Setting { value: TokenSource::Given(_), .. }));
        let is_sensitive = |layer: &Layer| layer.token.is_some() || layer.base_url.is_some() || layer.ca_file.is_some();
        if layers().any(is_given) {
            Contents::Token
        } else if layers().any(is_sensitive) {
            Contents::Sensitive
        } else {
            Contents::Harmless
        }
    }

    /// The settings of the profile of that name.
    pub fn profile(&self, name: &str) -> Option<&Layer> {
        self.profiles.iter().find_map(|(known, section)| (known == name).then_some(section))
    }
}

/// A file being read, for messages about its places.
pub struct Reader<'f> {
    path: &'f Path,
    /// Where each line ends, to find the line of a setting without scanning everything before it.
    line_breaks: Vec<usize>,
}

impl<'f> Reader<'f> {
    fn new(path: &'f Path, text: &str) -> Self {
        Self { path, line_breaks: memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// The line, counted from 1, on which a span begins.
    fn line(&self, span: Range<usize>) -> usize {
        1 + self.line_breaks.partition_point(|line_break| *line_break < span.start)
    }

    fn failure(&self, span: Range<usize>, problem: &str) -> Failure {
        let message = format!("{}, line {}: {problem}", self.path.display(), self.line(span));
        Failure::new(Kind::Config, message).hint("fix that line, or name another file with --config")
    }

    fn unknown_key(&self, key: &str, span: Range<usize>, known: impl Iterator<Item = &'static str>) -> Failure {
        let failure = self.failure(span, &format!("`{key}` is not a setting"));
        let known: Vec<&str> = known.collect();
        match suggest::closest(key, known.iter().copied()) {
            Some(known) => failure.hint(format!("did you mean `{known}`?")),
            None => failure.hint(format!("the settings here are {}", known.join(", "))),
        }
    }
}

/// The keys and values of a table in the order of the file, so that the first mistake in it is reported.
fn in_order<'t, 'v>(table: &'t DeTable<'v>) -> Vec<(&'t Spanned<DeString<'v>>, &'t Spanned<DeValue<'v>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// One `key = value` of a file.
pub struct Entry<'f, 'v> {
    reader: &'f Reader<'f>,
    pub key: &'f str,
    span: Range<usize>,
    pub value: &'f Spanned<DeValue<'v>>,
}

impl Entry<'_, '_> {
    /// Puts the value into the layer; `known` are the keys that could stand here.
    fn read_into(&self, layer: &mut Layer, known: impl Iterator<Item = &'static str>) -> Result<(), Failure> {
        match self.key {
            "token" => self.set_token(layer, TokenSource::Given(Zeroizing::new(self.string()?.to_owned()))),
            "token_file" => self.set_token(layer, TokenSource::File(PathBuf::from_entry(self)?)),
            "token_command" => self.set_token(layer, TokenSource::Command(self.command()?)),
            _ if layer.set(self)? => Ok(()),
            unknown => Err(self.reader.unknown_key(unknown, self.span.clone(), known)),
        }
    }

    /// Sets the source of the token, which only one key may do.
    fn set_token(&self, layer: &mut Layer, token: TokenSource) -> Result<(), Failure> {
        if let Some(other) = &layer.token {
            let problem = format!("stands beside `{}`, and there can be only one token", other.value.key());
            return Err(self.wrong(&problem).hint("keep one of token, token_file and token_command"));
        }
        layer.token = Some(self.setting(token));
        Ok(())
    }

    /// The tables below `profiles`.
    fn profiles(&self) -> Result<Vec<(String, Layer)>, Failure> {
        let table = self.value.get_ref().as_table();
        let table =
            table.ok_or_else(|| self.wrong("is not a table; write [profiles.NAME] above the settings of one"))?;
        let mut profiles = Vec::new();
        for (name, value) in in_order(table) {
            let profile = Entry { reader: self.reader, key: name.get_ref(), span: name.span(), value };
            let settings = value.get_ref().as_table();
            let settings = settings
                .ok_or_else(|| profile.wrong("is not a table; write [profiles.NAME] above the settings of one"))?;
            let mut layer = Layer::default();
            for (key, value) in in_order(settings) {
                let entry = Entry { reader: self.reader, key: key.get_ref(), span: key.span(), value };
                entry.read_into(&mut layer, keys())?;
            }
            profiles.push((name.get_ref().to_string(), layer));
        }
        Ok(profiles)
    }

    /// A program and its arguments.
    fn command(&self) -> Result<Vec<String>, Failure> {
        let wrong = || self.wrong("is not a list of a program and its arguments, such as [\"pass\", \"show\", \"x\"]");
        let words = self.value.get_ref().as_array().filter(|words| !words.is_empty()).ok_or_else(wrong)?;
        words.iter().map(|word| word.get_ref().as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }

    pub fn setting<T>(&self, value: T) -> Setting<T> {
        let line = self.reader.line(self.value.span());
        Setting { value, source: Source::File { path: self.reader.path.to_owned(), line } }
    }

    pub fn wrong(&self, problem: &str) -> Failure {
        self.reader.failure(self.value.span(), &format!("`{}` {problem}", self.key))
    }

    pub fn string(&self) -> Result<&str, Failure> {
        let value = self.value.get_ref();
        value.as_str().ok_or_else(|| self.wrong(&format!("is not a string in quotes but a {}", value.type_str())))
    }

    pub fn parsed<T>(&self, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<T, Failure> {
        parse(self.string()?).map_err(|problem| self.wrong(&format!("cannot be used: {problem}")))
    }

    pub fn integer(&self) -> Option<u64> {
        let integer = self.value.get_ref().as_integer()?;
        u64::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    /// The folder that relative paths count from.
    pub fn folder(&self) -> &Path {
        self.reader.path.parent().unwrap_or(Path::new(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Format, Order, TimeLimit};

    fn parse(text: &str) -> Result<File, Failure> {
        File::parse(Path::new("dir/config.toml"), text)
    }

    #[test]
    fn every_key_is_read() {
        let text = "token = 't'\nbase_url = 'https://x'\noutput = 'csv'\nfields = ['name', 'callbacks.sms']\n\
                    limit = 1_000\norder = 'none'\ntimeout = 5\nretries = 0\nformula_guard = true\n\
                    ca_file = 'ca.pem'\nparallel = 2\ncolor = 'never'\nhistory = 'past'\n";
        let file = parse(text).expect("a file").top;
        assert_eq!(keys().count(), text.lines().count() + ["token_file", "token_command"].len());
        assert_eq!(file.limit.map(|limit| limit.value.get()), Some(1000));
        assert_eq!(file.fields.map(|fields| fields.value.len()), Some(2));
        assert_eq!(file.timeout.map(|timeout| timeout.value), TimeLimit::from_seconds(5));
        assert_eq!(file.order.map(|order| order.value), Some(Order::Server));
        assert_eq!(file.output.map(|output| output.value), Some(Format::Csv));
        assert_eq!(file.retries.map(|retries| retries.value), Some(0));
        assert_eq!(file.ca_file.map(|file| file.value), Some(PathBuf::from("dir/ca.pem")));
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
