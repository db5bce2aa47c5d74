//! `partners diff`: what changed between two lists.

mod notes;
pub mod rows;
mod side;

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::api::query::{FieldSelection, Query};
use crate::cli::GlobalArgs;
use crate::cli::partners::DiffArgs;
use crate::commands::files::{Named, Use};
use crate::commands::partners::selection::{self, Selection};
use crate::commands::session::Session;
use crate::commands::{Context, connection};
use crate::error::{self, Failure, Kind};
use crate::output::Style;
use crate::partners::diff::{Change, Comparison, Rules, compare};
use crate::settings::{Setting, Source};
use crate::values::{FieldName, Format};

use super::provenance::Provenance;
use super::target::Target;
use super::{filter, row_options, style};
use rows::Rows;
use side::Side;

/// Runs the command, and gives the status to end with.
pub fn run(args: &DiffArgs, global: &GlobalArgs, context: Context) -> error::Result<u8> {
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let session = Session::new(row_options(&args.rows, global), global, environment, terminal, notices)?;
    let provenance = Provenance::new(line, &session);
    let provenance = if args.new.is_some() { provenance.of_files("two saved lists") } else { provenance };
    let only = args.fields.only()?;
    let target = Target::of(&args.rows.cells.file);
    check(args, &session, &target)?;
    let format = target.format(&session.settings.output)?;
    let filter = filter::expression(&args.filter, notices)?;
    let old = Side::of(&args.old, filter.as_deref(), &session)?;
    let new = match &args.new {
        Some(new) => Newer::Named(new),
        None => Newer::Api(session.query(filter, fields_to_fetch(only.clone(), &old))),
    };
    if let Newer::Api(query) = &new
        && args.rows.request.dry_run
    {
        return session.show_requests(session.first_page(query.clone(), None), stdout).map(|()| 0);
    }
    // Whatever is to be written is tried before anything is asked for.
    let mut sink = target.open(stdout)?;
    let new = match new {
        Newer::Named(name) => Side::of(name, None, &session)?,
        Newer::Api(query) => Side::fetch(&session, query)?,
    };
    check_names(args, only.clone(), &old, &new, &session)?;

    let mut comparison = compare(&old.list, &new.list, &rules(args, only.unwrap_or_default(), &old, &new));
    comparison.changes.retain(|change| match change {
        // What a list seems not to have may be in the part of it that did not come.
        Change::Added(_) => old.doubt.is_none(),
        Change::Gone(_) => new.doubt.is_none(),
        Change::Changed { .. } => true,
    });
    let style = style(format, &args.rows.cells, &session.settings, sink.look(session.look()));
    let is_whole = old.doubt.is_none() && new.doubt.is_none();
    write(&comparison, args, style, &session, (&provenance, is_whole), &mut sink)
        .map_err(|error| target.named(error))?;
    report(&comparison, &old, &new, &session);
    if let Some(doubt) = old.doubt.or(new.doubt) {
        return Err(doubt);
    }
    sink.commit().map_err(|error| target.named(error.into()))?;
    Ok(if args.exit_code && !comparison.changes.is_empty() { Kind::Differs.exit_status() } else { 0 })
}

/// Where the newer list comes from.
enum Newer<'a> {
    /// As a file or a moment.
    Named(&'a Path),
    Api(Query),
}

fn write(
    comparison: &Comparison,
    args: &DiffArgs,
    style: Style,
    session: &Session,
    (provenance, is_whole): (&Provenance, bool),
    out: &mut dyn Write,
) -> error::Result<()> {
    let mut rows = Rows::begin(args.amounts, style, out)?;
    comparison.changes.iter().try_for_each(|change| rows.write(change))?;
    let written = rows.end(|rows| provenance.facts(rows, is_whole))?;
    selection::report_written(&written, "use -o csv", session.notices);
    Ok(())
}

fn report(comparison: &Comparison, old: &Side, new: &Side, session: &Session) {
    // The API was only asked for what the old list has.
    let lacking = [(&comparison.lacking.in_old, old, new.is_read), (&comparison.lacking.in_new, new, true)];
    for (fields, side, _) in lacking.into_iter().filter(|(fields, _, is_news)| *is_news && !fields.is_empty()) {
        session.notices.note(&notes::lacking(fields, &side.name));
    }
    let is_whole = old.doubt.is_none() && new.doubt.is_none();
    session.notices.note(&notes::summary(comparison, new.list.len(), is_whole));
}

