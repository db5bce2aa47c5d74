//! Many partners at once: found by their SIDs, compared, linked to their parents, added up. Knows no terminal and no
//! option.

pub mod diff;
pub mod hierarchy;
pub mod judge;
mod list;
pub mod search;
pub mod sums;

pub use list::{List, Sid};

use crate::raw;

/// What a partner is called, given how to find the raw value of a field: by its company's name, else by its own.
pub fn called<'p>(value: impl Fn(&str) -> Option<&'p str>) -> Option<&'p str> {
    ["company_name", "name"].into_iter().filter_map(value).find(|name| raw::is_set(name))
}
