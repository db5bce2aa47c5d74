//! The history that the settings name, and the snapshot that a moment means.

use std::path::Path;

use crate::api::partner::PARTNERS;
use crate::error::{self, Failure, Kind};
use crate::history::History;
use crate::output::notices::Notices;
use crate::partners::List;
use crate::settings::Settings;
use crate::values::moment::Moment;
use crate::values::{Latest, When};

/// The folder of the history.
pub fn folder(settings: &Settings) -> Result<&Path, Failure> {
    settings.history.as_ref().map(|setting| &*setting.value).ok_or_else(|| {
        Failure::new(Kind::Config, "there is no history: no folder is set for it").hint(
            "name one with --history DIR, CARRIERX_HISTORY, or `history = \"DIR\"` in the configuration, and run \
             `carrierx partners snapshot`",
        )
    })
}

/// The history that the settings name.
pub fn open(settings: &Settings) -> error::Result<History> {
    Ok(History::open(folder(settings)?)?)
}

/// The number of the last snapshot at or before a moment.
pub fn snapshot(history: &History, when: &When) -> Result<usize, Failure> {
    let snapshots = history.snapshots();
    let found = match when.latest(Moment::now()) {
        Latest::Last => snapshots.len().checked_sub(1),
        Latest::By(moment) => history.last_by(moment),
    };
    found.ok_or_else(|| {
        let first = snapshots.first().map(Moment::to_string).unwrap_or_default();
        let folder = history.folder().display();
        Failure::new(Kind::Usage, format!("the history in {folder} has no snapshot at or before {when}"))
            .hint(format!("its first snapshot is from {first}"))
    })
}

/// The partners as they were then, with a note of which snapshot that is.
pub fn partners(when: &When, settings: &Settings, notices: &Notices) -> error::Result<List> {
    let history = open(settings)?;
    let snapshot = snapshot(&history, when)?;
    let partners: List = history.partners(snapshot)?.collect();
    notices.note(&format!("as of {}: {}", history.snapshots()[snapshot], PARTNERS.counted(partners.len() as u64)));
    Ok(partners)
}
