//! Which partners a filter matches.
//!
//! The program's own reader of filters gives the conditions; here they are tried on partners. The operators are those
//! of the documentation, and `in (a,b)`. As in SQL, a comparison with null is never true (`eq null` and `ne null` ask
//! for it), and `like` compares the whole text, `%` standing for anything.

use std::cmp::Ordering;

use super::paths::{Comparable, Path};
use crate::api::filter::{self, Operator};

/// A filter that is ready to be tried on partners.
#[derive(Debug)]
pub struct Filter(Vec<Criterion>);

#[derive(Debug)]
struct Criterion {
    path: Path,
    test: Test,
}

#[derive(Debug)]
enum Test {
    IsNull(bool),
    Compare {
        accept: fn(Ordering) -> bool,
        with: Comparable<'static>,
    },
    /// Nothing equals one of none.
    OneOf(Vec<Comparable<'static>>),
    Like {
        pattern: String,
    },
}

impl Filter {
    /// Reads an expression, or says what is wrong with it.
    pub fn read(expression: &str) -> Result<Self, String> {
        let conditions = filter::parse(expression).map_err(|mistake| mistake.problem)?;
        conditions.iter().map(Criterion::read).collect::<Result<_, _>>().map(Self)
    }

    /// The fields that it names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|condition| condition.path.first())
    }

    /// Whether a partner, given as JSON, meets every condition.
    pub fn matches(&self, partner: &str) -> bool {
        self.0.iter().all(|condition| condition.holds(partner))
    }
}

impl Criterion {
    fn read(filter::Condition { field, operator, value }: &filter::Condition) -> Result<Self, String> {
        let path = Path::new(field);
        let operator = operator.to_ascii_lowercase();
        let is_null = value.eq_ignore_ascii_case("null");
        let comparable = |text: &str| path.comparable(text.to_owned());
        let test = match (&*operator, Operator::find(&operator).map(|operator| operator.test)) {
            ("eq" | "ne", _) if is_null => Test::IsNull(operator == "eq"),
            (_, Some(filter::Comparison::Compare(_))) if is_null => Test::OneOf(Vec::new()),
            (_, Some(filter::Comparison::Compare(accept))) => Test::Compare { accept, with: comparable(value)? },
            (_, Some(filter::Comparison::Like)) => Test::Like { pattern: value.to_lowercase() },
            ("in", _) => Test::OneOf(listed(value).map(comparable).collect::<Result<_, _>>()?),
            _ => return Err(format!("unknown operator: {operator}")),
        };
        Ok(Self { path, test })
    }

    fn holds(&self, partner: &str) -> bool {
        let values = self.path.texts(partner);
        let is = |accept: fn(Ordering) -> bool, value: &str, with: &Comparable| {
            self.path.comparable(value).is_ok_and(|value| accept(value.cmp(with)))
        };
        // Of the elements of an array, one that matches is enough.
        match &self.test {
            Test::IsNull(is_null) => values.is_empty() == *is_null,
            Test::Compare { accept, with } => values.iter().any(|value| is(*accept, value, with)),
            Test::OneOf(any) => values.iter().any(|value| any.iter().any(|with| is(Ordering::is_eq, value, with))),
            Test::Like { pattern } => values.iter().any(|value| is_like(&value.to_lowercase(), pattern)),
        }
    }
}

/// Whether the text is made of the pattern's parts in their order, with anything at each `%`.
///
/// Taking the first place where a part occurs leaves the most for the parts after it, so there is nothing to try
/// twice, whatever the pattern.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, others)) = pattern.split_once('%') else { return text == pattern };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let (middle, last) = others.rsplit_once('%').unwrap_or(("", others));
    for part in middle.split('%') {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// The items of a list such as `(a, 'b, c')`. Quotes count only where an item starts, as everywhere in a filter.
fn listed(value: &str) -> impl Iterator<Item = &str> {
    let inner = value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(value);
    let (mut quote, mut before) = (None, ',');
    let items = inner.split(move |c: char| {
        let starts = before == ',' || before.is_whitespace();
        before = c;
        match quote {
            None if starts && matches!(c, '"' | '\'') => quote = Some(c),
            None => return c == ',',
            Some(open) if c == open => quote = None,
            Some(_) => {}
        }
        false
    });
    items.map(|item| filter::unquoted(item.trim()))
}

#[cfg(test)]
mod tests;
