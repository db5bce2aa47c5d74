//! `partners diff`: what changed between two lists.

mod side;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use crate::api::{FieldSelection, PARTNERS};
use crate::cli::partners::DiffArgs;
use crate::commands::partners::changes::{self, ChangeColumns, Event, Rows};
use crate::commands::{Context, NamedFile, Session, Use, connection};
use crate::error::{self, Failure, Kind};
use crate::output::quoted;
use crate::partners::diff::{Change, Comparer, Movement, compare};
use crate::partners::{List, called};
use crate::raw;
use crate::values::FieldName;

use super::{Job, phrase};
use side::Side;

/// Runs the command, and gives the status to end with.
pub fn run(args: &DiffArgs, context: Context, stdout: &mut dyn Write) -> error::Result<u8> {
    let job = Job::new(context.options(), &args.rows.cells, saved_lists(args), context)?;
    let job = if args.new.is_some() { job.of_files("two saved lists") } else { job };
    let session = &job.session;
    let notices = session.notices;
    let mut rules = changes::rules(&args.fields, args.amounts);
    check(args, session)?;
    let filter = session.filter(&args.filter)?;
    let old = Side::of(&args.old, filter.as_deref(), session)?;
    let query = || session.query(filter.clone(), fields_to_fetch(&rules.only, &old));
    // Fields that were not requested are not reported, except those that identify a partner.
    let has_all_fields = args.new.is_some() || query().fields == FieldSelection::Everything;
    if args.rows.request.dry_run {
        return session.show_requests(session.first_page(query(), None), stdout).map(|()| 0);
    }
    // Whatever is to be written is tried before anything is asked for.
    let mut sink = job.open(stdout)?;
    let new = match &args.new {
        Some(name) => Side::of(name, filter.as_deref(), session)?,
        None => Side::fetch(session, query())?,
    };
    warn_of_order(&old, &new, session);
    check_names(args, [&old.list, &new.list], session)?;

    rules.columns = [&old, &new].map(Side::columns);
    let mut comparer = Comparer::new(&rules);
    let columns = ChangeColumns { delta: args.amounts, ..ChangeColumns::default() };
    let mut rows = Rows::begin(columns, job.format_options(&sink), &mut sink).map_err(|error| job.named(error))?;
    let mut tally = Tally::default();
    compare(&old.list, &new.list, &mut comparer, |change| match change {
        // What the new list seems not to have may be in the part of it that did not come.
        Change::Gone(_) if new.doubt.is_some() => Ok(()),
        change => show(&change, &mut tally, &mut rows),
    })
    .map_err(|error| job.named(error))?;
    let is_whole = new.doubt.is_none();
    job.end(&mut rows.writer, is_whole, "use -o csv").map_err(|error| job.named(error))?;
    let [in_old, in_new] = comparer.lacking();
    for (fields, side, is_told) in [(in_old, &old, has_all_fields), (in_new, &new, true)] {
        if is_told && !fields.is_empty() {
            notices.warn(&lacking(fields, &side.name));
        }
    }
    notices.note(&summary(&tally, comparer.movements(), new.list.len(), is_whole));
    if let Some(doubt) = new.doubt {
        return Err(doubt);
    }
    job.commit(sink)?;
    Ok(if args.exit_code && !tally.is_none() { Kind::Differs.exit_status() } else { 0 })
}

/// Writes what became of a partner.
fn show(change: &Change, tally: &mut Tally, rows: &mut Rows) -> io::Result<()> {
    let (word, count, record, fields) = match change {
        Change::Added(partner) => ("added", &mut tally.added, Some(*partner), &[][..]),
        Change::Changed { fields, .. } => ("changed", &mut tally.changed, None, &fields[..]),
        Change::Gone(partner) => ("gone", &mut tally.gone, Some(*partner), &[][..]),
    };
    *count += 1;
    let [sid, label] = [PARTNERS.key, PARTNERS.label].map(|field| change.value(field));
    let names = [sid, label, called(|field| change.value(field))].map(|name| name.map(raw::text));
    rows.write(&Event { moment: None, word, names, record, fields })
}

/// Refuses the name of a field that is neither documented nor on one of the lists.
fn check_names(args: &DiffArgs, lists: [&List; 2], session: &Session) -> error::Result<()> {
    let has_partners = lists.iter().any(|list| !list.is_empty());
    changes::check_names(&args.fields, has_partners, session.notices, |names| {
        let keys = lists.into_iter().flat_map(List::iter).flat_map(raw::members).map(|(key, _)| raw::text(key));
        Ok(keys.filter(|key| names.contains(&**key)).map(Cow::into_owned).collect())
    })
}

