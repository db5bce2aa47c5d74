//! `config path`, `show` and `init`: the configuration, as people look at it and begin one; and how it is changed: one
//! process at a time, atomically, and readable by its owner only.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::cli::config::ConfigCommand;
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::{ColumnKind, FormatOptions, Projection, Rank, Writer, text};
use crate::settings::{self, Settings};
use crate::system::atomic_file::{AtomicFile, Existing, end_of_links, folder_of};
use crate::system::private_file;

use super::Context;

/// The columns of `config show`.
pub const COLUMNS: [(&str, ColumnKind); 3] =
    [("setting", ColumnKind::Code), ("value", ColumnKind::Prose), ("source", ColumnKind::Prose)];

/// Runs a command about the configuration.
pub fn run(command: ConfigCommand, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    match command {
        ConfigCommand::Path => path(context, stdout),
        ConfigCommand::Show => show(context, stdout),
        ConfigCommand::Init { print: true } => Ok(stdout.write_all(settings::TEMPLATE.as_bytes())?),
        ConfigCommand::Init { print: false } => init(context),
    }
}

fn path(context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let path = settings::path(&context.options(), &context.environment)?;
    match context.terminal.stdout {
        true => stdout.write_all(text::escape(&path.to_string_lossy()).as_bytes())?,
        // A script goes on with the very path.
        false => stdout.write_all(path.as_os_str().as_encoded_bytes())?,
    }
    writeln!(stdout)?;
    Ok(stdout.flush()?)
}

fn show(context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let settings = Settings::load(context.options(), &context.environment)?;
    let row =
        |(setting, value, source): (&'static str, Value, String)| vec![setting.into(), value.into(), source.into()];
    let mut rows = settings.shown().into_iter().map(row);
    let projection = Projection::of(&COLUMNS).ranking(Rank::Stays, &COLUMNS.map(|(name, _)| name));
    let viewport = context.terminal.viewport(settings.color.value);
    let options = FormatOptions::new(settings.output.value, viewport);
    let mut writer = Writer::begin(options, projection, stdout)?;
    rows.try_for_each(|row| writer.write_cells(row))?;
    Ok(writer.end().map(drop)?)
}

fn init(context: Context) -> error::Result<()> {
    let path = settings::path(&context.options(), &context.environment)?;
    if path.exists() {
        return Err(Failure::new(Kind::Usage, format!("{} already exists", path.display()))
            .hint("edit it; `carrierx config show` shows what it sets")
            .into());
    }
    let template = |text: &str| text.is_empty().then(|| settings::TEMPLATE.to_owned()).ok_or("it already exists");
    Rewrite::begin(&path)?.end(template)?;
    context.notices.note(&format!("wrote {}; every setting is commented out", path.display()));
    Ok(())
}

/// A configuration file that can be written, which is known before anything is asked or sent that would be lost
/// otherwise.
pub struct Rewrite<'p> {
    path: &'p Path,
    folder: PathBuf,
    file: AtomicFile,
}

impl<'p> Rewrite<'p> {
    /// Creates the directory of the file, private to its owner, unless it exists; a link to a file is followed.
    pub fn begin(path: &'p Path) -> error::Result<Self> {
        let begin = || {
            let folder = folder_of(&end_of_links(path)?).to_owned();
            private_file::make_folder(&folder)?;
            Ok::<_, io::Error>((folder, AtomicFile::create(path, Existing::ReplacePrivately)?))
        };
        let (folder, file) = begin().with_context(|| cannot_write(path))?;
        Ok(Self { path, folder, file })
    }

    /// Replaces the text of the file by what `edit` makes of it, under a lock from reading to writing, so that of two
    /// changes at once none is lost.
    pub fn end(mut self, edit: impl FnOnce(&str) -> Result<String, &'static str>) -> error::Result<()> {
        let _lock = private_file::lock(&self.folder).with_context(|| cannot_write(self.path))?;
        let text = match fs::read_to_string(self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Zeroizing::default(),
            text => Zeroizing::new(text.with_context(|| format!("cannot read {}", self.path.display()))?),
        };
        let text = Zeroizing::new(edit(&text).map_err(|problem| {
            Failure::new(Kind::Config, format!("cannot edit {}: {problem}", self.path.display()))
                .hint("edit the file yourself, or use another one with --config")
        })?);
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.commit());
        written.with_context(|| cannot_write(self.path))
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
