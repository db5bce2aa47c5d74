//! `partners snapshot`: saves all partners to the history.

use std::io::Write;

use crate::api::{FieldSelection, PARTNERS, owner};
use crate::cli::partners::SnapshotArgs;
use crate::commands::{Context, Session, past};
use crate::error::{self, Failure, Kind};
use crate::history::{Counts, Recorder};
use crate::partners::List;
use crate::raw;
use crate::settings::{Origin, Setting};
use crate::values::{Moment, Order};

use super::phrase;

/// Runs the command.
pub fn run(args: &SnapshotArgs, context: Context, stdout: &mut dyn Write) -> error::Result<()> {
    let mut session = Session::new(context.options(), context)?;
    let notices = session.notices;
    // Partners that are new come last then, whatever order somebody likes to list them in.
    session.settings.order = Setting { value: Order::oldest_first(), source: Origin::Default };
    let file = past::file(&session.settings)?;
    let query = session.query(None, FieldSelection::Everything);
    if args.request.dry_run {
        return session.show_requests(session.first_page(query, None), stdout);
    }
    // Whoever comes later asks later, too, so that a list never follows a newer one.
    let mut recorder = Recorder::open(file, &|| notices.note("waiting for another snapshot"))?;
    let connection = session.connect()?;
    let account = owner::account(&*connection);
    let mut list = List::new();
    let stats = session.each(&connection, query, |partner| list.add(&raw::compact(partner.text())))?;
    session.refuse_doubts(&stats)?;
    if list.repeated().is_some() {
        let failure = Failure::new(Kind::Incomplete, "two partners in the list have the same SID");
        return Err(failure.hint("run it again").into());
    }
    recorder.check_owner(&session.address()?, account.as_deref(), &list)?;

    let now = Moment::now();
    let last = recorder.last()?;
    if let Some(last) = last.filter(|last| *last > now) {
        notices.warn(&format!("the clock is behind the last snapshot (now {now}, snapshot {last})"));
    }
    let counts = recorder.record(&list, now)?;
    let removed = args.keep.map(|age| recorder.forget(age.before(now), now)).transpose()?;
    recorder.commit(&|| notices.note("waiting for a program that reads the history"))?;
    notices.note(&format!("saved {}", in_words(counts, last, removed.unwrap_or(0))));
    Ok(())
}

fn in_words(counts: Counts, last: Option<Moment>, removed: usize) -> String {
    let Counts { partners, added, changed, gone } = counts;
    let partners = PARTNERS.counted(partners.unsigned_abs());
    let since = last.map_or_else(
        || "the first snapshot".to_owned(),
        |last| format!("{added} added, {gone} removed, {changed} changed since {last}"),
    );
    let removed = match removed {
        0 => String::new(),
        count => format!("; deleted {}", phrase::counted(count as u64, "old snapshot", "old snapshots")),
    };
    format!("{partners}: {since}{removed}")
}
