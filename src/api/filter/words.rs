//! The words of a filter expression, and what each may be.

use std::ops::Range;

use super::{Mistake, Operator};

/// Symbols of other languages, and the operator that each stands for.
const SYMBOLS: [(&[&str], &str); 6] = [
    (&["=", "==", ":"], "eq"),
    (&["!=", "<>"], "ne"),
    (&["<"], "lt"),
    (&["<="], "le"),
    (&[">"], "gt"),
    (&[">="], "ge"),
];

/// A run of characters between blanks; blanks inside quotes do not end it.
#[derive(Debug, Clone)]
pub struct Word<'e> {
    pub text: &'e str,
    pub span: Range<usize>,
}

impl Word<'_> {
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    pub fn is_operator(&self) -> bool {
        Operator::find(self.text).is_some()
    }

    /// The symbol at byte `start` of the word, if it is one that an operator should replace.
    pub fn symbol_at(&self, start: usize) -> Option<(&str, &'static str)> {
        let tail = &self.text[start..];
        let length = tail.find(|c| !matches!(c, ':' | '=' | '!' | '<' | '>' | '~')).unwrap_or(tail.len());
        let symbol = &tail[..length];
        SYMBOLS.iter().find(|(symbols, _)| symbols.contains(&symbol)).map(|(_, instead)| (symbol, *instead))
    }

    /// How many more parentheses it opens than it closes.
    pub fn parentheses(&self) -> isize {
        let count = |parenthesis: char| self.text.matches(parenthesis).count() as isize;
        count('(') - count(')')
    }
}

/// A word without the quotes around it, if it has any.
pub fn unquoted(word: &str) -> &str {
    let within = |quote: char| word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(word)
}

/// Splits an expression into words, and finds quotes that are never closed or that the API does not know.
pub fn split(expression: &str) -> Result<Vec<Word<'_>>, Mistake> {
    let mut words = Vec::new();
    let mut start = None;
    let mut before = ' ';
    let (mut characters, mut skipped) = (expression.char_indices(), 0);
    while let Some((at, c)) = characters.next() {
        let at = skipped + at;
        let opens = before.is_whitespace() || matches!(before, '(' | ',');
        if c.is_whitespace() {
            if let Some(start) = start.take() {
                words.push(Word { text: &expression[start..at], span: start..at });
            }
        } else {
            start.get_or_insert(at);
        }
        if opens && "“”„‟‘’‚‛«»‹›".contains(c) {
            let span = at..at + c.len_utf8();
            return Err(Mistake::new(format!("`{c}` is not a valid quote"), span, "use \" or '"));
        }
        if opens && matches!(c, '"' | '\'') {
            let length = length_to_close(c, &expression[at + 1..])
                .ok_or_else(|| Mistake::new("unclosed quote", at..at + 1, format!("close it with {c}")))?;
            characters = expression[at + 1 + length..].char_indices();
            skipped = at + 1 + length;
        }
        before = c;
    }
    if let Some(start) = start {
        words.push(Word { text: &expression[start..], span: start..expression.len() });
    }
    Ok(words)
}

/// How many bytes of the text lead to its closing quote and past it.
///
/// The API does not document escapes. A backslash is taken to keep a quote from closing if another one does close, and
/// for an ordinary character, as at the end of `'C:\'`, if none does.
fn length_to_close(quote: char, text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let unescaped = text.char_indices().find(|(_, c)| {
        let closes = *c == quote && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        closes
    });
    unescaped.map(|(at, _)| at).or_else(|| text.find(quote)).map(|at| at + quote.len_utf8())
}

/// Whether a word after a whole condition is where only `and` may be.
pub fn is_joint(word: &Word) -> bool {
    word.is("and") || word.is("or") || matches!(word.text, "&&" | "||")
}
