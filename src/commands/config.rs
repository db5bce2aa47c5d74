//! `config path`, `show` and `init`: the configuration, as people look at it and begin one.

use std::io::{self, Write};

use serde_json::Value;

use crate::cli::GlobalArgs;
use crate::cli::config::Command;
use crate::error::{self, Failure, Kind};
use crate::output::{ColumnKind, Rank, Shape, Style, Writer, text};
use crate::settings::{self, Settings};

use super::config_file::Rewrite;
use super::{Context, options};

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
    match context.terminal.stdout {
        true => context.stdout.write_all(text::escape(&path.to_string_lossy()).as_bytes())?,
        // A script goes on with the very path.
        false => context.stdout.write_all(path.as_os_str().as_encoded_bytes())?,
    }
    writeln!(context.stdout)?;
    Ok(context.stdout.flush()?)
}

fn show(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { environment, terminal, stdout, .. } = context;
    let settings = Settings::load(options(global), environment)?;
    let row =
        |(setting, value, source): (&'static str, Value, String)| vec![setting.into(), value.into(), source.into()];
    let mut rows = settings.shown().into_iter().map(row);
    let shape = Shape::of(&COLUMNS).ranking(Rank::Stays, &COLUMNS.map(|(name, _)| name));
    let look = terminal.look(settings.color.value);
    let style = Style { format: settings.output.value, header: true, look, formula_guard: false };
    let mut writer = Writer::begin(style, shape, stdout)?;
    rows.try_for_each(|row| writer.write_cells(row))?;
    Ok(writer.end().map(drop)?)
}

fn print(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(settings::TEMPLATE.as_bytes())?;
    out.flush()
}

fn init(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let path = settings::path(&options(global), &context.environment)?;
    Rewrite::begin(&path)?.end(|_| match path.exists() {
        true => Err(Failure::new(Kind::Usage, format!("{} already exists", path.display()))
            .hint("edit it; `carrierx config show` shows what it sets")),
        false => Ok(settings::TEMPLATE.to_owned()),
    })?;
    context.notices.note(&format!("wrote {}; every setting is commented out", path.display()));
    Ok(())
}
