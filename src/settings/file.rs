//! The configuration file: TOML with known keys only, and errors that name the line.
//!
//! The file may contain a token, so no message repeats a value or a line of it, only keys.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memchr::memchr_iter;
use toml_edit::{Document, Item, Key, TableLike, Value};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::system::bounded;
use crate::values::suggest;

use super::table::{Form, Layer, ROWS, Settable};
use super::token::TokenSource;
use super::trust::{self, Contents};
use super::{Origin, Setting};

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
pub struct ConfigFile {
    /// Where it is, or would be.
    pub path: Option<PathBuf>,
    /// The top level, which profiles override.
    pub top: Layer,
    /// The profile that is used by default.
    pub default_profile: Option<Setting<String>>,
    /// The profiles by their names, in the order of the file.
    pub profiles: Vec<(String, Layer)>,
}

impl ConfigFile {
    /// A file that does not exist yet.
    pub fn empty(path: PathBuf) -> Self {
        Self { path: Some(path), ..Self::default() }
    }

    /// Reads a file; none if it does not exist.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        match bounded::read(path, MAX_SIZE) {
            Ok((bytes, metadata)) => {
                let text = std::str::from_utf8(&bytes).map_err(|error| {
                    let end = error.valid_up_to();
                    Reader::new(path, &bytes).failure(end..end, "this is not UTF-8 text")
                })?;
                let file = Self::parse(path, text)?;
                trust::check(path, &metadata, file.contents())?;
                Ok(Some(file))
            }
            // The home of a service account may not be a directory; then there is no file either.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => {
                let message = format!("cannot read the configuration file {}: {error}", path.display());
                Err(Failure::new(Kind::Config, message)
                    .hint("check its permissions, or use another file with --config or CARRIERX_CONFIG"))
            }
        }
    }

    /// Reads the text of a file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let reader = Reader::new(path, text.as_bytes());
        let document = Document::parse(text).map_err(|error| {
            let problem = error.message().lines().next().unwrap_or("syntax error");
            reader.failure(error.span().unwrap_or_default(), &format!("this is not TOML: {problem}"))
        })?;
        let mut file = Self::empty(path.to_owned());
        for entry in reader.entries(document.as_table(), false) {
            match entry.key {
                "default_profile" => file.default_profile = Some(entry.setting(entry.text(Form::Text)?)),
                "profiles" => {
                    for profile in reader.entries(entry.table()?, true) {
                        let mut layer = Layer::default();
                        for entry in reader.entries(profile.table()?, true) {
                            entry.read_into(&mut layer)?;
                        }
                        file.profiles.push((profile.key.to_owned(), layer));
                    }
                }
                _ => entry.read_into(&mut file.top)?,
            }
        }
        Ok(file)
    }

    /// What others must not read or change in the file. This includes CA certificates: with one of their own and a
    /// place in the network, others could intercept the token.
    fn contents(&self) -> Contents {
        let of_layer = |layer: &Layer| match &layer.token {
            Some(Setting { value: TokenSource::Given(_), .. }) => Contents::Token,
            None if layer.base_url.is_none() && layer.ca_file.is_none() => Contents::Harmless,
            _ => Contents::Sensitive,
        };
        self.profiles.iter().map(|(_, layer)| of_layer(layer)).fold(of_layer(&self.top), Contents::max)
    }

    /// What the file sets with this profile selected, or with none. A profile that does not exist yet has no token.
    pub fn layer(&self, profile: Option<&str>) -> Layer {
        match profile {
            Some(name) => self.profile(name).cloned().unwrap_or_default().over(self.top.clone()),
            None => self.top.clone(),
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
    /// Where each line ends, so that the line of a setting is found without reading what stands before it.
    line_breaks: Vec<usize>,
}

impl<'f> Reader<'f> {
    fn new(path: &'f Path, text: &[u8]) -> Self {
        Self { path, line_breaks: memchr_iter(b'\n', text).collect() }
    }

    /// The line, counted from 1, on which a span begins.
    fn line(&self, span: Range<usize>) -> usize {
        1 + self.line_breaks.partition_point(|line_break| *line_break < span.start)
    }

    fn failure(&self, span: Range<usize>, problem: &str) -> Failure {
        let message = format!("{}, line {}: {problem}", self.path.display(), self.line(span));
        Failure::new(Kind::Config, message).hint("fix that line, or use another file with --config")
    }

    /// The keys and values of a table in the order of the file, so that the first mistake in it is reported.
    fn entries<'e>(&'e self, table: &'e dyn TableLike, of_profile: bool) -> impl Iterator<Item = KeyValue<'e>> {
        table.iter().map(move |(key, value)| {
            let span = table.key(key).and_then(Key::span).unwrap_or_default();
            KeyValue { reader: self, key, span, value, of_profile }
        })
    }
}

/// One `key = value` of a file.
pub struct KeyValue<'f> {
    reader: &'f Reader<'f>,
    pub key: &'f str,
    span: Range<usize>,
    value: &'f Item,
    of_profile: bool,
}

