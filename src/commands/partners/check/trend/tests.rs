use super::*;
use crate::history::Recorder;
use crate::partners::diff::List;

const NOW: &str = "2026-11-08T00:00:00Z";

fn moment(text: &str) -> Moment {
    text.parse().expect(text)
}

/// What is known of a partner that had these members at these moments; at none where it was not there.
fn trend(snapshots: &[(&str, Option<&str>)]) -> Option<Rate> {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, members) in snapshots {
        let mut list = List::new();
        list.add(r#"{"partner_sid":"own"}"#).expect("the account's own");
        if let Some(members) = members {
            list.add(format!(r#"{{"partner_sid":"a","parent_sid":"own",{members}}}"#)).expect(members);
        }
        Recorder::open(folder.path()).and_then(|recorder| recorder.record("", &list, moment(at))).expect(at);
    }
    let history = History::open(folder.path()).expect("a history");
    let trends = Trends::read(&history, snapshots.len() - 1, moment(NOW)).expect("a history");
    trends.of(r#"{"partner_sid":"a"}"#)
}

fn rate(snapshots: &[(&str, &str)]) -> Option<(String, u64)> {
    let members: Vec<_> = snapshots.iter().map(|(_, balance)| format!(r#""balance":"{balance}""#)).collect();
    let snapshots: Vec<_> = snapshots.iter().zip(&members).map(|((at, _), members)| (*at, Some(&**members))).collect();
    trend(&snapshots).map(|rate| (rate.fallen.to_string(), rate.seconds / 3600))
}

#[test]
fn a_rate_is_what_fell_in_the_time_in_which_the_balance_did_not_rise() {
    let snapshots = [
        ("2026-11-03T00:00:00Z", "10"),
        ("2026-11-04T00:00:00Z", "8.5"),
        ("2026-11-04T12:00:00Z", "100"),
        ("2026-11-05T00:00:00Z", "99.25"),
        ("2026-11-06T00:00:00Z", "99.25"),
    ];
    assert_eq!(rate(&snapshots), Some(("2.25".to_owned(), 60)));
    // What never falls never ends, and neither does what only rises.
    assert_eq!(rate(&snapshots.map(|(at, _)| (at, "1"))), Some(("0".to_owned(), 72)));
}

#[test]
fn a_rate_takes_three_looks_over_a_day_within_seven_days() {
    for snapshots in [
        &[("2026-11-05T00:00:00Z", "3"), ("2026-11-07T00:00:00Z", "2")][..],
        &[("2026-11-05T00:00:01Z", "3"), ("2026-11-05T12:00:00Z", "2"), ("2026-11-06T00:00:00Z", "1")],
        &[("2026-10-31T23:59:59Z", "3"), ("2026-11-05T12:00:00Z", "2"), ("2026-11-07T00:00:00Z", "1")],
        &[("2026-11-05T00:00:00Z", "3"), ("2026-11-06T00:00:00Z", "much"), ("2026-11-07T00:00:00Z", "1")],
    ] {
        assert_eq!(rate(snapshots), None, "{snapshots:?}");
    }
    let week = [
        ("2026-10-01T00:00:00Z", "99"),
        ("2026-11-01T00:00:00Z", "3"),
        ("2026-11-01T12:00:00Z", "2"),
        ("2026-11-02T00:00:00Z", "1"),
    ];
    assert_eq!(rate(&week), Some(("2".to_owned(), 24)));
    let added = [
        ("2026-11-03T00:00:00Z", None),
        ("2026-11-04T00:00:00Z", Some(r#""balance":"2""#)),
        ("2026-11-05T00:00:00Z", Some(r#""balance":"1""#)),
    ];
    assert_eq!(trend(&added), None);
}
