//! What is said of a comparison beside its rows.

use std::collections::BTreeSet;

use crate::api::partner::PARTNERS;
use crate::commands::partners::phrase;
use crate::output::message::quoted;
use crate::partners::diff::Movement;

/// How many partners became what.
#[derive(Debug, Default)]
pub struct Tally {
    pub added: u64,
    pub gone: u64,
    pub changed: u64,
}

impl Tally {
    pub fn is_none(&self) -> bool {
        self.added + self.gone + self.changed == 0
    }
}

/// All changes in one sentence. Without `is_whole`, nobody can say that a partner is gone.
pub fn summary(
    tally: &Tally,
    movements: impl Iterator<Item = (&'static str, Movement)>,
    partners: usize,
    is_whole: bool,
) -> String {
    let Tally { added, gone, changed } = tally;
    let of = PARTNERS.counted(partners as u64);
    let mut sentence = match is_whole {
        true if tally.is_none() => format!("no difference among {of}"),
        true => format!("{added} added, {gone} removed, {changed} changed ({of})"),
        false => format!("at least {added} added, {changed} changed ({of})"),
    };
    let moved: Vec<_> = movements.filter(|(_, movement)| movement.partners > 0).map(moved).collect();
    if !moved.is_empty() {
        sentence += &format!("; {} (--amounts shows each)", moved.join(", "));
    }
    sentence
}

/// By how much a field moved, and how many of its amounts are none or too long to be added.
fn moved((field, Movement { partners, sum }): (&'static str, Movement)) -> String {
    let of = PARTNERS.counted(partners);
    match u64::from(sum.left_out) {
        0 => format!("{field} of {of} changed by {} in total", sum.amount.shortened()),
        left_out if left_out == partners => format!("{field} of {of} changed, by no amount that can be added"),
        left_out => format!(
            "{field} of {of} changed by {} in total, without {left_out} that cannot be added",
            sum.amount.shortened()
        ),
    }
}

/// That fields were not compared, as one list has no column for them.
pub fn lacking(fields: &BTreeSet<String>, list: &str) -> String {
    let names: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
    let fields = phrase::counted(names.len() as u64, "field was", "fields were");
    format!("{fields} not compared, as {list} has no such column: {}", phrase::listed(&names))
}
