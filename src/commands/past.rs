//! The history that the settings name, and the snapshot that a moment means.

use std::path::Path;

use crate::api::PARTNERS;
use crate::cli::GlobalArgs;
use crate::error::{self, Failure, Kind};
use crate::history::History;
use crate::output::Notices;
use crate::partners::List;
use crate::settings::{Origin, Setting, Settings};
use crate::source::sandbox;
use crate::values::{Moment, When};

/// The file of the history.
pub fn file(settings: &Settings) -> Result<&Path, Failure> {
    settings.history.as_ref().map(|setting| &*setting.value).ok_or_else(|| {
        Failure::new(Kind::Config, "no history file is set").hint(
            "set one with --history FILE, CARRIERX_HISTORY or `history` in the configuration, then run \
             `carrierx partners snapshot`",
        )
    })
}

/// The history that the settings name; with --sandbox that of the sample, unless another one is typed.
pub fn open(settings: &Settings, global: &GlobalArgs) -> error::Result<History> {
    let is_typed = matches!(settings.history, Some(Setting { source: Origin::Option(_), .. }));
    match global.sandbox && !is_typed {
        true => sandbox::past::history(Moment::now()),
        false => History::open(file(settings)?),
    }
}

/// The number of the last snapshot at or before a moment.
pub fn snapshot(history: &History, when: &When) -> Result<usize, Failure> {
    let snapshots = history.snapshots();
    let found = match when.span(Moment::now()) {
        None => snapshots.len().checked_sub(1),
        Some((_, last)) => history.last_by(last),
    };
    found.ok_or_else(|| {
        let first = snapshots.first().map(|snapshot| snapshot.moment.to_string()).unwrap_or_default();
        Failure::new(Kind::Usage, format!("{} has no snapshot at or before {when}", history.path().display()))
            .hint(format!("its first snapshot is from {first}"))
    })
}

/// The partners as they were then, and when that was, with a note of it.
pub fn partners(
    when: &When,
    settings: &Settings,
    global: &GlobalArgs,
    notices: &Notices,
) -> error::Result<(List, Moment)> {
    let history = open(settings, global)?;
    let snapshot = snapshot(&history, when)?;
    let mut list = List::new();
    history.at(snapshot, |partner| {
        list.add(partner);
        Ok(())
    })?;
    let moment = history.snapshots()[snapshot].moment;
    notices.note(&format!("as of {moment}: {}", PARTNERS.counted(list.len() as u64)));
    Ok((list, moment))
}