/// Warns of two moments of which the second is not the later one.
fn warn_of_order(old: &Side, new: &Side, session: &Session) {
    let (Some(before), Some(after)) = (old.moment, new.moment) else { return };
    if before == after {
        session.notices.warn(&format!("both lists are {}", new.name));
    } else if before > after {
        session.notices.warn(&format!("NEW is older than OLD: {} comes before {}", new.name, old.name));
    }
}

/// The files that are compared.
fn saved_lists(args: &DiffArgs) -> Vec<NamedFile<'_>> {
    let is_file = |list: &Path| list.as_os_str() != "-" && side::moment(list).is_ok_and(|moment| moment.is_none());
    let lists = [("OLD", Some(&*args.old)), ("NEW", args.new.as_deref())];
    let lists = lists.iter().filter_map(|(name, list)| Some((name, list.filter(|list| is_file(list))?)));
    lists.map(|(name, list)| NamedFile::new(name, list, Use::Read)).collect()
}

/// Refuses options that do not go together.
fn check(args: &DiffArgs, session: &Session) -> Result<(), Failure> {
    connection::check_stdin(session.global, "the older list", args.old.as_os_str() == "-")?;
    let Some(new) = &args.new else { return Ok(()) };
    for (option, is_given) in [("--from", session.global.from.is_some()), ("--at", session.global.at.is_some())] {
        if is_given {
            return Err(Failure::new(Kind::Usage, format!("NEW and {option} cannot be used together"))
                .hint("leave one of them out: both set the newer list"));
        }
    }
    if args.old == new.as_path() && new.as_os_str() == "-" {
        return Err(Failure::new(Kind::Usage, "stdin can be only one of the two lists")
            .hint("save one of them to a file first"));
    }
    if args.rows.request.dry_run {
        return Err(Failure::new(Kind::Usage, "--dry-run has nothing to show: two lists need no request")
            .hint("leave NEW out to compare with the API"));
    }
    Ok(())
}

/// What of each partner is needed to compare it with the old list.
fn fields_to_fetch(only: &[FieldName], old: &Side) -> FieldSelection {
    let wanted = if only.is_empty() { old.fields() } else { only.to_vec() };
    let is_documented = |name: &FieldName| PARTNERS.field(name.first()).is_some();
    let has_all = || PARTNERS.fields.iter().all(|field| wanted.iter().any(|name| name.as_str() == field.name));
    if wanted.is_empty() || !wanted.iter().all(is_documented) || has_all() {
        return FieldSelection::Everything;
    }
    [PARTNERS.key, PARTNERS.label, "name", "company_name"]
        .iter()
        .fold(FieldSelection::Only(wanted), |fields, name| fields.with(name))
}

/// How many partners became what.
#[derive(Debug, Default)]
struct Tally {
    added: u64,
    gone: u64,
    changed: u64,
}

impl Tally {
    fn is_none(&self) -> bool {
        self.added + self.gone + self.changed == 0
    }
}

/// All changes in one sentence. Without `is_whole`, nobody can say that a partner is gone.
fn summary(
    tally: &Tally,
    movements: impl Iterator<Item = (&'static str, Movement)>,
    partners: usize,
    is_whole: bool,
) -> String {
    let Tally { added, gone, changed } = tally;
    let of = PARTNERS.counted(partners as u64);
    let mut sentence = match is_whole {
        true if tally.is_none() => format!("no difference among {of}"),
        true => format!("{added} added, {gone} removed, {changed} changed ({of})"),
        false => format!("at least {added} added, {changed} changed ({of})"),
    };
    let moved: Vec<_> = movements.filter(|(_, movement)| movement.partners > 0).map(moved).collect();
    if !moved.is_empty() {
        sentence += &format!("; {} (--amounts shows each)", moved.join(", "));
    }
    sentence
}

/// By how much a field moved, and how many of its amounts are none or too long to be added.
fn moved((field, Movement { partners, sum }): (&'static str, Movement)) -> String {
    let of = PARTNERS.counted(partners);
    match u64::from(sum.left_out) {
        0 => format!("{field} of {of} changed by {} in total", sum.amount.shortened()),
        left_out if left_out == partners => format!("{field} of {of} changed, by amounts that cannot be added"),
        left_out => format!(
            "{field} of {of} changed by {} in total, without {left_out} that cannot be added",
            sum.amount.shortened()
        ),
    }
}

/// That fields were not compared, as one list has no column for them.
fn lacking(fields: &BTreeSet<String>, list: &str) -> String {
    let names: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
    let fields = phrase::counted(names.len() as u64, "field was", "fields were");
    format!("{fields} not compared, as {list} has no such column: {}", phrase::listed(&names))
}
