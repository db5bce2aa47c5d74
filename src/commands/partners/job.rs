//! What every command that writes rows has: whom it asks, where its rows go, and what a file says of them if its format
//! has room for that.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::cli::partners::CellArgs;
use crate::commands::{Answerer, Context, NamedFile, Session, Use, files};
use crate::error::{self, Context as _, Error, Failure, Kind};
use crate::output::{ColumnKind, Destination, Fact, FormatOptions, Projection, Sink, Writer, secrets};
use crate::settings::{Options, Origin, Setting, Settings};
use crate::values::{Format, moment};

use super::selection;

/// A command that writes rows.
pub struct Job<'a, 'n> {
    pub session: Session<'a, 'n>,
    pub format: Format,
    /// The path of `--to`, unless that is stdout.
    pub file: Option<&'a Path>,
    pub destination: Destination,
    cells: &'a CellArgs,
    line: &'a [OsString],
    /// What the rows come from if nothing was requested.
    sources: Option<String>,
    began: String,
}

impl<'a, 'n> Job<'a, 'n> {
    /// Begins, and refuses a target that is another file of the command, such as one of `others`.
    pub fn new(
        options: Options,
        cells: &'a CellArgs,
        others: Vec<NamedFile>,
        context: Context<'a, 'n>,
    ) -> Result<Self, Failure> {
        let line = context.line;
        let options = Options { formula_guard: cells.formula_guard.then_some(true), ..options };
        let session = Session::new(options, context)?;
        let destination = cells.to.as_deref().map_or(Destination::Stdout, Destination::of);
        let file = cells.to.as_deref().filter(|_| !destination.is_stdout());
        check(file, others, &session)?;
        let format = format(file, &destination, &session.settings.output)?;
        Ok(Self { session, format, file, destination, cells, line, sources: None, began: moment::now() })
    }

    /// The same, for rows from files, for which nothing was requested.
    pub fn of_files(self, files: impl Into<String>) -> Self {
        Self { sources: Some(files.into()), ..self }
    }

    /// Opens what rows are written to, before anything is asked for.
    pub fn open<'o>(&self, stdout: &'o mut dyn Write) -> error::Result<Sink<'o>> {
        match self.file {
            Some(path) => open(&path.display().to_string(), self.destination.clone(), self.cells.force),
            None => Ok(Sink::stdout(stdout)),
        }
    }

    /// How rows are written there.
    pub fn format_options(&self, sink: &Sink) -> FormatOptions {
        FormatOptions {
            format: self.format,
            header: !self.cells.no_header,
            viewport: sink.viewport(self.session.viewport()),
            formula_guard: self.session.settings.formula_guard.value,
        }
    }

    /// Ends rows of which it is known whether they are all, and says what of them is not seen as it is.
    pub fn end(&self, writer: &mut Writer, is_whole: bool, remedy: &str) -> io::Result<()> {
        let unseen = writer.end_with(|rows| self.facts(rows, is_whole))?;
        selection::report_unseen(&unseen, remedy, self.session.notices);
        Ok(())
    }

    /// The same of rows of which others were to follow.
    pub fn break_off(&self, writer: &mut Writer) -> io::Result<()> {
        selection::report_unseen(&writer.break_off()?, selection::NAME_FEWER, self.session.notices);
        Ok(())
    }

    /// Makes what was written the content of the file, if it is one.
    pub fn commit(&self, sink: Sink) -> error::Result<()> {
        sink.commit().map_err(|error| self.named(error))
    }

    /// The error with the name of what could not be written, if that is what it is about.
    pub fn named(&self, error: impl Into<Error>) -> Error {
        let error = error.into();
        match self.file {
            _ if error::of_the_system(&error).is_none() => error,
            Some(path) => error.context(cannot_write(&path.display().to_string())),
            None => error.context("cannot write to stdout"),
        }
    }

    /// Writes rows, of which it is known whether they are all, and says what of them is not seen as it is.
    pub fn write(
        &self,
        sink: &mut Sink,
        projection: Projection,
        is_whole: bool,
        rows: impl FnOnce(&mut Writer) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut writer = Writer::begin(self.format_options(sink), projection, sink)?;
        rows(&mut writer)?;
        self.end(&mut writer, is_whole, "use -o csv")
    }

    /// What is known of rows before one has come: how they were asked for, of whom, and when.
    pub fn origin(&self) -> Vec<(&'static str, Value)> {
        let words: Vec<String> = self.line.iter().map(|word| quoted(&word.to_string_lossy())).collect();
        let from = match (&self.sources, self.session.answerer()) {
            (Some(files), _) => Some(files.clone()),
            (None, Answerer::Api) => None,
            (None, answerer) => Some(answerer.name()),
        };
        let settings = &self.session.settings;
        let url = settings.base_url().ok().filter(|_| from.is_none());
        vec![
            ("version", env!("CARGO_PKG_VERSION").into()),
            ("base_url", url.map(|url| url.to_string()).into()),
            ("from", from.into()),
            ("profile", settings.profile.as_ref().map(|profile| profile.value.as_str()).into()),
            // An ID that was typed may be the token.
            ("command", secrets::hidden(&words.join(" ")).into()),
            ("started", self.began.as_str().into()),
        ]
    }

    /// What is to be known of so many rows, for a sheet of its own.
    pub fn facts(&self, rows: u64, is_complete: bool) -> Vec<Fact> {
        let of_rows = [("timestamps", "UTC".into()), ("rows", rows.into()), ("complete", is_complete.into())];
        let known = self.origin().into_iter().filter(|(_, value)| !value.is_null()).chain(of_rows);
        let fact = |(name, value): (&'static str, Value)| match value {
            Value::String(text) if name == "started" => (name, ColumnKind::Moment, text),
            Value::String(text) => (name, ColumnKind::Text, text),
            Value::Number(number) => (name, ColumnKind::Number, number.to_string()),
            value => (name, ColumnKind::Text, value.to_string()),
        };
        known.map(fact).collect()
    }
}

