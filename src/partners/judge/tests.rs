use super::*;

/// Those of a check without options.
pub const THRESHOLDS: Thresholds = Thresholds {
    warn: Percent::whole(80),
    crit: Percent::whole(95),
    warn_balance: None,
    crit_balance: None,
    recharge: false,
    runway_warn: None,
    runway_crit: None,
};

/// What is found, if everything could be read.
type Found = Option<(Level, String)>;

fn whole(judgement: Judgement) -> Result<Found, Found> {
    let found = judgement.level().zip(judgement.reasons());
    if judgement.is_whole { Ok(found) } else { Err(found) }
}

fn judged(spent: &str, limit: &str) -> Result<Option<(Level, Option<i128>)>, Found> {
    let partner = format!(r#"{{"daily_spent_amount":{spent},"daily_spending_limit":{limit},"spending_limit":null}}"#);
    let judgement = THRESHOLDS.judge(&partner, None);
    Ok(whole(judgement)?.map(|(level, _)| (level, judgement.spent)))
}

#[test]
fn a_partner_at_a_threshold_is_told_and_one_just_below_it_is_not() {
    for (spent, limit, expected) in [
        ("\"79.99\"", "\"100\"", None),
        ("\"80.00\"", "\"100\"", Some((Level::Warning, Some(8000)))),
        ("94.99999999", "100", Some((Level::Warning, Some(9499)))),
        ("\"95\"", "100.00", Some((Level::Critical, Some(9500)))),
        ("\"150\"", "\"100\"", Some((Level::Critical, Some(15000)))),
        // Exactly the threshold, which binary fractions miss.
        ("\"0.24\"", "\"0.30\"", Some((Level::Warning, Some(8000)))),
        ("\"-5\"", "\"100\"", None),
    ] {
        assert_eq!(judged(spent, limit), Ok(expected), "{spent} of {limit}");
    }
}

#[test]
fn no_limit_is_never_reached() {
    for limit in ["null", "\"0\"", "0", "\"0.00\"", "\"-1\""] {
        assert_eq!(judged("\"1000000\"", limit), Ok(None), "{limit}");
    }
}

#[test]
fn an_absent_field_is_not_null() {
    for partner in [
        "{}",
        r#"{"daily_spent_amount":"5","spending_limit":null}"#,
        r#"{"daily_spent_amount":"5","daily_limit":"5","spending_limit":null}"#,
        r#"{"daily_spending_limit":"5","spending_limit":null}"#,
        r#"{"daily_spending_limit":null,"balance":"1"}"#,
        r#"{"daily_spending_limit":null,"spending_limit":"5"}"#,
    ] {
        assert_eq!(whole(THRESHOLDS.judge(partner, None)), Err(None), "{partner}");
    }
    // Without a limit, spending is not read.
    assert_eq!(whole(THRESHOLDS.judge(r#"{"daily_spending_limit":null,"spending_limit":null}"#, None)), Ok(None));
}

#[test]
fn an_amount_that_is_needed_and_cannot_be_read_is_no_good_news() {
    for (spent, limit) in
        [("null", "\"100\""), ("\"\"", "\"100\""), ("\"n/a\"", "1"), ("\"1\"", "\"x\""), ("1e30", "1"), ("[]", "1")]
    {
        assert_eq!(judged(spent, limit), Err(None), "{spent} of {limit}");
    }
    // Without a limit, spending is not read.
    assert_eq!(judged("\"n/a\"", "null"), Ok(None));
}

/// What is found of a partner without a daily limit.
fn found(rest: &str, thresholds: Thresholds) -> Result<Found, Found> {
    let partner = format!(r#"{{"daily_spending_limit":null,{rest}}}"#);
    whole(thresholds.judge(&partner, None))
}

fn balances(warn: Option<&str>, crit: Option<&str>) -> Thresholds {
    let amount = |text: &str| text.parse().expect(text);
    Thresholds { warn_balance: warn.map(amount), crit_balance: crit.map(amount), ..THRESHOLDS }
}

#[test]
fn a_balance_below_an_amount_is_a_finding_whatever_is_spent() {
    for (balance, warn, crit, level) in [
        ("\"9.99\"", None, Some("10"), Some(Level::Critical)),
        ("-0.01", None, Some("0"), Some(Level::Critical)),
        ("\"-20\"", None, Some("-10"), Some(Level::Critical)),
        ("\"10.00\"", None, Some("10"), None),
        ("0", None, Some("0"), None),
        ("\"-9.99\"", None, Some("-10"), None),
        ("\"9.99\"", Some("10"), None, Some(Level::Warning)),
        ("\"9.99\"", Some("10"), Some("5"), Some(Level::Warning)),
        ("\"4.99\"", Some("10"), Some("5"), Some(Level::Critical)),
        ("\"10\"", Some("10"), Some("5"), None),
    ] {
        let found = found(&format!(r#""spending_limit":null,"balance":{balance}"#), balances(warn, crit));
        let expected = level.map(|level| (level, "balance".to_owned()));
        assert_eq!(found, Ok(expected), "{balance} under {warn:?}, {crit:?}");
    }
    assert_eq!(found(r#""spending_limit":null,"balance":null"#, balances(Some("1"), None)), Err(None));
}

#[test]
fn a_debt_is_judged_by_the_most_that_may_be_owed() {
    for (balance, limit, level) in [
        ("\"-79.99\"", "\"100\"", None),
        ("-80", "\"100.00\"", Some(Level::Warning)),
        ("\"-95\"", "100", Some(Level::Critical)),
        ("\"-5000\"", "\"100\"", Some(Level::Critical)),
        ("\"80\"", "\"100\"", None),
        ("0", "\"100\"", None),
        ("\"-80\"", "null", None),
        ("\"-80\"", "0", None),
        ("\"-80\"", "\"-100\"", None),
    ] {
        let found = found(&format!(r#""spending_limit":{limit},"balance":{balance}"#), THRESHOLDS);
        assert_eq!(found, Ok(level.map(|level| (level, "owed".to_owned()))), "{balance} of {limit}");
    }
    for rest in [r#""spending_limit":"9","balance":null"#, r#""spending_limit":"n/a","balance":"-9""#] {
        assert_eq!(found(rest, THRESHOLDS), Err(None), "{rest}");
    }
    // Without a limit, debt is not read.
    assert_eq!(found(r#""spending_limit":null,"balance":"n/a""#, THRESHOLDS), Ok(None));
}

#[test]
fn a_prepay_balance_below_its_own_charge_is_a_warning_if_that_is_asked_for() {
    let recharge = Thresholds { recharge: true, ..THRESHOLDS };
    let warning = Ok(Some((Level::Warning, "recharge".to_owned())));
    for (kind, balance, charge_at, expected) in [
        ("\"prepay\"", "\"9.99\"", "\"10\"", warning.clone()),
        ("\"prepay\"", "-1", "0", warning.clone()),
        ("\"Prepay\"", "-1", "0", warning),
        ("\"prepay\"", "\"10.00\"", "\"10\"", Ok(None)),
        ("\"prepay\"", "\"9\"", "null", Ok(None)),
        ("\"postpay\"", "\"9\"", "\"10\"", Ok(None)),
        ("null", "\"9\"", "\"10\"", Ok(None)),
        ("\"prepay\"", "null", "\"10\"", Err(None)),
        ("\"prepay\"", "\"9\"", "\"x\"", Err(None)),
    ] {
        let rest =
            format!(r#""spending_limit":null,"payment_type":{kind},"balance":{balance},"charge_at":{charge_at}"#);
        assert_eq!(found(&rest, recharge), expected, "{rest}");
        assert_eq!(found(&rest, THRESHOLDS), Ok(None), "{rest}");
    }
    for rest in [r#""spending_limit":null"#, r#""spending_limit":null,"payment_type":"prepay""#] {
        assert_eq!(found(rest, recharge), Err(None), "{rest}");
    }
}

#[test]
fn every_reason_is_named_and_the_worst_gives_the_level() {
    let thresholds = Thresholds { recharge: true, ..balances(Some("0"), None) };
    let partner = r#"{"daily_spent_amount":"80","daily_spending_limit":"100","spending_limit":"100",
        "balance":"-96","charge_at":"5","payment_type":"prepay"}"#;
    let judgement = thresholds.judge(partner, None);
    let reasons = judgement.reasons();
    assert_eq!((judgement.level(), reasons.as_deref()), (Some(Level::Critical), Some("spend+owed+balance+recharge")));
}

#[test]
fn an_amount_that_cannot_be_read_hides_nothing_that_can() {
    for (partner, reason) in [
        (
            r#"{"daily_spent_amount":null,"daily_spending_limit":"100","spending_limit":null,"balance":"-500"}"#,
            "balance",
        ),
        (r#"{"daily_spent_amount":"200","daily_spending_limit":"100","spending_limit":null,"balance":null}"#, "spend"),
        (r#"{"daily_spending_limit":"x","spending_limit":"1","balance":"-1"}"#, "owed+balance"),
    ] {
        let found = whole(balances(None, Some("0")).judge(partner, None));
        assert_eq!(found, Err(Some((Level::Critical, reason.to_owned()))), "{partner}");
    }
}

#[test]
fn the_worst_comes_first() {
    let judgement = |level, reason: Reason, share, balance: Option<&str>| {
        let mut levels = [None; 5];
        levels[reason as usize] = Some(level);
        levels[Reason::Balance as usize] = balance.map(|_| level);
        let balance = balance.map(|balance| balance.parse().expect(balance));
        Judgement { levels, spent: share, balance, ..Judgement::default() }
    };
    let ordered = [
        judgement(Level::Critical, Reason::Spend, Some(12000), None),
        judgement(Level::Critical, Reason::Spend, Some(9600), Some("-5")),
        judgement(Level::Critical, Reason::Spend, Some(9600), Some("2")),
        judgement(Level::Critical, Reason::Spend, Some(9600), None),
        judgement(Level::Critical, Reason::Balance, None, Some("-90000")),
        judgement(Level::Critical, Reason::Balance, Some(9999), Some("0.5")),
        judgement(Level::Warning, Reason::Spend, Some(9400), None),
        judgement(Level::Warning, Reason::Spend, Some(8000), None),
        Judgement::default(),
    ];
    assert!(ordered.is_sorted_by_key(Judgement::rank));
    let measures = ordered.map(|judgement| judgement.measure().unwrap_or_default());
    assert_eq!(measures, ["120%", "96%", "96%", "96%", "balance -90000", "balance 0.5", "94%", "80%", ""]);
}

#[test]
fn only_a_share_that_is_a_reason_counts_for_the_order() {
    let partner = r#"{"daily_spent_amount":"99","daily_spending_limit":"1000","spending_limit":null,"balance":"-5"}"#;
    let judgement = balances(None, Some("0")).judge(partner, None);
    assert_eq!((judgement.spent, judgement.share()), (Some(990), None));
}

#[test]
fn a_balance_that_ends_soon_is_told_by_the_rate_of_the_past_exactly() {
    let rate = |fallen: &str, days: u64| Rate { fallen: fallen.parse().expect(fallen), seconds: days * 86_400 };
    let runway = Thresholds { runway_warn: Some(7 * 86_400), runway_crit: Some(2 * 86_400), ..THRESHOLDS };
    let rest = r#""daily_spending_limit":null,"spending_limit":null"#;
    let judged = |members: &str, rate| runway.judge(&format!("{{{rest},{members}}}"), rate);
    for (members, rate, level, hours) in [
        (r#""payment_type":"postpay","balance":"7""#, rate("1", 1), Some(Level::Warning), Some(168)),
        (r#""payment_type":"postpay","balance":"7.0001""#, rate("1", 1), None, Some(168)),
        (r#""payment_type":"postpay","balance":"2""#, rate("3", 3), Some(Level::Critical), Some(48)),
        (r#""payment_type":"postpay","balance":"-1""#, rate("1", 1), Some(Level::Critical), Some(0)),
        (r#""payment_type":"postpay","balance":"1""#, rate("0", 1), None, None),
        (r#""payment_type":"prepay","charge_at":null,"balance":"1""#, rate("1", 1), Some(Level::Critical), Some(24)),
        (r#""payment_type":"prepay","charge_at":"20","balance":"1""#, rate("1", 1), None, None),
    ] {
        let judgement = judged(members, Some(rate));
        assert_eq!(whole(judgement), Ok(level.map(|level| (level, "runway".to_owned()))), "{members}");
        assert_eq!(judgement.runway_hours(), hours, "{members}");
        let measure = level.and(hours).map(|hours| format!("runway {hours}h"));
        assert_eq!(judgement.measure().filter(|_| level.is_some()), measure, "{members}");
    }
    let nothing_known = judged(r#""payment_type":"postpay","balance":"1""#, None);
    assert_eq!((nothing_known.level(), nothing_known.is_rateless), (None, true));
    assert!(!judged(r#""balance":"1""#, None).is_whole && !judged(r#""payment_type":"postpay""#, None).is_whole);
}
