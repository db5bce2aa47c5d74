//! `partners fields`: what is documented of a partner.

use crate::api::field::Field;
use crate::api::partner::PARTNERS;
use crate::cli::GlobalArgs;
use crate::commands::{Context, load, options, record};
use crate::error;
use crate::output::{ColumnKind, Rank, Shape};
use crate::settings::Options;

use super::selection;

pub const COLUMNS: [(&str, ColumnKind); 5] = [
    ("name", ColumnKind::Code),
    ("type", ColumnKind::Code),
    ("read_only", ColumnKind::Code),
    ("nullable", ColumnKind::Code),
    ("meaning", ColumnKind::Prose),
];

/// Runs the command.
pub fn run(global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    let settings = load(Options { does_without_file: true, ..options(global) }, environment, notices)?;
    let row = |field: &Field| {
        let Field { name, kind, read_only, nullable, meaning, .. } = *field;
        vec![name.into(), kind.name().into(), read_only.into(), nullable.into(), meaning.into()]
    };
    let shape = Shape::of(&COLUMNS).ranking(Rank::Subject, &["type"]).ranking(Rank::Stays, &["name", "meaning"]);
    let hidden = record::rows(
        shape,
        PARTNERS.fields.iter().map(row),
        settings.output.value,
        terminal.look(settings.color.value),
        stdout,
    )?;
    selection::report_hidden(&hidden, "use -o csv", notices);
    Ok(())
}
