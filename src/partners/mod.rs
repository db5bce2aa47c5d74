//! Many partners at once: found by their SIDs, compared, linked to their parents, added up. Knows no terminal and no
//! option.

pub mod diff;
pub mod hierarchy;
mod list;
pub mod sums;

pub use list::{List, Sid};
