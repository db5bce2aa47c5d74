//! The history that the settings name, and what it says of then: the snapshot that a moment means, how fast balances
//! fall, and a line of marks that shows the slope of the last 30 nights to whoever looks on at a terminal.
//!
//! A balance that is null or cannot be read is passed by.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use crate::api::{PARTNERS, PartnerId};
use crate::cli::GlobalArgs;
use crate::error::{self, Error, Failure, Kind};
use crate::history::{History, What};
use crate::output::Notices;
use crate::partners::judge::{self, Rate};
use crate::partners::{List, Sid};
use crate::raw;
use crate::settings::{Origin, Setting, Settings};
use crate::source::sandbox;
use crate::values::{Amount, Moment, When};

use super::{Answerer, Session};

/// How far nights go back.
const NIGHTS: Duration = Duration::from_secs(30 * 86_400);

/// How far a rate looks back.
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// A rate takes so many snapshots,
const MIN_SNAPSHOTS: usize = 3;

/// over so much time.
const MIN_TIME: Duration = Duration::from_secs(86_400);

/// From the lowest to the highest.
const MARKS: [char; 5] = ['▁', '▂', '▃', '▅', '▇'];

/// The file of the history.
pub fn file(settings: &Settings) -> Result<&Path, Failure> {
    settings.history.as_ref().map(|setting| &*setting.value).ok_or_else(|| {
        Failure::new(Kind::Config, "no history file is set").hint(
            "set one with --history FILE, CARRIERX_HISTORY or `history` in the configuration, then run \
             `carrierx partners snapshot`",
        )
    })
}

/// The history that the settings name; with --sandbox that of the sample, unless another one is typed.
pub fn open(settings: &Settings, global: &GlobalArgs) -> error::Result<History> {
    let is_typed = matches!(settings.history, Some(Setting { source: Origin::Option(_), .. }));
    match global.sandbox && !is_typed {
        true => sandbox::past::history(Moment::now()),
        false => History::open(file(settings)?),
    }
}

/// The number of the last snapshot at or before a moment.
pub fn snapshot(history: &History, when: &When) -> Result<usize, Failure> {
    let snapshots = history.snapshots();
    let found = match when.span(Moment::now()) {
        None => snapshots.len().checked_sub(1),
        Some((_, last)) => history.last_by(last),
    };
    found.ok_or_else(|| {
        let first = snapshots.first().map(|snapshot| snapshot.moment.to_string()).unwrap_or_default();
        Failure::new(Kind::Usage, format!("{} has no snapshot at or before {when}", history.path().display()))
            .hint(format!("its first snapshot is from {first}"))
    })
}

