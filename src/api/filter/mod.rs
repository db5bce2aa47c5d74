//! The filter language: `FIELD OPERATOR VALUE`, joined by `and`.
//!
//! An expression is read to point at mistakes before it is sent, never to change it: what was typed is what goes out.
//! Only what the API is known not to understand is a mistake. Its list of operators is open (`in`, `nearby`,
//! `is not null` ...), so after an unknown word everything up to the next condition is taken for its value.

use std::ops::Range;

use super::partner::PARTNERS;
use words::{Word, is_joint, split};

pub use advice::{for_rejected, warning};
pub use equality::equalities;
pub use operators::{Comparison, OPERATORS, Operator};
pub use words::unquoted;

mod advice;
mod equality;
mod operators;
mod words;

/// One `FIELD OPERATOR VALUE` of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field as typed; dots reach into objects.
    pub field: String,
    pub operator: String,
    /// The value; of one quoted word, what is between the quotes.
    pub value: String,
}

/// A mistake in an expression, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub problem: String,
    /// The bytes of the expression that it is about; empty at the end of the expression.
    pub span: Range<usize>,
    pub remedy: String,
}

impl Mistake {
    fn new(problem: impl Into<String>, span: Range<usize>, remedy: impl Into<String>) -> Self {
        Self { problem: problem.into(), span, remedy: remedy.into() }
    }
}

/// The words of an expression: what is between blanks, those within quotes aside.
pub fn words(expression: &str) -> Result<Vec<&str>, Mistake> {
    Ok(split(expression)?.into_iter().map(|word| word.text).collect())
}

/// Reads an expression into its conditions, or points at the first mistake.
pub fn parse(expression: &str) -> Result<Vec<Condition>, Mistake> {
    if let Some(meant) = from_url(expression) {
        let end = expression.len();
        return Err(Mistake::new("the filter is URL-encoded", 0..end, format!("write `{meant}`")));
    }
    let words = split(expression)?;
    if words.is_empty() {
        return Err(Mistake::new(
            "the filter is empty",
            0..0,
            "write `FIELD OPERATOR VALUE`, such as `status eq active`",
        ));
    }
    let (first, mut rest) = condition(expression, &words)?;
    let mut conditions = vec![first];
    while let Some((joint, after)) = rest.split_first() {
        check_joint(joint)?;
        let (next, after) = condition(expression, after)?;
        conditions.push(next);
        rest = after;
    }
    Ok(conditions)
}

/// The expression that `filter=state+eq+NY` and its like stand for in a URL.
fn from_url(expression: &str) -> Option<String> {
    let text = expression.trim();
    let value = text.get(..7).filter(|name| name.eq_ignore_ascii_case("filter=")).map(|_| &text[7..]);
    let bare = value.unwrap_or(text);
    let is_encoded = !bare.contains(char::is_whitespace) && (bare.contains('+') || bare.contains("%20"));
    if !is_encoded {
        return value.map(str::to_owned);
    }
    let pair = format!("filter={bare}");
    let decoded = url::form_urlencoded::parse(pair.as_bytes()).next()?.1.into_owned();
    decoded.contains(' ').then_some(decoded)
}

/// The condition that the words begin with, and the words after it.
fn condition<'w, 'e>(expression: &'e str, words: &'w [Word<'e>]) -> Result<(Condition, &'w [Word<'e>]), Mistake> {
    // What is missing is missing before the next word, or at the end.
    let end = expression.trim_end().len();
    let missing = |what: &str, next: &[Word], remedy: String| {
        Mistake::new(what, next.first().map_or(end..end, |word| word.span.clone()), remedy)
    };
    let (field, after_field) = next(words).ok_or_else(|| {
        missing("a condition is missing", words, "write `FIELD OPERATOR VALUE` on both sides of `and`".to_owned())
    })?;
    check_field(field)?;
    let (operator, rest) = next(after_field).ok_or_else(|| {
        let remedy = format!("write `{} OPERATOR VALUE`, or quote the value if this is part of it", field.text);
        missing("an operator is missing", after_field, remedy)
    })?;
    check_symbol(operator, 0)?;
    // These two are followed by another operator, so a symbol there is not a value.
    if let Some(next) = rest.first().filter(|_| operator.is("not") || operator.is("is")) {
        check_symbol(next, 0)?;
    }
    let (value, rest) = if operator.is_operator() {
        let (value, after) = next(rest).ok_or_else(|| {
            let remedy = format!("write a value after `{}`", operator.text);
            missing(&format!("`{}` has no value", operator.text), rest, remedy)
        })?;
        check_is_one(expression, &rest[..=before_joint(after)])?;
        (unquoted(value.text), after)
    } else {
        let (value, after) = rest.split_at(open_value(rest)?);
        (&expression[span(value)], after)
    };
    Ok((Condition { field: field.text.to_owned(), operator: operator.text.to_owned(), value: value.to_owned() }, rest))
}

/// The next word and those after it, unless the condition ends before it.
fn next<'w, 'e>(words: &'w [Word<'e>]) -> Option<(&'w Word<'e>, &'w [Word<'e>])> {
    words.split_first().filter(|(word, _)| !word.is("and"))
}

