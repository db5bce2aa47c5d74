//! Which partners a filter matches.
//!
//! The program's own reader of filters gives the conditions; here they are tried on partners. The operators are those
//! of the documentation, `in (a,b)`, and `not` before `in` and `like`. As in SQL, a comparison with null is never true
//! (`eq null` and `ne null` ask for it), and `like` compares the whole text, `%` standing for anything.

use std::cmp::Ordering;

use super::paths::{Comparable, Path};
use crate::api::filter;

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
    Compare { accept: fn(Ordering) -> bool, with: Comparable },
    OneOf(Vec<Comparable>),
    Like { pattern: String },
}

impl Filter {
    /// Reads an expression, or says what is wrong with it.
    pub fn read(expression: &str) -> Result<Self, String> {
        let conditions = filter::parse(expression).map_err(|mistake| mistake.problem)?;
        conditions.iter().map(Condition::read).collect::<Result<_, _>>().map(Self)
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
        let path = Path::read(&condition.field)?;
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
        let compare = |accept: fn(Ordering) -> bool| match is_null {
            true => Ok(Self::Never),
            false => path.comparable(value).map(|with| Self::Compare { accept, with }),
        };
        let test = match operator {
            "eq" | "ne" if is_null => return Ok((Self::IsNull, operator == "ne")),
            "eq" => compare(Ordering::is_eq)?,
            "ne" => compare(Ordering::is_ne)?,
            "gt" => compare(Ordering::is_gt)?,
            "ge" => compare(Ordering::is_ge)?,
            "lt" => compare(Ordering::is_lt)?,
            "le" => compare(Ordering::is_le)?,
            "like" => Self::Like { pattern: value.to_lowercase() },
            "in" => Self::OneOf(listed(value).map(|item| path.comparable(item)).collect::<Result<_, _>>()?),
            _ => return Err(format!("Unknown operator: {operator}")),
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
mod tests {
    use super::*;

    const PARTNER: &str = r#"{"balance":"9.50","callbacks":{"sms":"https://example.com/cb"},"city":null,
        "company_name":"ACME Łódź, Telecom","charge_at":null,"date_created":"2024-05-20T18:32:37.000Z",
        "status":"active"}"#;

    fn matches(expression: &str) -> bool {
        Filter::read(expression).expect(expression).matches(PARTNER)
    }

    fn problem(expression: &str) -> String {
        Filter::read(expression).map(|_| ()).expect_err(expression)
    }

    #[test]
    fn a_filter_compares_amounts_as_decimals() {
        for expression in
            ["balance lt 10", "balance eq 9.5", "balance GE 9.50000", "balance gt -100", "balance in (1,9.5)"]
        {
            assert!(matches(expression), "{expression}");
        }
        assert!(!matches("balance gt 10"));
        assert!(!matches("balance ne 9.5"));
        assert_eq!(problem("balance lt ten"), "Not a decimal number: ten");
    }

    #[test]
    fn a_filter_compares_everything_else_as_text() {
        assert!(matches("status eq active and status ne closed"));
        assert!(matches("date_created ge 2024-05-20 and date_created lt 2024-05-21"));
        assert!(!matches("status eq ACTIVE"));
        assert!(!matches("status eq active and status ne active"));
    }

    #[test]
    fn dots_reach_into_objects() {
        assert!(matches(r#"callbacks.sms eq "https://example.com/cb""#));
        assert!(matches("callbacks.app_mediator eq null"));
    }

    #[test]
    fn one_element_of_an_array_that_matches_is_enough() {
        let partner = r#"{"acls":[{"direction":"inbound","rules":["a"]},{"direction":"outbound"},{"x":1}]}"#;
        for (expression, is_match) in [
            ("acls.direction eq outbound", true),
            ("acls.direction eq inbound and acls.direction eq outbound", true),
            ("acls.direction ne inbound", true),
            ("acls.direction eq sideways", false),
            ("acls.direction like IN%", true),
            ("acls.direction not in (inbound, outbound)", false),
            ("acls.direction in (outbound)", true),
            ("acls.direction eq null", false),
            ("acls.none eq null", true),
            ("acls.none ne x", false),
        ] {
            assert_eq!(Filter::read(expression).expect(expression).matches(partner), is_match, "{expression}");
        }
    }

    #[test]
    fn a_comparison_with_null_is_never_true_except_when_asked_for_null() {
        assert!(matches("city eq null"));
        assert!(matches("status ne NULL"));
        for expression in [
            "city ne null",
            "status eq null",
            "city eq Berlin",
            "city ne Berlin",
            "city like %",
            "city not like x",
            "city not in (x)",
            "charge_at lt 10",
            "balance lt null",
            "city ge null",
        ] {
            assert!(!matches(expression), "{expression}");
        }
    }

    #[test]
    fn like_ignores_case_beyond_ascii_and_takes_percent_for_anything() {
        for pattern in ["%acme%", "acme łódź, telecom", "ACME%", "%TELECOM", "%ŁÓDŹ%tel%", "%", "%%", "a%m%e%%m"]
        {
            assert!(matches(&format!("company_name like '{pattern}'")), "{pattern}");
        }
        for pattern in ["acme", "%acme", "telecom%", "%telecom%acme%", "acme łódź, telecom_", ""] {
            assert!(!matches(&format!("company_name like '{pattern}'")), "{pattern}");
            assert!(matches(&format!("company_name not like '{pattern}'")), "{pattern}");
        }
    }

    #[test]
    fn like_does_not_use_a_character_twice() {
        assert!(!is_like("ab", "ab%b"));
        assert!(!is_like("aba", "ab%ba"));
        assert!(is_like("abba", "ab%ba"));
        assert!(!is_like("axb", "a%x%x%b"));
    }

    #[test]
    fn like_takes_no_time_on_hostile_patterns() {
        assert!(!is_like(&"a".repeat(100_000), &("%a".repeat(50_000) + "%b")));
    }

    #[test]
    fn lists_keep_quoted_commas_and_inner_apostrophes() {
        let items = |value| listed(value).collect::<Vec<_>>();
        assert_eq!(items("(a, 'b, c',\"d\")"), ["a", "b, c", "d"]);
        assert_eq!(items("O'Brien,x"), ["O'Brien", "x"]);
        assert!(matches("company_name in (x, 'ACME Łódź, Telecom')"));
        assert!(matches("status not in (closed, suspended)"));
        assert!(!matches("status NOT IN (closed, active)"));
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        assert_eq!(problem("status = active"), "`=` is not an operator of the filter language");
        assert_eq!(problem("status nearby active"), "Unknown operator: nearby");
        assert_eq!(problem("status not eq active"), "Unknown operator: not");
        assert_eq!(problem("balanse lt 10"), "Unknown field: balanse");
        assert_eq!(problem("balanse not like 10"), "Unknown field: balanse");
        assert_eq!(problem(&format!("status {}like x", "not ".repeat(10_000))), "Unknown operator: not");
    }
}
