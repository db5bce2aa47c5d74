//! `partners history`: what changed from snapshot to snapshot.

mod range;
mod rows;

use std::collections::HashSet;

use crate::api::partner::PARTNERS;
use crate::cli::GlobalArgs;
use crate::cli::partners::HistoryArgs;
use crate::commands::partners::selection::{self, Selection};
use crate::commands::session::Session;
use crate::commands::{Context, past};
use crate::error::{self, Error, Failure, Kind};
use crate::history::{Change, History, Replay, What};
use crate::output::secrets;
use crate::partners::diff::{Comparer, Rules, Sid};
use crate::raw;
use crate::settings::{Options, Setting, Source};
use crate::values::{FieldName, Format};

use super::ids::{self, Asked};
use super::provenance::Provenance;
use super::target::Target;
use super::{cell_options, phrase, style};
use range::Range;
use rows::Rows;

/// Runs the command.
pub fn run(args: &HistoryArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { line, environment, terminal, stdout, notices, .. } = context;
    let options = Options { does_without_file: true, ..cell_options(&args.cells, global) };
    let session = Session::new(options, global, environment, terminal, notices)?;
    let only = args.fields.only()?;
    let target = Target::of(&args.cells.file);
    target.check(Vec::new(), &session)?;
    let format = target.format(&session.settings.output)?;
    let history = past::open(&session.settings)?;
    let range = Range::of(args, &history)?;
    let ids = ids::all(&args.ids)?;
    let (wanted, missing) = find(args, &ids, &history)?;
    if !ids.is_empty() && missing.len() == ids.len() {
        return Err(never_seen(&missing, &history).into());
    }
    check_names(args, only.clone(), &history, &session)?;

    let is_single = args.ids.len() == 1 && args.ids[0] != "-";
    let mut sink = target.open(stdout)?;
    let style = style(format, &args.cells, &session.settings, sink.look(session.look()));
    let provenance = Provenance::new(line, &session).of_files(format!("the history in {}", history.folder().display()));
    let rows = Rows::begin(is_single, args.amounts, style, &mut sink)?;
    let shown = show(&history, &range, wanted, &rules(args, only.unwrap_or_default()), rows);
    let ended = shown.and_then(|(seen, rows)| Ok((seen, rows.end(|rows| provenance.facts(rows, true))?)));
    let (seen, written) = ended.map_err(|error| target.named(error))?;
    selection::report_written(&written, "use -o csv", session.notices);
    drop(written);
    session.notices.note(&seen.in_words(&range, &history));
    sink.commit().map_err(|error| target.named(error.into()))?;
    if missing.is_empty() { Ok(()) } else { Err(never_seen(&missing, &history).into()) }
}

/// What was shown, in numbers.
#[derive(Default)]
struct Seen {
    changes: u64,
    partners: HashSet<Sid>,
    /// Changes of amounts that are only counted.
    moved: u64,
}

impl Seen {
    fn in_words(&self, range: &Range, history: &History) -> String {
        let snapshots = history.snapshots();
        let Some((first, last)) = range.snapshots.clone().next().zip(range.snapshots.clone().last()) else {
            let last = snapshots.last().map(ToString::to_string).unwrap_or_default();
            return format!("no snapshot in that span of time; the last is from {last}");
        };
        let span = match range.snapshots.len() {
            1 => format!("1 snapshot of {}", snapshots[first]),
            count => format!("{count} snapshots from {} to {}", snapshots[first], snapshots[last]),
        };
        let changes = match self.changes {
            0 => "no change".to_owned(),
            count => format!(
                "{} of {}",
                phrase::counted(count, "change", "changes"),
                PARTNERS.counted(self.partners.len() as u64)
            ),
        };
        let moved = match self.moved {
            0 => String::new(),
            count => format!(
                "; {} of {} not shown (--amounts shows them)",
                phrase::counted(count, "change", "changes"),
                PARTNERS.moving.join(" and ")
            ),
        };
        format!("{changes} in {span}{moved}")
    }
}

