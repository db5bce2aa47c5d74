//! What the history says of balances: how fast each falls.
//!
//! Between two snapshots a balance may fall, or rise by a payment. A rate is what fell in the last seven days by the
//! time in which it did not rise, exactly; of the present, the history knows nothing. A balance that is null or cannot
//! be read is passed by, as if that snapshot had not been taken.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::partner::PARTNERS;
use crate::commands::partners::nights::Past;
use crate::error::Result;
use crate::history::{MemberChange, What};
use crate::partners::Sid;
use crate::partners::judge::{self, Rate};
use crate::raw;
use crate::values::Amount;
use crate::values::moment::Moment;

/// How far a rate looks back.
const SPAN: Duration = Duration::from_secs(7 * 86_400);

/// A rate takes so many snapshots,
const MIN_SNAPSHOTS: usize = 3;

/// over so much time.
const MIN_TIME: Duration = Duration::from_secs(86_400);

/// The rates of all partners, as far as enough snapshots show them.
pub struct Trends {
    of: HashMap<Sid, Rate>,
}

impl Trends {
    /// Reads the snapshots as far as they matter now.
    pub fn read(&Past { ref history, end, now }: &Past) -> Result<Self> {
        let begin = history.first_since(now.before(SPAN)).min(end);
        let moments: Vec<_> = history.snapshots()[begin..=end].iter().map(|snapshot| snapshot.moment).collect();
        let mut tracks: HashMap<Sid, Track> = HashMap::new();
        history.at(end, |partner| {
            if let Some(sid) = raw::lookup(partner, [PARTNERS.key]) {
                tracks.insert(Sid::of(&raw::text(sid)), Track::new(partner));
            }
            Ok(())
        })?;
        history.changes(None, begin + 1..end + 1, |change| {
            if let Some(track) = tracks.get_mut(&Sid::of(&change.partner.sid)) {
                let at = change.snapshot - begin;
                match change.what {
                    What::Added => track.restart(at),
                    What::Changed(members) => track.change(members, at, &moments),
                    What::Gone => {}
                }
            }
            Ok(())
        })?;
        let rate = |(sid, track): (Sid, Track)| Some((sid, track.rate(&moments)?));
        Ok(Self { of: tracks.into_iter().filter_map(rate).collect() })
    }

    /// Whether too little is known of everybody.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// That of a partner, given as the text that came.
    pub fn of(&self, partner: &str) -> Option<Rate> {
        self.of.get(&Sid::of(&raw::text(raw::lookup(partner, [PARTNERS.key])?))).copied()
    }
}

/// The balance of a partner, followed from snapshot to snapshot.
struct Track {
    /// The first snapshot that counts.
    first: usize,
    /// The balance when it could be read last, and the snapshot, if it cannot be read since.
    unread: Option<(Amount, usize)>,
    /// Whether it could be read at all.
    has_balance: bool,
    /// None if there are too many digits.
    fallen: Option<Amount>,
    /// In which the balance rose.
    risen: Duration,
}

impl Track {
    /// That of a partner as it is in the end.
    fn new(partner: &str) -> Self {
        let has_balance = raw::lookup(partner, [judge::BALANCE]).and_then(judge::amount).is_some();
        Self { first: 0, unread: None, has_balance, fallen: Some(Amount::ZERO), risen: Duration::ZERO }
    }

    /// Counts from that snapshot on.
    fn restart(&mut self, at: usize) {
        *self = Self { first: at, unread: None, fallen: Some(Amount::ZERO), risen: Duration::ZERO, ..*self };
    }

    fn change(&mut self, members: &[MemberChange], at: usize, moments: &[Moment]) {
        let Some(member) = members.iter().find(|member| member.name == judge::BALANCE) else { return };
        // What a partner that came back had before it was gone is long ago.
        if at <= self.first {
            return;
        }
        let before = member.old.and_then(judge::amount).map(|old| (old, at - 1)).or(self.unread);
        match (before, member.new.and_then(judge::amount)) {
            (Some((old, since)), Some(new)) if new > old => self.risen += moments[at].since(moments[since]),
            (Some((old, _)), Some(new)) => {
                self.fallen = self.fallen.and_then(|fallen| fallen.plus(old.minus(new)?));
            }
            (None, Some(_)) => self.restart(at),
            (_, None) => {}
        }
        self.unread = before.filter(|_| member.new.and_then(judge::amount).is_none());
        self.has_balance |= before.is_some();
    }

    /// The rate, if enough snapshots show it.
    fn rate(&self, moments: &[Moment]) -> Option<Rate> {
        let last = self.unread.map_or(moments.len() - 1, |(_, last)| last);
        let time = moments[last].since(moments[self.first]);
        let is_enough = self.has_balance && last + 1 - self.first >= MIN_SNAPSHOTS && time >= MIN_TIME;
        let fallen = self.fallen.filter(|_| is_enough)?;
        Some(Rate { fallen, seconds: time.saturating_sub(self.risen).as_secs() })
    }
}

#[cfg(test)]
mod tests;
