//! The snapshots whose changes are shown.

use crate::cli::partners::HistoryArgs;
use crate::commands::past;
use crate::error::{Failure, Kind};
use crate::history::History;
use crate::values::moment::Moment;

/// Looks, by their numbers.
pub struct Range {
    /// Where to begin to read, so that the snapshot before the first that is shown is known.
    pub begin: usize,
    /// Those that are shown.
    pub snapshots: std::ops::Range<usize>,
}

impl Range {
    /// The snapshots that the options name.
    pub fn of(args: &HistoryArgs, history: &History) -> Result<Self, Failure> {
        let now = Moment::now();
        let end = match &args.until {
            Some(until) => past::snapshot(history, until)? + 1,
            None => history.snapshots().len(),
        };
        let since = args.since.as_ref().map(|since| {
            since.earliest(now).map_or(history.snapshots().len() - 1, |since| {
                history.snapshots().partition_point(|snapshot| *snapshot < since)
            })
        });
        let first = since.unwrap_or(0);
        if let (Some(since), Some(until)) = (&args.since, &args.until)
            && first >= end
        {
            return Err(Failure::new(
                Kind::Usage,
                format!("no snapshot is both after --since {since} and before --until {until}"),
            )
            .hint("give --until the later moment"));
        }
        let begin = history.beginning_of_month(first.saturating_sub(1));
        Ok(Self { begin, snapshots: first..end.max(first) })
    }
}
