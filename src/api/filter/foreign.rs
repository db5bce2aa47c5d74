//! What people bring from OData, SQL and jq in the place of a field, and what says the same here.

use super::Mistake;
use super::words::{Word, unquoted};
use crate::api::partner::PARTNERS;

/// Functions of OData and jq, and the pattern of `like` that says the same.
const FUNCTIONS: [(&str, &str, &str); 3] = [("contains", "%", "%"), ("startswith", "", "%"), ("endswith", "%", "")];

/// The mistake at a word that stands where a field belongs; `rest` is the expression from this word on, and `next` the
/// word after it.
pub fn mistake(word: &Word, next: Option<&Word>, rest: &str) -> Option<Mistake> {
    let span = |length: usize| word.span.start..word.span.start + length;
    if let Some(name) = called(word.text) {
        let remedy = as_like(name, &rest[name.len() + 1..]).unwrap_or_else(|| {
            "write `FIELD OPERATOR VALUE`; `like` knows parts of words, such as \"%acme%\"".to_owned()
        });
        return Some(Mistake::new("the filter language has no functions", span(name.len()), remedy));
    }
    let path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    if let Some(field) = word.text.strip_prefix('.').and_then(|rest| rest.split(|c| !path(c)).next())
        && is_known(field)
    {
        return Some(Mistake::new("a field does not begin with a dot", span(1), format!("write `{field}`")));
    }
    let is_keyword = word.is("where") || word.is("select");
    let is_before_field = next.is_some_and(|next| next.text == "*" || is_known(next.text));
    if is_keyword && is_before_field {
        let problem = format!("`{}` is not a word of the filter language", word.text);
        return Some(Mistake::new(problem, span(word.text.len()), "begin with the field"));
    }
    None
}

/// Whether a text begins with the name of a documented field.
fn is_known(text: &str) -> bool {
    PARTNERS.field(text.split(['.', ',', '=', '!', '<', '>']).next().unwrap_or_default()).is_some()
}

/// The name of the function that a word calls.
fn called(word: &str) -> Option<&str> {
    let name = word.split_once('(')?.0;
    (!name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))).then_some(name)
}

/// `contains(name,'x')` in the words of this language, `arguments` beginning after the parenthesis.
fn as_like(function: &str, arguments: &str) -> Option<String> {
    let (_, before, after) = FUNCTIONS.into_iter().find(|(name, ..)| function.eq_ignore_ascii_case(name))?;
    let (field, text) = arguments.split_once(',')?;
    let (field, text) = (field.trim(), text.trim_start());
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let end = text[1..].find(quote)? + 2;
    (!field.is_empty()).then(|| format!("write `{field} like {quote}{before}{}{after}{quote}`", unquoted(&text[..end])))
}

#[cfg(test)]
mod tests {
    use crate::api::filter::parse;

    #[test]
    fn what_comes_from_other_languages_is_told_in_words_of_this_one() {
        let no_functions = "write `FIELD OPERATOR VALUE`; `like` knows parts of words, such as \"%acme%\"";
        for (expression, at, remedy) in [
            ("contains(name,'x')", "contains", "write `name like '%x%'`"),
            ("contains(name, \"a b\")", "contains", "write `name like \"%a b%\"`"),
            ("status eq active and startswith(company_name, 'Ac')", "startswith", "write `company_name like 'Ac%'`"),
            ("EndsWith( login ,'x') eq true", "EndsWith", "write `login like '%x'`"),
            ("contains(name, x)", "contains", no_functions),
            ("tolower(name) eq 'x'", "tolower", no_functions),
            ("contains()", "contains", no_functions),
            ("contains(", "contains", no_functions),
            ("contains(,'x')", "contains", no_functions),
            ("select(.status==\"active\")", "select", no_functions),
            (".status == \"active\"", ".", "write `status`"),
            (".callbacks.sms|length > 0", ".", "write `callbacks.sms`"),
            ("where status = 'active'", "where", "begin with the field"),
            ("where status='active'", "where", "begin with the field"),
            ("select * from partners", "select", "begin with the field"),
            ("SELECT login, status", "SELECT", "begin with the field"),
        ] {
            let mistake = parse(expression).expect_err(expression);
            assert_eq!((&expression[mistake.span], &*mistake.remedy), (at, remedy), "{expression}");
        }
    }

    #[test]
    fn a_field_that_the_program_does_not_know_may_have_any_name() {
        for expression in ["where eq x", "select in status", "contains eq 5", "attributes.where eq 'x(y)'", ".new eq x"]
        {
            assert!(parse(expression).is_ok(), "{expression}: {:?}", parse(expression));
        }
    }
}
