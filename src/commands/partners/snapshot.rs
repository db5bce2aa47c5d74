//! `partners snapshot`: all partners, remembered in the history.

use std::thread;
use std::time::Duration;

use crate::api::partner::PARTNERS;
use crate::api::query::FieldSelection;
use crate::cli::GlobalArgs;
use crate::cli::partners::SnapshotArgs;
use crate::commands::connection::{Answerer, Connection};
use crate::commands::session::Session;
use crate::commands::{Context, doubts, options, past};
use crate::error::{self, Failure, Kind};
use crate::history::{Recorded, Recorder};
use crate::partners::diff::List;
use crate::raw;
use crate::settings::{Options, Setting, Source};
use crate::values::Order;
use crate::values::moment::Moment;

/// Runs the command.
pub fn run(args: &SnapshotArgs, global: &GlobalArgs, context: Context) -> error::Result<()> {
    let Context { environment, terminal, stdout, notices, .. } = context;
    // The folder is a setting, so the configuration is needed even where nobody is asked.
    let options = Options { does_without_file: false, ..options(global) };
    let mut session = Session::new(options, global, environment, terminal, notices)?;
    // Partners that are new come last then, whatever order somebody likes to snapshot at.
    session.settings.order = Setting { value: Order::oldest_first(), source: Source::Default };
    let folder = past::folder(&session.settings)?;
    let query = session.query(None, FieldSelection::Everything);
    if args.request.dry_run {
        return session.show_requests(session.first_page(query, None), stdout);
    }
    let recorder = Recorder::open(folder)?;
    recorder.check_clock(Moment::now())?;
    let connection = session.connect()?;
    let mut list = List::new();
    let mut are_distinct = true;
    let stats =
        session.each(&connection, query, |partner| are_distinct &= list.add(raw::compact(partner.text())).is_ok())?;
    doubts::refuse(&stats.doubts(), session.answerer())?;
    if !are_distinct {
        let failure = Failure::new(Kind::Incomplete, "the list of partners is doubtful: two have the same SID");
        return Err(failure.hint("run it again").into());
    }
    let moment = moment_after(recorder.last());
    let Recorded { path, heading, after } = recorder.record(&address(&session, &connection), &list, moment)?;
    let since = after.map_or_else(
        || "the first snapshot".to_owned(),
        |after| format!("{} added, {} gone, {} changed since {after}", heading.added, heading.gone, heading.changed),
    );
    notices.note(&format!("wrote {}: {}; {since}", path.display(), PARTNERS.counted(heading.partners)));
    Ok(())
}

/// The moment of a snapshot that follows another one: files are named by the second.
fn moment_after(last: Option<Moment>) -> Moment {
    loop {
        let now = Moment::now();
        if last != Some(now) {
            return now;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// What is remembered as the place that the partners come from. Those that have no address are told apart by a word.
fn address(session: &Session, connection: &Connection) -> String {
    match (connection.base_url(), session.answerer()) {
        (Some(url), _) => url.to_string(),
        (None, Answerer::SavedList(_)) => "a saved list".to_owned(),
        (None, answerer) => answerer.name(),
    }
}
