//! `partners fields`: what is documented of a partner.

use std::io::Write;

use crate::api::field::Field;
use crate::api::partner::PARTNERS;
use crate::cli::partners::FieldsArgs;
use crate::commands::options;
use crate::error::{self, Failure, Kind};
use crate::output::{ColumnKind, Rank, Shape, Writer};

use super::job::{Job, Start};
use super::selection::meant_by;

const COLUMNS: [(&str, ColumnKind); 5] = [
    ("name", ColumnKind::Code),
    ("type", ColumnKind::Code),
    ("read_only", ColumnKind::Code),
    ("nullable", ColumnKind::Code),
    ("meaning", ColumnKind::Prose),
];

/// Runs the command.
pub fn run(args: &FieldsArgs, start: Start, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(options(start.global), &args.cells, Vec::new(), start)?.of_files("the documentation");
    let fields = match &*args.names {
        [] => PARTNERS.fields.iter().collect(),
        names => names.iter().map(|name| field(name)).collect::<Result<Vec<_>, _>>()?,
    };
    let mut sink = job.open(stdout)?;
    let shape = Shape::of(&COLUMNS).ranking(Rank::Subject, &["type"]).ranking(Rank::Stays, &["name", "meaning"]);
    let written = Writer::begin(job.style(&sink), shape, &mut sink).and_then(|mut writer| {
        for Field { name, kind, read_only, nullable, meaning, .. } in fields {
            let cells =
                [(*name).into(), kind.name().into(), (*read_only).into(), (*nullable).into(), (*meaning).into()];
            writer.write_cells(cells.into())?;
        }
        job.end(&mut writer, true, "use -o csv")
    });
    written.map_err(|error| job.named(error))?;
    job.commit(sink)
}

fn field(name: &str) -> Result<&'static Field, Failure> {
    let unknown = || Failure::new(Kind::Usage, format!("`{name}` is not a field of a partner"));
    PARTNERS.field(name).ok_or_else(|| unknown().hint(meant_by(name)))
}
