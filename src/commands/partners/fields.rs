//! `partners fields`: what is documented of a partner.

use crate::api::field::Field;
use crate::api::partner::PARTNERS;
use crate::cli::GlobalArgs;
use crate::cli::partners::FieldsArgs;
use crate::commands::session::Session;
use crate::commands::{Context, partners};
use crate::error::{self, Failure, Kind};
use crate::output::{ColumnKind, Rank, Shape, Writer};

use super::provenance::Provenance;
use super::selection;
use super::target::Target;

const COLUMNS: [(&str, ColumnKind); 5] = [
    ("name", ColumnKind::Code),
    ("type", ColumnKind::Code),
    ("read_only", ColumnKind::Code),
    ("nullable", ColumnKind::Code),
    ("meaning", ColumnKind::Prose),
];

/// Runs the command.
pub fn run(args: &FieldsArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let options = partners::cell_options(&args.cells, global);
    let session = Session::new(options, global, environment, terminal, notices)?;
    let target = Target::of(&args.cells.file);
    target.check(Vec::new(), &session)?;
    let format = target.format(&session.settings.output)?;
    let fields = match &*args.names {
        [] => PARTNERS.fields.iter().collect(),
        names => names.iter().map(|name| field(name)).collect::<Result<Vec<_>, _>>()?,
    };
    let mut sink = target.open(stdout)?;
    let style = partners::style(format, &args.cells, &session.settings, sink.look(session.look()));
    let shape = Shape::of(&COLUMNS).ranking(Rank::Subject, &["type"]).ranking(Rank::Stays, &["name", "meaning"]);
    let written = Writer::begin(style, shape, &mut sink).and_then(|mut writer| {
        for Field { name, kind, read_only, nullable, meaning, .. } in fields {
            let cells =
                [(*name).into(), kind.name().into(), (*read_only).into(), (*nullable).into(), (*meaning).into()];
            writer.write_cells(cells.into())?;
        }
        let provenance = Provenance::new(line, &session).of_files("the documentation");
        let unseen = writer.end_with(|rows| provenance.facts(rows, true))?;
        selection::report_unseen(&unseen, "use -o csv", notices);
        Ok(())
    });
    written.map_err(|error| target.named(error.into()))?;
    target.commit(sink)
}

fn field(name: &str) -> Result<&'static Field, Failure> {
    PARTNERS.field(name).ok_or_else(|| {
        let hint = PARTNERS.did_you_mean(name).map_or_else(
            || "run `carrierx partners fields` for all".to_owned(),
            |known| format!("did you mean `{known}`?"),
        );
        Failure::new(Kind::Usage, format!("`{name}` is not a field of a partner")).hint(hint)
    })
}