impl<'f> KeyValue<'f> {
    /// Puts the value into the layer.
    fn read_into(&self, layer: &mut Layer) -> Result<(), Failure> {
        match self.key {
            "token" => self.set_token(layer, TokenSource::Given(Zeroizing::new(self.text(Form::Text)?))),
            "token_file" => self.set_token(layer, TokenSource::file(self.read()?)),
            "token_command" => {
                let words = self.list().filter(|words| !words.is_empty());
                let problem = "is not a list of a program and its arguments, such as [\"pass\", \"show\", \"x\"]";
                let words = words.ok_or_else(|| self.wrong(problem))?;
                self.set_token(layer, TokenSource::Command(words.into_iter().map(str::to_owned).collect()))
            }
            _ if layer.set(self)? => Ok(()),
            _ => Err(self.unknown_key()),
        }
    }

    /// Sets the source of the token, which only one key may do.
    fn set_token(&self, layer: &mut Layer, token: TokenSource) -> Result<(), Failure> {
        if let Some(other) = &layer.token {
            let problem = format!("conflicts with `{}`: there can be only one token", other.value.key());
            return Err(self.wrong(&problem).hint("keep one of token, token_file and token_command"));
        }
        layer.token = Some(self.setting(token));
        Ok(())
    }

    fn unknown_key(&self) -> Failure {
        let key = self.key;
        let failure = self.reader.failure(self.span.clone(), &format!("`{key}` is not a setting"));
        let top_keys = if self.of_profile { &[][..] } else { &TOP_KEYS };
        let known: Vec<&str> = keys().chain(top_keys.iter().copied()).collect();
        failure.hint(suggest::hint(key, &known))
    }

    pub fn setting<T>(&self, value: T) -> Setting<T> {
        let line = self.reader.line(self.value.span().unwrap_or(self.span.clone()));
        let path = self.reader.path.to_owned();
        Setting { value, source: Origin::File { path, line, of_profile: self.of_profile } }
    }

    fn wrong(&self, problem: &str) -> Failure {
        let span = self.value.span().unwrap_or(self.span.clone());
        self.reader.failure(span, &format!("`{}` {problem}", self.key))
    }

    /// The value, of whatever type the setting has.
    pub fn read<T: Settable>(&self) -> Result<T, Failure> {
        let text = self.text(T::FORM)?;
        // Relative paths count from the directory of the file.
        let folder = self.reader.path.parent().unwrap_or(Path::new(""));
        T::read(text.as_ref(), folder).map_err(|problem| self.wrong(&format!("cannot be used: {problem}")))
    }

    /// The value as a variable would have it.
    fn text(&self, form: Form) -> Result<String, Failure> {
        let string = || self.value.as_str().map(str::to_owned);
        let number = || self.value.as_integer().map(|number| number.to_string());
        let (text, expected) = match form {
            Form::Text => (string(), "a string in quotes"),
            Form::Number => (number(), "a number"),
            Form::Time => (number().or_else(string), "a number of seconds or a string such as \"2m\""),
            Form::Switch => (self.value.as_bool().map(|is_on| is_on.to_string()), "true or false"),
            Form::List => (
                self.list().map(|words| words.join(",")),
                "a list of strings in quotes, such as [\"display_id\", \"balance\"]",
            ),
        };
        let kind = self.value.type_name();
        text.ok_or_else(|| self.wrong(&format!("is not {expected}, but of type {kind}")))
    }

    fn list(&self) -> Option<Vec<&'f str>> {
        self.value.as_array()?.iter().map(Value::as_str).collect()
    }

    fn table(&self) -> Result<&'f dyn TableLike, Failure> {
        let problem = "is not a table; write [profiles.NAME] above the settings of one";
        self.value.as_table_like().ok_or_else(|| self.wrong(problem))
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::values::{Format, Order};

    fn parse(text: &str) -> Result<ConfigFile, Failure> {
        ConfigFile::parse(Path::new("dir/config.toml"), text)
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
        assert_eq!(file.timeout.map(|timeout| timeout.value), "5s".parse().ok());
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
            let said = failure.message.contains("line 2: `token_file` conflicts with `token`")
                || failure.message.contains("line 3: `token` conflicts with `token_command`");
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
