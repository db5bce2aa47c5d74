//! What the history says of balances: how fast each falls, and since when it waits for a charge.
//!
//! Between two snapshots a balance may fall, or rise by a payment. A rate is what fell in the last seven days by the
//! time in which it did not rise, exactly; of the present, the history knows nothing.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::partner::PARTNERS;
use crate::diff::{Sid, set_text};
use crate::history::{Change, History, Problem, Replay, What};
use crate::moment::Moment;
use crate::raw;
use crate::values::{Age, Amount};

use super::judge;

/// How far a rate snapshots back.
const SPAN: Duration = Duration::from_secs(7 * 86_400);

/// A rate takes so many snapshots,
const MIN_SNAPSHOTS: usize = 3;

/// over so much time.
const MIN_TIME: Duration = Duration::from_secs(86_400);

/// What is known of a partner's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trend {
    /// How fast the balance falls, if enough snapshots show that.
    pub(super) rate: Option<Rate>,
    /// For how long the balance has been below the one at which a charge should have come, at every snapshot.
    uncharged_for: Option<Duration>,
}

impl Trend {
    #[cfg(test)]
    pub(super) fn falling(fallen: Amount, seconds: u64) -> Self {
        Self { rate: Some(Rate { fallen, seconds }), uncharged_for: None }
    }

    pub(super) fn is_uncharged_for(self, age: Age) -> bool {
        self.uncharged_for.is_some_and(|time| time >= Duration::from(age))
    }
}

/// What fell in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) fallen: Amount,
    pub(super) seconds: u64,
}

impl Rate {
    /// How many whole seconds a balance lasts; none if it does not fall.
    pub(super) fn time_to_fall(self, balance: Amount) -> Option<i128> {
        balance.lasts(self.fallen, self.seconds)
    }
}

/// What is known of the past of all partners.
pub(crate) struct Trends {
    of: HashMap<Sid, Trend>,
}

impl Trends {
    /// Reads the snapshots up to `end`, as far as they matter `now` for charges that are `age` late.
    ///
    /// # Errors
    /// When a file is damaged.
    pub(crate) fn read(history: &History, end: usize, now: Moment, age: Age) -> Result<Self, Problem> {
        let snapshots = &history.snapshots()[..=end];
        let from = now.before(SPAN);
        let first = history.last_by(now.before(SPAN.max(age.into()))).unwrap_or(0).min(end);
        // The first snapshot of the last seven days.
        let begin = snapshots.partition_point(|snapshot| *snapshot < from);
        let mut replay = Replay::new(history, None);
        let mut tracks: HashMap<Sid, Track> = HashMap::new();
        for snapshot in history.beginning_of_month(first)..=end {
            let before = (snapshot > begin).then(|| snapshots[snapshot].since(snapshots[snapshot - 1]));
            replay.read::<Problem>(snapshot, |change| {
                if snapshot > first
                    && let Some(sid) = set_text(change.named, PARTNERS.key).map(|sid| Sid::of(&sid))
                {
                    take(&mut tracks, sid, change, snapshot, before);
                }
                Ok(())
            })?;
            if snapshot == first {
                tracks.extend(
                    replay
                        .partners()
                        .map(|(sid, partner)| (sid.clone(), Track::new(&partner, snapshot, snapshots[snapshot]))),
                );
            }
        }
        let trend = |track: Track| Trend {
            rate: track.rate(begin, snapshots),
            uncharged_for: track.uncharged_since.map(|since| now.since(since)),
        };
        Ok(Self { of: tracks.into_iter().map(|(sid, track)| (sid, trend(track))).collect() })
    }

    /// What is known of a partner, given as the text that came.
    pub(crate) fn of(&self, partner: &str) -> Option<Trend> {
        self.of.get(&Sid::of(&set_text(partner, PARTNERS.key)?)).copied()
    }
}

/// A partner, followed from snapshot to snapshot.
struct Track {
    /// The first snapshot that saw it.
    first: usize,
    /// What matters of it, as a partner.
    values: [Option<String>; FIELDS.len()],
    fallen: Option<Amount>,
    /// In which the balance rose.
    risen_seconds: u64,
    uncharged_since: Option<Moment>,
}

const FIELDS: [&str; 3] = ["balance", "charge_at", "payment_type"];

impl Track {
    fn new(partner: &str, snapshot: usize, moment: Moment) -> Self {
        let values = FIELDS.map(|field| raw::lookup(partner, [field]).map(str::to_owned));
        let mut track =
            Self { first: snapshot, values, fallen: Some(Amount::ZERO), risen_seconds: 0, uncharged_since: None };
        if track.balance().is_none() {
            track.fallen = None;
        }
        track.judge_charge(moment);
        track
    }

    fn balance(&self) -> Option<Amount> {
        raw::text(self.values[0].as_deref()?).parse().ok()
    }

    fn judge_charge(&mut self, moment: Moment) {
        let members = FIELDS.iter().zip(&self.values);
        let members = members.filter_map(|(field, value)| Some(format!("\"{field}\":{}", value.as_deref()?)));
        let partner = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        self.uncharged_since = judge::is_uncharged(&partner).then(|| self.uncharged_since.unwrap_or(moment));
    }

    /// Takes new values; `before` is the time since the snapshot before, if that counts for the rate.
    fn change(&mut self, change: &Change, before: Option<Duration>) {
        let What::Changed(members) = change.what else { return };
        let old = self.balance();
        let mut matters = false;
        for member in members {
            if let Some(place) = FIELDS.iter().position(|field| *field == member.name) {
                self.values[place] = member.new.map(str::to_owned);
                matters = true;
            }
        }
        if !matters {
            return;
        }
        self.judge_charge(change.moment);
        let Some(before) = before else { return };
        self.fallen = match (old, self.balance()) {
            (Some(old), Some(new)) if new > old => {
                self.risen_seconds += before.as_secs();
                self.fallen
            }
            (Some(old), Some(new)) => self.fallen.and_then(|fallen| fallen.plus(old.minus(new)?)),
            _ => None,
        };
    }

    /// The rate since the snapshot `begin`, if it can be known.
    fn rate(&self, begin: usize, snapshots: &[Moment]) -> Option<Rate> {
        let first = begin.max(self.first);
        let time = snapshots.last()?.since(*snapshots.get(first)?);
        let fallen = self.fallen.filter(|_| snapshots.len() - first >= MIN_SNAPSHOTS && time >= MIN_TIME)?;
        Some(Rate { fallen, seconds: time.as_secs().saturating_sub(self.risen_seconds) })
    }
}

fn take(tracks: &mut HashMap<Sid, Track>, sid: Sid, change: &Change, snapshot: usize, before: Option<Duration>) {
    match change.what {
        What::Added => _ = tracks.insert(sid, Track::new(change.named, snapshot, change.moment)),
        What::Gone => _ = tracks.remove(&sid),
        What::Changed(_) => {
            if let Some(track) = tracks.get_mut(&sid) {
                track.change(change, before);
            }
        }
    }
}

#[cfg(test)]
mod tests;
