//! Counts and lists of names as parts of a sentence.

use crate::raw;

/// How many names are listed at most.
pub const MAX_NAMED: usize = 5;

/// A count with its noun.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The names, but not endlessly many of them.
pub fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MAX_NAMED)].join(", ");
    let more = names.len().saturating_sub(MAX_NAMED);
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// That amounts are not in a sum, and whose they are.
pub fn left_out(amounts: u64, ids: &[String]) -> String {
    let amounts = counted(amounts, "amount was", "amounts were");
    let whose = if ids.is_empty() { String::new() } else { format!(": {}", listed(ids)) };
    format!("{amounts} left out of the sums (not a decimal, or too many digits){whose}")
}

/// The ID of a partner for a sentence, given how to find the raw value of a field.
pub fn id_of<'p>(value: impl Fn(&str) -> Option<&'p str>) -> String {
    let id = ["display_id", "partner_sid"].into_iter().filter_map(value).find(|id| raw::is_set(id));
    id.map_or("-".to_owned(), |id| raw::text(id).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_tell_how_many_more_there_are() {
        let listed = |count: u64| listed(&(1..=count).map(|number| number.to_string()).collect::<Vec<_>>());
        assert_eq!(listed(1), "1");
        assert_eq!(listed(5), "1, 2, 3, 4, 5");
        assert_eq!(listed(7), "1, 2, 3, 4, 5 and 2 more");
    }

    #[test]
    fn one_is_one_and_all_else_many() {
        assert_eq!(["0 loops", "1 loop", "2 loops"], [0, 1, 2].map(|count| counted(count, "loop", "loops")));
    }
}
