//! `partners history`: what changed from snapshot to snapshot.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::Write;
use std::ops::Range;

use crate::api::PARTNERS;
use crate::cli::partners::HistoryArgs;
use crate::commands::{Context, past};
use crate::error::{self, Failure, Kind};
use crate::history::{History, KnownPartner, What};
use crate::output::secrets;
use crate::partners::diff::Comparer;
use crate::raw;
use crate::values::Moment;

use super::changes::{ChangeColumns, Event, Rows};
use super::ids::Asked;
use super::{Job, changes, ids, phrase};

/// Runs the command.
pub fn run(args: &HistoryArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let job = Job::new(context.options(), &args.cells, Vec::new(), context)?;
    let notices = job.session.notices;
    let rules = changes::rules(&args.fields, args.amounts);
    let history = past::open(&job.session.settings, job.session.global)?;
    let job = job.of_files(format!("the history {}", history.path().display()));
    let range = range(args, &history)?;
    let ids = ids::all(&args.ids)?;
    let (wanted, missing) = find(args, &ids, &history)?;
    if !ids.is_empty() && missing.len() == ids.len() {
        return Err(never_seen(&missing, &history).into());
    }
    changes::check_names(&args.fields, !range.is_empty(), notices, |names| keys_of(&history, range.clone(), names))?;

    let is_single = args.ids.len() == 1 && args.ids[0] != "-";
    let mut sink = job.open(stdout)?;
    let columns = ChangeColumns { moment: true, is_single, delta: args.amounts };
    let mut rows = Rows::begin(columns, job.format_options(&sink), &mut sink)?;
    let shown = show(&history, range.clone(), wanted.as_ref(), Comparer::new(&rules), &mut rows);
    let seen = shown.map_err(|error| job.named(error))?;
    job.end(&mut rows.writer, true, "use -o csv").map_err(|error| job.named(error))?;
    notices.note(&seen.in_words(range, &history));
    job.commit(sink)?;
    if missing.is_empty() { Ok(()) } else { Err(never_seen(&missing, &history).into()) }
}

/// The numbers of the snapshots that the options name.
fn range(args: &HistoryArgs, history: &History) -> Result<Range<usize>, Failure> {
    let count = history.snapshots().len();
    let end = args.until.as_ref().map_or(Ok(count), |until| Ok(past::snapshot(history, until)? + 1))?;
    let first = args.since.as_ref().map_or(0, |since| match since.span(Moment::now()) {
        None => count - 1,
        Some((first, _)) => history.first_since(first),
    });
    if let (Some(since), Some(until)) = (&args.since, &args.until)
        && first >= end
    {
        let message = format!("no snapshot was taken between --since {since} and --until {until}");
        return Err(Failure::new(Kind::Usage, message).hint("use a later --until, or an earlier --since"));
    }
    Ok(first..end.max(first))
}

/// The partners with the IDs, all without IDs, and the IDs that no partner ever had.
fn find(args: &HistoryArgs, ids: &[Asked], history: &History) -> error::Result<(Option<BTreeSet<i64>>, Vec<String>)> {
    if args.ids.is_empty() {
        return Ok((None, Vec::new()));
    }
    let (typed, ids): (Vec<_>, Vec<_>) = ids.iter().cloned().unzip();
    let found = history.find(&ids)?;
    let missing = typed.into_iter().zip(&found).filter(|(_, found)| found.is_none());
    // One of them may be the token.
    let missing = missing.map(|(typed, _)| secrets::hidden(&typed).into_owned()).collect();
    Ok((Some(found.into_iter().flatten().collect()), missing))
}

fn never_seen(ids: &[String], history: &History) -> Failure {
    let file = history.path().display();
    Failure::new(Kind::Rejected, format!("no snapshot in {file} has a partner with the ID {}", ids::named(ids)))
        .hint("use a SID, or a display ID (CX and digits) or login that the partner has or had")
}

/// Those of some names that are keys of any partner at the last of the snapshots, or that were and have changed.
fn keys_of(history: &History, range: Range<usize>, names: &HashSet<&str>) -> error::Result<HashSet<String>> {
    let changed = names.iter().copied().filter(|name| history.has_changed(name));
    let mut keys: HashSet<String> = changed.map(str::to_owned).collect();
    if keys.len() < names.len() && !range.is_empty() {
        history.at(range.end - 1, |partner| {
            let found = raw::members(partner).map(|(key, _)| raw::text(key));
            keys.extend(found.filter(|key| names.contains(&**key)).map(Cow::into_owned));
            Ok(())
        })?;
    }
    Ok(keys)
}

/// What was shown, in numbers.
#[derive(Default)]
struct Counted {
    changes: u64,
    partners: HashSet<i64>,
    /// Changes of amounts that are only counted.
    moved: u64,
}

impl Counted {
    fn in_words(&self, range: Range<usize>, history: &History) -> String {
        let mut moments = history.snapshots()[range].iter().map(|snapshot| snapshot.moment);
        let count = moments.len();
        let span = match (moments.clone().next(), moments.next_back()) {
            (Some(first), Some(last)) if count > 1 => format!("{count} snapshots from {first} to {last}"),
            (Some(only), _) => format!("the snapshot of {only}"),
            _ => {
                let latest = history.snapshots().last().map(|snapshot| snapshot.moment.to_string()).unwrap_or_default();
                return format!("no snapshot in that period; the latest is from {latest}");
            }
        };
        let counted = |count| phrase::counted(count, "change", "changes");
        let changes = match self.changes {
            0 => "no change".to_owned(),
            count => format!("{} of {}", counted(count), PARTNERS.counted(self.partners.len() as u64)),
        };
        let moved = match self.moved {
            0 => String::new(),
            count => {
                format!("; {} of {} not shown (--amounts shows them)", counted(count), PARTNERS.moving.join(" and "))
            }
        };
        format!("{changes} in {span}{moved}")
    }
}

/// Shows the changes of the snapshots.
fn show(
    history: &History,
    range: Range<usize>,
    wanted: Option<&BTreeSet<i64>>,
    mut comparer: Comparer,
    rows: &mut Rows,
) -> error::Result<Counted> {
    let mut seen = Counted::default();
    let read = history.changes(wanted, range, |change| {
        let (word, fields) = match change.what {
            What::Added => ("added", Vec::new()),
            What::Gone => ("gone", Vec::new()),
            What::Changed(members) => {
                let members = members.iter().map(|member| (&*member.name, member.old, member.new));
                ("changed", comparer.differences_of(members))
            }
        };
        if matches!(change.what, What::Changed(_)) && fields.is_empty() {
            return Ok(());
        }
        seen.changes += fields.len().max(1) as u64;
        seen.partners.insert(change.partner.id);
        let KnownPartner { sid, display_id, name, .. } = change.partner;
        let names = [Some(sid), display_id.as_ref(), name.as_ref()].map(|name| name.map(|name| name.as_str().into()));
        let change = Event { moment: Some(change.moment), word, names, record: None, fields: &fields };
        Ok(rows.write(&change)?)
    });
    if let Err(error) = read {
        rows.writer.break_off()?;
        return Err(error);
    }
    seen.moved = comparer.movements().map(|(_, movement)| movement.partners).sum();
    Ok(seen)
}
