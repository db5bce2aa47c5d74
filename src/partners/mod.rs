//! Many partners at once: compared, linked to their parents, added up. Knows no terminal and no option.

pub mod diff;
pub mod hierarchy;
pub mod sums;
