use super::*;

const THRESHOLDS: Thresholds = Thresholds { warn: Percent::whole(80), crit: Percent::whole(95), min_balance: None };

/// What is found, if everything could be read.
fn whole(judgement: Judgement) -> Result<Option<Finding>, Option<Finding>> {
    if judgement.is_whole { Ok(judgement.finding) } else { Err(judgement.finding) }
}

fn judged(spent: &str, limit: &str) -> Result<Option<(Level, Option<i128>)>, Option<Finding>> {
    let partner = format!(r#"{{"daily_spent_amount":{spent},"daily_spending_limit":{limit},"balance":"1"}}"#);
    Ok(whole(judge(&partner, THRESHOLDS))?.map(|finding| (finding.level, finding.used)))
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
        r#"{"daily_spent_amount":"5"}"#,
        r#"{"daily_spent_amount":"5","daily_limit":"5","balance":"1"}"#,
        r#"{"daily_spending_limit":"5","balance":"1"}"#,
    ] {
        assert_eq!(whole(judge(partner, THRESHOLDS)), Err(None), "{partner}");
    }
    // Without a limit nobody asks what is spent.
    assert_eq!(whole(judge(r#"{"daily_spending_limit":null}"#, THRESHOLDS)), Ok(None));
}

#[test]
fn an_amount_that_is_needed_and_cannot_be_read_is_no_good_news() {
    for (spent, limit) in
        [("null", "\"100\""), ("\"\"", "\"100\""), ("\"n/a\"", "1"), ("\"1\"", "\"x\""), ("1e30", "1"), ("[]", "1")]
    {
        assert_eq!(judged(spent, limit), Err(None), "{spent} of {limit}");
    }
    // Without a limit nobody asks what is spent.
    assert_eq!(judged("\"n/a\"", "null"), Ok(None));
}

#[test]
fn a_balance_below_the_least_is_critical_whatever_is_spent() {
    let thresholds = |least: &str| Thresholds { min_balance: Some(least.parse().expect(least)), ..THRESHOLDS };
    let judged = |balance: &str, least: &str| {
        let finding = judge(&format!(r#"{{"daily_spending_limit":null,"balance":{balance}}}"#), thresholds(least));
        whole(finding).map(|finding| finding.map(|finding| (finding.level, finding.reason())))
    };
    for (balance, least) in [("\"9.99\"", "10"), ("-0.01", "0"), ("\"-20\"", "-10")] {
        assert_eq!(judged(balance, least), Ok(Some((Level::Critical, "balance"))), "{balance} under {least}");
    }
    for (balance, least) in [("\"10.00\"", "10"), ("0", "0"), ("\"-9.99\"", "-10")] {
        assert_eq!(judged(balance, least), Ok(None), "{balance} under {least}");
    }
    assert_eq!(judged("null", "10"), Err(None));
}

#[test]
fn an_amount_that_cannot_be_read_hides_nothing_that_can() {
    let thresholds = Thresholds { min_balance: Some(Amount::ZERO), ..THRESHOLDS };
    for (partner, reason) in [
        (r#"{"daily_spent_amount":null,"daily_spending_limit":"100","balance":"-500"}"#, "balance"),
        (r#"{"daily_spent_amount":"200","daily_spending_limit":"100","balance":null}"#, "spend"),
    ] {
        let found = whole(judge(partner, thresholds)).expect_err("not whole").expect("a finding");
        assert_eq!((found.level, found.reason()), (Level::Critical, reason), "{partner}");
    }
}

#[test]
fn the_worst_comes_first() {
    let finding = |level, used, balance: Option<&str>| Finding {
        level,
        used,
        is_spent: used.is_some(),
        low_balance: balance.map(|balance| balance.parse().expect(balance)),
    };
    let ordered = [
        finding(Level::Critical, Some(12000), None),
        finding(Level::Critical, Some(9600), Some("-5")),
        finding(Level::Critical, Some(9600), Some("2")),
        finding(Level::Critical, Some(9600), None),
        Finding { is_spent: false, ..finding(Level::Critical, Some(10), Some("-90000")) },
        finding(Level::Critical, None, Some("-1")),
        Finding { is_spent: false, ..finding(Level::Critical, Some(7000), Some("0.5")) },
        finding(Level::Warning, Some(9400), None),
        finding(Level::Warning, Some(8000), None),
    ];
    assert!(ordered.is_sorted_by_key(Finding::rank));
}
