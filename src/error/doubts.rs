//! The words for what speaks against a list being whole.

use std::fmt;

use crate::api::completeness::{Doubt, PageStart};
use crate::api::page::Oddity;

/// How many characters of an odd value a sentence repeats.
const MAX_VALUE: usize = 60;

impl fmt::Display for PageStart {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Offset(offset) => write!(f, "page at offset {offset}"),
            Self::Cursor(rows) => write!(f, "page after {}", partners(*rows)),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Repeated(1) => f.write_str("1 partner was returned twice"),
            Self::Repeated(count) => write!(f, "{count} partners were returned more than once"),
            Self::TotalChanged { from, to } => write!(f, "the total changed from {from} to {to} between pages"),
            Self::TooFew { total, came } => {
                let arrived = if *came == 0 { "none" } else { &format!("only {came}") };
                write!(f, "the API reported {} but {arrived} arrived", partners(*total))
            }
            Self::TooMany { total, came } => write!(f, "the API reported {} but {came} arrived", partners(*total)),
            Self::OtherOffset { asked, said } => {
                write!(f, "the API answered the request for offset {asked} with the page at offset {said}")
            }
            Self::OtherCount { place, said, held } => {
                write!(f, "the {place} reports {} but holds {held}", partners(*said))
            }
            Self::OverLimit { place, limit, held } => {
                write!(f, "the {place} reports a limit of {limit} but holds {}", partners(*held))
            }
            Self::TwoEnds(place) => write!(f, "the {place} reports that no partners follow but links to a next page"),
            Self::UnclearEnd { place, oddity } => write!(f, "the {place} has {oddity}, so its end is unclear"),
            Self::Errors { place, words } => write!(f, "the {place} came with errors: {words}"),
            Self::Ignored { condition, contrary, of } => write!(
                f,
                "the API seems to ignore the condition `{condition}`: {contrary} of the first {} {} not match it",
                partners(*of),
                if *contrary == 1 { "does" } else { "do" }
            ),
            Self::NoSid(count) => {
                write!(f, "{} came without a SID, so duplicates and gaps cannot be detected", partners(*count))
            }
        }
    }
}

fn partners(count: u64) -> String {
    if count == 1 { "1 partner".to_owned() } else { format!("{count} partners") }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let value: String = self.value.chars().take(MAX_VALUE).collect();
        write!(f, "`{}` as {value} instead of {}", self.key, self.expected)
    }
}