/// The partners as they were then, and when that was, with a note of it that begins with a lead.
pub fn partners(
    when: &When,
    lead: &str,
    settings: &Settings,
    global: &GlobalArgs,
    notices: &Notices,
) -> error::Result<(List, Moment)> {
    let history = open(settings, global)?;
    let snapshot = snapshot(&history, when)?;
    let mut list = List::new();
    history.at(snapshot, |partner| {
        list.add(partner);
        Ok(())
    })?;
    let moment = history.snapshots()[snapshot].moment;
    notices.note(&format!("{lead}as of {moment}: {}", PARTNERS.counted(list.len() as u64)));
    Ok((list, moment))
}

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
    pub fn of(session: &Session) -> error::Result<Self> {
        let history = open(&session.settings, session.global)?;
        let (end, now) = match session.answerer() {
            Answerer::Past(when) => {
                let end = snapshot(&history, when)?;
                (end, history.snapshots()[end].moment)
            }
            _ => (history.snapshots().len() - 1, Moment::now()),
        };
        Ok(Self { history, end, now })
    }

    /// The rates at which balances fall, of all partners of whom enough is known.
    pub fn rates(&self) -> error::Result<HashMap<Sid, Rate>> {
        let balances = self.balances(WEEK, None)?.into_iter();
        Ok(balances.filter_map(|(sid, balances)| Some((sid, rate(&balances)?))).collect())
    }

    /// The nights of these partners, given as the original text.
    pub fn nights<'p>(&self, partners: impl Iterator<Item = &'p str>, session: &Session) -> Nights {
        let sids = partners.filter_map(|partner| raw::lookup(partner, [PARTNERS.key]).map(raw::text));
        let balances = self.balances(NIGHTS, Some(sids.map(Cow::into_owned).collect()));
        Nights(balances.map_err(|error| no_nights(&error, session)).unwrap_or_default())
    }

    /// The balances of these partners, or of all, at the snapshots of that time, the oldest first.
    fn balances(&self, span: Duration, of: Option<Vec<String>>) -> error::Result<HashMap<Sid, Vec<Balance>>> {
        let Self { history, end, now } = self;
        let begin = history.first_since(now.before(span)).min(*end);
        let wanted: Option<HashSet<Sid>> = of.as_ref().map(|sids| sids.iter().map(|sid| Sid::of(sid)).collect());
        // The balance at the end, and those at the snapshots before its last change.
        let mut tracks: HashMap<Sid, (Option<Amount>, Vec<Option<Amount>>)> = HashMap::new();
        history.at(*end, |partner| {
            let is_wanted = |sid: &Sid| wanted.as_ref().is_none_or(|wanted| wanted.contains(sid));
            let sid = Sid::of_raw(raw::lookup(partner, [PARTNERS.key])).filter(is_wanted);
            let balance = raw::lookup(partner, [judge::BALANCE]).and_then(judge::amount);
            tracks.extend(sid.map(|sid| (sid, (balance, Vec::new()))));
            Ok(())
        })?;
        let ids: Option<Vec<_>> = of.map(|sids| sids.into_iter().map(PartnerId::Sid).collect());
        let numbers = ids.map(|ids| history.find(&ids)).transpose()?.map(|found| found.into_iter().flatten().collect());
        history.changes(numbers.as_ref(), begin + 1..end + 1, |change| {
            let Some((_, balances)) = tracks.get_mut(&Sid::of(&change.partner.sid)) else { return Ok(()) };
            let at = change.snapshot - begin;
            match change.what {
                What::Changed(members) => {
                    if let Some(member) = members.iter().find(|member| member.name == judge::BALANCE) {
                        balances.resize(at, member.old.and_then(judge::amount));
                    }
                }
                What::Added | What::Gone => *balances = vec![None; at],
            }
            Ok(())
        })?;
        let at = |(at, balance): (usize, Option<Amount>)| Some((at, history.snapshots()[at].moment, balance?));
        let known = |balances: Vec<Option<Amount>>| (begin..).zip(balances).filter_map(at).collect();
        let whole = |(last, mut balances): (_, Vec<_>)| {
            balances.resize(end - begin + 1, last);
            known(balances)
        };
        Ok(tracks.into_iter().map(|(sid, track)| (sid, whole(track))).collect())
    }
}

/// A balance, and the snapshot of it.
type Balance = (usize, Moment, Amount);

/// What fell between snapshots, by the time in which the balance did not rise, as by a payment; exactly. Of the
/// present, the history knows nothing.
fn rate(balances: &[Balance]) -> Option<Rate> {
    let ((first, begin, _), (last, end, _)) = (balances.first()?, balances.last()?);
    let mut rate = Rate { fallen: Amount::ZERO, seconds: 0 };
    for ((_, since, old), (_, until, new)) in balances.iter().zip(&balances[1..]) {
        if new <= old {
            // None if there are too many digits.
            rate.fallen = rate.fallen.plus(old.minus(*new)?)?;
            rate.seconds += until.since(*since).as_secs();
        }
    }
    (last - first + 1 >= MIN_SNAPSHOTS && end.since(*begin) >= MIN_TIME).then_some(rate)
}

fn no_nights(error: &Error, session: &Session) {
    session.notices.note(&format!("the last 30 nights are not shown: {error:#}"));
}

/// The balances of partners, night by night.
pub struct Nights(HashMap<Sid, Vec<Balance>>);

