//! Where rows go: to stdout, or to the file of `--to`.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::partners::FileArgs;
use crate::commands::files::{self, Named, Use};
use crate::commands::session::Session;
use crate::error::{self, Context as _, Error, Failure, Kind};
use crate::output::sink::{Destination, Sink};
use crate::settings::{Setting, Settings, Source};
use crate::values::Format;

/// Where rows go, before it is opened.
pub struct Target<'a> {
    pub destination: Destination,
    /// The path of `--to`, unless that is stdout.
    pub file: Option<&'a Path>,
    force: bool,
}

impl<'a> Target<'a> {
    /// What `--to` names, or stdout; a file that exists is replaced only by `force`.
    pub fn of(args: &'a FileArgs) -> Self {
        let destination = args.to.as_deref().map_or(Destination::Stdout, Destination::of);
        let file = args.to.as_deref().filter(|_| !destination.is_stdout());
        Self { destination, file, force: args.force }
    }

    /// Refuses a target that is another file of the command, such as one of `others`.
    pub fn check(&self, others: Vec<Named>, session: &Session) -> Result<(), Failure> {
        let Settings { config, history, .. } = &session.settings;
        let from = session.global.from.as_deref().filter(|path| path.as_os_str() != "-");
        let config = config.iter().map(|path| Named::new("the configuration", path, Use::Kept));
        let history = history.iter().map(|history| Named::new("the history", &history.value, Use::Kept));
        let mut files: Vec<Named> = config.chain(history).collect();
        files.extend(from.map(|path| Named::new("--from", path, Use::Read)));
        let (read, written): (Vec<_>, Vec<_>) = others.into_iter().partition(|file| file.usage == Use::Read);
        files.extend(read);
        files.push(match self.file {
            Some(path) => Named::new("--to", path, Use::Written),
            None => Named::new("stdout", Path::new("-"), Use::Written),
        });
        files.extend(written);
        files::check(&files)
    }

    /// The format that was typed, else that of the file's ending, else that of the settings.
    pub fn format(&self, output: &Setting<Format>) -> Result<Format, Failure> {
        let format = self.any_format(output)?;
        if format.is_binary() && self.file.is_none() {
            return Err(Failure::new(Kind::Usage, format!("-o {format} writes a file, and stdout is none"))
                .hint(format!("add --to FILE.{format}")));
        }
        Ok(format)
    }

    fn any_format(&self, output: &Setting<Format>) -> Result<Format, Failure> {
        match (&output.source, &self.destination) {
            (Source::Option(_), _) | (_, Destination::Stdout | Destination::Device(_)) => Ok(output.value),
            (_, Destination::File(path)) => Format::of_file(path).ok_or_else(|| {
                let endings = Format::ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
                Failure::new(Kind::Usage, format!("the name {} does not end in a known format", path.display()))
                    .hint(format!("add -o FORMAT, or end the name in one of {endings} (or these with .gz)"))
            }),
        }
    }

    /// Opens it, before anything is asked for.
    pub fn open<'o>(&self, stdout: &'o mut dyn Write) -> error::Result<Sink<'o>> {
        match self.file {
            Some(path) => open(&path.display().to_string(), self.destination.clone(), self.force),
            None => Ok(Sink::stdout(stdout)),
        }
    }

    /// Makes what was written the content of the file, if it is one.
    pub fn commit(&self, sink: Sink) -> error::Result<()> {
        sink.commit().map(drop).map_err(|error| self.named(error.into()))
    }

    /// The error with the name of what could not be written, if that is what it is about.
    pub fn named(&self, error: Error) -> Error {
        match self.file {
            _ if error::of_the_system(&error).is_none() => error,
            Some(path) => error.context(cannot_write(&path.display().to_string())),
            None => error.context("cannot write to stdout"),
        }
    }
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
