//! Which partners a filter matches.
//!
//! The program's own reader of filters gives the conditions; here they are tried on partners. The operators are those
//! of the documentation, `in (a,b)`, and `not` before `in` and `like`. As in SQL, a comparison with null is never true
//! (`eq null` and `ne null` ask for it), and `like` compares the whole text, `%` standing for anything.

use std::cmp::Ordering;

use super::paths::{Comparable, Path};
use crate::api::filter::{self, Operator};

/// A filter that is ready to be tried on partners.
#[derive(Debug)]
pub struct Filter(Vec<Condition>);

#[derive(Debug)]
struct Condition {
    path: Path,
    test: Test,
    negated: bool,
}

#[derive(Debug)]
enum Test {
    IsNull,
    Never,
    Compare { accept: fn(Ordering) -> bool, with: Comparable<'static> },
    OneOf(Vec<Comparable<'static>>),
    Like { pattern: String },
}

impl Filter {
    /// Reads an expression, or says what is wrong with it.
    pub fn read(expression: &str) -> Result<Self, String> {
        let conditions = filter::parse(expression).map_err(|mistake| mistake.problem)?;
        conditions.iter().map(Condition::read).collect::<Result<_, _>>().map(Self)
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

impl Condition {
    fn read(condition: &filter::Condition) -> Result<Self, String> {
        if condition.operator.eq_ignore_ascii_case("not") {
            return Self::read_negated(condition);
        }
        let path = Path::new(&condition.field);
        let (test, negated) = Test::read(&path, &condition.operator.to_ascii_lowercase(), &condition.value)?;
        Ok(Self { path, test, negated })
    }

    /// After `not`, the value is another operator and its value, yet unread.
    fn read_negated(condition: &filter::Condition) -> Result<Self, String> {
        let positive = format!("{} {}", condition.field, condition.value);
        let positive = filter::parse(&positive).map_err(|mistake| mistake.problem)?;
        match positive.as_slice() {
            [one] if one.operator.eq_ignore_ascii_case("like") || one.operator.eq_ignore_ascii_case("in") => {
                Self::read(one).map(|condition| Self { negated: true, ..condition })
            }
            _ => Err("Unknown operator: not".to_owned()),
        }
    }

    fn holds(&self, partner: &str) -> bool {
        let values = self.path.texts(partner);
        match &self.test {
            Test::IsNull => values.is_empty() != self.negated,
            // Of the elements of an array, one that matches is enough.
            test => values.iter().any(|value| test.holds(&self.path, value) != self.negated),
        }
    }
}

impl Test {
    /// The test that an operator stands for, and whether it is the opposite of that test that must hold.
    fn read(path: &Path, operator: &str, value: &str) -> Result<(Self, bool), String> {
        let is_null = value.eq_ignore_ascii_case("null");
        let comparable = |text: &str| path.comparable(text.to_owned());
        let test = match Operator::find(operator).map(|operator| operator.test) {
            Some(filter::Test::Compare(_)) if is_null => match operator {
                "eq" | "ne" => return Ok((Self::IsNull, operator == "ne")),
                _ => Self::Never,
            },
            Some(filter::Test::Compare(accept)) => Self::Compare { accept, with: comparable(value)? },
            Some(filter::Test::Like) => Self::Like { pattern: value.to_lowercase() },
            None if operator == "in" => Self::OneOf(listed(value).map(comparable).collect::<Result<_, _>>()?),
            None => return Err(format!("Unknown operator: {operator}")),
        };
        Ok((test, false))
    }

    fn holds(&self, path: &Path, value: &str) -> bool {
        let is = |accept: fn(Ordering) -> bool, with: &Comparable| {
            path.comparable(value).is_ok_and(|value| accept(value.cmp(with)))
        };
        match self {
            Self::IsNull | Self::Never => false,
            Self::Compare { accept, with } => is(*accept, with),
            Self::OneOf(values) => values.iter().any(|with| is(Ordering::is_eq, with)),
            Self::Like { pattern } => is_like(&value.to_lowercase(), pattern),
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
