//! Conditions that will hardly mean what was meant: the one table, by the type of the field.

use super::{Comparison, Condition, Operator, parse};
use crate::api::field::{Field, FieldType};
use crate::api::partner::PARTNERS;
use crate::raw::Number;
use crate::values::has_date_form;

/// Operators of other languages, and a condition of this one that says the same of the field `{}` and the value `%`.
const FOREIGN: [(&[&str], &str); 9] = [
    (&["contains", "ilike", "has", "matches", "regex", "~"], "{} like \"%*%\""),
    (&["startswith", "starts_with", "begins"], "{} like \"*%\""),
    (&["endswith", "ends_with", "ends"], "{} like \"%*\""),
    (&["equals", "equal"], "{} eq *"),
    (&["neq", "not_eq"], "{} ne *"),
    (&["gte"], "{} ge *"),
    (&["lte"], "{} le *"),
    (&["is_null", "isnull"], "{} eq null"),
    (&["is_not_null", "notnull"], "{} ne null"),
];

/// What is wrong with a condition that will hardly mean what was meant, and how to write it.
pub fn warning(condition: &Condition) -> Option<String> {
    let Condition { field: name, operator, value } = condition;
    let first = name.split('.').next().filter(|name| !name.is_empty()).unwrap_or(name);
    if PARTNERS.field(first).is_none() {
        return Some(format!("the filter uses {}", PARTNERS.undocumented(first)));
    }
    let (field, operator) = (PARTNERS.field(name)?, Operator::find(operator)?);
    if matches!(operator.test, Comparison::Like) {
        let meant = match () {
            () if value.contains('%') => return None,
            () if value.contains('*') => value.replace('*', "%"),
            () => format!("%{value}%"),
        };
        return Some(format!(
            "`like` without % compares the whole text; to match a part, write `{name} like \"{meant}\"`"
        ));
    }
    if value.is_empty() || value.eq_ignore_ascii_case("null") {
        return None;
    }
    let write = |value: &str| format!("write `{name} {} {value}`", operator.name);
    let (what, remedy) = flaw(field, value, write)?;
    Some(format!("the filter compares `{name}` with `{value}`, which is not {what}; {remedy}"))
}

/// What a value of this field should be and is not, and what to do; `write` has the condition with another value.
fn flaw(field: &Field, value: &str, write: impl Fn(&str) -> String) -> Option<(&'static str, String)> {
    let is_all = |is_part: fn(&u8) -> bool| value.as_bytes().iter().all(is_part);
    let meant = |value: Option<&str>, example| value.map_or_else(|| format!("write it like {example}"), &write);
    match field.kind {
        FieldType::Decimal if Number::read(value).is_none() => {
            Some(("a decimal number", meant(decimal(value).as_deref(), "10.50")))
        }
        FieldType::Timestamp if !has_date_form(value) => Some(("a date", meant(None, "2024-06-01"))),
        FieldType::PhoneNumber if !is_all(u8::is_ascii_digit) => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            Some(("all digits", meant(Some(&*digits).filter(|digits| !digits.is_empty()), "15035550100")))
        }
        FieldType::Country if value.len() != 3 || !is_all(u8::is_ascii_uppercase) => {
            let upper = value.to_ascii_uppercase();
            let is_lower = value.len() == 3 && is_all(u8::is_ascii_alphabetic);
            Some(("a three-letter country code in capitals", meant(Some(&*upper).filter(|_| is_lower), "USA")))
        }
        FieldType::Identifier if field.name == PARTNERS.label && !value.starts_with("CX") => {
            let digits = value.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let id = is_number.then(|| format!("CX{digits}"));
            Some(("a display ID", meant(id.as_deref(), "CX15650613")))
        }
        _ => {
            let known = || field.values.iter().chain(field.known_values).copied();
            if known().any(|known| known == value) {
                return None;
            }
            // An open list may have values that are unknown here, so only typos count.
            let lower = value.to_lowercase();
            let is_closed = !field.values.is_empty();
            let close = known().find(|known| strsim::damerau_levenshtein(&lower, known) <= 2);
            // `inactive` is not meant as `active`.
            let meant = close.filter(|close| lower.get(..1) == close.get(..1)).map(write);
            let one_of = || format!("write {}", known().collect::<Vec<_>>().join(" or "));
            meant.or_else(|| (is_closed || close.is_some()).then(one_of)).map(|remedy| ("a known value", remedy))
        }
    }
}

/// The decimal number that `$1,000` or `10,50` stands for.
fn decimal(value: &str) -> Option<String> {
    let digits: String = value.chars().filter(|c| c.is_ascii_digit() || "-,.".contains(*c)).collect();
    let digits = match digits.rsplit_once(',') {
        Some((whole, part)) if part.len() <= 2 => format!("{}.{part}", whole.replace(['.', ','], "")),
        _ => digits.replace(',', ""),
    };
    Number::read(&digits).is_some().then_some(digits)
}

