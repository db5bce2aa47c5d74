use super::*;

/// The rate of a partner that had these balances, as JSON, at these moments; at none where it was not there.
fn rate(snapshots: &[(&str, Option<&str>)]) -> Option<(String, u64)> {
    let trends = Trends::read(&Past::made(snapshots)).expect("a history");
    trends.of(r#"{"partner_sid":"a"}"#).map(|rate| (rate.fallen.to_string(), rate.seconds / 3600))
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
        // It rose while nobody could see it.
        (&[(2, "9"), (3, "8"), (4, "null"), (5, "50"), (6, "49")], found("2", 48)),
        // What nobody saw before or after is not counted.
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
