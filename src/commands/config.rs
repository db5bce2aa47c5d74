//! `config path`, `show` and `init`: the configuration, as people look at it and begin one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::cli::GlobalArgs;
use crate::cli::config::Command;
use crate::error::{self, Context as _, Failure, Kind};
use crate::output::{ColumnKind, Rank, Shape, text};
use crate::settings::{self, Options, Settings};
use crate::system::private_file;

use super::config_file::make_folder_of;
use super::{Context, options, record};

/// The columns of `config show`.
pub const COLUMNS: [(&str, ColumnKind); 3] =
    [("setting", ColumnKind::Code), ("value", ColumnKind::Prose), ("source", ColumnKind::Prose)];

/// Runs a command about the configuration.
pub fn run(command: Command, global: &GlobalArgs, context: Context) -> error::Result<()> {
    match command {
        Command::Path => path(global, context),
        Command::Show => show(global, context),
        Command::Init { print: true } => Ok(print(context.stdout)?),
        Command::Init { print: false } => init(global, context),
    }
}

fn path(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let path = settings::path(&options(global), &context.environment)?;
    let out = context.stdout;
    match context.terminal.stdout {
        true => writeln!(out, "{}", text::escape(&path.to_string_lossy()))?,
        // For programs it is exact, whatever the system takes for a name.
        false => {
            out.write_all(path.as_os_str().as_encoded_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}

fn show(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { environment, terminal, stdout, .. } = context;
    let settings = Settings::load(Options { does_without_file: false, ..options(global) }, environment)?;
    let row =
        |(setting, value, source): (&'static str, Value, String)| vec![setting.into(), value.into(), source.into()];
    let rows = settings.shown().into_iter().map(row);
    let shape = Shape::of(&COLUMNS).ranking(Rank::Stays, &COLUMNS.map(|(name, _)| name));
    record::rows(shape, rows, settings.output.value, terminal.look(settings.color.value), stdout)?;
    Ok(())
}

fn print(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(settings::TEMPLATE.as_bytes())?;
    out.flush()
}

fn init(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let path = settings::path(&options(global), &context.environment)?;
    match write_new(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(Kind::Usage, format!("{} already exists", path.display()))
                .hint("edit it; `carrierx config show` shows what it sets")
                .into());
        }
        written => written.with_context(|| format!("cannot write {}", path.display()))?,
    }
    context.notices.note(&format!("wrote {}; every setting is commented out", path.display()));
    Ok(())
}

/// Writes a file that only its owner can read, as a token may come into it, in a folder that is made if there is none.
fn write_new(path: &Path) -> io::Result<()> {
    make_folder_of(path)?;
    let mut file = private_file::create(path)?;
    file.write_all(settings::TEMPLATE.as_bytes()).inspect_err(|_| {
        // Half of it would stand in the way of the next try.
        _ = fs::remove_file(path);
    })
}
