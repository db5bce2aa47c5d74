//! The made-up partners of the sandbox: a company group, the same on every run, with the documentation's partner among
//! them, so that everything can be tried without an account.

pub mod past;

use jiff::Timestamp;

use crate::api::partner::{CREATED, SID};
use crate::partners::List;
use crate::raw;

use past::with;

/// The token that the served sandbox accepts. It opens nothing else, so it need not be secret.
pub const TOKEN: &str = "sandbox";

/// How many partners `--sandbox` has.
pub const COUNT: usize = 250;

/// They, oldest first, the root of their tree before all others. What is worth trying (low balances, spent limits,
/// names that are missing or hard to print) is spread over the list.
const TEXTS: &str = include_str!("partners.jsonl");

/// When the last of them was there: 2025-12-01T00:00:00Z, in seconds since 1970.
const LAST: i64 = 1_764_547_200;

/// The first `count` partners, oldest first. More than there are look like those, and belong to one another likewise.
pub fn partners(count: usize) -> List {
    let texts: Vec<&str> = TEXTS.lines().collect();
    let copies = (COUNT..count).map(|number| copy(&texts, number));
    texts.iter().take(count).map(|text| (*text).to_owned()).chain(copies).collect()
}

/// A partner beyond the first ones: like one of them below the root, but for what tells partners apart.
fn copy(texts: &[&str], number: usize) -> String {
    let below_root = texts.len() - 1;
    let (round, place) = ((number - 1) / below_root, (number - 1) % below_root + 1);
    let text = |place: usize, field| raw::lookup(texts[place], [field]).map(raw::text).unwrap_or_default();
    let own = |field| text(place, field);
    let created = Timestamp::from_second(LAST + number as i64).unwrap_or(Timestamp::MAX);
    let sid = |sid: &str| if sid == text(0, SID) { sid.to_owned() } else { format!("{}{round:08x}", &sid[..28]) };
    with(
        texts[place],
        &[
            (SID, sid(&own(SID))),
            ("parent_sid", sid(&own("parent_sid"))),
            ("display_id", format!("{}{round}", own("display_id"))),
            ("login", format!("{}.{round}", own("login"))),
            (CREATED, format!("{created:.3}")),
        ],
    )
}

#[cfg(test)]
mod tests;