/// The word as it would be typed in a shell.
pub fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=@%+".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Refuses files of a command of which one would destroy another.
fn check(file: Option<&Path>, others: Vec<NamedFile>, session: &Session) -> Result<(), Failure> {
    let Settings { config, history, .. } = &session.settings;
    let from = session.global.from.as_deref().filter(|path| path.as_os_str() != "-");
    let config = config.iter().map(|path| NamedFile::new("the configuration", path, Use::Rewritten));
    let history = history.iter().map(|history| NamedFile::new("the history", &history.value, Use::Rewritten));
    let from = from.map(|path| NamedFile::new("--from", path, Use::Read));
    let to = match file {
        Some(path) => NamedFile::new("--to", path, Use::Written),
        None => NamedFile::new("stdout", Path::new("-"), Use::Written),
    };
    // Of two names of one file, the later one is to blame.
    let (read, written): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| file.usage == Use::Read);
    files::check(&config.chain(history).chain(from).chain(read).chain([to]).chain(written).collect::<Vec<_>>())
}

/// The format that was typed, else that of the file's ending, else that of the settings.
fn format(file: Option<&Path>, destination: &Destination, output: &Setting<Format>) -> Result<Format, Failure> {
    let format = match (&output.source, destination) {
        (Origin::Option(_), _) | (_, Destination::Stdout | Destination::Device(_)) => output.value,
        (_, Destination::File(path)) => Format::of_file(path).ok_or_else(|| {
            let endings = Format::ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
            Failure::new(Kind::Usage, format!("{} has no known extension", path.display()))
                .hint(format!("add -o FORMAT, or use one of {endings} (.gz may follow)"))
        })?,
    };
    if format.is_binary() && file.is_none() {
        return Err(Failure::new(Kind::Usage, format!("-o {format} cannot be written to stdout"))
            .hint(format!("add --to FILE.{format}")));
    }
    Ok(format)
}

/// Opens what is written to, before anything is asked for; `name` stands for it in messages.
pub fn open<'o>(name: &str, destination: Destination, force: bool) -> error::Result<Sink<'o>> {
    match destination.open(force) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let failure = Failure::new(Kind::Usage, format!("{name} already exists"));
            Err(failure.hint("add --force to replace it").into())
        }
        opened => opened.with_context(|| cannot_write(name)),
    }
}

pub fn cannot_write(name: &str) -> String {
    format!("cannot write {name}")
}
