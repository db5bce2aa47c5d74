//! `config path`, `show` and `init`: the configuration, as people look at it and begin one.

use std::io::Write;

use serde_json::Value;

use crate::cli::config::ConfigCommand;
use crate::error::{self, Failure, Kind};
use crate::output::{ColumnKind, FormatOptions, Projection, Rank, Writer, text};
use crate::settings::{self, Settings};

use super::Context;
use super::config_file::Rewrite;

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
    Rewrite::begin(&path)?.end(|_| match path.exists() {
        true => Err(Failure::new(Kind::Usage, format!("{} already exists", path.display()))
            .hint("edit it; `carrierx config show` shows what it sets")),
        false => Ok(settings::TEMPLATE.to_owned()),
    })?;
    context.notices.note(&format!("wrote {}; every setting is commented out", path.display()));
    Ok(())
}
