//! `man`: the manual, as pages for the program of that name, or as JSON for others.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::ManArgs;
use crate::cli::manual::json::{Facts, RowColumns, SCHEMA};
use crate::cli::manual::{self, NoSuchPage};
use crate::error::{self, Context as _, Failure, Kind};
use crate::output;
use crate::output::terminal::Terminal;
use crate::values::{Format, OutputFormat};

use super::{auth, config, connection, partners};

/// What is printed of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Roff,
    Json,
}

/// Runs the command.
pub fn run(args: &ManArgs, format: Option<OutputFormat>, terminal: Terminal, out: &mut dyn Write) -> error::Result<()> {
    let form = form(args, format)?;
    if let Some(folder) = &args.dir {
        return write_all(folder);
    }
    match form {
        _ if args.schema => out.write_all(SCHEMA.as_bytes())?,
        Form::Roff => out.write_all(manual::page(&args.command).map_err(not_found)?.roff.as_bytes())?,
        Form::Json => {
            let facts = Facts { columns, exclusive: &connection::ANSWERERS };
            let json = manual::json::manual(&args.command, facts).map_err(not_found)?;
            match terminal.stdout {
                true => output::json::write_value(&json, true, out)?,
                // Programs need no blanks.
                false => writeln!(out, "{json}")?,
            }
        }
    }
    Ok(out.flush()?)
}

/// The form that was asked for by an option: neither the environment nor the configuration has a say in it.
fn form(args: &ManArgs, format: Option<OutputFormat>) -> Result<Form, Failure> {
    match format {
        None => Ok(Form::Roff),
        Some(OutputFormat::Rows(Format::Json)) if args.dir.is_none() => Ok(Form::Json),
        Some(OutputFormat::Rows(Format::Json)) => {
            Err(Failure::new(Kind::Usage, "--dir and -o json cannot be used together: the pages of --dir are roff")
                .hint("leave -o out, or run `carrierx man -o json`"))
        }
        Some(other) => {
            let message = format!("the manual cannot be printed as {}: its pages are roff or JSON", other.name());
            Err(Failure::new(Kind::Usage, message).hint("leave -o out, or use -o json"))
        }
    }
}

fn not_found(unknown: NoSuchPage) -> Failure {
    let failure = Failure::new(Kind::Usage, format!("`{}` is not a command", unknown.word));
    match (unknown.meant, unknown.known.as_slice()) {
        (Some(meant), _) => failure.hint(format!("did you mean `{meant}`?")),
        (None, []) => failure.hint("leave it out: the command before it has none of its own"),
        (None, known) => failure.hint(format!("the commands are {}", known.join(", "))),
    }
}

/// The columns of the rows that a command prints, if it prints any.
fn columns(path: &[&str]) -> Option<RowColumns> {
    match path {
        ["partners", verb] => partners::columns(verb),
        ["auth", "status"] => Some(RowColumns::same(auth::FACTS)),
        ["config", "show"] => Some(RowColumns::same(config::COLUMNS.map(|(name, _)| name))),
        _ => None,
    }
}

fn write_all(folder: &Path) -> error::Result<()> {
    for page in manual::pages() {
        let folder = folder_of(&page.file, folder);
        fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be created", folder.display()))?;
        let path = folder.join(page.file);
        fs::write(&path, page.roff).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// The folder of a page: next to a folder `man1`, where `man` looks for the other sections, else the folder itself.
fn folder_of(file: &str, folder: &Path) -> PathBuf {
    let section = Path::new(file).extension().unwrap_or_default().to_string_lossy();
    match folder.ends_with("man1") {
        true => folder.with_file_name(format!("man{section}")),
        false => folder.to_owned(),
    }
}
