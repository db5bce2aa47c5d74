//! The balances of the last 30 nights, for whoever looks on at a terminal: a line of marks that shows their slope.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::api::lookup::PartnerId;
use crate::api::partner::PARTNERS;
use crate::commands::connection::Answerer;
use crate::commands::past;
use crate::commands::session::Session;
use crate::error::{Error, Result};
use crate::history::{History, What};
use crate::partners::Sid;
use crate::partners::judge;
use crate::raw;
use crate::values::Amount;
use crate::values::moment::Moment;

/// How far back they go.
const SPAN: Duration = Duration::from_secs(30 * 86_400);

/// From the lowest to the highest.
const MARKS: [char; 5] = ['▁', '▂', '▃', '▅', '▇'];

/// A history, and the snapshot up to which it is asked, seen from a moment.
pub struct Past {
    pub history: History,
    pub end: usize,
    pub now: Moment,
}

impl Past {
    /// The history for a terminal, where one is set. What it adds is for the eye alone, so that its failure is a note.
    pub fn shown(session: &Session, is_terminal: bool) -> Option<Self> {
        let is_set = session.global.sandbox || session.settings.history.is_some();
        (is_terminal && is_set).then(|| Self::of(session))?.map_err(|error| no_nights(&error, session)).ok()
    }

    /// The history as it is now, or as it was then if the partners are asked for as of then.
    pub fn of(session: &Session) -> Result<Self> {
        let history = past::open(&session.settings, session.global)?;
        let (end, now) = match session.answerer() {
            Answerer::Past(when) => {
                let end = past::snapshot(&history, when)?;
                (end, history.snapshots()[end].moment)
            }
            _ => (history.snapshots().len() - 1, Moment::now()),
        };
        Ok(Self { history, end, now })
    }

    /// The nights of these partners, given as the text that came.
    pub fn nights<'p>(&self, partners: impl Iterator<Item = &'p str>, session: &Session) -> Nights {
        let sids = partners.filter_map(|partner| raw::lookup(partner, [PARTNERS.key]).map(raw::text));
        let balances = self.balances(sids.map(Cow::into_owned).collect());
        Nights(balances.map_err(|error| no_nights(&error, session)).unwrap_or_default())
    }

    /// The balances at the last snapshot of each day, the oldest first, without those that are null or cannot be read.
    fn balances(&self, sids: Vec<String>) -> Result<HashMap<Sid, Vec<Amount>>> {
        let Self { history, end, now } = self;
        let begin = history.first_since(now.before(SPAN)).min(*end);
        let wanted: HashSet<Sid> = sids.iter().map(|sid| Sid::of(sid)).collect();
        // From where on the balances at the snapshots are known, and these.
        let mut tracks: HashMap<Sid, (usize, Vec<Option<Amount>>)> = HashMap::new();
        history.at(*end, |partner| {
            let sid = Sid::of_raw(raw::lookup(partner, [PARTNERS.key])).filter(|sid| wanted.contains(sid));
            let balance = raw::lookup(partner, [judge::BALANCE]).and_then(judge::amount);
            tracks.extend(sid.map(|sid| (sid, (0, vec![balance; end - begin + 1]))));
            Ok(())
        })?;
        let ids: Vec<_> = sids.into_iter().map(PartnerId::Sid).collect();
        let numbers = history.find(&ids)?.into_iter().flatten().collect();
        history.changes(Some(&numbers), begin + 1..end + 1, |change| {
            let Some((first, balances)) = tracks.get_mut(&Sid::of(&change.partner.sid)) else { return Ok(()) };
            let at = change.snapshot - begin;
            let (before, after) = balances.split_at_mut(at);
            match change.what {
                What::Changed(members) => {
                    let Some(member) = members.iter().find(|member| member.name == judge::BALANCE) else {
                        return Ok(());
                    };
                    before[*first..].fill(member.old.and_then(judge::amount));
                    after.fill(member.new.and_then(judge::amount));
                }
                What::Added | What::Gone => before.fill(None),
            }
            *first = at;
            Ok(())
        })?;
        let day = |at: usize| history.snapshots()[at].moment.start_of_day();
        let nights: Vec<_> = (begin..=*end).filter(|at| at == end || day(*at) != day(at + 1)).collect();
        let of_nights = |balances: &[Option<Amount>]| nights.iter().filter_map(|at| balances[at - begin]).collect();
        Ok(tracks.into_iter().map(|(sid, (_, balances))| (sid, of_nights(&balances))).collect())
    }
}

