//! What is said of a comparison beside its rows.

use crate::api::partner::PARTNERS;
use crate::commands::partners::phrase;
use crate::output::message::quoted;
use crate::partners::diff::Comparison;
use crate::partners::diff::line::word;

/// All changes in one sentence. Without `is_whole`, nobody can say that a partner is gone.
pub fn summary(comparison: &Comparison, partners: usize, is_whole: bool) -> String {
    let count = |wanted: &str| comparison.changes.iter().filter(|change| word(change) == wanted).count();
    let (added, gone, changed) = (count("added"), count("gone"), count("changed"));
    let of = PARTNERS.counted(partners as u64);
    let mut sentence = match (added, gone, changed) {
        (0, 0, 0) if is_whole => format!("no difference among {of}"),
        _ if !is_whole => format!("at least {added} added, {changed} changed of {of}"),
        _ => format!("{added} added, {gone} gone, {changed} changed of {of}"),
    };
    let moved = comparison.movements.iter().filter(|(_, movement)| movement.partners > 0);
    let moved: Vec<_> = moved
        .map(|(field, movement)| {
            format!("{field} of {} moved by {} in all", PARTNERS.counted(movement.partners), movement.sum.marked())
        })
        .collect();
    if !moved.is_empty() {
        sentence += &format!("; {} (--amounts shows each)", moved.join(", "));
    }
    sentence
}

/// The fields that were not compared, as one list does not have them.
pub fn lacking(fields: &[String], list: &str) -> String {
    let named = phrase::listed(fields.iter().map(|field| quoted(field)), fields.len() as u64);
    let are = if fields.len() == 1 { "field was" } else { "fields were" };
    format!("{} {are} not compared, as {list} has none: {named}", fields.len())
}
