//! What the history says of balances: how fast each falls.
//!
//! Between two snapshots a balance may fall, or rise by a payment. A rate is what fell in the last seven days by the
//! time in which it did not rise, exactly; of the present, the history knows nothing.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::partner::PARTNERS;
use crate::history::{Change, History, Member, Problem, Replay, What};

use crate::partners::diff::{Sid, set_text};
use crate::partners::judge::{self, Rate};
use crate::raw;
use crate::values::Amount;
use crate::values::moment::Moment;

/// How far a rate snapshots back.
const SPAN: Duration = Duration::from_secs(7 * 86_400);

/// A rate takes so many snapshots,
const MIN_SNAPSHOTS: usize = 3;

/// over so much time.
const MIN_TIME: Duration = Duration::from_secs(86_400);

/// What is known of the past of all partners.
pub struct Trends {
    of: HashMap<Sid, Rate>,
}

impl Trends {
    /// Reads the snapshots up to `end`, as far as they matter `now`.
    pub fn read(history: &History, end: usize, now: Moment) -> Result<Self, Problem> {
        let snapshots = &history.snapshots()[..=end];
        let from = now.before(SPAN);
        let first = history.last_by(from).unwrap_or(0).min(end);
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
                tracks.extend(replay.partners().map(|(sid, partner)| (sid.clone(), Track::new(&partner, snapshot))));
            }
        }
        let rate = |(sid, track): (Sid, Track)| Some((sid, track.rate(begin, snapshots)?));
        Ok(Self { of: tracks.into_iter().filter_map(rate).collect() })
    }

    /// How fast the balance of a partner falls, given as the text that came.
    pub fn of(&self, partner: &str) -> Option<Rate> {
        self.of.get(&Sid::of(&set_text(partner, PARTNERS.key)?)).copied()
    }
}

/// A partner, followed from snapshot to snapshot.
struct Track {
    /// The first snapshot that saw it.
    first: usize,
    balance: Option<Amount>,
    /// What fell so far; none once a balance could not be read.
    fallen: Option<Amount>,
    /// In which the balance rose.
    risen_seconds: u64,
}

impl Track {
    fn new(partner: &str, snapshot: usize) -> Self {
        let balance = raw::lookup(partner, [judge::BALANCE]).and_then(amount);
        Self { first: snapshot, balance, fallen: balance.map(|_| Amount::ZERO), risen_seconds: 0 }
    }

    /// Takes new values; `before` is the time since the snapshot before, if that counts for the rate.
    fn change(&mut self, members: &[Member], before: Option<Duration>) {
        let Some(member) = members.iter().find(|member| member.name == judge::BALANCE) else { return };
        let old = self.balance;
        self.balance = member.new.and_then(amount);
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

fn amount(value: &str) -> Option<Amount> {
    raw::text(value).parse().ok()
}

fn take(tracks: &mut HashMap<Sid, Track>, sid: Sid, change: &Change, snapshot: usize, before: Option<Duration>) {
    match change.what {
        What::Added => _ = tracks.insert(sid, Track::new(change.named, snapshot)),
        What::Gone => _ = tracks.remove(&sid),
        What::Changed(members) => {
            if let Some(track) = tracks.get_mut(&sid) {
                track.change(members, before);
            }
        }
    }
}

#[cfg(test)]
mod tests;