/// Shows the changes of the snapshots.
fn show<'o>(
    history: &History,
    range: &Range,
    wanted: Option<HashSet<Sid>>,
    rules: &Rules,
    mut rows: Rows<'o>,
) -> error::Result<(Seen, Rows<'o>)> {
    let mut comparer = Comparer::new(rules);
    let mut replay = Replay::new(history, wanted);
    let mut seen = Seen::default();
    for snapshot in range.begin..range.snapshots.end {
        let is_shown = range.snapshots.contains(&snapshot);
        let read = replay.read(snapshot, |change| -> Result<(), Error> {
            if !is_shown {
                return Ok(());
            }
            let before = seen.changes;
            match change.what {
                What::Added | What::Gone => {
                    rows.write(change, None)?;
                    seen.changes += 1;
                }
                What::Changed(members) => {
                    let members = members.iter().map(|member| (&*member.name, member.old, member.new));
                    for difference in comparer.differences_of(members) {
                        rows.write(change, Some(&difference))?;
                        seen.changes += 1;
                    }
                }
            }
            if seen.changes > before {
                seen.partners.extend(sid_of(change));
            }
            Ok(())
        });
        if let Err(error) = read.map(|_| ()) {
            rows.break_off()?;
            return Err(error);
        }
    }
    seen.moved = comparer.movements().map(|(_, movement)| movement.partners).sum();
    Ok((seen, rows))
}

fn sid_of(change: &Change) -> Option<Sid> {
    raw::lookup(change.named, [PARTNERS.key]).map(|sid| Sid::of(&raw::text(sid)))
}

/// Whom the IDs mean, everybody if there are none, and those that nobody ever had.
fn find(args: &HistoryArgs, ids: &[Asked], history: &History) -> error::Result<(Option<HashSet<Sid>>, Vec<String>)> {
    if args.ids.is_empty() {
        return Ok((None, Vec::new()));
    }
    let (typed, ids): (Vec<_>, Vec<_>) = ids.iter().cloned().unzip();
    let found = history.find(&ids)?;
    let missing = typed.into_iter().zip(&found).filter(|(_, sid)| sid.is_none());
    // One of them may be the token.
    let missing = missing.map(|(typed, _)| secrets::hidden(&typed).into_owned());
    let missing = missing.collect();
    Ok((Some(found.into_iter().flatten().collect()), missing))
}

fn never_seen(ids: &[String], history: &History) -> Failure {
    let folder = history.folder().display();
    Failure::new(Kind::Rejected, format!("no snapshot in {folder} has a partner with the ID {}", ids::named(ids)))
        .hint("use a SID, or a display ID (CX and digits) or login that the partner has or had")
}

fn rules(args: &HistoryArgs, only: Vec<FieldName>) -> Rules {
    let is_named = |field: &str| args.fields.fields.iter().any(|choice| choice.name.as_str() == field);
    let moving = PARTNERS.moving.iter().copied().filter(|field| !args.amounts && !is_named(field)).collect();
    Rules { except: args.fields.exclude_fields.clone(), moving, only, ..Rules::default() }
}

/// Refuses the name of a field that is neither documented nor one of a partner of the last snapshot.
fn check_names(
    args: &HistoryArgs,
    only: Option<Vec<FieldName>>,
    history: &History,
    session: &Session,
) -> error::Result<()> {
    let only = only.map(|value| Setting { value, source: Source::Option("--fields") });
    let selection =
        Selection::new(&args.fields.exclude_fields, only.as_ref(), Format::Jsonl).adding(args.fields.added());
    if selection.undocumented().next().is_none() {
        return Ok(());
    }
    let partners: Vec<_> = history.partners(history.snapshots().len() - 1)?.collect();
    let keys = partners.iter().flat_map(|partner| raw::members(partner)).map(|(key, _)| raw::text(key).into_owned());
    Ok(selection.check_keys(&keys.collect(), partners.is_empty(), session.notices)?)
}
