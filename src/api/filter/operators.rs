//! The operators of the documentation: the one table of their names and meanings.

use std::cmp::Ordering;

/// An operator; it takes exactly one value.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    pub name: &'static str,
    /// What it is true of, in a few words.
    pub meaning: &'static str,
    pub test: Comparison,
}

/// How a field is compared with the value.
#[derive(Debug, Clone, Copy)]
pub enum Comparison {
    /// True if the field, compared with the value, is one of these.
    Compare(fn(Ordering) -> bool),
    /// True if the whole text has the value's shape, `%` standing for anything.
    Like,
}

/// Every operator of the documentation.
pub const OPERATORS: [Operator; 7] = [
    compare("eq", "equal", Ordering::is_eq),
    compare("ne", "not equal", Ordering::is_ne),
    compare("gt", "greater than", Ordering::is_gt),
    compare("ge", "greater than or equal", Ordering::is_ge),
    compare("lt", "less than", Ordering::is_lt),
    compare("le", "less than or equal", Ordering::is_le),
    Operator { name: "like", meaning: "matches a pattern; % stands for any characters", test: Comparison::Like },
];

const fn compare(name: &'static str, meaning: &'static str, accept: fn(Ordering) -> bool) -> Operator {
    Operator { name, meaning, test: Comparison::Compare(accept) }
}

impl Operator {
    /// The documentation's operator of that name, in any case.
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| name.eq_ignore_ascii_case(operator.name))
    }
}