/// What to change about a filter that the API rejects.
pub fn for_rejected(expression: &str) -> Option<String> {
    let conditions = parse(expression).ok()?;
    conditions.iter().find_map(|condition| warning(condition).or_else(|| translated(condition)))
}

/// A condition whose operator is of another language in the words of this one.
fn translated(condition: &Condition) -> Option<String> {
    let Condition { field, operator, value } = condition;
    let operator = operator.to_ascii_lowercase();
    if Operator::find(&operator).is_some() {
        return None;
    }
    let bare = value.trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    let meant = match (&*operator, &*lower) {
        ("between", _) => {
            let (low, high) = value.split_once(" and ").or_else(|| value.split_once(','))?;
            format!("{field} ge {} and {field} le {}", low.trim(), high.trim())
        }
        ("is", "null") => format!("{field} eq null"),
        ("is", "not null") => format!("{field} ne null"),
        ("is", _) => format!("{field} eq {value}"),
        ("in", _) => {
            return Some(format!("`in` may be unknown to the API; run one command per value, with `{field} eq`"));
        }
        _ => {
            let (_, pattern) = FOREIGN.iter().find(|(names, _)| names.contains(&&*operator))?;
            let quoted =
                if bare.contains(' ') && !pattern.contains('"') { format!("\"{bare}\"") } else { bare.to_owned() };
            pattern.replace("{}", field).replace('*', &quoted)
        }
    };
    Some(format!("`{operator}` is not an operator of the API; write `{meant}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_will_hardly_mean_what_was_meant_has_a_remedy() {
        for (expression, remedy) in [
            ("status eq Active", "write `status eq active`"),
            ("status ne actve", "write `status ne active`"),
            ("payment_type eq Prepay", "write `payment_type eq prepay`"),
            ("payment_type eq prepaid", "write `payment_type eq prepay`"),
            ("status eq inactive", "write active or unverified or suspended or closed"),
            ("payment_type eq card", "write prepay or postpay"),
            ("country_code eq US", "write it like USA"),
            ("country_code eq usa", "write `country_code eq USA`"),
            ("balance lt $10", "write `balance lt 10`"),
            ("balance lt 10,50", "write `balance lt 10.50`"),
            ("balance lt \"1,000 USD\"", "write `balance lt 1000`"),
            ("balance lt much", "write it like 10.50"),
            ("date_created ge 06/01/2024", "write it like 2024-06-01"),
            ("date_created gt yesterday", "write it like 2024-06-01"),
            ("display_id eq 15650613", "write `display_id eq CX15650613`"),
            ("display_id eq cx15650613", "write `display_id eq CX15650613`"),
            ("phonenumber eq '+1 (503) 555-0100'", "write `phonenumber eq 15035550100`"),
            ("name like acme", "write `name like \"%acme%\"`"),
            ("name like acme*", "write `name like \"acme%\"`"),
            ("balanse lt 10", "did you mean `balance`?"),
        ] {
            let condition = parse(expression).expect(expression).pop().expect("a condition");
            let warning = warning(&condition).expect(expression);
            assert!(warning.ends_with(remedy), "{expression}: {warning}");
            assert_eq!(for_rejected(expression), Some(warning), "{expression}");
        }
    }

    #[test]
    fn what_may_well_be_meant_is_no_warning() {
        for expression in [
            "status eq active",
            "status eq archived",
            "payment_type ne postpay",
            "country_code eq USA",
            "balance lt -10.50",
            "date_created ge 2024",
            "date_created ge 2024-06",
            "date_created ge 2024-06-01T00:00:00.000Z",
            "display_id eq CX15650613",
            "display_id like CX%",
            "name like %",
            "name eq null",
            "callbacks.sms eq x",
            "phonenumber eq 15035550100",
            "balance between 1 and 5",
        ] {
            assert_eq!(warning(&parse(expression).expect(expression)[0]), None, "{expression}");
        }
    }

    #[test]
    fn an_operator_of_another_language_is_translated_once_the_api_rejects_it() {
        for (expression, meant) in [
            ("name contains acme", "name like \"%acme%\""),
            ("name ilike 'acme inc'", "name like \"%acme inc%\""),
            ("name startswith ac", "name like \"ac%\""),
            ("name endsWith me", "name like \"%me\""),
            ("balance between 1 and 5", "balance ge 1 and balance le 5"),
            ("zip is null", "zip eq null"),
            ("zip is not null", "zip ne null"),
            ("balance gte 5", "balance ge 5"),
            ("status is active", "status eq active"),
        ] {
            let advice = for_rejected(expression).expect(expression);
            assert!(advice.ends_with(&format!("; write `{meant}`")), "{expression}: {advice}");
        }
        assert_eq!(for_rejected("status eq active"), None);
    }
}
