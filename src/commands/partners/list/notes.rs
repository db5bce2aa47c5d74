//! What is said about a list that ended.

use crate::api::completeness::ListStats;
use crate::commands::partners::job::Job;
use crate::settings::Origin;

/// Says what a reader of the rows alone would not know: that there are none, or more.
pub fn report_end(stats: &ListStats, job: &Job) {
    let notices = job.session.notices;
    let rows = stats.rows;
    if job.format.kind().is_for_people() && rows == 0 {
        match (stats.offset, stats.total) {
            (0, Some(1..)) => {}
            (0, _) => notices
                .note_on_terminal("no partners match (new partners appear only after an email address is verified)"),
            (offset, total) => {
                let all = total.map_or_else(String::new, |total| format!(": {total} in all"));
                notices.note_on_terminal(&format!("no partners at offset {offset}{all}"));
            }
        }
    }
    if stats.ended {
        return;
    }
    let listed = match (stats.total, stats.has_more) {
        (Some(total), _) if total > rows => format!("{rows} of {total} partners listed"),
        (_, Some(_)) => format!("{rows} partners listed, and there are more"),
        (_, None) => format!("{rows} partners listed, and there may be more"),
    };
    let cut = format!("{listed}; add --all, or --limit N");
    match job.session.settings.limit.source {
        Origin::Option(_) => notices.note_on_terminal(&cut),
        // Nobody asked for less than all just now.
        _ => notices.warn(&cut),
    }
}