/// How many words there are before one that joins conditions.
fn before_joint(words: &[Word]) -> usize {
    words.iter().take_while(|word| !is_joint(word)).count()
}

/// The bytes from the first to the last word.
fn span(words: &[Word]) -> Range<usize> {
    words.first().zip(words.last()).map_or(0..0, |(first, last)| first.span.start..last.span.end)
}

fn check_field(word: &Word) -> Result<(), Mistake> {
    if word.is("or") {
        return check_joint(word);
    }
    let name = word.text.split('(').next().unwrap_or_default();
    let start = word.span.start;
    if name == "!" || name.eq_ignore_ascii_case("not") {
        let remedy = "negate the operator instead, such as `ne`";
        return Err(Mistake::new("a leading `not` is not supported", start..start + name.len(), remedy));
    }
    if word.text.starts_with('(') {
        return Err(Mistake::new("grouping is not supported", start..start + 1, "remove the parentheses"));
    }
    let is_quoted = word.text.contains(['"', '\'']);
    let symbol = word.text.find([':', '=', '!', '<', '>']).filter(|_| !is_quoted);
    symbol.map_or(Ok(()), |at| check_symbol(word, at))
}

/// Refuses a symbol at this byte of the word, where an operator should be.
fn check_symbol(word: &Word, at: usize) -> Result<(), Mistake> {
    let Some((symbol, instead)) = word.symbol_at(at) else { return Ok(()) };
    let start = word.span.start + at;
    let problem = format!("`{symbol}` is not an operator of the filter language");
    Err(Mistake::new(problem, start..start + symbol.len(), format!("use `{instead}`")))
}

/// Refuses several words as the value of a documented operator, which takes one.
fn check_is_one(expression: &str, value: &[Word]) -> Result<(), Mistake> {
    let more = value.get(1..).unwrap_or_default();
    if more.is_empty() {
        return Ok(());
    }
    let (text, span) = (&expression[span(value)], span(value));
    let remedy = if more.iter().any(|word| word.is_operator() || PARTNERS.field(word.text).is_some()) {
        "join conditions by `and`, or quote the value".to_owned()
    } else if !text.contains('"') && !text.starts_with('\'') {
        format!("write \"{text}\"")
    } else if !text.contains('\'') && !text.starts_with('"') {
        format!("write '{text}'")
    } else {
        "quote the whole value, with the kind of quotes that is not in it".to_owned()
    };
    Err(Mistake::new("a value of several words needs quotes", span, remedy))
}

/// How many words an operator that is not documented takes: all up to the next condition.
fn open_value(words: &[Word]) -> Result<usize, Mistake> {
    let mut depth = 0;
    for (at, word) in words.iter().enumerate() {
        if depth <= 0 && is_joint(word) {
            check_joint(word)?;
            // `between 1 and 5`: a single word after `and` cannot be a condition of its own.
            if before_joint(&words[at + 1..]) != 1 {
                return Ok(at);
            }
        }
        depth += word.parentheses();
    }
    Ok(words.len())
}

fn check_joint(joint: &Word) -> Result<(), Mistake> {
    let (problem, remedy) = match joint.text {
        "&&" => ("`&&` does not join conditions", "use `and`"),
        _ if joint.is("and") => return Ok(()),
        _ => (
            "conditions cannot be joined by `or`",
            "run one command per condition, or quote `or` if it is part of a value",
        ),
    };
    Err(Mistake::new(problem, joint.span.clone(), remedy))
}

#[cfg(test)]
mod tests;