/// Refuses options that do not go together.
fn check(args: &DiffArgs, session: &Session, target: &Target) -> Result<(), Failure> {
    let from = session.answerer().file();
    let is_file = |list: &Path| list.as_os_str() != "-" && side::moment(list).is_ok_and(|moment| moment.is_none());
    let lists = [("OLD", Some(&*args.old)), ("NEW", args.new.as_deref())];
    let lists = lists.iter().filter_map(|(name, list)| Some((name, list.filter(|list| is_file(list))?)));
    target.check(lists.map(|(name, list)| Named::new(name, list, Use::Read)).collect(), session)?;
    connection::check_stdin(session.global, "the older list", args.old.as_os_str() == "-")?;
    let Some(new) = &args.new else { return Ok(()) };
    if from.is_some() {
        return Err(Failure::new(Kind::Usage, "NEW and --from cannot be used together")
            .hint("leave one of them out: both name the newer list"));
    }
    if session.global.at.is_some() {
        return Err(Failure::new(Kind::Usage, "NEW and --at cannot be used together")
            .hint("leave one of them out: both name the newer list"));
    }
    if args.old == new.as_path() && new.as_os_str() == "-" {
        return Err(Failure::new(Kind::Usage, "stdin can be only one of the two lists")
            .hint("save one of them to a file, and name it"));
    }
    let is_filtered = !args.filter.filter.is_empty() || args.filter.raw_filter.is_some();
    for (is_given, option) in [(is_filtered, "--filter"), (args.rows.request.dry_run, "--dry-run")] {
        if is_given {
            return Err(Failure::new(
                Kind::Usage,
                format!("{option} is for the API, which is not asked for two lists"),
            )
            .hint("leave out the second one to compare with the API"));
        }
    }
    Ok(())
}

/// What of each partner is needed to compare it with the old list.
fn fields_to_fetch(only: Option<Vec<FieldName>>, old: &Side) -> FieldSelection {
    let wanted = only.unwrap_or_else(|| old.fields());
    let is_documented = |name: &FieldName| PARTNERS.field(name.first()).is_some();
    let has_all = || PARTNERS.fields.iter().all(|field| wanted.iter().any(|name| name.as_str() == field.name));
    if wanted.is_empty() || !wanted.iter().all(is_documented) || has_all() {
        return FieldSelection::Everything;
    }
    [PARTNERS.key, PARTNERS.label, "name", "company_name"]
        .iter()
        .fold(FieldSelection::Only(wanted), |fields, name| fields.with(name))
}

fn rules(args: &DiffArgs, only: Vec<FieldName>, old: &Side, new: &Side) -> Rules {
    let is_named = |field: &str| args.fields.fields.iter().any(|choice| choice.name.as_str() == field);
    let moving = PARTNERS.moving.iter().copied().filter(|field| !args.amounts && !is_named(field)).collect();
    Rules { except: args.fields.exclude_fields.clone(), moving, cells: old.has_cells || new.has_cells, only }
}

/// Refuses the name of a field that is neither documented nor on one of the lists.
fn check_names(
    args: &DiffArgs,
    only: Option<Vec<FieldName>>,
    old: &Side,
    new: &Side,
    session: &Session,
) -> Result<(), Failure> {
    let only = only.map(|value| Setting { value, source: Source::Option("--fields") });
    let selection =
        Selection::new(&args.fields.exclude_fields, only.as_ref(), Format::Jsonl).adding(args.fields.added());
    let undocumented: Vec<_> = selection.undocumented().map(|name| name.first().to_owned()).collect();
    let lacking: HashSet<_> = new.list.lacks(old.list.lacks(undocumented.clone())).into_iter().collect();
    let keys = undocumented.into_iter().filter(|key| !lacking.contains(key)).collect();
    selection.check_keys(&keys, old.list.len() + new.list.len() == 0, session.notices)
}
