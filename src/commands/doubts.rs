//! What speaks against a list being whole, in warnings and in a failure.

use crate::api::completeness::{Doubt, ListStats};
use crate::error::{Failure, Kind};
use crate::notices::Notices;

/// Warns of everything that contradicts a whole list, and of statements that came in an odd form.
pub(crate) fn warn(stats: &ListStats, notices: &Notices) {
    warn_of_oddities(stats, notices);
    stats.doubts().iter().filter(|doubt| doubt.is_contradiction()).for_each(|doubt| notices.warn(&warning(doubt)));
}

/// Warns of everything that keeps a list from being proven whole.
pub(crate) fn warn_of_all(stats: &ListStats, notices: &Notices) {
    warn_of_oddities(stats, notices);
    stats.doubts().iter().for_each(|doubt| notices.warn(&warning(doubt)));
}

/// Warns of statements that came in another form than the documented one.
pub(crate) fn warn_of_oddities(stats: &ListStats, notices: &Notices) {
    for oddity in &stats.oddities {
        let ignored = if oddity.is_understood { "" } else { "; it is ignored" };
        notices.warn(&format!("the API sent {oddity}{ignored}"));
    }
}

fn warning(doubt: &Doubt) -> String {
    if doubt.may_lack_partners() { format!("the list may be incomplete: {doubt}") } else { doubt.to_string() }
}

/// Fails if partners that match may be missing.
///
/// # Errors
/// When they may.
pub(crate) fn refuse_incomplete(doubts: &[Doubt]) -> Result<(), Failure> {
    match doubts.iter().find(|doubt| doubt.may_lack_partners()) {
        Some(doubt) => Err(Failure::new(Kind::Incomplete, format!("the list of partners may be incomplete: {doubt}"))
            .hint("partners may have changed during the run; run it again")),
        None => Ok(()),
    }
}

/// Fails if anything speaks against these being all that match, each once.
///
/// # Errors
/// When something does.
pub(crate) fn refuse_doubtful(doubts: &[Doubt]) -> Result<(), Failure> {
    refuse_incomplete(doubts)?;
    match doubts.first() {
        Some(doubt) => Err(Failure::new(Kind::Incomplete, format!("the list of partners is doubtful: {doubt}"))
            .hint("partners may have changed during the run; run it again")),
        None => Ok(()),
    }
}