fn no_nights(error: &Error, session: &Session) {
    session.notices.note(&format!("the balances of the last nights are not shown: {error:#}"));
}

/// The balances of partners, night by night.
pub struct Nights(HashMap<Sid, Vec<Amount>>);

impl Nights {
    /// At most so many marks for a partner, and its lowest and highest balance.
    pub fn of(&self, partner: &str, width: usize) -> Option<(String, [Amount; 2])> {
        let balances = self.0.get(&Sid::of_raw(raw::lookup(partner, [PARTNERS.key]))?)?;
        let balances = Some(balances).filter(|balances| balances.len() > 1)?;
        let (low, high) = (*balances.iter().min()?, *balances.iter().max()?);
        let range = high.minus(low)?;
        let mark = |balance: &Amount| {
            let share = balance.minus(low)?.share_of(range).unwrap_or_default();
            Some(MARKS[(share as usize * (MARKS.len() - 1) + 5_000) / 10_000])
        };
        let sampled = balances.iter().rev().step_by(balances.len().div_ceil(width)).collect::<Vec<_>>();
        Some((sampled.into_iter().rev().filter_map(mark).collect(), [low, high]))
    }
}

#[cfg(test)]
impl Past {
    /// The past of a partner with the SID `a` that had these balances, as JSON, at these moments; at none where it was
    /// not there.
    pub fn made(snapshots: &[(&str, Option<&str>)]) -> Self {
        let mut recorder = crate::history::Recorder::in_memory().expect("memory");
        for (at, balance) in snapshots {
            let balance = balance.map(|balance| format!(r#"{{"partner_sid":"a","balance":{balance}}}"#));
            let partners = [r#"{"partner_sid":"own"}"#.to_owned()].into_iter().chain(balance);
            recorder.record(&partners.collect(), at.parse().expect(at)).expect(at);
        }
        let history = recorder.into_history().expect("memory");
        Self { history, end: snapshots.len() - 1, now: "2026-11-08T00:00:00Z".parse().expect("a moment") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(snapshots: &[(&str, Option<&str>)], width: usize) -> Option<(String, String)> {
        let balances = Past::made(snapshots).balances(vec!["a".to_owned()]).expect("a history");
        let (marks, [low, high]) = Nights(balances).of(r#"{"partner_sid":"a"}"#, width)?;
        Some((marks, format!("{low} to {high}")))
    }

    #[test]
    fn a_night_has_the_last_balance_of_its_day_and_none_where_none_can_be_read() {
        let snapshots = [
            ("2026-10-01T02:00:00Z", Some("500")),
            ("2026-11-01T02:00:00Z", Some("99")),
            ("2026-11-01T22:00:00Z", Some("\"40\"")),
            ("2026-11-02T02:00:00Z", Some("null")),
            ("2026-11-03T02:00:00Z", Some("20")),
            ("2026-11-04T02:00:00Z", Some("20")),
            ("2026-11-05T02:00:00Z", Some("0")),
        ];
        assert_eq!(marks(&snapshots, 30), Some(("▇▃▃▁".to_owned(), "0 to 40".to_owned())));
        assert_eq!(marks(&snapshots, 2), Some(("▃▁".to_owned(), "0 to 40".to_owned())));
        assert_eq!(marks(&snapshots[..2], 30), None);
        let gone = [snapshots[1], ("2026-11-02T02:00:00Z", None), snapshots[4], snapshots[5]];
        assert_eq!(marks(&gone, 30), Some(("▁▁".to_owned(), "20 to 20".to_owned())));
    }
}
