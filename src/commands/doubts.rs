//! What speaks against a list being whole: in warnings, and in the failure of whatever needs a whole one.

use crate::api::completeness::{Cause, Doubt};
use crate::api::{ListStats, PARTNERS};
use crate::error::{Failure, Kind};
use crate::output::Notices;

use super::Answerer;

/// Warns of everything that speaks against the list being whole.
pub fn warn(stats: &ListStats, notices: &Notices) {
    for doubt in stats.doubts() {
        notices.warn(&match doubt.cause {
            Cause::Filter => doubt.words,
            Cause::Changes | Cause::Answer => format!("the list may be incomplete: {}", doubt.words),
        });
    }
}

/// Why a list is not complete, if it is not.
pub fn reasons(stats: &ListStats) -> Vec<String> {
    let cut = (!stats.ended).then(|| format!("it was cut after {}", PARTNERS.counted(stats.rows)));
    stats.doubts().into_iter().map(|doubt| doubt.words).chain(cut).collect()
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
    match answerer {
        Answerer::SavedList(_) => "save the list again with all fields: `carrierx partners list --all`",
        Answerer::Past(_) => "use another snapshot",
        Answerer::Sandbox | Answerer::Api if doubts.iter().all(|doubt| doubt.cause == Cause::Changes) => {
            "partners may have changed during the run; run it again"
        }
        Answerer::Sandbox | Answerer::Api if doubts.iter().any(|doubt| doubt.cause == Cause::Filter) => {
            "the API may be unable to filter by that field; filter by another one"
        }
        Answerer::Sandbox | Answerer::Api => "the API's response is wrong; report it to the API's operators",
    }
}
