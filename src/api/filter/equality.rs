//! Conditions that the partners that come can be compared with.

use std::fmt;

use super::{Condition, Operator, parse};
use crate::api::field::FieldType;
use crate::api::partner::PARTNERS;
use crate::raw;

/// The conditions of an expression that partners can be compared with: that a documented field of text equals a value.
/// None if the expression cannot be read to the end.
///
/// The API's answer to `eq` is known for text alone: amounts and moments are equal in many spellings.
pub fn equalities(expression: &str) -> Vec<Condition> {
    let mut conditions = parse(expression).unwrap_or_default();
    // What the program does not know may join conditions in a way of its own.
    if !conditions.iter().all(|condition| Operator::find(&condition.operator).is_some()) {
        return Vec::new();
    }
    conditions.retain(|Condition { field, operator, value }| {
        let is_text =
            |kind| matches!(kind, FieldType::Text | FieldType::Status | FieldType::Country | FieldType::Identifier);
        // How a server reads a backslash is not documented.
        operator.eq_ignore_ascii_case("eq")
            && !value.contains('\\')
            && PARTNERS.field(field).is_some_and(|field| is_text(field.kind))
    });
    conditions
}

impl Condition {
    /// Whether a partner has another text where this one is to be. An absent field contradicts nothing.
    pub fn is_contradicted_by(&self, partner: &str) -> bool {
        let wanted = self.value.trim().to_lowercase();
        match raw::lookup(partner, [&*self.field]) {
            None => false,
            Some("null") => !matches!(&*wanted, "" | "null"),
            Some(value) => raw::text(value).trim().to_lowercase() != wanted,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { field, operator, value } = self;
        let quote = if value.contains(char::is_whitespace) || value.is_empty() { "\"" } else { "" };
        write!(f, "{field} {operator} {quote}{value}{quote}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contradicted(expression: &str, partner: &str) -> Vec<bool> {
        equalities(expression).iter().map(|condition| condition.is_contradicted_by(partner)).collect()
    }

    #[test]
    fn a_partner_with_another_text_contradicts_eq_and_case_does_not_matter() {
        for (expression, partner, expected) in [
            ("status eq suspended", r#"{"status":"active"}"#, true),
            ("status eq suspended", r#"{"status":"Suspended"}"#, false),
            ("status EQ 'SUSPENDED'", r#"{"status":"suspended"}"#, false),
            ("company_name eq \"Caf\u{e9} X\"", r#"{"company_name":"CAF\u00c9 X"}"#, false),
            ("login eq a", r#"{"login":"b"}"#, true),
            ("display_id eq CX1", r#"{"display_id":"CX2"}"#, true),
            ("name eq x", r#"{"name":null}"#, true),
            ("name eq null", r#"{"name":null}"#, false),
            ("name eq \"\"", r#"{"name":null}"#, false),
            ("name eq x", r#"{"login":"y"}"#, false),
            ("zip eq 5401", r#"{"zip":5401}"#, false),
        ] {
            assert_eq!(contradicted(expression, partner), [expected], "{expression} {partner}");
        }
        assert_eq!(
            contradicted("status eq a and balance lt 5 and city eq b", r#"{"status":"a","city":"c"}"#),
            [false, true]
        );
    }

    #[test]
    fn only_eq_on_documented_text_is_compared() {
        for expression in [
            "status ne active",
            "name like %x%",
            "balance eq 5",
            "date_created eq 2026",
            "phonenumber eq 15035550100",
            "callbacks.sms eq x",
            "unknown eq x",
            "(status = active) or x",
            "status eq active and zip nearby 5 or status eq suspended",
            r"name eq a\b",
        ] {
            assert_eq!(equalities(expression), [], "{expression}");
        }
    }
}