impl Nights {
    /// At most so many marks for a partner, and its lowest and highest balance.
    pub fn of(&self, partner: &str, width: usize) -> Option<(String, [Amount; 2])> {
        let balances = self.0.get(&Sid::of_raw(raw::lookup(partner, [PARTNERS.key]))?)?;
        let days = balances.chunk_by(|(_, one, _), (_, next, _)| one.start_of_day() == next.start_of_day());
        let balances: Vec<_> = days.filter_map(|day| Some(day.last()?.2)).collect();
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
        let balances = Past::made(snapshots).balances(NIGHTS, Some(vec!["a".to_owned()])).expect("a history");
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

    /// The rate of a partner that had these balances, as JSON, at these moments; at none where it was not there.
    fn rate(snapshots: &[(&str, Option<&str>)]) -> Option<(String, u64)> {
        let rates = Past::made(snapshots).rates().expect("a history");
        rates.get(&Sid::of("a")).map(|rate| (rate.fallen.to_string(), rate.seconds / 3600))
    }

    /// The same for snapshots at midnight of these days of November.
    fn daily(balances: &[(u32, &str)]) -> Option<(String, u64)> {
        let days: Vec<_> = balances.iter().map(|(day, _)| format!("2026-11-{day:02}T00:00:00Z")).collect();
        let snapshots: Vec<_> = days.iter().zip(balances).map(|(day, (_, balance))| (&**day, Some(*balance))).collect();
        rate(&snapshots)
    }

    fn found(fallen: &str, hours: u64) -> Option<(String, u64)> {
        Some((fallen.to_owned(), hours))
    }

    #[test]
    fn a_rate_is_what_fell_in_the_time_in_which_the_balance_did_not_rise() {
        let snapshots = [
            ("2026-11-03T00:00:00Z", Some("\"10\"")),
            ("2026-11-04T00:00:00Z", Some("\"8.5\"")),
            ("2026-11-04T12:00:00Z", Some("\"100\"")),
            ("2026-11-05T00:00:00Z", Some("\"99.25\"")),
            ("2026-11-06T00:00:00Z", Some("\"99.25\"")),
        ];
        assert_eq!(rate(&snapshots), found("2.25", 60));
        // What never falls never ends, and neither does what only rises.
        assert_eq!(rate(&snapshots.map(|(at, _)| (at, Some("1")))), found("0", 72));
    }

    #[test]
    fn a_rate_takes_three_snapshots_over_a_day_within_seven_days() {
        for snapshots in [
            &[("2026-11-05T00:00:00Z", Some("3")), ("2026-11-07T00:00:00Z", Some("2"))][..],
            &[
                ("2026-11-05T00:00:01Z", Some("3")),
                ("2026-11-05T12:00:00Z", Some("2")),
                ("2026-11-06T00:00:00Z", Some("1")),
            ],
            &[
                ("2026-10-31T23:59:59Z", Some("3")),
                ("2026-11-05T12:00:00Z", Some("2")),
                ("2026-11-07T00:00:00Z", Some("1")),
            ],
            &[("2026-11-03T00:00:00Z", None), ("2026-11-04T00:00:00Z", Some("2")), ("2026-11-05T00:00:00Z", Some("1"))],
        ] {
            assert_eq!(rate(snapshots), None, "{snapshots:?}");
        }
        let week = [
            ("2026-10-01T00:00:00Z", Some("99")),
            ("2026-11-01T00:00:00Z", Some("3")),
            ("2026-11-01T12:00:00Z", Some("2")),
            ("2026-11-02T00:00:00Z", Some("1")),
        ];
        assert_eq!(rate(&week), found("2", 24));
    }

    #[test]
    fn balances_that_are_null_or_cannot_be_read_are_passed_by() {
        for (balances, expected) in [
            (&[(3, "9"), (4, "null"), (5, "7"), (6, "6")][..], found("3", 72)),
            (&[(3, "9"), (4, "null"), (5, "\"much\""), (6, "6")], found("3", 72)),
            // It rose while it was not observed.
            (&[(2, "9"), (3, "8"), (4, "null"), (5, "50"), (6, "49")], found("2", 48)),
            // Time that was not observed is not counted.
            (&[(2, "null"), (3, "9"), (4, "8"), (5, "7")], found("2", 48)),
            (&[(2, "9"), (3, "8"), (4, "7"), (5, "null")], found("2", 48)),
            (&[(2, "null"), (3, "\"?\""), (4, "null"), (5, "null")], None),
            (&[(2, "null"), (3, "null"), (4, "null"), (5, "null")], None),
            (&[(2, "null"), (3, "null"), (4, "9"), (5, "8")], None),
        ] {
            assert_eq!(daily(balances), expected, "{balances:?}");
        }
    }

    #[test]
    fn a_partner_that_came_back_begins_anew() {
        let there = [
            ("2026-11-02T00:00:00Z", Some("900")),
            ("2026-11-03T00:00:00Z", None),
            ("2026-11-04T00:00:00Z", Some("9")),
            ("2026-11-05T00:00:00Z", Some("8")),
            ("2026-11-06T00:00:00Z", Some("6")),
        ];
        assert_eq!(rate(&there), found("3", 48));
    }
}
