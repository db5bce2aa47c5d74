//! The filter language: `FIELD OPERATOR VALUE`, joined by `and`.
//!
//! An expression is read to point at mistakes before it is sent, never to change it: what was typed is what goes out.
//! Only what the API is known not to understand is a mistake. Its list of operators is open (`in`, `nearby`,
//! `is not null` ...), so after an unknown word everything up to the next condition is taken for its value.

use std::ops::Range;

use super::partner::PARTNERS;
use words::{Word, is_joint, split};

pub use advice::{for_rejected, warning};
pub use equality::Equality;
pub use operators::{OPERATORS, Operator, Test};
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
    /// The value; of one quoted word, what stands between the quotes.
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

/// The words of an expression: what stands between blanks, those within quotes aside.
pub fn words(expression: &str) -> Result<Vec<&str>, Mistake> {
    Ok(split(expression)?.into_iter().map(|word| word.text).collect())
}

/// Reads an expression into its conditions, or points at the first mistake.
pub fn parse(expression: &str) -> Result<Vec<Condition>, Mistake> {
    if let Some(meant) = from_url(expression) {
        let end = expression.len();
        return Err(Mistake::new("the filter stands as in a URL", 0..end, format!("write `{meant}`")));
    }
    let words = split(expression)?;
    if words.is_empty() {
        return Err(Mistake::new(
            "the filter is empty",
            0..0,
            "write `FIELD OPERATOR VALUE`, such as `status eq active`",
        ));
    }
    let mut parser = Parser { expression, words, next: 0 };
    let mut conditions = vec![parser.condition()?];
    while let Some(joint) = parser.take() {
        parser.check_joint(&joint)?;
        conditions.push(parser.condition()?);
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

struct Parser<'e> {
    expression: &'e str,
    words: Vec<Word<'e>>,
    next: usize,
}

impl<'e> Parser<'e> {
    fn peek(&self) -> Option<&Word<'e>> {
        self.words.get(self.next)
    }

    fn take(&mut self) -> Option<Word<'e>> {
        let word = self.peek().cloned();
        self.next += 1;
        word
    }

    /// The next word, unless the condition ends before it.
    fn take_within_condition(&mut self) -> Option<Word<'e>> {
        if self.peek().is_some_and(|word| word.is("and")) { None } else { self.take() }
    }

    /// The place where the next word stands, or the end of the expression.
    fn here(&self) -> Range<usize> {
        let end = self.expression.trim_end().len();
        self.peek().map_or(end..end, |word| word.span.clone())
    }

    fn condition(&mut self) -> Result<Condition, Mistake> {
        let field = self.field()?;
        let Some(operator) = self.take_within_condition() else {
            let remedy = format!("write `{} OPERATOR VALUE`, or quote the value if this is part of it", field.text);
            return Err(Mistake::new("an operator is missing", self.here(), remedy));
        };
        if let Some((symbol, instead)) = operator.symbol_at(0) {
            return Err(symbol_mistake(symbol, operator.span.start, instead));
        }
        // These two take another operator after them, so a symbol there is no value.
        if let Some(next) = self.peek().filter(|_| operator.is("not") || operator.is("is"))
            && let Some((symbol, instead)) = next.symbol_at(0)
        {
            return Err(symbol_mistake(symbol, next.span.start, instead));
        }
        let value = if operator.is_operator() { self.value(&operator)? } else { self.open_value()? };
        Ok(Condition { field: field.text.to_owned(), operator: operator.text.to_owned(), value })
    }

    fn field(&mut self) -> Result<Word<'e>, Mistake> {
        let Some(word) = self.take_within_condition() else {
            let remedy = "write `FIELD OPERATOR VALUE` on both sides of `and`";
            return Err(Mistake::new("a condition is missing", self.here(), remedy));
        };
        if word.is("or") {
            return Err(or_mistake(word.span));
        }
        let name = word.text.split('(').next().unwrap_or_default();
        if name == "!" || name.eq_ignore_ascii_case("not") {
            let span = word.span.start..word.span.start + name.len();
            let remedy = "turn the operator round, such as `ne`";
            return Err(Mistake::new("the filter language has no leading `not`", span, remedy));
        }
        if word.text.starts_with('(') {
            let span = word.span.start..word.span.start + 1;
            return Err(Mistake::new("the filter language has no grouping", span, "leave the parentheses out"));
        }
        let is_quoted = word.text.contains(['"', '\'']);
        if let Some(at) = word.text.find(['=', '!', '<', '>']).filter(|_| !is_quoted)
            && let Some((symbol, instead)) = word.symbol_at(at)
        {
            return Err(symbol_mistake(symbol, word.span.start + at, instead));
        }
        Ok(word)
    }

    /// The one value of a documented operator.
    fn value(&mut self, operator: &Word) -> Result<String, Mistake> {
        let Some(value) = self.take_within_condition() else {
            let remedy = format!("write what to compare with after `{}`", operator.text);
            return Err(Mistake::new(format!("`{}` has no value", operator.text), self.here(), remedy));
        };
        if self.peek().is_some_and(|next| !is_joint(next)) {
            let end = self.words[self.next..].iter().take_while(|word| !is_joint(word)).last();
            let span = value.span.start..end.map_or(value.span.end, |word| word.span.end);
            let remedy = self.remedy_for_words(&self.expression[span.clone()]);
            return Err(Mistake::new("a value of several words needs quotes", span, remedy));
        }
        Ok(unquoted(value.text).to_owned())
    }

    /// What to do about a value of several words.
    fn remedy_for_words(&self, text: &str) -> String {
        let looks_like_conditions = self.words[self.next..]
            .iter()
            .take_while(|word| !is_joint(word))
            .any(|word| word.is_operator() || PARTNERS.field(word.text).is_some());
        if looks_like_conditions {
            "join conditions by `and`, or quote the value".to_owned()
        } else if !text.contains('"') && !text.starts_with('\'') {
            format!("write \"{text}\"")
        } else if !text.contains('\'') && !text.starts_with('"') {
            format!("write '{text}'")
        } else {
            "put the whole value between two quotes of a kind that is not in it".to_owned()
        }
    }

    /// Whatever follows an operator that is not documented, up to the next condition.
    fn open_value(&mut self) -> Result<String, Mistake> {
        let start = self.here().start;
        let (mut end, mut depth) = (start, 0);
        while let Some(word) = self.peek() {
            if depth <= 0 && is_joint(word) {
                self.check_joint(word)?;
                // `between 1 and 5`: a single word after `and` cannot be a condition of its own.
                if self.words_before_joint(self.next + 1) != 1 {
                    break;
                }
            }
            depth += word.parentheses();
            end = word.span.end;
            self.next += 1;
        }
        Ok(self.expression[start..end.max(start)].to_owned())
    }

    fn words_before_joint(&self, from: usize) -> usize {
        self.words.iter().skip(from).take_while(|word| !is_joint(word)).count()
    }

    fn check_joint(&self, joint: &Word) -> Result<(), Mistake> {
        match joint.text {
            "&&" => Err(Mistake::new("`&&` does not join conditions", joint.span.clone(), "use `and`")),
            _ if joint.is("and") => Ok(()),
            _ => Err(or_mistake(joint.span.clone())),
        }
    }
}

fn or_mistake(span: Range<usize>) -> Mistake {
    Mistake::new(
        "conditions cannot be joined by `or`",
        span,
        "ask once for each side, or quote it if it is part of a value",
    )
}

fn symbol_mistake(symbol: &str, start: usize, instead: &str) -> Mistake {
    let problem = format!("`{symbol}` is not an operator of the filter language");
    Mistake::new(problem, start..start + symbol.len(), format!("use `{instead}`"))
}

#[cfg(test)]
mod tests;
