//! What the history says of balances: how fast each falls, and since when it waits for a charge.
//!
//! Between two snapshots a balance may fall, or rise by a payment. A rate is what fell in the last seven days by the
//! time in which it did not rise, exactly; of the present, the history knows nothing.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::partner::PARTNERS;
use crate::history::{Change, History, Member, Problem, Replay, What};
use crate::partners::diff::{Sid, set_text};
use crate::raw;
use crate::values::moment::Moment;
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
pub struct Trend {
    /// How fast the balance falls, if enough snapshots show that.
    pub rate: Option<Rate>,
    /// For how long the balance has been below the one at which a charge should have come, at every snapshot.
    uncharged_for: Option<Duration>,
}

impl Trend {
    #[cfg(test)]
    pub fn falling(fallen: Amount, seconds: u64) -> Self {
        Self { rate: Some(Rate { fallen, seconds }), uncharged_for: None }
    }

    pub fn is_uncharged_for(self, age: Age) -> bool {
        self.uncharged_for.is_some_and(|time| time >= Duration::from(age))
    }
}

/// What fell in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub fallen: Amount,
    pub seconds: u64,
}

impl Rate {
    /// How many whole seconds a balance lasts; none if it does not fall.
    pub fn time_to_fall(self, balance: Amount) -> Option<i128> {
        balance.lasts(self.fallen, self.seconds)
    }
}

/// What is known of the past of all partners.
pub struct Trends {
    of: HashMap<Sid, Trend>,
}

impl Trends {
    /// Reads the snapshots up to `end`, as far as they matter `now` for charges that are `age` late.
    pub fn read(history: &History, end: usize, now: Moment, age: Age) -> Result<Self, Problem> {
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
    pub fn of(&self, partner: &str) -> Option<Trend> {
        self.of.get(&Sid::of(&set_text(partner, PARTNERS.key)?)).copied()
    }
}

/// A partner, followed from snapshot to snapshot.
struct Track {
    /// The first snapshot that saw it.
    first: usize,
    balance: Option<Amount>,
    charge_at: Option<Amount>,
    is_prepay: bool,
    /// What fell so far; none once a balance could not be read.
    fallen: Option<Amount>,
    /// In which the balance rose.
    risen_seconds: u64,
    uncharged_since: Option<Moment>,
}

impl Track {
    fn new(partner: &str, snapshot: usize, moment: Moment) -> Self {
        let mut track = Self {
            first: snapshot,
            balance: None,
            charge_at: None,
            is_prepay: false,
            fallen: None,
            risen_seconds: 0,
            uncharged_since: None,
        };
        raw::members(partner).for_each(|(key, value)| _ = track.set(&raw::text(key), Some(value)));
        track.fallen = track.balance.map(|_| Amount::ZERO);
        track.judge_charge(moment);
        track
    }

    /// Takes the value of a member, if it matters.
    fn set(&mut self, name: &str, value: Option<&str>) -> bool {
        let amount = || raw::text(value?).parse().ok();
        match name {
            judge::BALANCE => self.balance = amount(),
            judge::CHARGE_AT => self.charge_at = amount(),
            judge::PAYMENT_TYPE => self.is_prepay = value.is_some_and(|value| raw::text(value) == judge::PREPAY),
            _ => return false,
        }
        true
    }

    fn judge_charge(&mut self, moment: Moment) {
        let is_uncharged = self.is_prepay && self.charge_at.zip(self.balance).is_some_and(|(at, now)| now < at);
        self.uncharged_since = is_uncharged.then(|| self.uncharged_since.unwrap_or(moment));
    }

    /// Takes new values; `before` is the time since the snapshot before, if that counts for the rate.
    fn change(&mut self, members: &[Member], moment: Moment, before: Option<Duration>) {
        let old = self.balance;
        let set = members.iter().filter(|member| self.set(&member.name, member.new)).count();
        if set == 0 {
            return;
        }
        self.judge_charge(moment);
        let Some(before) = before else { return };
        self.fallen = match (old, self.balance) {
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
        What::Changed(members) => {
            if let Some(track) = tracks.get_mut(&sid) {
                track.change(members, change.moment, before);
            }
        }
    }
}

#[cfg(test)]
mod tests;
