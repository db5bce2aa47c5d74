//! What speaks against a list being whole, in warnings and in a failure.

use std::collections::HashSet;

use crate::api::completeness::{Doubt, ListStats};
use crate::api::page::Oddity;
use crate::error::{Failure, Kind};
use crate::output::notices::Notices;

/// Warns of everything that contradicts a whole list, and of statements that came in an odd form.
pub fn warn(stats: &ListStats, notices: &Notices) {
    warn_of_each([stats], notices);
}

/// The same for several lists, what several of them say once.
pub fn warn_of_each<'s>(lists: impl IntoIterator<Item = &'s ListStats>, notices: &Notices) {
    let mut said = HashSet::new();
    for stats in lists {
        let contradictions = stats.doubts();
        let contradictions = contradictions.iter().filter(|doubt| doubt.is_contradiction()).map(warning);
        let warnings = stats.oddities.iter().map(odd).chain(contradictions);
        warnings.filter(|warning| said.insert(warning.clone())).for_each(|warning| notices.warn(&warning));
    }
}

/// Warns of everything that keeps a list from being proven whole.
pub fn warn_of_all(stats: &ListStats, notices: &Notices) {
    warn_of_oddities(stats, notices);
    stats.doubts().iter().for_each(|doubt| notices.warn(&warning(doubt)));
}

/// Warns of statements that came in another form than the documented one.
pub fn warn_of_oddities(stats: &ListStats, notices: &Notices) {
    stats.oddities.iter().for_each(|oddity| notices.warn(&odd(oddity)));
}

fn odd(oddity: &Oddity) -> String {
    let ignored = if oddity.is_understood { "" } else { "; it is ignored" };
    format!("the API sent {oddity}{ignored}")
}

fn warning(doubt: &Doubt) -> String {
    if doubt.may_lack_partners() { format!("the list may be incomplete: {doubt}") } else { doubt.to_string() }
}

/// Fails if partners that match may be missing.
pub fn refuse_incomplete(doubts: &[Doubt]) -> Result<(), Failure> {
    match doubts.iter().find(|doubt| doubt.may_lack_partners()) {
        Some(doubt) => Err(Failure::new(Kind::Incomplete, format!("the list of partners may be incomplete: {doubt}"))
            .hint("partners may have changed during the run; run it again")),
        None => Ok(()),
    }
}

/// Fails if anything speaks against these being all that match, each once.
pub fn refuse_doubtful(doubts: &[Doubt]) -> Result<(), Failure> {
    refuse_incomplete(doubts)?;
    match doubts.first() {
        Some(doubt) => Err(Failure::new(Kind::Incomplete, format!("the list of partners is doubtful: {doubt}"))
            .hint("partners may have changed during the run; run it again")),
        None => Ok(()),
    }
}
