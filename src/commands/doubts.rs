//! What speaks against a list being whole: in warnings, and in the failure of whatever needs a whole one.

use crate::api::completeness::{Doubt, ListStats};
use crate::api::partner::PARTNERS;
use crate::error::{Failure, Kind};
use crate::output::notices::Notices;

use super::connection::Answerer;

/// Warns of everything that speaks against the list being whole.
pub fn warn(stats: &ListStats, notices: &Notices) {
    for doubt in stats.doubts() {
        notices.warn(&match doubt {
            Doubt::Ignored { .. } => doubt.to_string(),
            _ => format!("the list may be incomplete: {doubt}"),
        });
    }
}

/// Why a list is not complete, if it is not.
pub fn reasons(stats: &ListStats) -> Vec<String> {
    let cut = (!stats.ended).then(|| format!("it was cut after {}", PARTNERS.counted(stats.rows)));
    stats.doubts().iter().map(ToString::to_string).chain(cut).collect()
}

/// Fails unless these are all partners that match, each once.
pub fn refuse(stats: &ListStats, answerer: Answerer) -> Result<(), Failure> {
    let reasons = reasons(stats);
    if reasons.is_empty() {
        return Ok(());
    }
    let hint = if stats.ended { hint(&stats.doubts(), answerer) } else { "run it again without --limit" };
    let message = format!("the list is not complete: {}", reasons.join("; "));
    Err(Failure::new(Kind::Incomplete, message).hint(hint))
}

/// What can be done about these doubts.
fn hint(doubts: &[Doubt], answerer: Answerer) -> &'static str {
    let ignored = |doubt: &Doubt| matches!(doubt, Doubt::Ignored { .. });
    match answerer {
        Answerer::SavedList(_) => "save the list again with all fields, by `carrierx partners list --all`",
        Answerer::Past(_) => "use another snapshot",
        Answerer::Sandbox | Answerer::Api if doubts.iter().all(Doubt::may_pass) => {
            "partners may have changed during the run; run it again"
        }
        Answerer::Sandbox | Answerer::Api if doubts.iter().any(ignored) => {
            "the API may be unable to filter by that field; filter by another one"
        }
        Answerer::Sandbox | Answerer::Api => "the answer of the API is at fault; report it to its operators",
    }
}
