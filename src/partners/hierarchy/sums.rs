//! The sums of a branch, held against a calculator that works with as many digits as it takes.

use std::fmt::Write;
use std::time::Duration;

use crate::partners::hierarchy::Gathered;
use crate::raw;

const PARTNERS: u64 = 2_000;

/// Amounts with two places, of every size and either sign, the same on every run.
fn cents(number: u64) -> i64 {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let digits = 1 + (mixed >> 60);
    let cents = ((mixed << 4) >> 8) % 10_u64.pow(digits as u32);
    if mixed & 1 == 0 { cents as i64 } else { -(cents as i64) }
}

/// The amount as the API writes it: a string, or now and then a number.
fn amount(number: u64) -> String {
    let cents = cents(number);
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

fn by_hand(amounts: impl Iterator<Item = String>) -> String {
    let mut script = "s=0\n".to_owned();
    amounts.for_each(|amount| _ = writeln!(script, "s+={amount}"));
    script.push_str("s\n");
    let mut bc = assert_cmd::Command::new("bc");
    bc.env_clear().env("PATH", "/usr/bin:/bin").timeout(Duration::from_secs(120)).write_stdin(script);
    let output = bc.assert().success();
    String::from_utf8_lossy(&output.get_output().stdout).trim().to_owned()
}

#[test]
fn two_thousand_amounts_sum_up_to_what_bc_says() {
    let mut gathered = Gathered::default();
    for number in 0..PARTNERS {
        let parent = number.checked_sub(1).map_or("null".to_owned(), |before| format!("\"{}\"", before / 10));
        let (quote, balance) = (if number % 3 == 0 { "" } else { "\"" }, amount(number));
        let partner = format!(
            r#"{{"partner_sid":"{number}","parent_sid":{parent},"balance":{quote}{balance}{quote},"daily_spent_amount":"0"}}"#
        );
        gathered.push(raw::members(&partner));
    }
    let hierarchy = gathered.linked(None).expect("a hierarchy");
    let branch = hierarchy.totals(199);
    assert_eq!(branch.balance.amount.to_string(), by_hand(std::iter::once(199).chain(1_991..PARTNERS).map(amount)));
    let root = hierarchy.totals(0);
    assert_eq!((u64::from(root.below), root.left_out()), (PARTNERS - 1, 0));
    assert_eq!(root.balance.amount.to_string(), by_hand((0..PARTNERS).map(amount)));
}
