//! `partners fields`: what is documented of a partner.

use std::io::Write;

use crate::api::{Field, PARTNERS};
use crate::cli::partners::FieldsArgs;
use crate::commands::Context;
use crate::error::{self, Failure, Kind};
use crate::output::{ColumnKind, Projection, Rank};

use super::Job;
use super::selection::meant_by;

const COLUMNS: [(&str, ColumnKind); 5] = [
    ("name", ColumnKind::Code),
    ("type", ColumnKind::Code),
    ("read_only", ColumnKind::Code),
    ("nullable", ColumnKind::Code),
    ("meaning", ColumnKind::Prose),
];

/// Runs the command.
pub fn run(args: &FieldsArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(context.options(), &args.cells, Vec::new(), context)?.of_files("the documentation");
    let fields = match &*args.names {
        [] => PARTNERS.fields.iter().collect(),
        names => names.iter().map(|name| field(name)).collect::<Result<Vec<_>, _>>()?,
    };
    let mut sink = job.open(stdout)?;
    let projection =
        Projection::of(&COLUMNS).ranking(Rank::Subject, &["type"]).ranking(Rank::Stays, &["name", "meaning"]);
    let written = job.write(&mut sink, projection, true, |writer| {
        fields.into_iter().try_for_each(|Field { name, kind, read_only, nullable, meaning, .. }| {
            let kind = kind.name().into();
            writer.write_cells(vec![(*name).into(), kind, (*read_only).into(), (*nullable).into(), (*meaning).into()])
        })
    });
    written.map_err(|error| job.named(error))?;
    job.commit(sink)
}

fn field(name: &str) -> Result<&'static Field, Failure> {
    let unknown = || Failure::new(Kind::Usage, format!("`{name}` is not a field of a partner"));
    PARTNERS.field(name).ok_or_else(|| unknown().hint(meant_by(name)))
}
